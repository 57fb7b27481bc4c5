"""The exact scan: every allowed row's code against the probes, the best few kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.embed.codes import CodedBlock
from shoal.kernels.code_scan import Float32Array, integer_probes, scan_all, scan_some
from shoal.kernels.objects import BoolArray, Int32Array, Int64Array
from shoal.kernels.threads import over_items
from shoal.model.embedding import Distance


@dataclass(frozen=True, slots=True)
class Probes:
    """What rows are compared with.

    Attributes:
        vectors: float32, shape (Q, D), prepared as the rows are.
        distance: how; `None` for the largest inner product with any of them.
    """

    vectors: Float32Array
    distance: Distance | None

    def at(self, centre: Float32Array) -> tuple[Float32Array, Float32Array, float]:
        """Return the part to multiply with `row - centre`, the constant of each, and its factor.

        Cosine: `1 - q·x = (1 - q·c) - q·(x - c)`.  Euclidean, squared:
        `|x - q|² = |x - c|² + |q - c|² - 2 (q - c)·(x - c)`.
        """
        if self.distance is Distance.EUCLIDEAN:
            moved = self.vectors - centre
            return moved, np.einsum("ij,ij->i", moved, moved), 2.0
        start = np.float32(1 if self.distance is Distance.COSINE else 0)
        return self.vectors, start - self.vectors @ centre, 1.0


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which rows of a table may be found: all, a bool mask over its rows, or rising rows."""

    rows: BoolArray | Int64Array | None

    def count(self, n_rows: int) -> int:
        """Return how many of `n_rows` rows there are."""
        if self.rows is None:
            return n_rows
        return int(self.rows.sum()) if self.rows.dtype == np.bool_ else len(self.rows)

    def within(self, block: CodedBlock) -> Int32Array | None:
        """Return the places of allowed rows in a block, int32, rising; `None` for all of them."""
        if self.rows is None:
            return None
        stop = block.first + block.n_rows
        if self.rows.dtype == np.bool_:
            places = np.flatnonzero(self.rows[block.first : stop])
        else:
            edges = np.searchsorted(self.rows, (block.first, stop))
            places = self.rows[edges[0] : edges[1]] - block.first
        return None if len(places) == block.n_rows else places.astype(np.int32)


def candidates(
    blocks: Sequence[CodedBlock], probes: Probes, n_wanted: int, allowed: Allowed, n_allowed: int
) -> Int64Array:
    """Return the rows nearest to their nearest probe, as far as codes can tell.

    Args:
        blocks: all rows.
        probes: at least one.
        n_wanted: how many rows to return, unless fewer are allowed.
        allowed: looked at before the scan, so that a rare filter still finds `n_wanted` rows.
        n_allowed: how many rows those are.

    Returns:
        int64, at most `n_wanted` rows, nearest first, equals by row.
    """

    def look(block: CodedBlock) -> tuple[Float32Array, Int64Array]:
        return _look(block, probes, n_wanted, allowed.within(block))

    found = over_items(look, blocks, n_allowed * len(probes.vectors))
    values = np.concatenate([np.empty(0, np.float32), *(values for values, _ in found)])
    rows = np.concatenate([np.empty(0, np.int64), *(rows for _, rows in found)])
    return rows[np.lexsort((rows, values))[:n_wanted]]


def _look(
    block: CodedBlock, probes: Probes, n_wanted: int, chosen: Int32Array | None
) -> tuple[Float32Array, Int64Array]:
    n_kept = min(n_wanted, block.n_rows if chosen is None else len(chosen))
    if n_kept == 0:
        return np.empty(0, np.float32), np.empty(0, np.int64)
    vectors, constants, factor = probes.at(block.centre)
    integers, units = integer_probes(vectors)
    is_biased = probes.distance is Distance.EUCLIDEAN
    bias = block.squares if is_biased else np.zeros(block.n_rows, np.float32)
    values, rows = np.full(n_kept, np.inf, np.float32), np.full(n_kept, -1, np.int32)
    common = (block.codes, block.scale, bias, integers, np.float32(factor) * units, constants)
    if chosen is None:
        scan_all(*common, values, rows)
    else:
        scan_some(*common, chosen, values, rows)
    is_found = rows >= 0
    return values[is_found], rows[is_found].astype(np.int64) + block.first
