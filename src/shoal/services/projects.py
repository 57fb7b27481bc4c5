"""Projects: a task, a class map, default thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shoal.errors import AlreadyExistsError, InvalidInputError
from shoal.model.class_map import ClassEntry, ClassMap
from shoal.model.task import MatchingRule, Task
from shoal.services.lookup import project_named, settings_of
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, Project
from shoal.wire.projects import ClassBody, ProjectBody, ProjectCreate, ProjectList, ProjectUpdate


def project_url(name: str) -> str:
    """Return the path of a project."""
    return f"/api/v1/projects/{name}"


def class_map_of(classes: Sequence[ClassBody | str]) -> ClassMap:
    """Build a class map from a request; entries without an id take a free one from their place on."""
    bodies = [ClassBody(name=entry) if isinstance(entry, str) else entry for entry in classes]
    taken = {body.id for body in bodies if body.id is not None}
    entries: list[ClassEntry] = []
    for position, body in enumerate(bodies):
        number = body.id
        if number is None:
            number = position
            while number in taken:
                number += 1
            taken.add(number)
        entries.append(ClassEntry.from_dict({**body.model_dump(), "id": number}))
    return ClassMap(tuple(entries))


def project_body(project: Project) -> ProjectBody:
    """Return a project as the wire shows it."""
    return ProjectBody(
        id=project.id,
        name=project.name,
        task=Task(project.task),
        classes=[ClassBody.model_validate(entry) for entry in project.class_map],
        confidence=project.confidence,
        iou=project.iou,
        matching=MatchingRule(project.matching),
        group_field=project.group_field,
        margin=project.margin,
        allow_partial_coverage=project.allow_partial_coverage,
        negative_class=project.negative_class,
        description=project.description,
        created_at=project.created_at,
        updated_at=project.updated_at,
        url=project_url(project.name),
    )


def list_projects(runtime: Runtime) -> ProjectList:
    """Return all projects by name."""
    with runtime.catalog.read() as session:
        return ProjectList(
            items=[
                project_body(project) for project in session.scalars(select(Project).order_by(Project.name))
            ]
        )


def get_project(runtime: Runtime, name: str) -> ProjectBody:
    """Return one project."""
    with runtime.catalog.read() as session:
        return project_body(project_named(session, name))


def create_project(runtime: Runtime, request: ProjectCreate) -> ProjectBody:
    """Make a project.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    with runtime.catalog.begin() as session:
        if session.scalar(select(Project.id).where(Project.name == request.name)):
            raise AlreadyExistsError(
                f"Project {request.name!r} exists already.",
                hint="Take another name, open the existing one, or PUT to change it.",
                location={"url": project_url(request.name)},
            )
        project = Project(name=request.name, task=request.task)
        _apply(project, request.model_dump(exclude={"name", "classes"}))
        if request.classes is not None:
            project.class_map = class_map_of(request.classes).to_list()
        session.add(project)
        _check(project)
        session.flush()
        return project_body(project)


def put_project(runtime: Runtime, name: str, request: ProjectCreate) -> ProjectBody:
    """Make a project, or give an existing one these settings; repeating it changes nothing."""
    with runtime.catalog.read() as session:
        exists = session.scalar(select(Project.id).where(Project.name == name)) is not None
    if not exists:
        return create_project(runtime, request.model_copy(update={"name": name}))
    values = request.model_dump(exclude={"name", "task"}, exclude_unset=True)
    with runtime.catalog.read() as session:
        project = project_named(session, name)
        if Task(project.task) is not request.task and "task" in request.model_fields_set:
            raise InvalidInputError(
                f"Project {name!r} has the task {project.task}; a task never changes.",
                hint="Make another project.",
                location={"field": "task"},
            )
    return update_project(runtime, name, ProjectUpdate.model_validate(values))


def update_project(runtime: Runtime, name: str, request: ProjectUpdate) -> ProjectBody:
    """Change settings of a project; numbers follow at once.

    Raises:
        InvalidInputError: a class that labels or inferences use would vanish.
    """
    with runtime.catalog.begin() as session:
        project = project_named(session, name)
        _apply(project, request.model_dump(exclude={"classes"}, exclude_unset=True))
        if request.classes is not None:
            project.class_map = _changed_classes(session, project, class_map_of(request.classes)).to_list()
        _check(project)
        session.flush()
        return project_body(project)


def delete_project(runtime: Runtime, name: str) -> None:
    """Delete a project with all its datasets, inference sets and segments."""
    with runtime.catalog.begin() as session:
        session.delete(project_named(session, name))
    runtime.workspace.clear()


def _apply(project: Project, values: dict[str, Any]) -> None:
    for key, value in values.items():
        setattr(project, key, value)


def _check(project: Project) -> None:
    settings = settings_of(project)
    if settings.task is Task.BINARY_CLASSIFICATION and len(settings.class_map):
        settings.binary_classes()


def _changed_classes(session: Session, project: Project, new: ClassMap) -> ClassMap:
    """Return the new class map in the order the tables know: indices of stored classes never move."""
    old = ClassMap.from_list(project.class_map)
    in_use = session.scalar(select(func.count(Dataset.id)).where(Dataset.project_id == project.id))
    if not in_use:
        return new
    missing = [name for name in old.names if new.index(name) is None]
    if missing:
        raise InvalidInputError(
            f"Classes {', '.join(missing)} cannot be removed: datasets of this project may use them.",
            hint='To leave a class out of evaluation, set its `train_name` to "".',
            location={"field": "classes"},
        )
    kept = [new.entries[index] for name in old.names if (index := new.index(name)) is not None]
    added = [entry for entry in new.entries if old.index(entry.name) is None]
    return ClassMap((*kept, *added))
