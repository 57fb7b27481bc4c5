"""Finding what a request names; a wrong name is answered with near ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.engine.inference_snapshot import InferenceSource
from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSource
from shoal.errors import ConflictError, NotEvaluableError, NotFoundError
from shoal.model.class_map import ClassMap
from shoal.model.operating_point import OperatingPoint
from shoal.model.task import MatchingRule, Task
from shoal.store.catalog import (
    Dataset,
    DatasetVersion,
    InferenceSet,
    InferenceSetVersion,
    Project,
    Segment,
    SegmentVersion,
)
from shoal.store.tables import TableVersion


def not_found(kind: str, name: str, known: Iterable[str], *, where: str = "") -> NotFoundError:
    """Return the error for a name that does not exist, with near names as the hint."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or names[:5]
    hint = f"Known: {', '.join(near)}." if near else f"There is no {kind} yet{where}."
    return NotFoundError(f"There is no {kind} {name!r}{where}.", hint=hint, location={kind: name})


def project_named(session: Session, name: str) -> Project:
    """Return a project by name or id."""
    found = session.scalar(select(Project).where((Project.name == name) | (Project.id == name)))
    if found is None:
        raise not_found("project", name, session.scalars(select(Project.name)))
    return found


def dataset_named(session: Session, project: str, name: str) -> Dataset:
    """Return a dataset by project and name or id."""
    owner = project_named(session, project)
    matches = (Dataset.name == name) | (Dataset.id == name)
    found = session.scalar(select(Dataset).where(Dataset.project_id == owner.id, matches))
    if found is None:
        known = session.scalars(select(Dataset.name).where(Dataset.project_id == owner.id))
        raise not_found("dataset", name, known, where=f" in project {owner.name!r}")
    return found


def inference_set_named(session: Session, dataset: Dataset, name: str) -> InferenceSet:
    """Return an inference set of a dataset by name or id."""
    matches = (InferenceSet.name == name) | (InferenceSet.id == name)
    found = session.scalar(select(InferenceSet).where(InferenceSet.dataset_id == dataset.id, matches))
    if found is None:
        known = session.scalars(select(InferenceSet.name).where(InferenceSet.dataset_id == dataset.id))
        raise not_found("inference set", name, known, where=f" in dataset {dataset.name!r}")
    return found


def segment_named(session: Session, dataset: Dataset, name: str) -> Segment:
    """Return a segment of a dataset by name or id."""
    matches = (Segment.name == name) | (Segment.id == name)
    found = session.scalar(select(Segment).where(Segment.dataset_id == dataset.id, matches))
    if found is None:
        known = session.scalars(select(Segment.name).where(Segment.dataset_id == dataset.id))
        raise not_found("segment", name, known, where=f" in dataset {dataset.name!r}")
    return found


def current_version(session: Session, dataset: Dataset) -> DatasetVersion:
    """Return the current version of a dataset.

    Raises:
        NotEvaluableError: nothing was uploaded to it yet.
    """
    version = session.get(DatasetVersion, dataset.current_version_id) if dataset.current_version_id else None
    if version is None:
        raise NotEvaluableError(
            f"Dataset {dataset.name!r} holds no frames yet.",
            hint="Upload frames first: shoal upload dataset, or datasets.upload() in Python.",
        )
    return version


def segment_version(session: Session, segment: Segment, number: int | None = None) -> SegmentVersion:
    """Return a version of a segment by number, default the current one."""
    if number is None:
        version = session.get(SegmentVersion, segment.current_version_id)
    else:
        version = session.scalar(
            select(SegmentVersion).where(
                SegmentVersion.segment_id == segment.id, SegmentVersion.number == number
            )
        )
    if version is None:
        raise NotFoundError(f"Segment {segment.name!r} has no version {number}.")
    return version


def settings_of(project: Project) -> EvaluationSettings:
    """Return the settings numbers depend on."""
    return EvaluationSettings(
        task=Task(project.task),
        matching=MatchingRule(project.matching),
        class_map=ClassMap.from_list(project.class_map),
        negative_class=project.negative_class,
        group_field=project.group_field,
        margin=project.margin,
        allow_partial_coverage=project.allow_partial_coverage,
        default_point=OperatingPoint(project.confidence, project.iou),
    )


def dataset_source(version: DatasetVersion) -> DatasetSource:
    """Return the tables of a dataset version."""
    return DatasetSource(
        version_id=version.id,
        number=version.number,
        frames=TableVersion(version.frames_uri, version.frames_version, version.n_frames),
        labels=TableVersion(version.labels_uri, version.labels_version, version.n_labels),
        fields=version.fields,
        label_fields=version.label_fields,
        members=version.members,
    )


def inference_source(session: Session, inference_set: InferenceSet) -> InferenceSource:
    """Return the table of an inference set's current version.

    Raises:
        NotEvaluableError: nothing was uploaded to it yet.
    """
    version = (
        session.get(InferenceSetVersion, inference_set.current_version_id)
        if inference_set.current_version_id
        else None
    )
    if version is None:
        raise NotEvaluableError(
            f"Inference set {inference_set.name!r} holds nothing yet.",
            hint="Upload its inferences first: shoal upload inferences, or inference_sets.upload().",
        )
    return InferenceSource(
        version_id=version.id,
        set_id=inference_set.id,
        name=inference_set.name,
        table=TableVersion(version.uri, version.version, version.n_inferences),
        coverage=version.coverage,
        fields=version.fields,
    )


def check_revision(segment: Segment, if_match: int | None) -> None:
    """Raise `ConflictError` when the segment is not at the revision the request saw."""
    if if_match is not None and segment.revision != if_match:
        raise ConflictError(
            f"Segment {segment.name!r} was changed by somebody else: it is at revision {segment.revision}, "
            f"the request saw {if_match}.",
            hint="Read the segment again and repeat the change.",
        )
