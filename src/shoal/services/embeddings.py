"""Embedding spaces: listed, filled, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from shoal.errors import InvalidInputError, NotFoundError
from shoal.model.segment import ElementKind
from shoal.services.lookup import dataset_named, inference_set_named
from shoal.services.map_points import available_methods
from shoal.services.scene import Scene, open_scene
from shoal.services.uploads import path_of
from shoal.services.vector_ingestion import choice_of
from shoal.services.vector_spaces import open_space, set_of_inferences, spaces_of
from shoal.store.catalog import EmbeddingSpace
from shoal.wire.embeddings import EmbeddingIngest, EmbeddingSpaceBody, EmbeddingSpaceList, SpaceChoice
from shoal.wire.jobs import JobBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


def list_spaces(runtime: Runtime, project: str, dataset: str) -> EmbeddingSpaceList:
    """Return the embedding spaces of a dataset by name, then kind of element."""
    scene = open_scene(runtime, project, dataset)
    order = list(ElementKind)
    rows = sorted(scene.spaces, key=lambda row: (row.name, order.index(row.elements), row.id))
    owners = {row.id: name for name, row in scene.inference_sets.items()}
    known = [row for row in rows if row.inference_set_id is None or row.inference_set_id in owners]
    return EmbeddingSpaceList(
        items=[_body(scene, row, owners.get(row.inference_set_id or "")) for row in known]
    )


def _body(scene: Scene, row: EmbeddingSpace, inference_set: str | None) -> EmbeddingSpaceBody:
    space = open_space(scene, SpaceChoice(space=row.name, elements=row.elements, inference_set=inference_set))
    return EmbeddingSpaceBody(
        name=row.name,
        elements=row.elements,
        inference_set=inference_set,
        model_id=row.model_id,
        dimension=row.dimension,
        distance=row.distance,
        origin="computed" if row.origin == "computed" else "uploaded",
        n_vectors=int(np.count_nonzero(space.has_vector)),
        n_elements=len(space.rows),
        version=row.version,
        projections=available_methods(scene, space),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def start_embedding_ingest(
    runtime: Runtime, project: str, dataset: str, space: str, request: EmbeddingIngest
) -> JobBody:
    """Queue the reading of a file of vectors into an embedding space, which is made if it is new.

    Raises:
        InvalidInputError: an inference set beside other elements, or inferences without one.
        NotFoundError: the dataset, an upload or a file does not exist.
    """
    scene = open_scene(runtime, project, dataset)
    if request.inference_set is not None and request.elements is not ElementKind.INFERENCES:
        raise InvalidInputError(
            f"Expected an inference set with elements inferences alone, found one with "
            f"{request.elements.value}.",
            location={"field": "inference_set"},
        )
    owner = set_of_inferences(scene, choice_of(request))
    spaces = spaces_of(scene, request.elements, owner)
    if "distance" not in request.model_fields_set and request.mode == "upsert" and space in spaces:
        request = request.model_copy(update={"distance": spaces[space].distance})
    for reference in (request.vectors, request.ids):
        if reference is not None:
            path_of(runtime, reference)
    arguments = {
        "project": scene.project.name,
        "dataset": scene.dataset.name,
        "space": space,
        "request": request.model_dump(mode="json"),
    }
    return runtime.board.submit("ingest_embeddings", arguments)


def delete_space(
    runtime: Runtime,
    project: str,
    dataset: str,
    space: str,
    *,
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
) -> None:
    """Delete an embedding space; its table is cleared away when the home is opened next.

    Raises:
        NotFoundError: there is none of that name for these elements.
    """
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, dataset)
        meant = select(EmbeddingSpace).where(
            EmbeddingSpace.dataset_id == row.id,
            EmbeddingSpace.name == space,
            EmbeddingSpace.elements == elements,
        )
        if elements is ElementKind.INFERENCES and inference_set is not None:
            owner = inference_set_named(session, row, inference_set)
            meant = meant.where(EmbeddingSpace.inference_set_id == owner.id)
        rows = list(session.scalars(meant))
        if not rows:
            raise NotFoundError(
                f"There is no embedding space {space!r} for {elements.value} of dataset {row.name!r}.",
                hint="List them: shoal embeddings list, or .embeddings.list() in Python.",
                location={"embedding space": space},
            )
        if len(rows) > 1:
            raise InvalidInputError(
                f"Expected the name of the inference set: several have an embedding space {space!r}.",
                location={"field": "inference_set"},
            )
        session.delete(rows[0])
