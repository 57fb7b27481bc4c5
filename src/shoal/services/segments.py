"""Segments: made, changed, listed; every change of members is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shoal.errors import AlreadyExistsError, InvalidInputError
from shoal.model.metric import Target
from shoal.model.segment import ALL_FRAMES, ElementKind, SegmentState, SegmentType
from shoal.services.lookup import (
    check_revision,
    dataset_named,
    inference_set_named,
    project_named,
    segment_named,
    settings_of,
)
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.segment_bodies import segment_bodies, segment_body
from shoal.services.segment_versions import add_version, origin_of
from shoal.services.selections import query_mask, self_contained
from shoal.services.targets import check_classes, targets_of, write_targets
from shoal.store.catalog import (
    Dataset,
    Project,
    Segment,
)
from shoal.store.catalog import Target as TargetRow
from shoal.wire.segments import (
    SegmentBody,
    SegmentCreate,
    SegmentList,
    SegmentUpdate,
    Targets,
)

_TYPE_ORDER = {kind: position for position, kind in enumerate(SegmentType)}


def list_segments(
    runtime: Runtime,
    project: str,
    dataset: str,
    *,
    segment_type: SegmentType | None = None,
    state: SegmentState | None = None,
) -> SegmentList:
    """Return the segments of a dataset by type, then name."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        chosen = select(Segment).where(Segment.dataset_id == row.id).order_by(Segment.name)
        if segment_type is not None:
            chosen = chosen.where(Segment.type == segment_type)
        if state is not None:
            chosen = chosen.where(Segment.state == state)
        found = sorted(session.scalars(chosen), key=lambda segment: _TYPE_ORDER[segment.type])
        return SegmentList(
            items=segment_bodies(session, session.get_one(Project, row.project_id), row, found)
        )


def get_segment(runtime: Runtime, project: str, dataset: str, name: str) -> SegmentBody:
    """Return one segment."""
    with runtime.catalog.read() as session:
        return segment_body(session, segment_named(session, dataset_named(session, project, dataset), name))


def create_segment(
    runtime: Runtime, project: str, dataset: str, request: SegmentCreate, *, author: str = ""
) -> SegmentBody:
    """Make a segment from a selection.

    Raises:
        AlreadyExistsError: the name is taken.
        InvalidInputError: a Model Performance segment of crops, or targets on another type.
    """
    return create_segments(runtime, project, dataset, [request], author=author)[0]


def create_segments(
    runtime: Runtime, project: str, dataset: str, requests: Sequence[SegmentCreate], *, author: str = ""
) -> list[SegmentBody]:
    """Make several segments, or none when one of them cannot be made."""
    scene = open_scene(runtime, project, dataset)
    targets = [targets_of(request.targets) for request in requests]
    for request, wanted in zip(requests, targets, strict=True):
        _check(request, scene, wanted)
    ordinals = [origin_of(scene, request) for request in requests]
    rules = [_kept_rule(scene, request) for request in requests]
    with runtime.catalog.begin() as session:
        row = session.get_one(Dataset, scene.dataset.id)
        made: list[Segment] = []
        for request, wanted, rule, (members, origin) in zip(requests, targets, rules, ordinals, strict=True):
            _refuse_taken(session, row, request.name, project)
            segment = Segment(
                dataset_id=row.id,
                name=request.name,
                type=request.type,
                elements=request.elements,
                inference_set_id=_owner_id(session, row, request),
                state=request.state,
                owner=request.owner,
                description=request.description,
                query=rule,
                rule=request.rule,
            )
            session.add(segment)
            session.flush()
            add_version(session, segment, members, origin, scene.source.version_id, author=author)
            write_targets(session, segment, wanted)
            made.append(segment)
        session.flush()
        return segment_bodies(session, session.get_one(Project, row.project_id), row, made)


def _kept_rule(scene: Scene, request: SegmentCreate) -> str | None:
    query = request.selection.query
    if query is None or not request.keep_query:
        return None
    return self_contained(scene, query, request.elements, request.inference_set)


def _owner_id(session: Session, dataset: Dataset, request: SegmentCreate) -> str | None:
    if request.elements is not ElementKind.INFERENCES or request.inference_set is None:
        return None
    return inference_set_named(session, dataset, request.inference_set).id


def _check(request: SegmentCreate, scene: Scene, targets: Sequence[Target]) -> None:
    if request.type.is_model_performance and request.elements is not ElementKind.FRAMES:
        raise InvalidInputError(
            f"A {request.type.display_name} segment holds frames, found elements={request.elements.value}.",
            hint="Choose Frame, or another type of segment.",
            location={"field": "elements"},
        )
    if targets and not request.type.is_model_performance:
        raise InvalidInputError(
            f"A {request.type.display_name} segment holds no targets.",
            hint="Targets go with the types split, regression_test and scenario.",
            location={"field": "targets"},
        )
    if request.elements is ElementKind.INFERENCES and request.inference_set is None:
        raise InvalidInputError(
            "A segment of inferences needs the inference set they belong to.",
            location={"field": "inference_set"},
        )
    _check_name(request.name)
    check_classes(scene.settings.classes, targets)


def _check_name(name: str) -> None:
    if name.casefold() == ALL_FRAMES.casefold():
        raise InvalidInputError(
            f"{ALL_FRAMES!r} is the name of the whole dataset.", location={"field": "name"}
        )
    if any(ord(character) < 32 for character in name):
        raise InvalidInputError("A segment's name is one line of text.", location={"field": "name"})


def _refuse_taken(session: Session, dataset: Dataset, name: str, project: str) -> None:
    taken = session.scalar(select(Segment.id).where(Segment.dataset_id == dataset.id, Segment.name == name))
    if taken:
        raise AlreadyExistsError(
            f"Segment {name!r} exists already in dataset {dataset.name!r}.",
            hint="Take another name, add to the existing one, or PUT to replace it.",
            location={"url": f"/api/v1/projects/{project}/datasets/{dataset.name}/segments/{taken}"},
        )


def put_segment(
    runtime: Runtime, project: str, dataset: str, name: str, request: SegmentCreate, *, author: str = ""
) -> SegmentBody:
    """Make a segment, or bring an existing one to this state; repeating it changes nothing."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        known = session.scalar(select(Segment).where(Segment.dataset_id == row.id, Segment.name == name))
    if known is None:
        named = request.model_copy(update={"name": name})
        return create_segment(runtime, project, dataset, named, author=author)
    scene = open_scene(runtime, project, dataset)
    targets = targets_of(request.targets)
    _check(request.model_copy(update={"name": name}), scene, targets)
    if known.elements is not request.elements:
        raise InvalidInputError(f"Segment {name!r} holds {known.elements.value}; that never changes.")
    members, origin = origin_of(scene, request)
    rule = _kept_rule(scene, request)
    with runtime.catalog.begin() as session:
        segment = session.get_one(Segment, known.id)
        segment.type, segment.state, segment.owner = request.type, request.state, request.owner
        segment.description, segment.rule = request.description, request.rule
        segment.query = rule
        add_version(session, segment, members, origin, scene.source.version_id, author=author)
        write_targets(session, segment, targets)
        return segment_body(session, segment)


def update_segment(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    request: SegmentUpdate,
    *,
    if_match: int | None = None,
) -> SegmentBody:
    """Change what needs no new version.

    Raises:
        ConflictError: `if_match` is given and the segment changed since.
    """
    values: dict[str, Any] = request.model_dump(exclude_unset=True)
    scene = open_scene(runtime, project, dataset)
    if values.get("query"):
        with runtime.catalog.read() as session:
            known = segment_named(session, dataset_named(session, project, dataset), name)
        owner = scene.owner_of(known)
        query_mask(scene, values["query"], known.elements, owner)
        values["query"] = self_contained(scene, values["query"], known.elements, owner)
    if "name" in values:
        _check_name(values["name"])
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, dataset)
        segment = segment_named(session, row, name)
        check_revision(segment, if_match)
        if values.get("name") not in (None, segment.name):
            _refuse_taken(session, row, values["name"], project)
        if "query" in values:
            values["query"] = values["query"] or None
        if values.get("type") is not None:
            _check_type(session, segment, values["type"])
        for key, value in values.items():
            setattr(segment, key, value)
        return segment_body(session, segment)


def _check_type(session: Session, segment: Segment, new: SegmentType) -> None:
    has_targets = session.scalar(select(func.count(TargetRow.id)).where(TargetRow.segment_id == segment.id))
    if new.is_model_performance and segment.elements is not ElementKind.FRAMES:
        raise InvalidInputError(f"Segment {segment.name!r} holds crops; {new.display_name} needs frames.")
    if has_targets and not new.is_model_performance:
        raise InvalidInputError(
            f"Segment {segment.name!r} has targets, which a {new.display_name} segment cannot hold.",
            hint="Clear its targets first.",
        )


def delete_segment(runtime: Runtime, project: str, dataset: str, name: str) -> None:
    """Delete a segment with its versions, targets and comments."""
    with runtime.catalog.begin() as session:
        session.delete(segment_named(session, dataset_named(session, project, dataset), name))


def set_targets(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    targets: Targets,
    *,
    if_match: int | None = None,
) -> SegmentBody:
    """Replace all targets of a Model Performance segment."""
    wanted = targets_of(targets)
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, dataset)
        segment = segment_named(session, row, name)
        check_revision(segment, if_match)
        if wanted and not segment.type.is_model_performance:
            raise InvalidInputError(
                f"Segment {segment.name!r} is a {segment.type.display_name}, which holds no targets.",
                hint="Targets go with the types split, regression_test and scenario.",
            )
        check_classes(settings_of(project_named(session, project)).classes, wanted)
        write_targets(session, segment, wanted)
        return segment_body(session, segment)
