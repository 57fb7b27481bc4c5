"""Inference sets from files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.engine.settings import EvaluationSettings
from shoal.errors import InvalidInputError, NotFoundError, ProblemLog
from shoal.formats.source import ClassResolver, FrameLookup, InferenceSource
from shoal.model.segment import ElementKind
from shoal.services.drafts import Drafts, drafts
from shoal.services.frame_tables import RowNumbering, lookup_of
from shoal.services.ingestion import rejecting, reporting
from shoal.services.jobs import JobProgress
from shoal.services.lookup import (
    current_version,
    dataset_named,
    dataset_source,
    inference_set_named,
    settings_of,
)
from shoal.services.readers import open_inference_source
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.selections import query_mask
from shoal.services.uploads import discard_uploads
from shoal.store import tables
from shoal.store.bitmaps import decode, encode
from shoal.store.catalog import InferenceSet, InferenceSetVersion, Job, JobState, Project, now
from shoal.store.tables import TableKind, TableVersion
from shoal.wire.uploads import InferenceIngest

_LOOKUP_COLUMNS = ("ordinal", "frame_id", "source_id", "file_name", "width", "height")


class Extra(Protocol):
    """An upload that brings more than inferences, and reads them itself."""

    def open(self, settings: EvaluationSettings) -> InferenceSource:
        """Return the reader of the inferences."""
        ...

    def store(
        self,
        frames: FrameLookup,
        ordinals: NDArray[np.uint32],
        before: InferenceSetVersion | None,
        unnamed: Drafts,
    ) -> None:
        """Write what else there is; the inferences have been read."""
        ...

    def name(self, session: Session, version: InferenceSetVersion) -> None:
        """Name it in the transaction that names the inferences."""
        ...


def ingest_inferences(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read an upload into an inference set; the job of kind `ingest_inferences`.

    Raises:
        UploadRejectedError: rows are at fault; the inference set is as it was.
    """
    request = InferenceIngest.model_validate(arguments["request"])
    project, dataset, name = arguments["project"], arguments["dataset"], arguments["inference_set"]
    with drafts(runtime, project) as unnamed:
        ingest_into(runtime, project, dataset, name, request, progress, unnamed)
        discard_uploads(runtime, request)
    runtime.board.announce()
    runtime.board.submit("score", {"project": project, "dataset": dataset})


def ingest_into(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    request: InferenceIngest,
    progress: JobProgress,
    unnamed: Drafts,
    *,
    extra: Extra | None = None,
) -> None:
    """Read inferences, from the request's file or by `extra`, and name them with the job's end."""
    target = _target_of(runtime, project, dataset, name)
    found = _read(runtime, target, request, progress, unnamed, extra)
    covered = _coverage(runtime, project, dataset, request, found.ordinals, found.listed)
    if request.mode == "extend" and target.before is not None:
        covered = np.union1d(decode(target.before.coverage), covered).astype(np.uint32)
    with runtime.catalog.begin() as session:
        version = _name(runtime, session, target, found, covered)
        if extra is not None:
            extra.name(session, version)
        n_covered = int(np.isin(found.ordinals, covered).sum())
        n_with_rows = found.numbering.n_frames_with_rows
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "inference_set": target.row.name,
            "version": version.number,
            "n_inferences": found.stored.n_rows,
            "n_covered": n_covered,
            "n_without_inferences": n_covered - n_with_rows,
            "notes": [*found.notes, *_coverage_notes(request, n_with_rows, n_covered)],
        }


@dataclass(frozen=True, slots=True)
class _Target:
    """The inference set an upload goes into, as it is before.

    Attributes:
        row: the set.
        before: its version; `None` for the first upload.
        owner: the project.
        frames: the table of the dataset's frames.
        categories: classes by the numbers of the dataset's own file.
    """

    row: InferenceSet
    before: InferenceSetVersion | None
    owner: Project
    frames: TableVersion
    categories: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read and stored, and has no name yet.

    Attributes:
        stored: the table.
        ordinals: uint32, shape (F,): of the dataset's frames.
        listed: uint32: of the frames the file is about.
        numbering: which numbers inferences were given.
        resolver: which classes were met.
        notes: remarks of the reader.
    """

    stored: TableVersion
    ordinals: NDArray[np.uint32]
    listed: NDArray[np.uint32]
    numbering: RowNumbering
    resolver: ClassResolver
    notes: Sequence[str]


def _target_of(runtime: Runtime, project: str, dataset: str, name: str) -> _Target:
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        target = inference_set_named(session, row, name)
        current = target.current_version_id
        return _Target(
            target,
            session.get(InferenceSetVersion, current) if current else None,
            session.get_one(Project, row.project_id),
            dataset_source(current_version(session, row)).frames,
            row.categories,
        )


def _read(
    runtime: Runtime,
    target: _Target,
    request: InferenceIngest,
    progress: JobProgress,
    unnamed: Drafts,
    extra: Extra | None,
) -> _Found:
    """Read a file into a table.

    Raises:
        UploadRejectedError: rows are at fault.
    """
    settings = settings_of(target.owner)
    progress.report(0.02, "reading frame ids")
    frames = tables.read(runtime.home, target.frames, _LOOKUP_COLUMNS)
    ordinals = np.asarray(frames.column("ordinal")).astype(np.uint32)
    problems = ProblemLog()
    resolver = ClassResolver(settings.class_map, add=request.add_classes)
    if extra is None:
        source = open_inference_source(runtime, request, settings, target.categories)
    else:
        source = extra.open(settings)
    numbering = RowNumbering(ordinals, target.row.next_ordinal)
    lookup = lookup_of(frames)
    try:
        batches = numbering.apply(source.inferences(lookup, resolver, problems))
        counted = reporting(batches, progress, 0.1, "inferences", lambda: numbering.n_rows)
        rows = rejecting(counted, problems)
        stored = unnamed.keep(_store(runtime, request, target.before, ordinals, rows, source))
        problems.raise_if_any()
        if extra is not None:
            extra.store(lookup, ordinals, target.before, unnamed)
        progress.report(0.95, "making it visible")
        return _Found(
            stored, ordinals, ordinals[source.listed_frames], numbering, resolver, tuple(source.notes)
        )
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


def _name(
    runtime: Runtime, session: Session, target: _Target, found: _Found, covered: NDArray[np.uint32]
) -> InferenceSetVersion:
    """Make what was read the set's current version."""
    kept = session.get(InferenceSet, target.row.id)
    if kept is None:
        raise NotFoundError(f"Inference set {target.row.name!r} was deleted while the upload was read.")
    version = InferenceSetVersion(
        inference_set_id=kept.id,
        number=target.before.number + 1 if target.before else 1,
        uri=found.stored.uri,
        version=found.stored.version,
        coverage=encode(covered),
        n_inferences=found.stored.n_rows,
        fields=tables.user_fields(tables.schema(runtime.home, found.stored)),
    )
    session.add(version)
    session.flush()
    kept.current_version_id = version.id
    kept.next_ordinal = found.numbering.next
    if found.resolver.added:
        session.get_one(Project, target.owner.id).class_map = found.resolver.resolved_map().to_list()
    return version


def _store(
    runtime: Runtime,
    request: InferenceIngest,
    before: InferenceSetVersion | None,
    ordinals: NDArray[np.uint32],
    batches: Iterator[pa.RecordBatch],
    source: InferenceSource,
) -> TableVersion:
    if request.mode == "replace" or before is None:
        return tables.write(runtime.home, TableKind.INFERENCES, batches)
    # Which frames change is known only at the end of the file, and rows are few beside the table.
    read = list(batches)
    base = TableVersion(before.uri, before.version, before.n_inferences)
    changed = ordinals[source.listed_frames]
    return tables.amend(runtime.home, TableKind.INFERENCES, base, delete_ordinals=changed, batches=iter(read))


def _coverage(
    runtime: Runtime,
    project: str,
    dataset: str,
    request: InferenceIngest,
    ordinals: NDArray[np.uint32],
    listed: NDArray[np.uint32],
) -> NDArray[np.uint32]:
    """Return the frames the set was run on (docs/decisions/0006-coverage.md)."""
    if request.mode == "extend" or request.covers == "listed":
        return np.sort(listed)
    if request.covers == "dataset":
        return np.sort(ordinals)
    if request.covers.startswith("query:"):
        scene = open_scene(runtime, project, dataset)
        mask = query_mask(scene, request.covers.removeprefix("query:"), ElementKind.FRAMES, None).mask
        covered = scene.snapshot.ordinals[mask]
        outside = int((~np.isin(listed, covered)).sum())
        if outside:
            raise InvalidInputError(
                f"{outside} frames have inferences but are not in the coverage {request.covers!r}.",
                hint="Widen the query, or use covers=listed.",
                location={"field": "covers"},
            )
        return covered
    raise InvalidInputError(
        f"Expected covers to be dataset, listed or query:TEXT, found {request.covers!r}.",
        location={"field": "covers"},
    )


def _coverage_notes(request: InferenceIngest, n_with: int, n_covered: int) -> list[str]:
    """Return a remark when many frames count as covered and have nothing."""
    missing = n_covered - n_with
    if request.covers != "dataset" or missing == 0:
        return []
    note = f"{missing:,} of {n_covered:,} frames have no inference and count as covered."
    if missing > n_covered / 2:
        note += " If the model was not run on them, upload again with covers=listed or covers=query:…."
    return [note]
