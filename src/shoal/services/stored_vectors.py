"""The vectors of embedding spaces as requests share them: opened once per version."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from shoal.engine.recently_used import RecentlyUsed
from shoal.kernels.objects import BoolArray
from shoal.store.vectors import Int64Array, UInt32Array, VectorTable, open_vectors

if TYPE_CHECKING:
    from shoal.embed.index import VectorIndex
    from shoal.store.catalog import EmbeddingSpace
    from shoal.store.derived import Derived
    from shoal.store.home import Home

_KEPT_SPACES = 8
_KEPT_VERSIONS = 4


class ElementRows:
    """Where the vectors of some elements are in a table; to be read only.

    Args:
        rows: int64, shape (N,): the newest row of each element, -1 where it has none.
        n_rows: rows of the table, R.
    """

    def __init__(self, rows: Int64Array, n_rows: int) -> None:
        self.rows = rows
        self._n_rows = n_rows

    @cached_property
    def has_vector(self) -> BoolArray:
        """bool, shape (N,): the elements that have one."""
        return self.rows >= 0

    @cached_property
    def positions(self) -> Int64Array:
        """int64, shape (R,): the element of each row, -1 for superseded rows and elements not here."""
        positions = np.full(self._n_rows, -1, np.int64)
        here = np.flatnonzero(self.has_vector)
        positions[self.rows[here]] = here
        return positions

    @cached_property
    def are_in_order(self) -> bool:
        """Whether every element has a vector, rows stand in the order of the elements, and none is more."""
        n = len(self.rows)
        return n == self._n_rows and bool((self.rows == np.arange(n)).all())


class StoredVectors:
    """One version of a space's vectors; what is slow to make is made when first asked for.

    Args:
        table: the vectors.
        derived: where the index is kept.
    """

    def __init__(self, table: VectorTable, derived: Derived) -> None:
        self.table = table
        self._derived = derived
        self._lock = Lock()
        self._newest: Int64Array | None = None
        self._index: VectorIndex | None = None
        self._rows: RecentlyUsed[ElementRows] = RecentlyUsed(_KEPT_VERSIONS)

    @property
    def index(self) -> VectorIndex:
        """What finds neighbours; the first caller may wait while rows new to it are quantised."""
        with self._lock:
            if self._index is None:
                from shoal.embed.index import VectorIndex

                self._index = VectorIndex.open(self.table, self._derived)
            return self._index

    def reopen_index(self) -> None:
        """Let the next search open the index anew: its cells were made meanwhile."""
        with self._lock:
            self._index = None

    def rows_of(self, key: tuple[str, ...], ordinals: UInt32Array) -> ElementRows:
        """Return where the vectors of elements are.

        Args:
            key: names the elements.
            ordinals: shape (N,), each element's number.
        """
        return self._rows.get_or_make(key, lambda: self._find(ordinals))

    def _find(self, ordinals: UInt32Array) -> ElementRows:
        newest = self._newest_rows()
        rows = np.full(len(ordinals), -1, np.int64)
        known = ordinals < len(newest)
        rows[known] = newest[ordinals[known]]
        return ElementRows(rows, self.table.n_rows)

    def _newest_rows(self) -> Int64Array:
        with self._lock:
            if self._newest is None:
                self._newest = newest_rows(self.table.ordinals())
            return self._newest


def newest_rows(ordinals: UInt32Array) -> Int64Array:
    """Return the last row of each ordinal from 0 to the largest, -1 where none: int64.

    Args:
        ordinals: shape (R,), the ordinal of each row; may be empty.
    """
    newest = np.full(int(ordinals.max(initial=0)) + 1, -1, np.int64)
    np.maximum.at(newest, ordinals, np.arange(len(ordinals)))
    return newest


class VectorShelf:
    """The vectors in use, least recently used dropped first."""

    def __init__(self) -> None:
        self._spaces: RecentlyUsed[StoredVectors] = RecentlyUsed(_KEPT_SPACES)

    def open(self, home: Home, derived: Derived, space: EmbeddingSpace) -> StoredVectors:
        """Return the vectors of a space as its catalog row names them.

        Raises:
            NotFoundError: the version is gone: the space was changed meanwhile.
            StorageError: the disk failed.
        """
        return self._spaces.get_or_make(
            (space.uri, space.table_version),
            lambda: StoredVectors(
                open_vectors(
                    home,
                    space.table,
                    dimension=space.dimension,
                    distance=space.distance,
                    model_id=space.model_id,
                ),
                derived,
            ),
        )
