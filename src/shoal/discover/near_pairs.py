"""All pairs of vectors that are nearly equal: none is missed, none is made up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from shoal.discover.layout import LEAF_ROWS, ROUNDING, Layout, laid_out
from shoal.embed.codes import Progress, Vectors, prepared
from shoal.errors import TooLargeError
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.near_pairs import pairs_above, squares_between
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived

MAX_PAIRS: Final = 10_000_000
"""More pairs than that are not near-duplicates; the distance was chosen too large."""

_TOLERANCE = 2e-7


@dataclass(frozen=True, slots=True)
class NearPairs:
    """Pairs of table rows, nearest first, then by rows.

    A row whose vector equals an earlier row's is linked to that row alone; what is near to the one is near to
    the other.

    Attributes:
        first: int64, shape (P,): the lower row.
        second: int64, shape (P,).
        distances: float32, shape (P,): 0 exactly for equal vectors.
    """

    first: Int64Array
    second: Int64Array
    distances: Float32Array


@dataclass(frozen=True, slots=True)
class PairSearch:
    """A search for near pairs: the same question finds what was answered before.

    Attributes:
        table: the vectors.
        rows: rising table rows that take part.
        max_distance: the largest distance of a pair, itself included.
        derived: where answers and what was found on the way are kept.
    """

    table: Vectors
    rows: Int64Array
    max_distance: float
    derived: Derived

    def key(self) -> dict[str, Any]:
        """What the answer follows from."""
        return {
            "near_pairs_of": self.table.key["uri"],
            "distance": str(self.table.distance),
            "rows": hashlib.sha256(self.rows.astype(np.int64).tobytes()).hexdigest(),
            "max_distance": self.max_distance,
        }

    @property
    def radius(self) -> float:
        """The largest distance as a length: `|x - y|² = 2 (1 - cos)` for vectors of length 1."""
        limit = self.max_distance + _TOLERANCE * (1 + self.max_distance)
        return float(np.sqrt(2 * limit)) if self.table.distance is Distance.COSINE else limit

    def known(self) -> NearPairs | None:
        """Return the answer if it was found before."""
        found = self.derived.get(self.key())
        return None if found is None else _pairs_of(found)

    def run(self, progress: Progress) -> NearPairs:
        """Find all pairs; what a stop cuts short goes on from there.

        Each leaf of the layout is compared with the leaves after it whose boxes are near enough, in
        coordinates that are never farther apart than the vectors; what passes is measured in full precision.
        The cost grows with the square of the number of rows, by 1/16 of it or less where vectors cluster.

        Args:
            progress: told the fraction done and what is going on; may raise to stop.

        Raises:
            TooLargeError: there are more than `MAX_PAIRS` pairs.
        """
        found = self.known()
        if found is not None:
            return found
        parts: list[Mapping[str, Any]] = []
        layout_key, leaf_keys = {**self.key(), "part": "layout"}, []

        def make_layout() -> dict[str, Any]:
            layout = laid_out(self.table, self.rows, self.radius, lambda f, step: progress(0.2 * f, step))
            return {name: getattr(layout, name) for name in Layout.__slots__}

        layout = Layout(**self.derived.get_or_make(layout_key, make_layout))
        leaves = Leaves(self.table, layout, self.radius)
        n_pairs = len(layout.copies)
        for leaf in range(len(leaves)):
            progress(0.2 + 0.8 * leaves.share_done(leaf), "comparing vectors")
            leaf_keys.append({**self.key(), "part": leaf})
            parts.append(self.derived.get_or_make(leaf_keys[-1], partial(leaves.pairs_of, leaf)))
            n_pairs += len(parts[-1]["squares"])
            if n_pairs > MAX_PAIRS:
                raise TooLargeError(
                    f"More than {MAX_PAIRS:,} pairs are at most {self.max_distance:g} apart.",
                    hint="Choose a smaller max_distance.",
                )
        answer = self.derived.get_or_make(self.key(), lambda: self._joined(layout, parts))
        for key in (layout_key, *leaf_keys):
            self.derived.delete(key)
        return _pairs_of(answer)

    def _joined(self, layout: Layout, parts: list[Mapping[str, Any]]) -> dict[str, Any]:
        ends = [np.stack([part["first"], part["second"]]) for part in parts]
        both = np.concatenate([np.stack([layout.originals, layout.copies]), *ends], axis=1)
        squares = np.concatenate([np.zeros(len(layout.copies)), *(part["squares"] for part in parts)])
        distances = squares / 2 if self.table.distance is Distance.COSINE else np.sqrt(squares)
        first, second = both.min(axis=0), both.max(axis=0)
        order = np.lexsort((second, first, distances))
        return {
            "first": first[order],
            "second": second[order],
            "distances": distances[order].astype(np.float32),
        }


class Leaves:
    """Runs of `LEAF_ROWS` rows of a layout, compared with one another.

    Args:
        table: the vectors.
        layout: their order and coordinates.
        radius: pairs are at most so far apart, as a length.
    """

    def __init__(self, table: Vectors, layout: Layout, radius: float) -> None:
        self._table, self._layout, self._radius = table, layout, radius
        starts = range(0, len(layout.rows), LEAF_ROWS)
        points = layout.coordinates
        self._half = (0.5 - ROUNDING / 2) * np.einsum("ij,ij->i", points, points)
        self._low = np.array([points[at : at + LEAF_ROWS].min(axis=0) for at in starts])
        self._high = np.array([points[at : at + LEAF_ROWS].max(axis=0) for at in starts])

    def __len__(self) -> int:
        return len(self._low)

    def share_done(self, leaf: int) -> float:
        """Return the share of all comparisons that is done before a leaf."""
        return 1 - ((len(self) - leaf) / len(self)) ** 2

    def pairs_of(self, leaf: int) -> dict[str, Any]:
        """Return the pairs of a leaf's rows with one another and with those of later leaves.

        Returns:
            `first` and `second`: int64 table rows; `squares`: float64, squared lengths of the differences.
        """
        wanted: Float32Array | None = None
        found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for other in self._near(leaf):
            rows, columns = self._candidates(leaf, other)
            if len(rows):
                wanted = self._vectors(self._rows(leaf)) if wanted is None else wanted
                found.append(self._verified(wanted, leaf, other, rows, columns))
        first, second, squares = (np.concatenate(part) for part in zip(*found, strict=True))
        return {"first": first, "second": second, "squares": squares}

    def _near(self, leaf: int) -> list[int]:
        gaps = np.maximum(self._low[leaf:] - self._high[leaf], self._low[leaf] - self._high[leaf:])
        apart = np.square(np.maximum(gaps, 0)).sum(axis=1)
        reach = self._radius**2 + 2 * ROUNDING * float(self._half.max(initial=0))
        return [leaf + int(at) for at in np.flatnonzero(apart <= reach)]

    def _candidates(self, leaf: int, other: int) -> tuple[Int32Array, Int32Array]:
        here, there = self._span(leaf), self._span(other)
        products = self._layout.coordinates[here] @ self._layout.coordinates[there].T
        limit = np.float32(self._radius**2 / 2)
        return pairs_above(products, self._half[here] - limit, self._half[there], leaf == other)

    def _verified(
        self, wanted: Float32Array, leaf: int, other: int, rows: Int32Array, columns: Int32Array
    ) -> tuple[Int64Array, Int64Array, FloatArray]:
        distinct, places = np.unique(columns, return_inverse=True)
        vectors = wanted[distinct] if leaf == other else self._vectors(self._rows(other)[distinct])
        squares = squares_between(wanted, vectors, rows, places.astype(np.int32))
        is_near = squares <= self._radius**2
        return self._rows(leaf)[rows[is_near]], self._rows(other)[columns[is_near]], squares[is_near]

    def _vectors(self, rows: Int64Array) -> Float32Array:
        return prepared(self._table.take(rows), self._table.distance)

    def _rows(self, leaf: int) -> Int64Array:
        return self._layout.rows[self._span(leaf)]

    def _span(self, leaf: int) -> slice:
        return slice(leaf * LEAF_ROWS, (leaf + 1) * LEAF_ROWS)


def _pairs_of(arrays: Mapping[str, Any]) -> NearPairs:
    return NearPairs(arrays["first"], arrays["second"], arrays["distances"])
