"""Jobs that read what the client uploaded: all of it becomes visible together, with the rows as they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.engine.settings import EvaluationSettings
from shoal.errors import ProblemLog
from shoal.formats.aquarium import AquariumDataset, AquariumInferences
from shoal.formats.aquarium_rows import Json
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.frame_lookup import FrameLookup
from shoal.services.aquarium.dataset_notes import DATASET_KIND, note_embedding_job
from shoal.services.aquarium.embedding_files import FILE_KEYS, add_embeddings
from shoal.services.aquarium.frame_rows import (
    newest_inference_rows,
    newest_rows,
    row_batches,
    rows_now,
)
from shoal.services.aquarium.incoming import located, staged_path
from shoal.services.aquarium.kept_vectors import kept_vectors
from shoal.services.aquarium.projects import is_evaluated
from shoal.services.drafts import Drafts, drafts
from shoal.services.frame_tables import RowNumbering, lookup_of, refuse_other_types, table_of
from shoal.services.inference_ingestion import ingest_into
from shoal.services.ingestion import (
    Target,
    Written,
    number_frames,
    publish,
    read_target,
    rejecting,
    reporting,
    store_frames,
    store_labels,
)
from shoal.services.jobs import JobProgress
from shoal.services.runtime import Runtime
from shoal.store import tables
from shoal.store.catalog import (
    AquariumRows,
    DatasetVersion,
    InferenceSet,
    InferenceSetVersion,
    Job,
    JobState,
    Project,
)
from shoal.store.tables import TableKind, TableVersion
from shoal.wire.uploads import DatasetIngest, FileRef, InferenceIngest

_UPSERT = DatasetIngest(mode="upsert")
_EXTEND = InferenceIngest(inferences=FileRef(path=""), covers="listed", mode="extend")


def ingest_dataset(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read frames and labels into a dataset; the job of kind `ingest_aquarium_dataset`.

    Raises:
        UploadRejectedError: rows are at fault; the dataset is as it was.
    """
    project, dataset = arguments["project"], arguments["dataset"]
    with drafts(runtime, project) as unnamed:
        target = read_target(runtime, project, dataset)
        upload = _DatasetUpload(runtime, target, arguments)
        written = upload.write(progress, unnamed)
        progress.report(0.95, "making it visible")
        note = f"aquariumlearning upload {arguments['upload_version']}"
        publish(runtime, target, written, note, progress.job_id, also=upload.name)
    upload.finish(dataset)


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


def unfinished_uploads(session: Session, project: Project, dataset: str) -> list[Job]:
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
            before = unfinished_uploads(session, owner, dataset) if owner else []
            before = [job for job in before if job.created_at <= own.created_at]
        if not before:
            return
        progress.report(0.01, f"waiting for dataset {dataset}")
        if before[0].state is JobState.QUEUED:
            runtime.run_job(before[0].id)
        else:
            runtime.board.wait(before[0].id, after=before[0].revision, timeout_s=5)


class _Upload:
    """The files of one upload, and what belongs to its end."""

    def __init__(self, runtime: Runtime, project: Project, arguments: Mapping[str, Any]) -> None:
        self.runtime = runtime
        self.arguments = arguments
        self.project_id = project.id
        self.rows: TableVersion | None = None
        self.embedding_job: str | None = None
        with runtime.catalog.read() as session:
            self.is_scored = is_evaluated(session, project) and not arguments.get("is_unlabeled")

    def files(self, key: str) -> list[Path]:
        return [staged_path(self.runtime, upload, name) for upload, name in self.arguments.get(key) or []]

    def add_embeddings(self, session: Session, project_id: str) -> None:
        """Write down the job that reads vectors, and that the upload is not done before it is."""
        self.embedding_job = add_embeddings(self.runtime, session, self.arguments)
        if self.embedding_job is not None:
            note_embedding_job(session, project_id, self.arguments["upload_version"], self.embedding_job)

    def finish(self, dataset: str) -> None:
        """Forget the files that are read, and let everything else know."""
        runtime, keys = self.runtime, ["frame_files", "object_files"]
        if self.embedding_job is None:
            keys += FILE_KEYS
        for upload, _ in (place for key in keys for place in self.arguments.get(key) or []):
            runtime.uploads.discard(upload)
        runtime.board.announce()
        if self.embedding_job is not None:
            runtime.board.start(self.embedding_job)
        runtime.board.submit("score", {"project": self.arguments["project"], "dataset": dataset})


class _DatasetUpload(_Upload):
    def __init__(self, runtime: Runtime, target: Target, arguments: Mapping[str, Any]) -> None:
        super().__init__(runtime, target.project, arguments)
        self._target = target
        with runtime.catalog.read() as session:
            self._before, self._is_whole = newest_rows(session, target.dataset)

    def write(self, progress: JobProgress, unnamed: Drafts) -> Written:
        """Write frames, labels and rows, noted in `unnamed`."""
        runtime, target, problems = self.runtime, self._target, ProblemLog()
        progress.report(0.02, "reading frames")
        source = AquariumDataset(
            self.files("frame_files"),
            self.files("object_files"),
            task=target.settings.task if self.is_scored else None,
            known=self._known,
            locate=lambda url: located(runtime, url),
        )
        frames = table_of(source.frames(problems))
        if source.changed_frames and target.current is not None:
            self.arguments = {**self.arguments, **kept_vectors(target.current.labels, source.changed_frames)}
        old = self._old_frames(frames, problems)
        problems.raise_if_any()
        ordinals, next_ordinal = number_frames(frames, old, target)
        progress.report(0.2, f"storing {len(frames):,} frames")
        stored_frames = unnamed.keep(store_frames(runtime, target, _UPSERT, frames, ordinals))
        numbering = RowNumbering(ordinals, target.dataset.next_label_ordinal)
        resolver = ClassResolver(target.settings.class_map)
        batches = numbering.apply(source.labels(lookup_of(frames), resolver, problems))
        counted = reporting(batches, progress, 0.3, "labels", lambda: numbering.n_rows)
        kept = rejecting(counted, problems)
        stored_labels = unnamed.keep(store_labels(runtime, target, _UPSERT, ordinals, kept))
        problems.raise_if_any()
        progress.report(0.9, "storing rows")
        self.rows = unnamed.keep(self._store_rows(source, ordinals))
        known = np.empty(0, np.uint32) if old is None else np.asarray(old.column("ordinal"))
        return Written(
            stored_frames,
            stored_labels,
            np.union1d(known, ordinals).astype(np.uint32),
            next_ordinal,
            numbering.next,
            resolver.resolved_map(),
            {},
            list(source.notes),
            None,
        )

    def name(self, session: Session, version: DatasetVersion) -> None:
        """Name the rows, in the transaction that names the rest."""
        assert self.rows is not None
        session.add(
            AquariumRows(
                dataset_version_id=version.id,
                uri=self.rows.uri,
                version=self.rows.version,
                n_rows=self.rows.n_rows,
                is_whole=self._is_whole,
            )
        )
        self.add_embeddings(session, self.project_id)

    def _known(self, frame_ids: Sequence[str]) -> Mapping[str, tuple[Json, list[Json]]]:
        return rows_now(self.runtime, self._target.project, self._target.dataset, frame_ids)

    def _old_frames(self, frames: pa.Table, problems: ProblemLog) -> pa.Table | None:
        current = self._target.current
        if current is None:
            return None
        schema = tables.schema(self.runtime.home, current.frames)
        refuse_other_types(frames, schema.empty_table(), problems, "")
        return tables.read(self.runtime.home, current.frames, ["ordinal", "frame_id"])

    def _store_rows(self, source: AquariumDataset, ordinals: NDArray[np.uint32]) -> TableVersion:
        rows = (
            (int(ordinal), row.frame, row.objects)
            for ordinal, row in zip(ordinals, source.rows(ProblemLog()), strict=True)
        )
        return _store(self.runtime, self._before, ordinals, row_batches(rows))


class _InferenceUpload(_Upload):
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
        self.rows = unnamed.keep(_store(self.runtime, base, changed, row_batches(rows)))

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


def _store(
    runtime: Runtime,
    before: TableVersion | None,
    changed: NDArray[np.uint32],
    batches: Iterator[pa.RecordBatch],
) -> TableVersion:
    if before is None:
        return tables.write(runtime.home, TableKind.AQUARIUM, batches)
    return tables.amend(runtime.home, TableKind.AQUARIUM, before, delete_ordinals=changed, batches=batches)
