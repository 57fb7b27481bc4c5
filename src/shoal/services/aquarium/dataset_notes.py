"""What is noted of datasets and of their uploads, and what became of an upload."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shoal.services.aquarium.notes import read_note, write_note
from shoal.store.catalog import AquariumNote, Dataset, InferenceSet, Job, JobState

DATASET_KIND: Final = "ingest_aquarium_dataset"
"""Kind of the job that reads the upload of a dataset."""

INFERENCES_KIND: Final = "ingest_aquarium_inferences"
"""Kind of the job that reads the upload of an inference set."""

DATASET: Final = "dataset"
"""Kind of note: settings of a dataset Shoal has no place for; key: its name."""

UPLOAD: Final = "upload"
"""Kind of note: an upload and its job; key: the client's upload version."""

DELETED: Final = "deleted"
"""Kind of note: a dataset the client deleted and refuses the name of from then on; key: its name."""


def write_dataset_note(session: Session, dataset: Dataset, content: dict[str, Any]) -> None:
    """Note settings of a dataset."""
    write_note(session, dataset.project_id, DATASET, dataset.name, content, dataset_id=dataset.id)


def read_dataset_note(session: Session, dataset: Dataset) -> dict[str, Any]:
    """Return what is noted of a dataset."""
    found: dict[str, Any] = read_note(session, dataset.project_id, DATASET, dataset.name) or {}
    return found


def note_embedding_job(session: Session, project_id: str, version: str, job_id: str) -> None:
    """Note that an upload is done only when a second job is, which reads its vectors."""
    row = session.scalar(_uploads().where(AquariumNote.project_id == project_id, AquariumNote.key == version))
    if row is not None:
        row.content = json.dumps({**json.loads(row.content), "embedding_job": job_id})


def jobs_of(session: Session, dataset: Dataset, inference_set: InferenceSet | None) -> list[Job]:
    """Return the job each upload into a dataset, or into an inference set, stands at, oldest first."""
    owner = None if inference_set is None else inference_set.id
    same = (
        AquariumNote.inference_set_id.is_(None) if owner is None else AquariumNote.inference_set_id == owner
    )
    rows = session.scalars(
        _uploads()
        .where(AquariumNote.dataset_id == dataset.id, same)
        .order_by(AquariumNote.created_at, AquariumNote.id)
    )
    found = (_job(session, json.loads(row.content)) for row in rows)
    return [job for job in found if job is not None]


def job_of_upload(session: Session, project_id: str, version: str) -> Job | None:
    """Return the job an upload stands at, `None` when there is no such upload."""
    note = read_note(session, project_id, UPLOAD, version)
    return None if note is None else _job(session, note)


def _job(session: Session, note: dict[str, Any]) -> Job | None:
    """The job that reads vectors is written down when the one before it has succeeded."""
    return session.get(Job, note.get("embedding_job") or note["job"])


def _uploads() -> Select[Any]:
    return select(AquariumNote).where(AquariumNote.kind == UPLOAD)


def window_status(job: Job | None) -> str:
    """Return what the client calls the state of an upload."""
    if job is None or job.state is JobState.SUCCEEDED:
        return "DONE"
    return "AGG_ERRORED" if job.state.is_final else "STARTED"


def error_logs(job: Job | None) -> list[dict[str, str]]:
    """Return what was wrong with an upload, one entry per row at fault, in the client's words."""
    if job is None or not job.error:
        return []
    step = "reading rows" if job.error.get("problems") else "processing"
    rows = [_row_text(row) for row in job.error.get("problems") or []]
    hint = f" {job.error['hint']}" if job.error.get("hint") else ""
    messages = rows or [f"{job.error.get('detail', 'The upload failed.')}{hint}"]
    hidden = int(job.error.get("total") or 0) - len(rows)
    more = [f"… and {hidden:,} more"] if rows and hidden > 0 else []
    return [{"aquarium_dataflow_step": step, "msg": message} for message in [*messages, *more]]


def _row_text(row: dict[str, Any]) -> str:
    where = ": ".join(part for part in (row["file"], row["place"], row["field"]) if part)
    tail = f" ({row['hint']})" if row.get("hint") else ""
    return f"{where}: expected {row['expected']}, found {row['found']}{tail}"
