"""Datasets, their versions and checkpoints."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.engine.query_data import field_type
from shoal.errors import AlreadyExistsError, NotFoundError
from shoal.model.columns import FRAME_COLUMNS, LABEL_COLUMNS, USER_PREFIX
from shoal.services.drafts import drafts
from shoal.services.lookup import current_version, dataset_named, not_found, project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Checkpoint, Dataset, DatasetVersion, InferenceSet, Project
from shoal.wire.datasets import (
    CheckpointCreate,
    DatasetBody,
    DatasetCreate,
    DatasetList,
    FieldBody,
    VersionBody,
    VersionList,
)


def dataset_url(project: str, dataset: str) -> str:
    """Return the path of a dataset."""
    return f"/api/v1/projects/{project}/datasets/{dataset}"


def dataset_body(session: Session, project: Project, dataset: Dataset) -> DatasetBody:
    """Return a dataset as the wire shows it."""
    version = session.get(DatasetVersion, dataset.current_version_id) if dataset.current_version_id else None
    sets = session.scalars(
        select(InferenceSet.name)
        .where(InferenceSet.dataset_id == dataset.id)
        .order_by(InferenceSet.created_at, InferenceSet.id)
    )
    return DatasetBody(
        id=dataset.id,
        project=project.name,
        name=dataset.name,
        version=version.number if version else 0,
        n_frames=version.n_frames if version else 0,
        n_labels=version.n_labels if version else 0,
        fields=fields_of(FRAME_COLUMNS, version.fields if version else {}),
        label_fields=fields_of(LABEL_COLUMNS, version.label_fields if version else {}),
        inference_sets=list(sets),
        created_at=dataset.created_at,
        url=dataset_url(project.name, dataset.name),
    )


def fields_of(builtin: Mapping[str, str], user: Mapping[str, str]) -> list[FieldBody]:
    """Return built-in and user columns as fields; user columns without their prefix."""
    named = {"class" if name == "class_index" else name: kind for name, kind in builtin.items()}
    named["class"] = "string" if "class" in named else ""
    shown = {name: kind for name, kind in named.items() if kind and name != "frame_row"}
    own = {name.removeprefix(USER_PREFIX): kind for name, kind in user.items()}
    return [FieldBody(name=name, type=field_type(kind).value) for name, kind in {**shown, **own}.items()]


def list_datasets(runtime: Runtime, project: str) -> DatasetList:
    """Return the datasets of a project by name."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        rows = session.scalars(select(Dataset).where(Dataset.project_id == owner.id).order_by(Dataset.name))
        return DatasetList(items=[dataset_body(session, owner, row) for row in rows])


def get_dataset(runtime: Runtime, project: str, dataset: str) -> DatasetBody:
    """Return one dataset."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        return dataset_body(session, session.get_one(Project, row.project_id), row)


def create_dataset(runtime: Runtime, project: str, request: DatasetCreate) -> DatasetBody:
    """Make an empty dataset.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    with runtime.catalog.begin() as session:
        owner = project_named(session, project)
        taken = select(Dataset.id).where(Dataset.project_id == owner.id, Dataset.name == request.name)
        if session.scalar(taken):
            raise AlreadyExistsError(
                f"Dataset {request.name!r} exists already in project {owner.name!r}.",
                hint="Take another name, or upload into the existing one.",
                location={"url": dataset_url(owner.name, request.name)},
            )
        row = Dataset(project_id=owner.id, name=request.name)
        session.add(row)
        session.flush()
        return dataset_body(session, owner, row)


def put_dataset(runtime: Runtime, project: str, name: str) -> DatasetBody:
    """Make a dataset unless it exists."""
    try:
        return create_dataset(runtime, project, DatasetCreate(name=name))
    except AlreadyExistsError:
        return get_dataset(runtime, project, name)


def delete_dataset(runtime: Runtime, project: str, dataset: str) -> None:
    """Delete a dataset with its versions, inference sets and segments."""
    with runtime.catalog.begin() as session:
        session.delete(dataset_named(session, project, dataset))


def list_versions(runtime: Runtime, project: str, dataset: str) -> VersionList:
    """Return the versions of a dataset, newest first."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        versions = session.scalars(
            select(DatasetVersion)
            .where(DatasetVersion.dataset_id == row.id)
            .order_by(DatasetVersion.number.desc())
        )
        names = _checkpoint_names(session, row)
        return VersionList(items=[_version_body(version, names) for version in versions])


def _checkpoint_names(session: Session, dataset: Dataset) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for row in session.scalars(select(Checkpoint).where(Checkpoint.dataset_id == dataset.id)):
        names.setdefault(row.version_id, []).append(row.name)
    return names


def _version_body(version: DatasetVersion, checkpoints: dict[str, list[str]]) -> VersionBody:
    return VersionBody(
        number=version.number,
        n_frames=version.n_frames,
        n_labels=version.n_labels,
        note=version.note,
        checkpoints=sorted(checkpoints.get(version.id, [])),
        created_at=version.created_at,
    )


def version_body(session: Session, dataset: Dataset, version: DatasetVersion) -> VersionBody:
    """Return a version as the wire shows it."""
    return _version_body(version, _checkpoint_names(session, dataset))


def create_checkpoint(runtime: Runtime, project: str, dataset: str, request: CheckpointCreate) -> VersionBody:
    """Give a dataset version a name."""
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, dataset)
        version = current_version(session, row)
        if request.version is not None:
            found = session.scalar(
                select(DatasetVersion).where(
                    DatasetVersion.dataset_id == row.id, DatasetVersion.number == request.version
                )
            )
            if found is None:
                raise NotFoundError(f"Dataset {row.name!r} has no version {request.version}.")
            version = found
        taken = select(Checkpoint.id).where(Checkpoint.dataset_id == row.id, Checkpoint.name == request.name)
        if session.scalar(taken):
            raise AlreadyExistsError(f"Checkpoint {request.name!r} exists already in dataset {row.name!r}.")
        session.add(
            Checkpoint(dataset_id=row.id, name=request.name, version_id=version.id, note=request.note)
        )
        session.flush()
        return version_body(session, row, version)


def _checkpoint_named(session: Session, dataset: Dataset, name: str) -> Checkpoint:
    found = session.scalar(
        select(Checkpoint).where(Checkpoint.dataset_id == dataset.id, Checkpoint.name == name)
    )
    if found is None:
        known = session.scalars(select(Checkpoint.name).where(Checkpoint.dataset_id == dataset.id))
        raise not_found("checkpoint", name, known, where=f" in dataset {dataset.name!r}")
    return found


def delete_checkpoint(runtime: Runtime, project: str, dataset: str, name: str) -> None:
    """Forget the name of a version; the version stays."""
    with runtime.catalog.begin() as session:
        session.delete(_checkpoint_named(session, dataset_named(session, project, dataset), name))


def restore_checkpoint(runtime: Runtime, project: str, dataset: str, name: str) -> VersionBody:
    """Make a new version that equals a checkpoint; the versions between stay in history."""
    with drafts(runtime, project), runtime.catalog.begin() as session:
        row = dataset_named(session, project, dataset)
        old = session.get_one(DatasetVersion, _checkpoint_named(session, row, name).version_id)
        version = DatasetVersion(
            dataset_id=row.id,
            number=current_version(session, row).number + 1,
            frames_uri=old.frames_uri,
            frames_version=old.frames_version,
            labels_uri=old.labels_uri,
            labels_version=old.labels_version,
            n_frames=old.n_frames,
            n_labels=old.n_labels,
            fields=old.fields,
            label_fields=old.label_fields,
            members=old.members,
            note=f"restored from checkpoint {name}",
        )
        session.add(version)
        session.flush()
        row.current_version_id = version.id
        body = version_body(session, row, version)
    runtime.board.submit("score", {"project": project, "dataset": dataset})
    return body
