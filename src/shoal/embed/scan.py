"""The exact scan: every allowed row's code against the probes, the best few kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shoal.embed.codes import BLOCK_ROWS, CodedBlock
from shoal.kernels.code_scan import Float32Array, Int16Array, integer_probes, scan, scan_sketches
from shoal.kernels.objects import BoolArray, Int32Array, Int64Array
from shoal.kernels.threads import over_items

UInt16Array = npt.NDArray[np.uint16]

_ALL = np.arange(BLOCK_ROWS, dtype=np.int32)

_ELEMENTS_AS_A_ROW = 64
"""So many elements of a vector are as much work as one of the rows that `over_items` counts."""


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
    if not blocks:
        return np.empty(0, np.int64)
    work = n_allowed * len(probes) * blocks[0].codes.shape[1] // _ELEMENTS_AS_A_ROW
    parts = over_items(lambda block: _part(block, probes, allowed, probed, n_wanted), blocks, work)
    seeds = _best([part.promised for part in parts], n_wanted)[1]
    edges = np.searchsorted(
        seeds, [(part.block.first, part.block.first + part.block.n_rows) for part in parts]
    )
    scored = [
        part.scored(n_wanted, places=(seeds[at:end] - part.block.first).astype(np.int32))
        for part, (at, end) in zip(parts, edges, strict=True)
        if end > at
    ]
    known = _best(scored, n_wanted)[0]
    limit = float(known.max(initial=-np.inf)) if len(known) == n_wanted else np.inf
    values, rows = _best(over_items(lambda part: part.scored(n_wanted, limit), parts, work), n_wanted)
    return rows[np.lexsort((rows, values))]


Found = tuple[Float32Array, Int64Array]
"""Values and rows."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a query asks of one block.

    Attributes:
        block: its codes.
        terms: what rows are ordered by.
        probes: the terms' vectors as integers.
        numbers: the terms' numbers as the kernels take them.
        chosen: int32, shape (M,): the places to look at.
        least: float32, shape (M,): no row has a smaller value.
        promised: the rows whose sketches promise the smallest values.
    """

    block: CodedBlock
    terms: Terms
    probes: Int16Array
    numbers: Float32Array
    chosen: Int32Array
    least: Float32Array
    promised: Found

    def scored(self, n_wanted: int, limit: float = np.inf, *, places: Int32Array | None = None) -> Found:
        """Return the smallest values of the chosen rows, or of those at some places."""
        chosen = self.chosen if places is None else places
        least = self.least if places is None else np.full(len(places), -np.inf, np.float32)
        values, rows = _heap(min(n_wanted, len(chosen)))
        if len(values):
            bias = np.float32(self.terms.bias)
            block, limited = self.block, np.float32(limit)
            scan(
                block.codes,
                block.measures,
                self.probes,
                self.numbers,
                bias,
                chosen,
                least,
                limited,
                values,
                rows,
            )
        return _found(self.block, values, rows)


def _part(block: CodedBlock, probes: Probes, allowed: Allowed, probed: Probed | None, n_wanted: int) -> _Part:
    places = allowed.within(block)
    chosen = places if probed is None else probed.within(block, places)
    terms = probes.at(block.centre)
    seen = terms.vectors @ block.basis.T
    seen_squares = _squares(seen)
    lacking = np.sqrt(np.maximum(_squares(terms.vectors) - seen_squares, 0))
    (integers, units), (sketch, sketch_units) = integer_probes(terms.vectors), integer_probes(seen)
    factors = [units, sketch_units, lacking, np.sqrt(seen_squares) * block.blur]
    numbers = np.column_stack([terms.constants, *(terms.factor * part for part in factors)]).astype(
        np.float32
    )
    least = np.full(len(chosen), -np.inf, np.float32)
    values, rows = _heap(min(n_wanted, len(chosen)) if len(block.basis) else 0)
    if len(values):
        bias = np.float32(terms.bias)
        scan_sketches(block.sketch, block.measures, sketch, numbers, bias, chosen, least, values, rows)
    return _Part(block, terms, integers, numbers, chosen, least, _found(block, values, rows))


def _heap(size: int) -> tuple[Float32Array, Int32Array]:
    return np.full(size, np.inf, np.float32), np.full(size, -1, np.int32)


def _found(block: CodedBlock, values: Float32Array, rows: Int32Array) -> Found:
    is_found = rows >= 0
    return values[is_found], rows[is_found].astype(np.int64) + block.first


def _best(found: Sequence[Found], n_wanted: int) -> Found:
    """Return the rows of the smallest values of several parts, rising, equals by row; and those values."""
    values = np.concatenate([np.empty(0, np.float32), *(values for values, _ in found)])
    rows = np.concatenate([np.empty(0, np.int64), *(rows for _, rows in found)])
    kept = np.lexsort((rows, values))[:n_wanted]
    kept = kept[np.argsort(rows[kept])]
    return values[kept], rows[kept]


def _squares(vectors: Float32Array) -> Float32Array:
    squares: Float32Array = np.einsum("ij,ij->i", vectors, vectors)
    return squares
