"""`similar(...)` in a query: which elements are among the nearest."""

from __future__ import annotations

import numpy as np

from shoal.errors import QueryTypeError
from shoal.kernels.objects import BoolArray
from shoal.model.segment import ElementKind
from shoal.query.near import did_you_mean
from shoal.query.predicate import CheckedQuery, SimilarTo
from shoal.query.requirements import required_columns
from shoal.services.elements import element_ids
from shoal.services.neighbours import nearest_elements, seeds_of
from shoal.services.scene import Scene
from shoal.services.vector_spaces import open_space
from shoal.wire.embeddings import SpaceChoice


def similar_masks(scene: Scene, query: CheckedQuery) -> dict[SimilarTo, BoolArray]:
    """Return for each `similar(...)` of a query which elements it holds: bool over the rows it is about.

    Raises:
        QueryTypeError: an id is of no element, or no seed has a vector; `location["offset"]` is the
            character.
    """
    return {wanted: _mask(scene, wanted) for wanted in required_columns(query).similar}


def _mask(scene: Scene, wanted: SimilarTo) -> BoolArray:
    elements = ElementKind(wanted.rows.table.value)
    owner = wanted.rows.inference_set
    space = open_space(scene, SpaceChoice(space=wanted.space, elements=elements, inference_set=owner))
    asked = np.zeros(len(space.rows), np.bool_)
    asked[_positions(scene, wanted, elements)] = True
    seeds = seeds_of(space, asked)
    if not len(seeds.vectors):
        raise _error(f"No vector of {wanted.ids[0]!r} is in space {wanted.space!r}.", wanted.offsets[0], "")
    found = nearest_elements(space, seeds.vectors, wanted.count, ~asked)
    mask = np.zeros(len(space.rows), np.bool_)
    mask[found.positions] = True
    return mask


def _positions(scene: Scene, wanted: SimilarTo, elements: ElementKind) -> list[int]:
    if elements is ElementKind.FRAMES:
        known = scene.snapshot.position_of_id
    else:
        ids = element_ids(scene, elements, wanted.rows.inference_set).cast(str).to_list()
        known = {one: position for position, one in enumerate(ids)}
    for one, offset in zip(wanted.ids, wanted.offsets, strict=True):
        if one not in known:
            name = elements.value.removesuffix("s")
            raise _error(f"There is no {name} with the id {one!r}.", offset, did_you_mean(one, known))
    return [known[one] for one in wanted.ids]


def _error(message: str, offset: int, hint: str) -> QueryTypeError:
    return QueryTypeError(f"{message} (character {offset + 1})", hint=hint, location={"offset": offset})
