"""Nearest elements of an embedding space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.embedding import Distance
from shoal.services.vector_spaces import OpenSpace
from shoal.store.vectors import Float32Array

MAX_PROBES: Final = 256
"""So many seeds are searched with at once; of more, so many spread evenly find the candidates."""

MAX_SEEDS: Final = 4096
"""So many seeds are read at most; of more, so many spread evenly."""

CANDIDATES_PER_RESULT: Final = 4
"""With more seeds than that: how many candidates are held against all of them for each result."""

MOST_TIES: Final = 16_384
"""So many results are looked at to put equal distances in the order of the elements."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """What neighbours are looked for.

    Attributes:
        vectors: float32, shape (Q, D).
        positions: the element each vector is of, shape (Q,); `None` when they are of none.
        mask: bool over the elements: the seeds, with or without a vector; they are never found.
    """

    vectors: Float32Array
    positions: Int64Array | None
    mask: BoolArray


@dataclass(frozen=True, slots=True)
class Found:
    """Neighbours, nearest first, equal distances in the order of the elements.

    Attributes:
        positions: int64, shape (K,): elements.
        distances: shape (K,), to the nearest seed.
        which: shape (K,): that seed's place among the vectors.
        method: how they were found.
        n_candidates: how many elements were searched.
    """

    positions: Int64Array
    distances: Float32Array
    which: Int64Array
    method: Literal["exact", "index"]
    n_candidates: int


def nearest_elements(space: OpenSpace, queries: Float32Array, k: int, allowed: BoolArray) -> Found:
    """Return the elements nearest to any of several vectors.

    Args:
        space: where to look.
        queries: shape (Q, D), Q ≥ 1.
        k: how many at most.
        allowed: bool over the elements; those without a vector are left out.
    """
    rows = space.allowed_rows(allowed)
    n_candidates = int(np.count_nonzero(rows))
    where = None if n_candidates == space.table.n_rows else rows
    if n_candidates == 0 or k == 0:
        nothing = np.empty(0, np.int64)
        return Found(nothing, nothing.astype(np.float32), nothing, space.index.method, n_candidates)
    probes = np.linspace(0, len(queries) - 1, min(len(queries), MAX_PROBES)).astype(np.int64)
    is_sample = len(probes) < len(queries)
    n_wanted = min(n_candidates, k * CANDIDATES_PER_RESULT if is_sample else k + 1)
    near = space.index.nearest(queries[probes], n_wanted, rows=where)
    while n_wanted < min(n_candidates, MOST_TIES) and near.distances[-1] == near.distances[k - 1]:
        n_wanted = min(n_candidates, MOST_TIES, 2 * n_wanted)
        near = space.index.nearest(queries[probes], n_wanted, rows=where)
    positions, distances, which = space.positions_of(near.rows), near.distances, probes[near.which]
    if is_sample:
        distances, which = distances_to(space.table.take(near.rows), queries, space.row.distance)
    order = np.lexsort((positions, distances))[:k]
    return Found(positions[order], distances[order], which[order], space.index.method, n_candidates)


def distances_to(
    vectors: Float32Array, seeds: Float32Array, distance: Distance
) -> tuple[Float32Array, Int64Array]:
    """Return each vector's distance to the nearest seed, and which that is.

    Args:
        vectors: shape (N, D).
        seeds: shape (Q, D), Q ≥ 1.
        distance: how they are compared.
    """
    one, other = vectors.astype(np.float64), seeds.astype(np.float64)
    if distance is Distance.COSINE:
        one /= np.linalg.norm(one, axis=1, keepdims=True)
        other /= np.linalg.norm(other, axis=1, keepdims=True)
    which = (np.einsum("ij,ij->i", other, other) - 2 * one @ other.T).argmin(axis=1)
    apart = one - other[which]
    squares = np.einsum("ij,ij->i", apart, apart)
    found = squares / 2 if distance is Distance.COSINE else np.sqrt(squares)
    return found.astype(np.float32), which


def seeds_of(space: OpenSpace, mask: BoolArray) -> Seeds:
    """Return the elements of a mask as seeds; those without a vector seek nothing.

    Of more than `MAX_SEEDS`, so many spread evenly stand for all.
    """
    positions = np.flatnonzero(mask & space.has_vector)
    positions = positions[np.linspace(0, len(positions) - 1, min(len(positions), MAX_SEEDS)).astype(np.int64)]
    return Seeds(space.table.take(space.rows[positions]), positions, mask)
