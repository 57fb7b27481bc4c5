"""Vectors from files: all of them become searchable together, or none does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError, NotFoundError, ProblemLog
from shoal.formats.frame_lookup import UNKNOWN, FrameLookup, RowArray
from shoal.formats.vector_file import VectorFile
from shoal.formats.vector_rows import checked_ids, checked_vectors
from shoal.formats.vectors import open_vector_file
from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.services.elements import element_ids
from shoal.services.jobs import JobProgress
from shoal.services.map_points import prepare_map
from shoal.services.scene import Scene, open_scene
from shoal.services.uploads import discard_uploads, path_of
from shoal.services.vector_spaces import set_of_inferences
from shoal.services.vector_writing import SpaceTarget, check_target, space_at, store_vectors
from shoal.store.catalog import EmbeddingSpace, Job, JobState, now
from shoal.store.vectors import UInt32Array, VectorBatch, rows_per_batch
from shoal.wire.embeddings import EmbeddingIngest, SpaceChoice
from shoal.wire.uploads import FileRef

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


def ingest_embeddings(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read a file of vectors into an embedding space; the job of kind `ingest_embeddings`.

    Raises:
        UploadRejectedError: rows are at fault; the space is as it was.
        InvalidInputError: the file cannot be read, or its vectors cannot join those of the space.
    """
    request = EmbeddingIngest.model_validate(arguments["request"])
    scene = open_scene(runtime, arguments["project"], arguments["dataset"])
    progress.report(0.02, "reading ids")
    file = _opened(runtime, request)
    owner = set_of_inferences(scene, choice_of(request))
    target = _target(scene, arguments["space"], request, file.dimension, owner)
    if request.mode == "upsert":
        with runtime.catalog.read() as session:
            check_target(space_at(session, target), target)
    ordinals = _ordinals(scene, file, request.elements, owner)

    def finish(session: Session, space: EmbeddingSpace) -> None:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "space": space.name,
            "elements": space.elements.value,
            "version": space.version,
            "n_vectors": len(ordinals),
        }

    store_vectors(
        runtime,
        target,
        ordinals,
        _batches(file, ordinals, target, progress),
        replace=request.mode == "replace",
        finish=finish,
        report=lambda share, step: progress.report(0.6 + 0.39 * share, step),
    )
    discard_uploads(runtime, request)
    runtime.board.announce()
    choice = SpaceChoice(space=target.name, elements=request.elements, inference_set=owner)
    prepare_map(runtime, arguments["project"], arguments["dataset"], choice)


def _opened(runtime: Runtime, request: EmbeddingIngest) -> VectorFile:
    found = open_vector_file(
        path_of(runtime, request.vectors),
        path_of(runtime, request.ids) if request.ids else None,
        id_column=request.id_column,
        vector_column=request.vector_column,
        name=_name_of(request.vectors),
        ids_name=_name_of(request.ids) if request.ids else None,
    )
    if len(found.ids) == 0:
        raise InvalidInputError(f"{found.name} holds no vectors.", location={"file": found.name})
    if found.dimension == 0:
        raise InvalidInputError(
            f"{found.name}: expected vectors, found none in any row.", location={"file": found.name}
        )
    return found


def _name_of(reference: FileRef) -> str:
    return reference.path.rstrip("/").rsplit("/", 1)[-1]


def choice_of(request: EmbeddingIngest) -> SpaceChoice:
    """Return which elements the vectors of an upload are of."""
    return SpaceChoice(elements=request.elements, inference_set=request.inference_set)


def _target(
    scene: Scene, space: str, request: EmbeddingIngest, dimension: int, owner: str | None
) -> SpaceTarget:
    return SpaceTarget(
        dataset_id=scene.dataset.id,
        name=space,
        elements=request.elements,
        inference_set_id=scene.inference_source(owner).set_id if owner else None,
        model_id=request.model_id,
        dimension=dimension,
        distance=request.distance,
        origin="uploaded",
    )


def _ordinals(scene: Scene, file: VectorFile, elements: ElementKind, owner: str | None) -> UInt32Array:
    """Return the number of each row's element: uint32, shape (N,), all different.

    Raises:
        UploadRejectedError: ids are missing, unknown or there twice.
    """
    problems = ProblemLog()
    known = element_ids(scene, elements, owner).cast(str).to_arrow().cast(pa.string())
    rows = _elements_of(scene, file.ids, known, elements)
    checked_ids(file, rows, elements.value, known, problems)
    problems.raise_if_any()
    ordinals: NDArray[np.uint32] = scene.element_ordinals(elements, owner)[rows]
    return ordinals


def _elements_of(scene: Scene, ids: pa.Array, known: pa.Array, elements: ElementKind) -> RowArray:
    names = ["" if name is None else name for name in ids.to_pylist()]
    if elements is ElementKind.FRAMES:
        columns = scene.snapshot.frames("source_id", "file_name")
        source_ids, file_names = (columns[name].cast(str).to_arrow() for name in columns.columns)
        rows = FrameLookup(known, source_ids.cast(pa.string()), file_names.cast(pa.string())).rows(names)
    else:
        rows = FrameLookup(known).rows(names, ("frame_id",))
    rows[np.asarray(ids.is_null())] = UNKNOWN
    return rows


def _batches(
    file: VectorFile, ordinals: UInt32Array, target: SpaceTarget, progress: JobProgress
) -> Iterator[VectorBatch]:
    """Yield what is to be stored; raises `UploadRejectedError` at the end where rows are at fault."""
    problems = ProblemLog()
    checked = checked_vectors(
        file,
        rows_per_batch(target.dimension),
        dimension=target.dimension,
        needs_direction=target.distance is Distance.COSINE,
        log=problems,
    )
    for start, vectors in checked:
        progress.report(0.05 + 0.55 * start / len(ordinals), f"storing {len(ordinals):,} vectors")
        if start + len(vectors) > len(ordinals):
            raise NotFoundError(f"{file.name} changed while it was read.")
        yield ordinals[start : start + len(vectors)], vectors
    problems.raise_if_any()
