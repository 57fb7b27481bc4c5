"""Elements nearest to others: seeds in, neighbours out, filters first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from shoal.errors import InvalidInputError, NotFoundError
from shoal.kernels.objects import Int64Array
from shoal.model.embedding import Distance
from shoal.services.elements import element_table
from shoal.services.neighbours import Found, Seeds, nearest_elements, seeds_of
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.services.uploads import path_of
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.store.vectors import Float32Array
from shoal.wire.embeddings import SimilarBody, SimilarItem, SimilarRequest
from shoal.wire.selections import SelectionBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


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
