"""Similarity search from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from shoal.client.progress import open_progress
from shoal.client.selection import Selection, id_list
from shoal.client.session import build, given
from shoal.client.sources import Staging
from shoal.client.tables import RowTable
from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.wire.embeddings import SimilarBody, SimilarRequest
from shoal.wire.selections import SelectionBody

if TYPE_CHECKING:
    from shoal.client.dataset_elements import DatasetElements

COLUMNS: Final = {"id": "string", "frame_id": "string", "distance": "float64", "nearest": "string"}


class SimilarTable(RowTable):
    """Elements nearest to seeds, nearest first: `id`, `frame_id`, `distance`, `nearest` (the seed's id).

    Attributes:
        body: the whole answer: which space, how it was searched, how many candidates there were.
    """

    def __init__(self, body: SimilarBody) -> None:
        super().__init__([item.model_dump() for item in body.items], COLUMNS)
        self.body = body


def find_similar(
    dataset: DatasetElements,
    *,
    ids: Iterable[str] | None,
    vector: Sequence[float] | None,
    image: str | os.PathLike[str] | None,
    selection: Selection | None,
    k: int,
    query: str | None,
    space: str | None,
    elements: str,
    inference_set: str | None,
) -> SimilarTable:
    """Return the elements nearest to exactly one of ids, a vector, an image, a selection.

    Raises:
        InvalidInputError: none or several of them, or a selection of other elements.
    """
    ways = {"ids": ids, "vector": vector, "image": image, "selection": selection}
    named = [name for name, value in ways.items() if value is not None]
    if len(named) != 1:
        raise InvalidInputError(
            f"Expected exactly one of {', '.join(ways)}, found {' and '.join(named) or 'none'}."
        )
    if selection is not None and selection.elements != elements:
        raise InvalidInputError(f"Expected a selection of {elements}, found {selection.elements}.")
    values: dict[str, Any] = given(
        ids=None if ids is None else id_list(ids),
        vector=None if vector is None else [float(number) for number in vector],
        selection=None if selection is None else selection.body,
        within=None if query is None else build(SelectionBody, query=query),
        space=space,
        inference_set=inference_set or (selection.inference_set if selection else None),
    )
    with Staging(dataset.session) as staging, open_progress(False) as silent:
        if image is not None:
            staging.add("image", os.fspath(image))
            values |= staging.send(silent)
        request = build(SimilarRequest, k=k, elements=ElementKind(elements), **values)
        body = dataset.session.read(SimilarBody, "POST", (*dataset.path, "similar"), body=request)
    return SimilarTable(body)
