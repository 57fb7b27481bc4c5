"""Datasets from files: everything is read and written first, then one transaction makes it visible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSource as DatasetTables
from shoal.errors import InvalidInputError, NotFoundError, ProblemLog
from shoal.formats.source import ClassResolver, DatasetSource
from shoal.model.class_map import ClassMap
from shoal.model.columns import ORDINAL
from shoal.services.drafts import Drafts, drafts
from shoal.services.frame_tables import (
    RowNumbering,
    lookup_of,
    merged_with_old,
    numbered_frames,
    ordinals_for,
    refuse_other_types,
    table_of,
    with_metadata,
)
from shoal.services.jobs import JobProgress
from shoal.services.lookup import dataset_named, dataset_source, settings_of
from shoal.services.readers import open_dataset_source, open_metadata_source
from shoal.services.runtime import Runtime
from shoal.services.uploads import discard_uploads
from shoal.store import tables
from shoal.store.bitmaps import encode
from shoal.store.catalog import Dataset, DatasetVersion, Job, JobState, Project, now
from shoal.store.media import remember_image_root
from shoal.store.tables import TableKind, TableVersion
from shoal.wire.uploads import DatasetIngest

T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """The dataset an upload goes into, as it was when the upload began."""

    project: Project
    dataset: Dataset
    settings: EvaluationSettings
    current: DatasetTables | None


@dataclass(frozen=True)
class Written:
    """Tables that are complete and wait to be named."""

    frames: TableVersion
    labels: TableVersion
    ordinals: NDArray[np.uint32]
    next_ordinal: int
    next_label_ordinal: int
    class_map: ClassMap
    categories: dict[str, str]
    notes: list[str]
    images: Path | None


def ingest_dataset(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Read an upload into a dataset; the job of kind `ingest_dataset`.

    Raises:
        UploadRejectedError: rows are at fault; the dataset is as it was.
    """
    request = DatasetIngest.model_validate(arguments["request"])
    project, dataset = arguments["project"], arguments["dataset"]
    with drafts(runtime, project) as unnamed:
        target = read_target(runtime, project, dataset)
        written = write_tables(runtime, target, request, progress, unnamed)
        progress.report(0.95, "making it visible")
        publish(runtime, target, written, request.note, progress.job_id)
        discard_uploads(runtime, request)
    runtime.board.announce()
    runtime.board.submit("score", {"project": project, "dataset": dataset})


def read_target(runtime: Runtime, project: str, dataset: str) -> Target:
    """Return the dataset an upload goes into."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        owner = session.get_one(Project, row.project_id)
        version = session.get(DatasetVersion, row.current_version_id) if row.current_version_id else None
        current = dataset_source(version) if version is not None else None
        return Target(owner, row, settings_of(owner), current)


def write_tables(
    runtime: Runtime, target: Target, request: DatasetIngest, progress: JobProgress, unnamed: Drafts
) -> Written:
    """Read all sources and write new table versions, noted in `unnamed`."""
    problems = ProblemLog()
    notes: list[str] = []
    progress.report(0.02, "reading frames")
    images = unnamed.adopt_images(runtime, request.images) if request.images else None
    with _sources(runtime, target, request, images) as (source, metadata):
        old = _old_frames(runtime, target)
        frames, has_labels = _frames(source, old, request, problems)
        if metadata is not None and request.metadata is not None:
            name = Path(request.metadata.path).name
            frames = with_metadata(frames, metadata, lookup_of(frames), problems, name)
            notes.extend(metadata.notes)
        problems.raise_if_any()
        if len(frames) == 0:
            raise InvalidInputError("The upload holds no frames.")
        resolver = _resolver(target, source, request)
        ordinals, next_ordinal = number_frames(frames, old, target)
        progress.report(0.2, f"storing {len(frames):,} frames")
        stored_frames = unnamed.keep(store_frames(runtime, target, request, frames, ordinals))
        numbering = RowNumbering(ordinals, target.dataset.next_label_ordinal)
        stored_labels = _old_labels(target) if not has_labels else None
        if stored_labels is None:
            batches: Iterator[pa.RecordBatch] = iter(())
            if source is not None:
                batches = source.labels(lookup_of(frames), resolver, problems)
            counted = reporting(numbering.apply(batches), progress, 0.3, "labels", lambda: numbering.n_rows)
            kept = rejecting(counted, problems)
            stored_labels = unnamed.keep(store_labels(runtime, target, request, ordinals, kept))
        problems.raise_if_any()
        if source is not None:
            notes.extend(source.notes)
        categories = {str(entry.id): entry.name for entry in source.classes()} if source else {}
    members = ordinals
    if request.mode == "upsert" and old is not None:
        members = np.union1d(np.asarray(old.column(ORDINAL)), ordinals).astype(np.uint32)
    return Written(
        stored_frames,
        stored_labels,
        np.sort(members),
        next_ordinal,
        numbering.next,
        resolver.resolved_map(),
        categories,
        notes,
        images,
    )


@contextmanager
def _sources(
    runtime: Runtime, target: Target, request: DatasetIngest, images: Path | None
) -> Iterator[tuple[Any, Any]]:
    source = open_dataset_source(runtime, request, target.settings, images)
    metadata = open_metadata_source(runtime, request.metadata) if request.metadata else None
    if source is None and (metadata is None or target.current is None):
        raise InvalidInputError(
            "Expected frames, labels or a folder of images; found none.",
            hint="Name a COCO file, a table of frames, or a folder of images.",
        )
    try:
        yield source, metadata
    finally:
        for opened in (source, metadata):
            close = getattr(opened, "close", None)
            if close is not None:
                close()


def _frames(
    source: DatasetSource | None, old: pa.Table | None, request: DatasetIngest, problems: ProblemLog
) -> tuple[pa.Table, bool]:
    """Return the frames of the upload and whether it says anything of labels."""
    if source is None:
        assert old is not None
        return old.drop_columns([ORDINAL]), False
    frames = table_of(source.frames(problems))
    says_labels = request.mode == "replace" or source.brings_labels()
    if request.mode == "upsert" and old is not None:
        named = request.frames or request.labels or request.images
        refuse_other_types(frames, old, problems, Path(named.path).name if named else "")
        frames = merged_with_old(frames, old.drop_columns([ORDINAL]))
    return frames, says_labels


def _old_frames(runtime: Runtime, target: Target) -> pa.Table | None:
    return None if target.current is None else tables.read(runtime.home, target.current.frames)


def _old_labels(target: Target) -> TableVersion | None:
    return target.current.labels if target.current is not None else None


def number_frames(frames: pa.Table, old: pa.Table | None, target: Target) -> tuple[NDArray[np.uint32], int]:
    """Return the number of each frame, and the next free one; frames that are there keep theirs.

    Args:
        frames: with `frame_id`.
        old: the frames that are there, with `frame_id` and `ordinal`; `None` for none.
        target: the dataset.
    """
    known = np.asarray(old.column(ORDINAL)).astype(np.uint32) if old is not None else np.empty(0, np.uint32)
    ids = old.column("frame_id").combine_chunks() if old is not None else None
    return ordinals_for(frames.column("frame_id").combine_chunks(), ids, known, target.dataset.next_ordinal)


def _resolver(target: Target, source: DatasetSource | None, request: DatasetIngest) -> ClassResolver:
    class_map = target.settings.class_map
    if len(class_map) == 0 and source is not None:
        return ClassResolver(ClassMap(source.classes()), add=True)
    return ClassResolver(class_map, add=request.add_classes)


def store_frames(
    runtime: Runtime,
    target: Target,
    request: DatasetIngest,
    frames: pa.Table,
    ordinals: NDArray[np.uint32],
) -> TableVersion:
    """Write frames in place of those of the same numbers, or of all there are, as the request's mode says."""
    batches = numbered_frames(frames, ordinals)
    if request.mode == "upsert" and target.current is not None:
        return tables.amend(
            runtime.home,
            TableKind.FRAMES,
            target.current.frames,
            delete_ordinals=ordinals,
            batches=batches,
        )
    return tables.write(runtime.home, TableKind.FRAMES, batches)


def store_labels(
    runtime: Runtime,
    target: Target,
    request: DatasetIngest,
    ordinals: NDArray[np.uint32],
    batches: Iterator[pa.RecordBatch],
) -> TableVersion:
    """Write labels in place of those of the frames of these numbers, or of all there are."""
    if request.mode == "upsert" and target.current is not None:
        return tables.amend(
            runtime.home,
            TableKind.LABELS,
            target.current.labels,
            delete_ordinals=ordinals,
            batches=batches,
        )
    return tables.write(runtime.home, TableKind.LABELS, batches)


def reporting(
    batches: Iterator[pa.RecordBatch],
    progress: JobProgress,
    start: float,
    noun: str,
    n_rows: Callable[[], int],
) -> Iterator[pa.RecordBatch]:
    """Pass batches on and report how many rows went by; the total is unknown."""
    for batch in batches:
        yield batch
        share = 1 - 1 / (1 + n_rows() / 500_000)
        progress.report(start + (0.9 - start) * share, f"storing {noun}")


def rejecting(batches: Iterator[T], problems: ProblemLog) -> Iterator[T]:
    """Pass batches on until something is at fault; from then on read on, for the count, but store nothing."""
    for batch in batches:
        if not problems.total:
            yield batch


def publish(
    runtime: Runtime,
    target: Target,
    written: Written,
    note: str,
    job_id: str,
    *,
    also: Callable[[Session, DatasetVersion], None] | None = None,
) -> None:
    """Name the new tables in the catalog and finish the job, in one transaction; `also` belongs to it."""
    from shoal.store.tables import schema, user_fields

    with runtime.catalog.begin() as session:
        dataset = session.get(Dataset, target.dataset.id)
        if dataset is None:
            raise NotFoundError(f"Dataset {target.dataset.name!r} was deleted while the upload was read.")
        project = session.get_one(Project, target.project.id)
        number = target.current.number + 1 if target.current is not None else 1
        version = DatasetVersion(
            dataset_id=dataset.id,
            number=number,
            frames_uri=written.frames.uri,
            frames_version=written.frames.version,
            labels_uri=written.labels.uri,
            labels_version=written.labels.version,
            n_frames=written.frames.n_rows,
            n_labels=written.labels.n_rows,
            fields=user_fields(schema(runtime.home, written.frames)),
            label_fields=user_fields(schema(runtime.home, written.labels)),
            members=encode(written.ordinals),
            note=note,
        )
        session.add(version)
        session.flush()
        dataset.current_version_id = version.id
        dataset.next_ordinal = written.next_ordinal
        dataset.next_label_ordinal = written.next_label_ordinal
        if written.categories:
            dataset.categories = {**dataset.categories, **written.categories}
        if written.class_map != target.settings.class_map:  # else somebody may have added one meanwhile
            project.class_map = written.class_map.to_list()
        if written.images is not None:
            remember_image_root(session, written.images, runtime.home.path)
        if also is not None:
            also(session, version)
        job = session.get_one(Job, job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "dataset": dataset.name,
            "dataset_version": number,
            "n_frames": written.frames.n_rows,
            "n_labels": written.labels.n_rows,
            "classes": list(written.class_map.names),
            "notes": written.notes,
        }
