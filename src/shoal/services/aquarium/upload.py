"""What the uploads of datasets and of inference sets have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from shoal.services.aquarium.dataset_notes import note_embedding_job
from shoal.services.aquarium.embedding_files import FILE_KEYS, add_embeddings
from shoal.services.aquarium.incoming import staged_path
from shoal.services.aquarium.projects import is_evaluated
from shoal.services.runtime import Runtime
from shoal.store import tables
from shoal.store.catalog import Project
from shoal.store.tables import TableKind, TableVersion


class Upload:
    """The files of one upload, and what belongs to its end.

    Args:
        runtime: the open home.
        project: where it goes.
        arguments: of its job.

    Attributes:
        is_scored: whether Shoal scores what is in the frames.
        rows: the table of the rows, once it is written.
        embedding_job: the job that reads the vectors, once it is written down.
    """

    def __init__(self, runtime: Runtime, project: Project, arguments: Mapping[str, Any]) -> None:
        self.runtime = runtime
        self.arguments = arguments
        self.project_id = project.id
        self.rows: TableVersion | None = None
        self.embedding_job: str | None = None
        with runtime.catalog.read() as session:
            self.is_scored = is_evaluated(session, project) and not arguments.get("is_unlabeled")

    def files(self, key: str) -> list[Path]:
        """Return the files the arguments name under a key."""
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


def store_rows(
    runtime: Runtime,
    before: TableVersion | None,
    changed: NDArray[np.uint32],
    batches: Iterator[pa.RecordBatch],
) -> TableVersion:
    """Write rows in place of those of the changed frames, or into a new table where there are none yet."""
    if before is None:
        return tables.write(runtime.home, TableKind.AQUARIUM, batches)
    return tables.amend(runtime.home, TableKind.AQUARIUM, before, delete_ordinals=changed, batches=batches)
