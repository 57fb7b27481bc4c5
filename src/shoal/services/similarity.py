"""Elements nearest to others: seeds in, neighbours out, filters first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from shoal.errors import InvalidInputError, NotFoundError
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.embedding import Distance
from shoal.services.elements import element_table
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.services.uploads import path_of
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.store.vectors import Float32Array
from shoal.wire.embeddings import SimilarBody, SimilarItem, SimilarRequest
from shoal.wire.selections import SelectionBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

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


def find_similar(runtime: Runtime, project: str, dataset: str, request: SimilarRequest) -> SimilarBody:
    """Return the elements nearest to seeds.

    Raises:
        NotFoundError: no such space, element, inference set or file.
        InvalidInputError: no seed has a vector, or a vector does not fit the space.
    """
    scene = open_scene(runtime, project, dataset)
    space = open_space(scene, request)
    about = space.inference_set or request.inference_set
    seeds = _seeds(scene, space, request, about)
    allowed = ~seeds.mask
    if request.within is not None:
        allowed &= resolve(scene, request.within, request.elements, about).mask
    if request.exclude is not None:
        allowed &= ~resolve(scene, request.exclude, request.elements, about).mask
    found = nearest_elements(space, seeds.vectors, request.k, allowed)
    return SimilarBody(
        items=_items(scene, space, seeds, found),
        space=space.row.name,
        model_id=space.row.model_id,
        distance=space.row.distance,
        method=found.method,
        n_candidates=found.n_candidates,
        n_seeds=len(seeds.vectors),
        n_seeds_without_vector=int(np.count_nonzero(seeds.mask & ~space.has_vector)),
        dataset_version=scene.source.number,
    )


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


def _seeds(scene: Scene, space: OpenSpace, request: SimilarRequest, about: str | None) -> Seeds:
    nothing = np.zeros(len(space.rows), np.bool_)
    if request.vector is not None:
        return Seeds(checked_vector(space, request.vector), None, nothing)
    if request.image is not None:
        from shoal.services.descriptors import describe_image

        vector = describe_image(scene.runtime, space.row.model_id, path_of(scene.runtime, request.image))
        return Seeds(checked_vector(space, vector.tolist()), None, nothing)
    selection = request.selection or SelectionBody(ids=request.ids)
    found = seeds_of(space, resolve(scene, selection, request.elements, about).mask)
    if not len(found.vectors):
        raise NotFoundError(
            f"None of the {int(found.mask.sum()):,} seeds has a vector in embedding space "
            f"{space.row.name!r}.",
            hint="Compute or upload the vectors that are missing, or name another space.",
            location={"field": "ids" if request.ids is not None else "selection"},
        )
    return found


def checked_vector(space: OpenSpace, numbers: Sequence[float]) -> Float32Array:
    """Return numbers as a query, shape (1, D).

    Raises:
        InvalidInputError: they are too many or too few, not finite, or without direction.
    """
    with np.errstate(over="ignore"):
        vector = np.array([numbers], np.float32)
    if vector.shape[1] != space.table.dimension:
        raise InvalidInputError(
            f"Expected a vector of {space.table.dimension} numbers, as embedding space {space.row.name!r} "
            f"has; found {vector.shape[1]}.",
            location={"field": "vector"},
        )
    with np.errstate(over="ignore", invalid="ignore"):
        square = float((vector * vector).sum())
    if not np.isfinite(square) or (space.row.distance is Distance.COSINE and square < 1e-30):
        found = "zeros" if square == 0 else "numbers that are too large or too small"
        raise InvalidInputError(
            f"Expected a vector with a direction, found {found}.", location={"field": "vector"}
        )
    return vector


def _items(scene: Scene, space: OpenSpace, seeds: Seeds, found: Found) -> list[SimilarItem]:
    table = named(scene, space, found.positions)
    nearest: list[str | None] = [None] * len(found.positions)
    if seeds.positions is not None:
        nearest = [name for name, _ in named(scene, space, seeds.positions[found.which])]
    return [
        SimilarItem(id=name, frame_id=frame, distance=float(distance), nearest=seed)
        for (name, frame), distance, seed in zip(table, found.distances, nearest, strict=True)
    ]


def named(scene: Scene, space: OpenSpace, positions: Int64Array) -> list[tuple[str, str]]:
    """Return the id of each element and of the frame it is in."""
    table = element_table(scene, positions, space.elements, space.inference_set, ["id", "frame_id"])
    return [(str(name), str(frame)) for name, frame in table.rows()]
