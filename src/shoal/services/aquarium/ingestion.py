"""The job that reads a dataset the client uploaded: all of it becomes visible together, with its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.errors import ProblemLog
from shoal.formats.aquarium import AquariumDataset
from shoal.formats.aquarium_rows import Json
from shoal.formats.class_resolver import ClassResolver
from shoal.services.aquarium.frame_rows import rows_now
from shoal.services.aquarium.incoming import located
from shoal.services.aquarium.kept_vectors import kept_vectors
from shoal.services.aquarium.stored_rows import newest_rows, row_batches
from shoal.services.aquarium.upload import Upload, store_rows
from shoal.services.drafts import Drafts, drafts
from shoal.services.frame_tables import RowNumbering, lookup_of, refuse_other_types, table_of
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
from shoal.store.catalog import AquariumRows, DatasetVersion
from shoal.store.tables import TableVersion
from shoal.wire.uploads import DatasetIngest

_UPSERT = DatasetIngest(mode="upsert")


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


class _DatasetUpload(Upload):
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
        return store_rows(self.runtime, self._before, ordinals, row_batches(rows))
