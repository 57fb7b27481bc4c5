"""Vectors computed by a descriptor, as a job that goes on where it was stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.errors import InvalidInputError, JobCancelledError, NotEvaluableError
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.segment import ElementKind
from shoal.services.descriptors import check_model, open_describer, open_descriptor
from shoal.services.element_pictures import ElementPictures, describe_elements, element_pictures
from shoal.services.elements import element_ids
from shoal.services.jobs import JobProgress
from shoal.services.map_points import prepare_map
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import n_elements, query_mask
from shoal.services.vector_spaces import open_space, set_of_inferences, spaces_of
from shoal.services.vector_writing import SpaceTarget, check_target, space_at, store_vectors
from shoal.store.catalog import Job, JobState, now
from shoal.wire.embeddings import EmbeddingCompute, SpaceChoice
from shoal.wire.jobs import JobBody

if TYPE_CHECKING:
    from shoal.embed.describing import Described, Describer
    from shoal.embed.descriptor import Descriptor
    from shoal.services.runtime import Runtime

_FETCHING_THREADS: Final = 16
_FEWEST_STORED: Final = 256
_MOST_STORED: Final = 8192
_MOST_TOLD: Final = 50


def start_embedding_compute(
    runtime: Runtime, project: str, dataset: str, space: str, request: EmbeddingCompute
) -> JobBody:
    """Queue the computation of vectors for elements that have none in a space.

    Raises:
        ForbiddenError: a model outside the allowed roots.
        InvalidInputError: an inference set beside other elements, or inferences without one.
        MissingExtraError: what runs the model is not installed.
        NotFoundError: no such dataset, inference set or model.
    """
    scene = open_scene(runtime, project, dataset)
    if request.inference_set is not None and request.elements is not ElementKind.INFERENCES:
        if request.query is None:
            raise InvalidInputError(
                f"Expected an inference set with elements inferences or with a query, found one with "
                f"{request.elements.value}.",
                location={"field": "inference_set"},
            )
        scene.inference_source(request.inference_set)
    owner = set_of_inferences(scene, _choice(space, request))
    check_model(runtime, request.model)
    spaces = spaces_of(scene, request.elements, owner)
    if "distance" not in request.model_fields_set and space in spaces:
        request = request.model_copy(update={"distance": spaces[space].distance})
    if request.query is not None:
        query_mask(scene, request.query, request.elements, owner or request.inference_set)
    arguments = {
        "project": scene.project.name,
        "dataset": scene.dataset.name,
        "space": space,
        "request": request.model_dump(mode="json"),
    }
    return runtime.board.submit("compute_embeddings", arguments)


def compute_embeddings(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Compute vectors for elements that have none; the job of kind `compute_embeddings`.

    What is done is stored from time to time and found again by the next run, after a crash as well as after
    somebody cancelled it.

    Raises:
        InvalidInputError: the model does not fit, or its vectors cannot join those of the space.
        NotEvaluableError: no image at all could be read.
    """
    request = EmbeddingCompute.model_validate(arguments["request"])
    project, dataset = arguments["project"], arguments["dataset"]
    choice = _choice(arguments["space"], request)
    progress.report(0.0, "opening the model")
    descriptor = open_descriptor(runtime, request.model)
    # Two jobs at once would describe the same elements.
    with runtime.home.locks.holding(f"compute {project} {dataset} {choice.model_dump_json()}"):
        scene = open_scene(runtime, project, dataset)
        work = _compute(runtime, scene, choice, request, descriptor, progress)
    if work.n_stored:
        progress.report(0.99, "preparing the search")
        open_space(open_scene(runtime, project, dataset), choice).index  # noqa: B018
    _finish(runtime, progress, work, request, set_of_inferences(scene, choice))
    if work.n_stored:
        prepare_map(runtime, project, dataset, choice)


def _compute(
    runtime: Runtime,
    scene: Scene,
    choice: SpaceChoice,
    request: EmbeddingCompute,
    descriptor: Descriptor,
    progress: JobProgress,
) -> _Work:
    owner = set_of_inferences(scene, choice)
    target = _target(scene, choice, request, descriptor, owner)
    with runtime.catalog.read() as session:
        check_target(space_at(session, target), target)
    wanted = _wanted(scene, request, owner)
    present = _present(scene, choice, owner)
    pictures = element_pictures(scene, request.elements, owner, request.margin)
    work = _Work(runtime, scene, target, open_describer(runtime, descriptor), pictures)
    work.run(np.flatnonzero(wanted & ~present), int(np.count_nonzero(wanted & present)), progress)
    if work.n_stored == 0 and work.skipped and not present.any():
        raise NotEvaluableError(
            f"None of {len(work.skipped):,} {request.elements.value} has a picture that can be read; "
            f"of the first: {next(iter(work.skipped.values()))}",
            hint="Upload the dataset with its folder of images, or check that the files are still there.",
        )
    return work


def _choice(space: str, request: EmbeddingCompute) -> SpaceChoice:
    owner = request.inference_set if request.elements is ElementKind.INFERENCES else None
    return SpaceChoice(space=space, elements=request.elements, inference_set=owner)


def _target(
    scene: Scene, choice: SpaceChoice, request: EmbeddingCompute, descriptor: Descriptor, owner: str | None
) -> SpaceTarget:
    assert choice.space is not None
    return SpaceTarget(
        dataset_id=scene.dataset.id,
        name=choice.space,
        elements=request.elements,
        inference_set_id=scene.inference_source(owner).set_id if owner else None,
        model_id=descriptor.model_id,
        dimension=descriptor.dimension,
        distance=request.distance,
        origin="computed",
    )


def _wanted(scene: Scene, request: EmbeddingCompute, owner: str | None) -> BoolArray:
    if request.query is None:
        return np.ones(n_elements(scene, request.elements, owner), np.bool_)
    return query_mask(scene, request.query, request.elements, owner or request.inference_set).mask


def _present(scene: Scene, choice: SpaceChoice, owner: str | None) -> BoolArray:
    """Return which elements have a vector in the space already."""
    if choice.space in spaces_of(scene, choice.elements, owner):
        return open_space(scene, choice).has_vector
    return np.zeros(n_elements(scene, choice.elements, owner), np.bool_)


@dataclass
class _Work:
    """One run of the job.

    Attributes:
        n_stored: vectors it has stored.
        skipped: why elements have none, by position.
    """

    runtime: Runtime
    scene: Scene
    target: SpaceTarget
    describer: Describer
    pictures: ElementPictures
    n_stored: int = 0
    skipped: dict[int, str] = field(default_factory=dict)

    def run(self, missing: Int64Array, n_before: int, progress: JobProgress) -> None:
        """Describe the elements at `missing` and store their vectors, some at a time.

        Raises:
            JobCancelledError: what was described by then is stored.
        """
        step = f"describing {len(missing):,} {self.target.elements.value}"
        total = n_before + len(missing)
        ready: list[Described] = []
        try:
            for part in self._described(missing):
                ready.append(part)
                self.skipped.update(part.skipped)
                n_ready = sum(len(one.positions) for one in ready)
                n_done = n_before + self.n_stored + n_ready + len(self.skipped)
                progress.report(0.99 * n_done / total, step)
                if n_ready >= min(_MOST_STORED, max(_FEWEST_STORED, self.n_stored // 8)):
                    self._store(ready)
        except JobCancelledError:
            self._store(ready)
            raise
        self._store(ready)

    def _described(self, missing: Int64Array) -> Iterator[Described]:
        """Yield what comes of the elements in order, with enough parts under way."""
        n_threads = self.describer.n_at_once
        if self.pictures.are_remote:
            n_threads = max(n_threads, _FETCHING_THREADS)
        waiting: deque[Future[Described]] = deque()
        pool = ThreadPoolExecutor(n_threads, thread_name_prefix="shoal-describe")
        try:
            for part in self.pictures.parts(missing):
                waiting.append(
                    pool.submit(describe_elements, self.runtime.gallery, self.describer, self.pictures, part)
                )
                if len(waiting) > 2 * n_threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _store(self, ready: list[Described]) -> None:
        """Make what is ready visible, and forget it here."""
        ordinals = self.scene.element_ordinals(self.target.elements, self._owner)
        batches = [(ordinals[part.positions], part.vectors) for part in ready if len(part.positions)]
        ready.clear()
        if batches:
            store_vectors(self.runtime, self.target, np.concatenate([batch[0] for batch in batches]), batches)
            self.n_stored += sum(len(batch[0]) for batch in batches)

    @property
    def _owner(self) -> str | None:
        sources = self.scene.inference_sources.values()
        return next((one.name for one in sources if one.set_id == self.target.inference_set_id), None)


def _finish(
    runtime: Runtime, progress: JobProgress, work: _Work, request: EmbeddingCompute, owner: str | None
) -> None:
    told = dict(sorted(work.skipped.items())[:_MOST_TOLD])
    ids = element_ids(work.scene, request.elements, owner).gather(list(told)).cast(str).to_list()
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "space": work.target.name,
            "elements": request.elements.value,
            "model_id": work.target.model_id,
            "n_computed": work.n_stored,
            "n_skipped": len(work.skipped),
            "skipped": [
                {"id": name, "reason": reason} for name, reason in zip(ids, told.values(), strict=True)
            ],
        }
    runtime.board.announce()
