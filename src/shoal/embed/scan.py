"""The exact scan: every allowed row's code against the probes, the best few kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shoal.embed.codes import BLOCK_ROWS, CodedBlock
from shoal.kernels.code_scan import Float32Array, integer_probes, scan
from shoal.kernels.objects import BoolArray, Int32Array, Int64Array
from shoal.kernels.threads import over_items

UInt16Array = npt.NDArray[np.uint16]

_ALL = np.arange(BLOCK_ROWS, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Terms:
    """What rows are ordered by: the least `bias * |r|² + constant - factor * vector · r`, r = row - centre.

    Attributes:
        vectors: float32, shape (Q, D).
        constants: float32, shape (Q,).
        factor: the same for all.
        bias: the same for all.
    """

    vectors: Float32Array
    constants: Float32Array
    factor: float
    bias: float


class Probes(Protocol):
    """What rows are compared with."""

    def __len__(self) -> int:
        """How many vectors."""

    def at(self, centre: Float32Array) -> Terms:
        """Return the terms for rows given as differences from a centre, float32, shape (D,)."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Rows by the distance to their nearest query; on vectors of length 1 the cosine distance orders so too.

    Attributes:
        queries: float32, shape (Q, D), prepared as the rows are.
    """

    queries: Float32Array

    def __len__(self) -> int:
        return len(self.queries)

    def at(self, centre: Float32Array) -> Terms:
        """Return the terms of `|r - (q - c)|² = |r|² + |q - c|² - 2 (q - c) · r`."""
        moved = self.queries - centre
        return Terms(moved, _squares(moved), 2.0, 1.0)


@dataclass(frozen=True, slots=True)
class Largest:
    """Rows by their inner product with a direction, largest first.

    Attributes:
        direction: float32, shape (D,).
        is_unit: rows have length 1.
    """

    direction: Float32Array
    is_unit: bool

    def __len__(self) -> int:
        return 1

    def at(self, centre: Float32Array) -> Terms:
        """Return the terms of `-d · x = -d · c - d · r`.

        On the sphere the part of r along c follows from its length, `c · r = (1 - |c|² - |r|²) / 2`, and need
        not suffer from codes that round small elements to 0.
        """
        square = float(centre @ centre)
        share = float(self.direction @ centre) / square if self.is_unit and square else 0.0
        constant = -float(self.direction @ centre) - share * (1 - square) / 2
        across = (self.direction - np.float32(share) * centre)[None]
        return Terms(across, np.array([constant], np.float32), 1.0, share / 2)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which rows of a table may be found: all, a bool mask over its rows, or rising rows."""

    rows: BoolArray | Int64Array | None

    def count(self, n_rows: int) -> int:
        """Return how many of `n_rows` rows there are."""
        if self.rows is None:
            return n_rows
        return int(self.rows.sum()) if self.rows.dtype == np.bool_ else len(self.rows)

    def within(self, block: CodedBlock) -> Int32Array:
        """Return the places of allowed rows in a block: int32, rising."""
        if self.rows is None:
            return _ALL[: block.n_rows]
        stop = block.first + block.n_rows
        if self.rows.dtype == np.bool_:
            places = np.flatnonzero(self.rows[block.first : stop])
        else:
            edges = np.searchsorted(self.rows, (block.first, stop))
            places = self.rows[edges[0] : edges[1]] - block.first
        return places.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Probed:
    """Cells that are looked at.

    Attributes:
        is_near: bool, shape (cells,).
        blocks: the cell of each row, by the first row of its block; others are looked at whole.
    """

    is_near: BoolArray
    blocks: Mapping[int, UInt16Array]

    def within(self, block: CodedBlock, places: Int32Array) -> Int32Array:
        """Return those places of a block that are in such cells."""
        cells = self.blocks.get(block.first)
        return places if cells is None else places[self.is_near[cells[places]]]


def candidates(
    blocks: Sequence[CodedBlock],
    probes: Probes,
    n_wanted: int,
    allowed: Allowed,
    n_allowed: int,
    probed: Probed | None = None,
) -> Int64Array:
    """Return the rows nearest to their nearest probe, as far as codes can tell.

    Args:
        blocks: all rows.
        probes: at least one.
        n_wanted: how many rows to return, unless fewer are allowed.
        allowed: looked at before the scan, so that a rare filter still finds `n_wanted` rows.
        n_allowed: how many rows those are.
        probed: look at rows in these cells alone; then there may be fewer than `n_wanted`.

    Returns:
        int64, at most `n_wanted` rows, nearest first, equals by row.
    """

    reach = _Reach(n_wanted)

    def look(block: CodedBlock) -> tuple[Float32Array, Int64Array]:
        places = allowed.within(block)
        chosen = places if probed is None else probed.within(block, places)
        return _look(block, probes, n_wanted, chosen, reach)

    found = over_items(look, blocks, n_allowed * len(probes))
    values = np.concatenate([np.empty(0, np.float32), *(values for values, _ in found)])
    rows = np.concatenate([np.empty(0, np.int64), *(rows for _, rows in found)])
    return rows[np.lexsort((rows, values))[:n_wanted]]


class _Reach:
    """The largest value that can still be wanted: that of the last of the best so far, over all blocks."""

    def __init__(self, n_wanted: int) -> None:
        self.value = np.inf
        self._best = np.empty(0, np.float32)
        self._n_wanted = n_wanted
        self._lock = Lock()

    def shorten(self, values: Float32Array) -> None:
        """Take in what a block gave."""
        with self._lock:
            self._best = np.sort(np.concatenate([self._best, values]))[: self._n_wanted]
            if len(self._best) == self._n_wanted:
                self.value = float(self._best[-1])


def _look(
    block: CodedBlock, probes: Probes, n_wanted: int, chosen: Int32Array, reach: _Reach
) -> tuple[Float32Array, Int64Array]:
    n_kept = min(n_wanted, len(chosen))
    if n_kept == 0:
        return np.empty(0, np.float32), np.empty(0, np.int64)
    terms = probes.at(block.centre)
    seen = terms.vectors @ block.basis.T
    seen_squares = _squares(seen)
    lacking = np.sqrt(np.maximum(_squares(terms.vectors) - seen_squares, 0))
    (integers, units), (sketch, sketch_units) = integer_probes(terms.vectors), integer_probes(seen)
    per_unit = [units, sketch_units, lacking, np.sqrt(seen_squares) * block.blur]
    values, rows = np.full(n_kept, np.inf, np.float32), np.full(n_kept, -1, np.int32)
    scan(
        block.sketch,
        block.codes,
        block.measures,
        sketch,
        integers,
        np.column_stack([terms.constants, *(terms.factor * part for part in per_unit)]).astype(np.float32),
        np.float32(terms.bias),
        chosen,
        np.float32(reach.value),
        values,
        rows,
    )
    is_found = rows >= 0
    reach.shorten(values[is_found])
    return values[is_found], rows[is_found].astype(np.int64) + block.first


def _squares(vectors: Float32Array) -> Float32Array:
    squares: Float32Array = np.einsum("ij,ij->i", vectors, vectors)
    return squares
