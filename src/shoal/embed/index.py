"""Searching vectors: codes find candidates, full precision decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from shoal.embed.cells import Cells, known_cells, needs_cells
from shoal.embed.codes import CodedBlock, Progress, Vectors, coded_blocks, prepared
from shoal.embed.scan import Allowed, Largest, Nearest, Probes, candidates
from shoal.errors import ShapeError
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import BoolArray, FloatArray, Int32Array, Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived

Method = Literal["exact", "index"]

SPARE_CANDIDATES: Final = 44
"""Rows re-scored beyond twice those asked for; codes rarely misplace a row by more than a few places."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Rows found, nearest first, equal distances by row.

    Attributes:
        rows: int64, shape (K,).
        distances: float32, shape (K,): in full precision, to the nearest query.
        which: int32, shape (K,): that query.
    """

    rows: Int64Array
    distances: Float32Array
    which: Int32Array


@dataclass(frozen=True, slots=True)
class Products:
    """Rows of the largest inner products, largest first, equals by row.

    Attributes:
        rows: int64, shape (K,).
        values: float64, shape (K,): in full precision.
    """

    rows: Int64Array
    values: FloatArray


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """All rows of a table of vectors, searchable.

    Attributes:
        table: the vectors in full precision.
        blocks: their codes, mapped from disk.
        cells: where to look first among very many rows, once that is known.
    """

    table: Vectors
    blocks: Sequence[CodedBlock]
    cells: Cells | None = None

    @staticmethod
    def open(table: Vectors, derived: Derived, progress: Progress | None = None) -> VectorIndex:
        """Return the index of a table; rows that were not coded before are coded now."""
        blocks = coded_blocks(table, derived, progress)
        return VectorIndex(table, blocks, known_cells(table, derived) if needs_cells(table) else None)

    @property
    def method(self) -> Method:
        """How candidates are found among all rows: by a scan of them, or of the cells around a query."""
        return "exact" if self.cells is None else "index"

    def nearest(
        self, queries: Float32Array, k: int, *, rows: Int64Array | BoolArray | None = None
    ) -> Neighbours:
        """Return the rows nearest to any of several queries.

        Args:
            queries: shape (Q, D), Q at least 1, of any length.
            k: how many rows at most.
            rows: rows that may be found: rising row numbers, or a bool mask of shape (n_rows,); default all.

        Returns:
            min(k, number of allowed rows) rows.

        Raises:
            ShapeError: the queries have another dimension than the vectors, or there is none.
        """
        wanted = _checked(queries, self.table.dimension)
        seeds = prepared(wanted, self.table.distance)
        found = self._candidates(Nearest(seeds), k, rows, self.cells)
        vectors = prepared(self.table.take(found), self.table.distance)
        which, distances = _distances(vectors, seeds, self.table.distance)
        order = np.lexsort((found, distances))[:k]
        return Neighbours(found[order], distances[order].astype(np.float32), which[order])

    def largest(
        self, direction: Float32Array, k: int, *, rows: Int64Array | BoolArray | None = None
    ) -> Products:
        """Return the rows with the largest inner product with a direction.

        Args:
            direction: shape (D,); under the cosine distance rows count with length 1.
            k: how many rows at most.
            rows: as for `nearest`.

        Raises:
            ShapeError: the direction has another dimension than the vectors.
        """
        wanted = _checked(direction[None], self.table.dimension)[0]
        found = self._candidates(Largest(wanted, self.table.distance is Distance.COSINE), k, rows)
        vectors = prepared(self.table.take(found), self.table.distance)
        values = vectors.astype(np.float64) @ direction.astype(np.float64)
        order = np.lexsort((found, -values))[:k]
        return Products(found[order], values[order])

    def _candidates(
        self, probes: Probes, k: int, rows: Int64Array | BoolArray | None, cells: Cells | None = None
    ) -> Int64Array:
        allowed = Allowed(rows)
        n_allowed = allowed.count(self.table.n_rows)
        n_wanted = min(2 * k + SPARE_CANDIDATES, n_allowed)
        if cells is not None and isinstance(probes, Nearest) and 2 * n_allowed >= self.table.n_rows:
            around = cells.around(probes.queries)
            found = candidates(self.blocks, probes, n_wanted, allowed, n_allowed, around)
            if len(found) == n_wanted:
                return found
        return candidates(self.blocks, probes, n_wanted, allowed, n_allowed)


def _checked(queries: Float32Array, dimension: int) -> Float32Array:
    if queries.ndim != 2 or not len(queries) or queries.shape[1] != dimension:
        raise ShapeError(f"expected queries of shape (1 or more, {dimension}), found {queries.shape}")
    return np.ascontiguousarray(queries, np.float32)


def _distances(
    vectors: Float32Array, queries: Float32Array, distance: Distance
) -> tuple[Int32Array, FloatArray]:
    """Return each vector's nearest query and the distance to it: 0 exactly for equal vectors."""
    squares = np.einsum("ij,ij->i", queries, queries)
    which = (squares - 2 * (vectors @ queries.T)).argmin(axis=1).astype(np.int32)
    apart = vectors.astype(np.float64) - queries[which]
    lengths = np.einsum("ij,ij->i", apart, apart)
    return which, lengths / 2 if distance is Distance.COSINE else np.sqrt(lengths)
