"""How far uploads are, in the client's words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.services.aquarium.addresses import full_id
from shoal.services.aquarium.dataset_notes import error_logs, job_of_upload, jobs_of, window_status
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, InferenceSet, Job, JobState


def is_processed(
    runtime: Runtime, project: str, name: str, inference_set: str | None = None
) -> dict[str, Any]:
    """Return whether a dataset, or an inference set of it by its short name, holds what was uploaded."""
    with runtime.catalog.read() as session:
        found = _named(session, project, name, inference_set)
        if found is None:
            return {"processed": False}
        dataset, chosen = found
        current = dataset.current_version_id if chosen is None else chosen.current_version_id
        return {"processed": current is not None and not _open_job(session, dataset, chosen)}


def process_state(
    runtime: Runtime, project: str, name: str, inference_set: str | None = None
) -> dict[str, Any]:
    """Return how far the newest upload is."""
    with runtime.catalog.read() as session:
        found = _named(session, project, name, inference_set)
        jobs = [] if found is None else jobs_of(session, *found)
    if not jobs:
        return {"current_state": "NOT_STARTED" if found is None else "DONE", "percent_done": 0.0}
    newest = jobs[-1]
    state = "ERRORED" if newest.state in (JobState.FAILED, JobState.CANCELLED) else window_status(newest)
    return {"current_state": state, "percent_done": 100.0 * newest.progress, "message": newest.step}


def step_status(runtime: Runtime, project: str, name: str) -> dict[str, Any]:
    """Return the state of the one step Shoal has."""
    state = process_state(runtime, project, name)["current_state"]
    return {"process_step_statuses": {"normalize": {"status": state}}}


def ingest_error_logs(
    runtime: Runtime, project: str, name: str, inference_set: str | None = None
) -> list[dict[str, str]]:
    """Return what was wrong with the newest upload; nothing when it succeeded."""
    with runtime.catalog.read() as session:
        found = _named(session, project, name, inference_set)
        jobs = [] if found is None else jobs_of(session, *found)
        return error_logs(jobs[-1]) if jobs else []


def windows(runtime: Runtime, project: str, version: str) -> list[dict[str, str]]:
    """Return the state of an upload; an empty list while it is not known."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        job = job_of_upload(session, owner.id, version)
        return [] if job is None else [{"uuid": version, "status": window_status(job)}]


def sets_of(session: Session, dataset: Dataset) -> list[InferenceSet]:
    """Return the inference sets of a dataset, oldest first."""
    chosen = select(InferenceSet).where(InferenceSet.dataset_id == dataset.id)
    return list(session.scalars(chosen.order_by(InferenceSet.created_at, InferenceSet.id)))


def _named(
    session: Session, project: str, name: str, inference_set: str | None
) -> tuple[Dataset, InferenceSet | None] | None:
    owner = project_named(session, project)
    matches = (Dataset.project_id == owner.id) & (Dataset.name == name)
    dataset = session.scalar(select(Dataset).where(matches))
    if dataset is None:
        return None
    if inference_set is None:
        return dataset, None
    short = inference_set.removeprefix(full_id(name, ""))
    chosen = next((row for row in sets_of(session, dataset) if row.name in (inference_set, short)), None)
    return None if chosen is None else (dataset, chosen)


def _open_job(session: Session, dataset: Dataset, inference_set: InferenceSet | None) -> Job | None:
    jobs = jobs_of(session, dataset, inference_set)
    return next((job for job in jobs if not job.state.is_final), None)
