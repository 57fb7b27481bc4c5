"""Embedding spaces as a request sees them: which is meant, and where the vector of each element is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shoal.errors import InvalidInputError, NotFoundError
from shoal.kernels.objects import BoolArray
from shoal.model.segment import ElementKind
from shoal.services.lookup import not_found
from shoal.services.scene import Scene
from shoal.services.stored_vectors import ElementRows, StoredVectors
from shoal.store.catalog import EmbeddingSpace
from shoal.store.vectors import Int64Array, VectorTable
from shoal.wire.embeddings import SpaceChoice

if TYPE_CHECKING:
    from shoal.embed.index import VectorIndex


@dataclass(frozen=True)
class OpenSpace:
    """A space on the dataset version of a scene.

    Attributes:
        row: the catalog's row.
        elements: the kind of element.
        inference_set: with inferences, the name of their set.
        vectors: what is stored, shared between requests.
        found: where the vectors of its elements are.
    """

    row: EmbeddingSpace
    elements: ElementKind
    inference_set: str | None
    vectors: StoredVectors
    found: ElementRows

    @property
    def rows(self) -> Int64Array:
        """int64, shape (N,): the table row of each element in the order of the scene's masks, -1: none.

        To be read only.
        """
        return self.found.rows

    @property
    def table(self) -> VectorTable:
        """The stored vectors."""
        return self.vectors.table

    @property
    def index(self) -> VectorIndex:
        """What finds neighbours; kept between requests."""
        return self.vectors.index

    @property
    def has_vector(self) -> BoolArray:
        """bool, shape (N,): the elements that have one."""
        return self.found.has_vector

    def rows_in(self, mask: BoolArray) -> Int64Array:
        """Return the table rows of the elements in a mask that have a vector, rising: int64."""
        rows = self.rows[mask]
        return np.sort(rows[rows >= 0])

    def allowed_rows(self, mask: BoolArray) -> BoolArray:
        """Return which table rows are of elements in a mask: bool, shape (table rows,)."""
        if self.found.are_in_order:
            return mask
        allowed = np.zeros(self.table.n_rows, np.bool_)
        allowed[self.rows[mask & self.has_vector]] = True
        return allowed

    def positions_of(self, rows: Int64Array) -> Int64Array:
        """Return the element each table row is of, -1 for superseded rows and elements not here."""
        return self.found.positions[rows]


def open_space(scene: Scene, choice: SpaceChoice) -> OpenSpace:
    """Open the space a request means.

    Raises:
        NotFoundError: no such space, or none at all for these elements.
        InvalidInputError: there are several and none was named; or inferences without their set.
    """
    owner = set_of_inferences(scene, choice)
    row = _chosen(scene, choice, spaces_of(scene, choice.elements, owner), owner)
    vectors = scene.runtime.vectors.open(scene.runtime.home, scene.runtime.derived, row)
    key = (scene.source.version_id, scene.inference_source(owner).version_id if owner else "")
    found = vectors.rows_of(key, scene.element_ordinals(choice.elements, owner))
    return OpenSpace(row, choice.elements, owner, vectors, found)


def set_of_inferences(scene: Scene, choice: SpaceChoice) -> str | None:
    """Return the inference set whose inferences are meant; `None` for other elements.

    Raises:
        InvalidInputError: there are several and none was named.
        NotFoundError: no such inference set.
    """
    if choice.elements is not ElementKind.INFERENCES:
        return None
    if choice.inference_set is not None:
        return scene.inference_source(choice.inference_set).name
    names = list(scene.inference_sources)
    if len(names) != 1:
        raise InvalidInputError(
            f"Expected the name of the inference set whose inferences are meant; "
            f"there are {', '.join(names) or 'none'}.",
            location={"field": "inference_set"},
        )
    return names[0]


def spaces_of(scene: Scene, elements: ElementKind, inference_set: str | None) -> dict[str, EmbeddingSpace]:
    """Return the spaces of elements of one kind by name."""
    owner = scene.inference_source(inference_set).set_id if inference_set else None
    return {
        row.name: row
        for row in scene.spaces
        if row.elements is elements and (owner is None or row.inference_set_id == owner)
    }


def _chosen(
    scene: Scene, choice: SpaceChoice, spaces: dict[str, EmbeddingSpace], inference_set: str | None
) -> EmbeddingSpace:
    whose = f" of {inference_set!r}" if inference_set else ""
    where = f" for {choice.elements.value}{whose} of dataset {scene.dataset.name!r}"
    if not spaces:
        raise NotFoundError(
            f"There is no embedding space{where}.",
            hint="Compute one with the default descriptor (shoal embeddings compute, or "
            ".embeddings.compute() in Python), or upload vectors (shoal embeddings upload).",
            location={"field": "space"},
        )
    if choice.space is not None:
        if choice.space not in spaces:
            raise not_found("embedding space", choice.space, spaces, where=where)
        return spaces[choice.space]
    if len(spaces) > 1:
        raise InvalidInputError(
            f"Expected the name of an embedding space{where}; there are {', '.join(sorted(spaces))}.",
            location={"field": "space"},
        )
    return next(iter(spaces.values()))
