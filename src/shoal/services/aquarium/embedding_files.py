"""Embeddings the client uploads beside frames and labels, as embedding spaces of Shoal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.errors import Problem, ProblemLog, UploadRejectedError
from shoal.formats.aquarium_embeddings import FRAMES, OBJECTS, read_vectors
from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.services.aquarium.incoming import staged_path
from shoal.services.aquarium.kept_vectors import keep_vectors, keeps_vectors
from shoal.services.elements import element_ids
from shoal.services.jobs import JobProgress
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.vector_writing import SpaceTarget, store_vectors
from shoal.store.catalog import Job, JobState, now
from shoal.store.vectors import VectorBatch

KIND: Final = "ingest_aquarium_embeddings"

FILE_KEYS: Final = ("frame_embedding_files", "object_embedding_files", "embedding_files")
"""Where the arguments of an upload name files of vectors; the last ones hold those of frames and objects."""


@dataclass(frozen=True)
class _Space:
    """A space an upload has vectors for."""

    name: str
    model_id: str
    dimension: int
    elements: ElementKind
    columns: tuple[str, str]
    files: Sequence[Path]


def add_embeddings(runtime: Runtime, session: Session, arguments: Mapping[str, Any]) -> str | None:
    """Write down the job that reads the vectors of an upload, if it brings any; return its id."""
    if not any(arguments.get(key) for key in FILE_KEYS) and not keeps_vectors(session, arguments):
        return None
    return runtime.board.add(session, KIND, dict(arguments)).id


def ingest_embeddings(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read vectors into the spaces their models name; the job of kind `ingest_aquarium_embeddings`.

    Vectors of objects Shoal does not score have nothing to belong to and are left out.

    Raises:
        InvalidInputError: a file cannot be read, or a model's vectors had another length before.
    """
    scene = open_scene(runtime, arguments["project"], arguments["dataset"])
    counts: dict[str, int] = {}
    spaces = list(_spaces(runtime, arguments))
    for i, space in enumerate(spaces):
        progress.report(i / len(spaces), f"reading vectors of {space.elements.value}")
        owner = arguments.get("inference_set") if space.elements is ElementKind.INFERENCES else None
        n = _store(runtime, scene, space, owner, arguments)
        counts[f"{space.name} ({space.elements.value})"] = n
    keep_vectors(runtime, scene, arguments)
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        n_vectors = sum(counts.values())
        job.result = {"dataset": arguments["dataset"], "n_vectors": n_vectors, "spaces": counts}
    for upload, _ in (place for key in FILE_KEYS for place in arguments.get(key) or []):
        runtime.uploads.discard(upload)
    runtime.board.announce()


def _spaces(runtime: Runtime, arguments: Mapping[str, Any]) -> Iterator[_Space]:
    inference_set = arguments.get("inference_set")
    objects = ElementKind.INFERENCES if inference_set else ElementKind.LABELS
    for elements, columns, prefix, key in (
        (ElementKind.FRAMES, FRAMES, "frame", "frame_embedding_files"),
        (objects, OBJECTS, "crop", "object_embedding_files"),
    ):
        dimension = arguments.get(f"{prefix}_embedding_dim")
        places = arguments.get("embedding_files" if inference_set else key) or []
        if not isinstance(dimension, int) or dimension < 1 or not places:
            continue
        model = str(arguments.get(f"{prefix}_model_version") or "unnamed")
        # A model's own view of the frames is not the dataset's.
        owner = f".{inference_set}" if inference_set and elements is ElementKind.FRAMES else ""
        name = re.sub(r"[^A-Za-z0-9_.\-]+", "_", model)[:100] + owner
        files = [staged_path(runtime, upload, file) for upload, file in places]
        yield _Space(name, model, dimension, elements, columns, files)


def _store(
    runtime: Runtime, scene: Scene, space: _Space, owner: str | None, arguments: Mapping[str, Any]
) -> int:
    known = element_ids(scene, space.elements, owner).to_list()
    ordinals = scene.element_ordinals(space.elements, owner)
    index = dict(zip(map(str, known), ordinals.tolist(), strict=True))
    found = np.concatenate(
        [np.empty(0, np.uint32), *(numbers for numbers, _ in _batches(space, index, is_checked=True))]
    )
    if not len(found):
        return 0
    metric = str(arguments.get("embedding_distance_metric") or "cosine")
    target = SpaceTarget(
        dataset_id=scene.dataset.id,
        name=space.name,
        elements=space.elements,
        inference_set_id=scene.inference_source(owner).set_id if owner else None,
        model_id=space.model_id,
        dimension=space.dimension,
        distance=Distance.COSINE if metric == "cosine" else Distance.EUCLIDEAN,
        origin="uploaded",
    )
    store_vectors(runtime, target, found.astype(np.uint32), _batches(space, index))
    return len(found)


def _batches(space: _Space, index: Mapping[str, int], *, is_checked: bool = False) -> Iterator[VectorBatch]:
    """Yield numbers and vectors of the elements there are, each once: the first vector counts.

    Raises:
        UploadRejectedError: with `is_checked`, a vector holds a number that is not finite.
    """
    seen: set[int] = set()
    for path in space.files:
        for ids, vectors in read_vectors(path, space.columns, space.dimension):
            kept: list[int] = []
            numbers: list[int] = []
            for i, name in enumerate(ids):
                number = index.get(name)
                if number is not None and number not in seen:
                    seen.add(number)
                    kept.append(i)
                    numbers.append(number)
            chosen = vectors[kept]
            if is_checked and not np.isfinite(chosen).all():
                raise _not_finite(path, [ids[i] for i in kept], chosen)
            yield np.array(numbers, np.uint32), chosen


def _not_finite(path: Path, ids: Sequence[str], vectors: NDArray[np.float32]) -> UploadRejectedError:
    problems = ProblemLog()
    for i in np.flatnonzero(~np.isfinite(vectors).all(axis=1)):
        found = "NaN or infinity"
        problems.add(Problem(path.name, ids[int(i)], "embedding", "finite numbers", found))
    return UploadRejectedError(problems.problems, problems.total)
