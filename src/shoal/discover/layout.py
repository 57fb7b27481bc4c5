"""Vectors laid out for a search of near pairs: few coordinates, neighbours together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from shoal.embed.codes import Progress, Vectors, prepared
from shoal.embed.directions import N_SAMPLED, leading_directions
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import Int64Array

LEAF_ROWS: Final = 2_048
"""Rows that are compared with as many others in one product of matrices."""

SIZES: Final = (32, 64, 128, 256)
"""Numbers of coordinates tried before all are taken."""

ROUNDING: Final = 1e-5
"""Part of the squared lengths by which a squared distance in float32 may be off."""

_MAX_FALSE = 2e-5


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows in an order that keeps near ones together, with coordinates that are never farther apart.

    Attributes:
        rows: int64, shape (N,): table rows, leaf after leaf; of equal vectors the first row alone.
        coordinates: float32, shape (N, K): for any two rows their distance is at most that of the vectors.
        copies: int64, shape (C,): rows left out because another row has the same vector.
        originals: int64, shape (C,): that row.
    """

    rows: Int64Array
    coordinates: Float32Array
    copies: Int64Array
    originals: Int64Array


@dataclass(frozen=True, slots=True)
class Projection:
    """Orthonormal directions around a centre, and how far a vector is from all of them.

    A projection shortens differences, and so does taking the length of what it leaves out: the distance of
    coordinates is a lower bound of the distance of vectors.

    Attributes:
        centre: float32, shape (D,).
        basis: float32, shape (K, D); all D directions when K is D.
    """

    centre: Float32Array
    basis: Float32Array

    def coordinates(self, vectors: Float32Array) -> Float32Array:
        """Return float32, shape (N, K + 1)."""
        moved = vectors - self.centre
        inside = moved @ self.basis.T
        lost = np.einsum("ij,ij->i", moved, moved) - np.einsum("ij,ij->i", inside, inside)
        return np.column_stack([inside, np.sqrt(np.maximum(lost, 0))]).astype(np.float32)


def laid_out(table: Vectors, rows: Int64Array, radius: float, progress: Progress) -> Layout:
    """Lay out some rows of a table.

    Args:
        table: the vectors.
        rows: rising table rows.
        radius: the search will be for pairs at most so far apart, as a length.
        progress: told the fraction of rows read.
    """
    projection = _projection(table, rows, radius)
    seen: dict[bytes, int] = {}
    kept: list[int] = []
    parts: list[Float32Array] = [np.empty((0, len(projection.basis) + 1), np.float32)]
    copies: list[tuple[int, int]] = []
    for chosen, vectors in _chosen(table, rows):
        progress(int(np.searchsorted(rows, chosen[0])) / len(rows), "reading vectors")
        is_new = np.ones(len(chosen), np.bool_)
        for i, (row, name) in enumerate(zip(chosen.tolist(), _names(vectors), strict=True)):
            original = seen.setdefault(name, row)
            if original != row:
                is_new[i] = False
                copies.append((row, original))
        kept.extend(chosen[is_new].tolist())
        parts.append(projection.coordinates(prepared(vectors[is_new], table.distance)))
    coordinates = np.concatenate(parts)
    order = _together(coordinates)
    pairs = np.array(copies, np.int64).reshape(-1, 2)
    return Layout(np.array(kept, np.int64)[order], coordinates[order], pairs[:, 0], pairs[:, 1])


def _projection(table: Vectors, rows: Int64Array, radius: float) -> Projection:
    """Return the fewest directions that leave few pairs of sampled rows in doubt."""
    whole = np.eye(table.dimension, dtype=np.float32)
    if not len(rows):
        return Projection(whole[0], whole)
    picked = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), N_SAMPLED)).astype(np.int64))
    sample = prepared(table.take(rows[picked]), table.distance)
    centre = sample.mean(axis=0)
    if len(rows) <= LEAF_ROWS:
        return Projection(centre, whole)
    basis = leading_directions(sample - centre, SIZES[-1])
    n_true = _n_near(sample - centre, radius)
    for size in SIZES:
        tried = Projection(centre, basis[:size])
        n_doubtful = _n_near(tried.coordinates(sample), radius) - n_true
        if size < table.dimension and n_doubtful <= _MAX_FALSE * len(sample) ** 2:
            return tried
    return Projection(centre, whole)


def _n_near(points: Float32Array, radius: float) -> int:
    half = np.einsum("ij,ij->i", points, points) / 2
    products = points @ points.T
    return int((products >= half[:, None] + half - radius**2 / 2).sum())


def _chosen(table: Vectors, rows: Int64Array) -> Iterator[tuple[Int64Array, Float32Array]]:
    for first, vectors in table.batches():
        edges = np.searchsorted(rows, (first, first + len(vectors)))
        chosen = rows[edges[0] : edges[1]]
        if len(chosen):
            yield chosen, vectors[chosen - first]


def _names(vectors: Float32Array) -> Iterator[bytes]:
    """Yield digests that are equal for equal vectors alone; -0 counts as 0."""
    for vector in np.ascontiguousarray(vectors + np.float32(0)):
        yield hashlib.blake2b(vector, digest_size=16).digest()


def _together(points: Float32Array) -> Int64Array:
    """Return an order in which each run of at most `LEAF_ROWS` points lies close: halves of halves."""
    order = np.arange(len(points))
    todo = [(0, len(points))]
    while todo:
        first, stop = todo.pop()
        n_leaves = -(-(stop - first) // LEAF_ROWS)
        if n_leaves < 2:
            continue
        here = order[first:stop]
        inside = points[here]
        widest = inside[:, int(inside.var(axis=0).argmax())]
        middle = n_leaves // 2 * LEAF_ROWS
        order[first:stop] = here[np.argpartition(widest, middle)]
        todo += [(first, first + middle), (first + middle, stop)]
    return order
