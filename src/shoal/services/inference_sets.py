"""Inference sets: made, changed, listed, deleted."""

from __future__ import annotations

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import AlreadyExistsError
from shoal.model.columns import INFERENCE_COLUMNS
from shoal.services.datasets import fields_of
from shoal.services.lookup import dataset_named, inference_set_named
from shoal.services.runtime import Runtime
from shoal.store.bitmaps import decode
from shoal.store.catalog import Dataset, DatasetVersion, InferenceSet, InferenceSetVersion, Project
from shoal.wire.inference_sets import (
    InferenceSetBody,
    InferenceSetCreate,
    InferenceSetList,
    InferenceSetUpdate,
)


def inference_set_body(
    session: Session, project: Project, dataset: Dataset, row: InferenceSet
) -> InferenceSetBody:
    """Return an inference set as the wire shows it."""
    version = session.get(InferenceSetVersion, row.current_version_id) if row.current_version_id else None
    frames = session.get(DatasetVersion, dataset.current_version_id) if dataset.current_version_id else None
    n_covered = 0
    if version is not None and frames is not None:
        members = decode(frames.members)
        n_covered = int(np.isin(decode(version.coverage), members, assume_unique=True).sum())
    return InferenceSetBody(
        id=row.id,
        project=project.name,
        dataset=dataset.name,
        name=row.name,
        version=version.number if version else 0,
        n_inferences=version.n_inferences if version else 0,
        n_covered=n_covered,
        n_frames=frames.n_frames if frames else 0,
        confidence=row.confidence,
        iou=row.iou,
        fields=fields_of(INFERENCE_COLUMNS, version.fields if version else {}),
        details=row.details,
        created_at=row.created_at,
        url=f"/api/v1/projects/{project.name}/datasets/{dataset.name}/inference-sets/{row.name}",
    )


def list_inference_sets(runtime: Runtime, project: str, dataset: str) -> InferenceSetList:
    """Return the inference sets of a dataset in order of upload."""
    with runtime.catalog.read() as session:
        owner_row = dataset_named(session, project, dataset)
        owner = session.get_one(Project, owner_row.project_id)
        rows = session.scalars(
            select(InferenceSet)
            .where(InferenceSet.dataset_id == owner_row.id)
            .order_by(InferenceSet.created_at, InferenceSet.id)
        )
        return InferenceSetList(items=[inference_set_body(session, owner, owner_row, row) for row in rows])


def get_inference_set(runtime: Runtime, project: str, dataset: str, name: str) -> InferenceSetBody:
    """Return one inference set."""
    with runtime.catalog.read() as session:
        owner_row = dataset_named(session, project, dataset)
        row = inference_set_named(session, owner_row, name)
        return inference_set_body(session, session.get_one(Project, owner_row.project_id), owner_row, row)


def create_inference_set(
    runtime: Runtime, project: str, dataset: str, request: InferenceSetCreate
) -> InferenceSetBody:
    """Make an empty inference set.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    with runtime.catalog.begin() as session:
        owner_row = dataset_named(session, project, dataset)
        owner = session.get_one(Project, owner_row.project_id)
        taken = select(InferenceSet.id).where(
            InferenceSet.dataset_id == owner_row.id, InferenceSet.name == request.name
        )
        if session.scalar(taken):
            raise AlreadyExistsError(
                f"Inference set {request.name!r} exists already in dataset {owner_row.name!r}.",
                hint="Take another name, or upload into the existing one.",
                location={
                    "url": f"/api/v1/projects/{owner.name}/datasets/{owner_row.name}"
                    f"/inference-sets/{request.name}"
                },
            )
        row = InferenceSet(
            dataset_id=owner_row.id,
            name=request.name,
            confidence=request.confidence,
            iou=request.iou,
            details=request.details,
        )
        session.add(row)
        session.flush()
        return inference_set_body(session, owner, owner_row, row)


def put_inference_set(
    runtime: Runtime, project: str, dataset: str, name: str, request: InferenceSetUpdate
) -> InferenceSetBody:
    """Make an inference set unless it exists, and give it these settings."""
    values = request.model_dump(exclude_unset=True, exclude_none=True)
    try:
        return create_inference_set(runtime, project, dataset, InferenceSetCreate(name=name, **values))
    except AlreadyExistsError:
        return update_inference_set(runtime, project, dataset, name, request)


def update_inference_set(
    runtime: Runtime, project: str, dataset: str, name: str, request: InferenceSetUpdate
) -> InferenceSetBody:
    """Change the operating point or the details of an inference set."""
    with runtime.catalog.begin() as session:
        owner_row = dataset_named(session, project, dataset)
        row = inference_set_named(session, owner_row, name)
        for key, value in request.model_dump(exclude_unset=True).items():
            setattr(row, key, {} if key == "details" and value is None else value)
        session.flush()
        return inference_set_body(session, session.get_one(Project, owner_row.project_id), owner_row, row)


def delete_inference_set(runtime: Runtime, project: str, dataset: str, name: str) -> None:
    """Delete an inference set with its versions."""
    with runtime.catalog.begin() as session:
        session.delete(inference_set_named(session, dataset_named(session, project, dataset), name))
