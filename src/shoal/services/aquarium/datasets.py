"""Datasets and inference sets as the client knows them: one list, inference sets under their full ids."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.services import datasets, inference_sets
from shoal.services.aquarium.addresses import find, full_id
from shoal.services.aquarium.body_values import check_storable, maybe_object_of, objects_of, texts_of
from shoal.services.aquarium.dataset_notes import DELETED, read_dataset_note, write_dataset_note
from shoal.services.aquarium.notes import read_note, write_note
from shoal.services.aquarium.projects import is_evaluated
from shoal.services.aquarium.upload_states import sets_of
from shoal.services.inference_sets import update_inference_set
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, InferenceSet, Project
from shoal.wire.inference_sets import InferenceSetUpdate

METRICS_TYPE = "precomputed_v4"
"""Tells the client that thresholds may be any percentage, not multiples of ten alone."""


def list_datasets(runtime: Runtime, project: str) -> list[dict[str, Any]]:
    """Return datasets and inference sets, oldest first."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        scored = is_evaluated(session, owner)
        rows = session.scalars(
            select(Dataset).where(Dataset.project_id == owner.id).order_by(Dataset.created_at, Dataset.id)
        )
        answer = []
        for dataset in list(rows):
            answer.append(_dataset_body(session, owner, dataset))
            answer += [_set_body(session, owner, dataset, row, scored) for row in sets_of(session, dataset)]
        return answer


def get_dataset(runtime: Runtime, project: str, name: str) -> dict[str, Any]:
    """Return a dataset, or an inference set by its full id."""
    with runtime.catalog.read() as session:
        owner, dataset, inference_set = find(session, project, name)
        if inference_set is None:
            return _dataset_body(session, owner, dataset)
        return _set_body(session, owner, dataset, inference_set, is_evaluated(session, owner))


def delete_dataset(runtime: Runtime, project: str, name: str) -> dict[str, Any]:
    """Delete a dataset with all that belongs to it, or an inference set."""
    with runtime.catalog.read() as session:
        owner, dataset, inference_set = find(session, project, name)
    if inference_set is not None:
        inference_sets.delete_inference_set(runtime, owner.name, dataset.name, inference_set.name)
        return {}
    datasets.delete_dataset(runtime, owner.name, dataset.name)
    with runtime.catalog.begin() as session:
        write_note(session, owner.id, DELETED, dataset.name, {})
    return {}


def is_archived(runtime: Runtime, project: str, name: str) -> dict[str, Any]:
    """Return whether the client is to refuse a name: that of a dataset it deleted."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        exists = session.scalar(
            select(Dataset.id).where(Dataset.project_id == owner.id, Dataset.name == name)
        )
        return {"archived": exists is None and read_note(session, owner.id, DELETED, name) is not None}


def frame_windows(runtime: Runtime, project: str, name: str, body: dict[str, Any]) -> list[list[str]]:
    """Return the upload frames were written by last; frames that are not there are left out."""
    from shoal.services.aquarium.frame_rows import rows_now

    frame_ids = texts_of(body, "frame_ids")
    with runtime.catalog.read() as session:
        owner, dataset, _ = find(session, project, name)
    known = rows_now(runtime, owner, dataset, frame_ids)
    window = dataset.current_version_id or ""
    return [[frame_id, window] for frame_id in frame_ids if frame_id in known]


def post_metadata(runtime: Runtime, project: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace what the user noted of a dataset; an inference set has its details for it."""
    metadata = maybe_object_of(body, "external_metadata") or {}
    check_storable(metadata, "external_metadata")
    with runtime.catalog.begin() as session:
        owner, dataset, inference_set = find(session, project, name)
        if inference_set is None:
            note = {**read_dataset_note(session, dataset), "external_metadata": metadata}
            write_dataset_note(session, dataset, note)
    if inference_set is not None:
        update = InferenceSetUpdate(details=metadata)
        update_inference_set(runtime, owner.name, dataset.name, inference_set.name, update)
    return {}


def get_schema(runtime: Runtime, project: str, name: str) -> list[dict[str, Any]]:
    """Return the fields the user named for objects."""
    with runtime.catalog.read() as session:
        _, dataset, _ = find(session, project, name)
        schema: list[dict[str, Any]] = read_dataset_note(session, dataset).get("object_metadata_schema") or []
        return schema


def post_schema(runtime: Runtime, project: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Note the fields the user names for objects."""
    with runtime.catalog.begin() as session:
        _, dataset, _ = find(session, project, name)
        note = {**read_dataset_note(session, dataset), "object_metadata_schema": objects_of(body, "schema")}
        write_dataset_note(session, dataset, note)
    return {}


def _dataset_body(session: Session, project: Project, dataset: Dataset) -> dict[str, Any]:
    note = read_dataset_note(session, dataset)
    is_unlabeled = bool(note.get("is_unlabeled_indexed_dataset"))
    return {
        "external_metadata": None,
        **note,
        "id": dataset.name,
        "project_id": project.name,
        "is_streaming": True,
        "archived": False,
        "ingest_agg_windows": [dataset.current_version_id] if dataset.current_version_id else [],
        "bbox_metrics_metadata": None,
        "is_unlabeled_indexed_dataset": is_unlabeled,
        "type": "unlabeled" if is_unlabeled else "labeled",
        "created_at": dataset.created_at.isoformat(),
    }


def _set_body(
    session: Session, project: Project, dataset: Dataset, inference_set: InferenceSet, scored: bool
) -> dict[str, Any]:
    name = full_id(dataset.name, inference_set.name)
    has_numbers = scored and inference_set.current_version_id is not None
    return {
        "id": name,
        "project_id": project.name,
        "is_streaming": True,
        "archived": False,
        "external_metadata": inference_set.details or None,
        "ingest_agg_windows": [inference_set.current_version_id] if inference_set.current_version_id else [],
        "bbox_metrics_metadata": {
            "metrics_table": f"{project.name}.{name}_metrics",
            "metrics_type": METRICS_TYPE,
        }
        if has_numbers
        else None,
        "is_unlabeled_indexed_dataset": False,
        "type": "inferences",
        "base_dataset": dataset.name,
        "created_at": inference_set.created_at.isoformat(),
    }
