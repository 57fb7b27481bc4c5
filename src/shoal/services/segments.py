"""Segments: made, changed, listed; every change of members is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shoal.errors import AlreadyExistsError, InvalidInputError
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import ALL_FRAMES, ElementKind, SegmentState, SegmentType
from shoal.services.elements import element_table
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
from shoal.services.segment_versions import add_version, origin_of
from shoal.services.selections import query_mask, self_contained
from shoal.store.catalog import (
    Dataset,
    InferenceSet,
    Project,
    Segment,
    SegmentVersion,
    now,
)
from shoal.store.catalog import Target as TargetRow
from shoal.wire.segments import (
    SegmentBody,
    SegmentCreate,
    SegmentList,
    SegmentPerValue,
    SegmentUpdate,
    TargetBody,
    Targets,
)
from shoal.wire.selections import SelectionBody

_TYPE_ORDER = {kind: position for position, kind in enumerate(SegmentType)}


def targets_of(targets: Targets | None) -> list[Target]:
    """Read targets given in full or in short, such as `{"recall": 0.9, "f1@macro": 0.8, "recall@car": 0.85}`.

    Raises:
        InvalidInputError: an unknown metric, a minimum out of range, or the same target twice.
    """
    if targets is None:
        return []
    if isinstance(targets, dict):
        found = [_short_target(name, minimum) for name, minimum in targets.items()]
    else:
        found = [
            Target(
                body.metric,
                body.minimum,
                Average.CLASS if body.class_name is not None else body.average,
                body.class_name,
            )
            for body in targets
        ]
    keys = [(target.metric, target.average, target.class_name) for target in found]
    if len(set(keys)) < len(keys):
        raise InvalidInputError("The same target is given twice.", location={"field": "targets"})
    return found


def _short_target(name: str, minimum: float) -> Target:
    metric, _, of = name.partition("@")
    if metric not in set(Metric):
        raise InvalidInputError(
            f"Expected a target on precision, recall or f1, found {name!r}.",
            hint='Write {"recall": 0.9}, {"f1@macro": 0.8} or {"recall@car": 0.85}.',
            location={"field": "targets"},
        )
    if of in ("", *(average for average in Average if average is not Average.CLASS)):
        return Target(Metric(metric), minimum, Average(of or Average.WEIGHTED))
    return Target(Metric(metric), minimum, Average.CLASS, of)


def targets_by_segment(session: Session, dataset: Dataset) -> dict[str, list[Target]]:
    """Return the targets of every segment of a dataset, by segment id."""
    rows = session.scalars(
        select(TargetRow)
        .join(Segment, Segment.id == TargetRow.segment_id)
        .where(Segment.dataset_id == dataset.id)
        .order_by(TargetRow.metric, TargetRow.average, TargetRow.class_name)
    )
    found: dict[str, list[Target]] = {}
    for row in rows:
        target = Target(row.metric, row.minimum, row.average, row.class_name or None)
        found.setdefault(row.segment_id, []).append(target)
    return found


def segment_bodies(
    session: Session, project: Project, dataset: Dataset, segments: Sequence[Segment]
) -> list[SegmentBody]:
    """Return segments as the wire shows them."""
    targets = targets_by_segment(session, dataset)
    ids = [segment.current_version_id for segment in segments]
    versions = {v.id: v for v in session.scalars(select(SegmentVersion).where(SegmentVersion.id.in_(ids)))}
    names = dict(
        session.execute(
            select(InferenceSet.id, InferenceSet.name).where(InferenceSet.dataset_id == dataset.id)
        ).all()
    )
    bodies = []
    for segment in segments:
        version = versions[segment.current_version_id or ""]
        bodies.append(
            SegmentBody(
                id=segment.id,
                project=project.name,
                dataset=dataset.name,
                name=segment.name,
                type=segment.type,
                elements=segment.elements,
                inference_set=names.get(segment.inference_set_id or ""),
                state=segment.state,
                owner=segment.owner,
                description=segment.description,
                rule=segment.rule,
                query=segment.query,
                version=version.number,
                n_elements=version.n_elements,
                targets=[
                    TargetBody(metric=t.metric, minimum=t.minimum, average=t.average, class_name=t.class_name)
                    for t in targets.get(segment.id, [])
                ],
                revision=segment.revision,
                created_at=segment.created_at,
                updated_at=segment.updated_at,
                url=f"/api/v1/projects/{project.name}/datasets/{dataset.name}/segments/{segment.id}",
            )
        )
    return bodies


def _body(session: Session, segment: Segment) -> SegmentBody:
    session.flush()
    dataset = session.get_one(Dataset, segment.dataset_id)
    return segment_bodies(session, session.get_one(Project, dataset.project_id), dataset, [segment])[0]


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
        return _body(session, segment_named(session, dataset_named(session, project, dataset), name))


def create_segment(runtime: Runtime, project: str, dataset: str, request: SegmentCreate) -> SegmentBody:
    """Make a segment from a selection.

    Raises:
        AlreadyExistsError: the name is taken.
        InvalidInputError: a Model Performance segment of crops, or targets on another type.
    """
    return create_segments(runtime, project, dataset, [request])[0]


def create_segments(
    runtime: Runtime, project: str, dataset: str, requests: Sequence[SegmentCreate]
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
            add_version(session, segment, members, origin, scene.source.version_id)
            _write_targets(session, segment, wanted)
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
    _check_classes(scene, targets)


def _check_name(name: str) -> None:
    if name.casefold() == ALL_FRAMES.casefold():
        raise InvalidInputError(
            f"{ALL_FRAMES!r} is the name of the whole dataset.", location={"field": "name"}
        )
    if any(ord(character) < 32 for character in name):
        raise InvalidInputError("A segment's name is one line of text.", location={"field": "name"})


def _check_classes(scene: Scene, targets: Sequence[Target]) -> None:
    classes = scene.settings.classes
    for target in targets:
        if target.class_name is not None and classes.index(target.class_name) in (None, classes.background):
            raise InvalidInputError(
                f"Target on {target.metric} of an unknown class {target.class_name!r}.",
                hint=f"Known: {', '.join(classes.names[:20])}.",
                location={"field": "targets"},
            )


def _refuse_taken(session: Session, dataset: Dataset, name: str, project: str) -> None:
    taken = session.scalar(select(Segment.id).where(Segment.dataset_id == dataset.id, Segment.name == name))
    if taken:
        raise AlreadyExistsError(
            f"Segment {name!r} exists already in dataset {dataset.name!r}.",
            hint="Take another name, add to the existing one, or PUT to replace it.",
            location={"url": f"/api/v1/projects/{project}/datasets/{dataset.name}/segments/{taken}"},
        )


def put_segment(
    runtime: Runtime, project: str, dataset: str, name: str, request: SegmentCreate
) -> SegmentBody:
    """Make a segment, or bring an existing one to this state; repeating it changes nothing."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        known = session.scalar(select(Segment).where(Segment.dataset_id == row.id, Segment.name == name))
    if known is None:
        return create_segment(runtime, project, dataset, request.model_copy(update={"name": name}))
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
        add_version(session, segment, members, origin, scene.source.version_id)
        _write_targets(session, segment, targets)
        return _body(session, segment)


def create_per_value(runtime: Runtime, project: str, dataset: str, request: SegmentPerValue) -> SegmentList:
    """Make a segment for each value of a field; the segment's rule is the query for that value.

    Raises:
        InvalidInputError: an unknown field, or more than 200 values.
    """
    scene = open_scene(runtime, project, dataset)
    values = _values_of(scene, request)
    bodies = create_segments(
        runtime,
        project,
        dataset,
        [
            SegmentCreate(
                name=f"{request.prefix}{_value_text(value)}",
                type=request.type,
                selection=SelectionBody(query=_value_query(request, value)),
                targets=request.targets,
                owner=request.owner,
            )
            for value in values
        ],
    )
    return SegmentList(items=bodies)


def _value_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value_query(request: SegmentPerValue, value: object) -> str:
    word = _value_text(value)
    if isinstance(value, str):
        word = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    field = request.field if request.field.isidentifier() else f'"{request.field}"'
    own = f"{field}:{word}"
    return f"({request.query}) AND {own}" if request.query else own


def _values_of(scene: Scene, request: SegmentPerValue) -> list[object]:
    positions = np.arange(scene.snapshot.n_frames)
    if request.query:
        positions = np.flatnonzero(query_mask(scene, request.query, ElementKind.FRAMES, None).mask)
    column = element_table(scene, positions, ElementKind.FRAMES, None, [request.field])[request.field]
    values = column.drop_nulls().unique().sort().to_list()
    if not values or len(values) > 200:
        raise InvalidInputError(
            f"Field {request.field!r} has {len(values)} values; a segment per value needs 1 to 200.",
            hint="Choose a field with few values, such as split, or use a query with a range.",
            location={"field": request.field},
        )
    return values


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
        return _body(session, segment)


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
        classes = settings_of(project_named(session, project)).classes
        for target in wanted:
            if target.class_name is not None and classes.index(target.class_name) in (
                None,
                classes.background,
            ):
                raise InvalidInputError(
                    f"Target on {target.metric} of an unknown class {target.class_name!r}.",
                    hint=f"Known: {', '.join(classes.names[:20])}.",
                )
        _write_targets(session, segment, wanted)
        return _body(session, segment)


def _write_targets(session: Session, segment: Segment, targets: Sequence[Target]) -> None:
    session.execute(delete(TargetRow).where(TargetRow.segment_id == segment.id))
    for target in targets:
        session.add(
            TargetRow(
                segment_id=segment.id,
                metric=target.metric,
                average=target.average,
                class_name=target.class_name or "",
                minimum=target.minimum,
            )
        )
    segment.updated_at = now()
