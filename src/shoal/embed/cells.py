"""Vectors in cells: beyond some millions of rows only the cells around a query are scanned.

Cells only narrow down which codes are read; they are read, filtered and re-scored as in the exact scan.  A
filter that leaves fewer than half of the rows is answered by an exact scan of those.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shoal.embed.codes import BLOCK_ROWS, Progress, Vectors, prepared
from shoal.embed.directions import leading_directions
from shoal.embed.scan import Probed, UInt16Array
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import Int64Array
from shoal.store.derived import Derived

MIN_ROWS: Final = 4_000_000
"""From so many rows on a table gets cells; up to there the exact scan is as quick."""

MAX_CELLS: Final = 8_192
PROBED_SHARE: Final = 0.08
"""Share of the rows that a query looks at."""

_N_DIRECTIONS = 64
_ROWS_PER_CELL = 40
_N_ROUNDS = 8
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class Centroids:
    """Where the cells of a table are.

    Attributes:
        centre: float32, shape (D,).
        basis: float32, shape (S, D): cells are told apart in these directions.
        points: float32, shape (C, S): the middle of each cell.
    """

    centre: Float32Array
    basis: Float32Array
    points: Float32Array

    def inside(self, vectors: Float32Array) -> Float32Array:
        """Return prepared vectors in the directions cells are told apart in: float32, shape (N, S)."""
        return np.asarray((vectors - self.centre) @ self.basis.T, np.float32)

    @property
    def name(self) -> str:
        """Differs when anything does."""
        parts = (self.centre, self.basis, self.points)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Cells:
    """The cell of each row, as far as it is known.

    Attributes:
        centroids: where the cells are.
        blocks: by the first row of a block of codes, uint16, shape (rows of the block,); blocks whose cells
            are not known yet are scanned whole.
        n_rows: rows of those blocks.
    """

    centroids: Centroids
    blocks: Mapping[int, UInt16Array]
    n_rows: int

    def around(self, queries: Float32Array) -> Probed:
        """Return what lies in the cells near any of several queries.

        Args:
            queries: float32, shape (Q, D), prepared.
        """
        points = self.centroids.points
        is_near = np.zeros(len(points), np.bool_)
        n_probed = math.ceil(PROBED_SHARE * len(points))
        for inside in self.centroids.inside(queries):
            apart = np.square(points - inside).sum(axis=1)
            is_near[np.argpartition(apart, n_probed - 1)[:n_probed]] = True
        return Probed(is_near, self.blocks)


def needs_cells(vectors: Vectors) -> bool:
    """Return whether a table is so large that a search looks at some cells alone."""
    return vectors.n_rows >= MIN_ROWS


def known_cells(vectors: Vectors, derived: Derived) -> Cells | None:
    """Return the cells of a table as far as they were made; `None` when there are none."""
    found = derived.get(_centroids_key(vectors))
    if found is None:
        return None
    centroids = Centroids(**found)
    blocks = {}
    for first, stop in _spans(vectors.n_rows):
        kept = derived.get(_block_key(vectors, centroids, first, stop))
        if kept is not None:
            blocks[first] = kept["cells"]
    return _cells(centroids, blocks)


def make_cells(vectors: Vectors, derived: Derived, progress: Progress) -> Cells:
    """Return the cells of a table; what is missing is made, block by block, each kept at once.

    Args:
        vectors: the rows.
        derived: where cells are kept.
        progress: told the fraction done and what is going on; may raise to stop, and nothing is lost.
    """
    progress(0.0, "finding cells")

    def find() -> dict[str, Any]:
        return _trained(vectors, lambda fraction, step: progress(0.3 * fraction, step))

    centroids = Centroids(**derived.get_or_make(_centroids_key(vectors), find))
    blocks: dict[int, UInt16Array] = {}
    for first, stop in _spans(vectors.n_rows):
        progress(0.3 + 0.7 * first / vectors.n_rows, "sorting vectors into cells")

        def assign(first: int = first, stop: int = stop) -> dict[str, Any]:
            parts = [
                _nearest(centroids.inside(prepared(part, vectors.distance)), centroids.points)
                for _, part in vectors.batches(first, stop)
            ]
            return {"cells": np.concatenate(parts).astype(np.uint16)}

        key = _block_key(vectors, centroids, first, stop)
        blocks[first] = derived.get_or_make(key, assign)["cells"]
    return _cells(centroids, blocks)


def _cells(centroids: Centroids, blocks: Mapping[int, UInt16Array]) -> Cells:
    return Cells(centroids, blocks, sum(len(block) for block in blocks.values()))


def _trained(vectors: Vectors, progress: Progress) -> dict[str, Any]:
    """Lloyd's algorithm on a sample; cells that lose all rows get those of the fullest ones."""
    n_cells = min(MAX_CELLS, max(1, int(4 * math.sqrt(vectors.n_rows))))
    rows = _sampled(vectors.n_rows, n_cells * _ROWS_PER_CELL)
    parts = [prepared(vectors.take(rows[at : at + _AT_ONCE]), vectors.distance) for at in _starts(rows)]
    first = parts[0]
    centre = first.mean(axis=0)
    basis = leading_directions(first - centre, _N_DIRECTIONS)
    sample = np.concatenate([(part - centre) @ basis.T for part in parts])
    rng = np.random.default_rng(0)
    points = sample[rng.choice(len(sample), min(n_cells, len(sample)), replace=False)]
    for round_ in range(_N_ROUNDS):
        progress(round_ / _N_ROUNDS, "finding cells")
        cells = _nearest(sample, points)
        counts = np.bincount(cells, minlength=len(points))
        order = np.argsort(cells, kind="stable")
        starts = np.cumsum(counts) - counts
        sums = np.add.reduceat(sample[order], np.minimum(starts, len(sample) - 1), axis=0)
        means = sums / np.maximum(counts, 1).astype(np.float32)[:, None]
        points = np.where(counts[:, None] > 0, means, points)
        empty = np.flatnonzero(counts == 0)
        points[empty] = sample[rng.choice(len(sample), len(empty))]
    return {"centre": centre, "basis": basis, "points": points.astype(np.float32)}


def _sampled(n_rows: int, n_wanted: int) -> Int64Array:
    """Return rows at random in an order at random, so that any of them stand for all."""
    rng = np.random.default_rng(0)
    return np.unique(rng.integers(0, n_rows, n_wanted))[:n_wanted] if n_wanted < n_rows else np.arange(n_rows)


def _starts(rows: Int64Array) -> range:
    return range(0, len(rows), _AT_ONCE)


def _nearest(inside: Float32Array, points: Float32Array) -> Int64Array:
    half = np.einsum("ij,ij->i", points, points) / 2
    found = np.empty(len(inside), np.int64)
    for at in range(0, len(inside), _AT_ONCE):
        found[at : at + _AT_ONCE] = (inside[at : at + _AT_ONCE] @ points.T - half).argmax(axis=1)
    return found


def _spans(n_rows: int) -> list[tuple[int, int]]:
    return [(first, min(first + BLOCK_ROWS, n_rows)) for first in range(0, n_rows, BLOCK_ROWS)]


def _centroids_key(vectors: Vectors) -> dict[str, Any]:
    """Cells are found anew each time the number of rows has doubled."""
    doublings = max(0, int(math.log2(max(vectors.n_rows, 1) / MIN_ROWS)))
    return {"cells_of": vectors.key["uri"], "distance": str(vectors.distance), "doublings": doublings}


def _block_key(vectors: Vectors, centroids: Centroids, first: int, stop: int) -> dict[str, Any]:
    return {**_centroids_key(vectors), "centroids": centroids.name, "first": first, "stop": stop}
