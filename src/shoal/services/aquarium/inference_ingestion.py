"""The job that reads an inference set the client uploaded, once its dataset's uploads are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.engine.settings import EvaluationSettings
from shoal.errors import ProblemLog
from shoal.formats.aquarium import AquariumInferences
from shoal.formats.frame_lookup import FrameLookup
from shoal.services.aquarium.dataset_notes import DATASET_KIND
from shoal.services.aquarium.stored_rows import newest_inference_rows, row_batches
from shoal.services.aquarium.upload import Upload, store_rows
from shoal.services.drafts import Drafts, drafts
from shoal.services.inference_ingestion import ingest_into
from shoal.services.jobs import JobProgress
from shoal.services.runtime import Runtime
from shoal.store.catalog import AquariumRows, InferenceSet, InferenceSetVersion, Job, JobState, Project
from shoal.wire.uploads import FileRef, InferenceIngest

_EXTEND = InferenceIngest(inferences=FileRef(path=""), covers="listed", mode="extend")


def ingest_inferences(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read inferences once their dataset's uploads are; the job of kind `ingest_aquarium_inferences`.

    Raises:
        NotEvaluableError: the dataset holds nothing: its own upload failed.
        UploadRejectedError: rows are at fault; the inference set is as it was.
    """
    project, dataset, name = arguments["project"], arguments["dataset"], arguments["inference_set"]
    _wait_for_dataset(runtime, project, dataset, progress)
    with drafts(runtime, project) as unnamed:
        upload = _InferenceUpload(runtime, project, arguments)
        ingest_into(runtime, project, dataset, name, _EXTEND, progress, unnamed, extra=upload)
    upload.finish(dataset)


def _unfinished_uploads(session: Session, project: Project, dataset: str) -> list[Job]:
    """Return the uploads into a dataset that are not read yet, oldest first."""
    open_jobs = session.scalars(
        select(Job)
        .where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)), Job.kind == DATASET_KIND)
        .order_by(Job.created_at)
    )
    wanted = (project.name, dataset)
    return [job for job in open_jobs if (job.arguments["project"], job.arguments["dataset"]) == wanted]


def _wait_for_dataset(runtime: Runtime, project: str, dataset: str, progress: JobProgress) -> None:
    """Let the uploads of the dataset that came before be read; one nobody has begun is read here and now."""
    while True:
        with runtime.catalog.read() as session:
            own = session.get_one(Job, progress.job_id)
            owner = session.scalar(select(Project).where(Project.name == project))
            before = _unfinished_uploads(session, owner, dataset) if owner else []
            before = [job for job in before if job.created_at <= own.created_at]
        if not before:
            return
        progress.report(0.01, f"waiting for dataset {dataset}")
        if before[0].state is JobState.QUEUED:
            runtime.run_job(before[0].id)
        else:
            runtime.board.wait(before[0].id, after=before[0].revision, timeout_s=5)


class _InferenceUpload(Upload):
    def __init__(self, runtime: Runtime, project: str, arguments: Mapping[str, Any]) -> None:
        with runtime.catalog.read() as session:
            owner = session.scalars(select(Project).where(Project.name == project)).one()
        super().__init__(runtime, owner, arguments)
        self._source: AquariumInferences | None = None
        self._is_whole = True

    def open(self, settings: EvaluationSettings) -> AquariumInferences:
        """Return the reader of the inferences."""
        task = settings.task if self.is_scored else None
        self._source = AquariumInferences(self.files("frame_files"), task=task)
        return self._source

    def store(
        self,
        frames: FrameLookup,
        ordinals: NDArray[np.uint32],
        before: InferenceSetVersion | None,
        unnamed: Drafts,
    ) -> None:
        """Write the rows as they came."""
        source = self._source
        assert source is not None
        base = None
        if before is not None:
            with self.runtime.catalog.read() as session:
                owner = session.get_one(InferenceSet, before.inference_set_id)
                base, self._is_whole = newest_inference_rows(session, owner)
        rows = (
            (int(ordinals[position]), row.frame, row.objects)
            for position, row in source.rows(frames, ProblemLog())
        )
        changed = ordinals[source.listed_frames]
        self.rows = unnamed.keep(store_rows(self.runtime, base, changed, row_batches(rows)))

    def name(self, session: Session, version: InferenceSetVersion) -> None:
        """Name the rows, in the transaction that names the rest."""
        assert self.rows is not None
        session.add(
            AquariumRows(
                inference_set_version_id=version.id,
                uri=self.rows.uri,
                version=self.rows.version,
                n_rows=self.rows.n_rows,
                is_whole=self._is_whole,
            )
        )
        self.add_embeddings(session, self.project_id)
