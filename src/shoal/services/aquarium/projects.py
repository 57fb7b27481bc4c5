"""Projects as the client knows them: Shoal's own, with the settings Shoal does not use noted beside them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError
from shoal.model.task import Task
from shoal.services import projects
from shoal.services.aquarium.body_values import (
    maybe_object_of,
    maybe_text_of,
    objects_of,
    text_of,
    whole_number_of,
)
from shoal.services.aquarium.class_maps import (
    appended_classes,
    changed_entry,
    checked_entry,
    shown_classes,
)
from shoal.services.aquarium.notes import read_note, write_note
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Project
from shoal.wire.projects import ProjectCreate, ProjectUpdate

NOTE: Final = "project"

TASKS: Final = {
    "2D_OBJECT_DETECTION": Task.OBJECT_DETECTION,
    "CLASSIFICATION": Task.CLASSIFICATION,
    "BINARY_CLASSIFICATION": Task.BINARY_CLASSIFICATION,
}
"""The client's tasks Shoal evaluates.  A project of another task keeps its data and has no numbers."""

_TASK_NAMES: Final = {task: name for name, task in TASKS.items()}


def task_of(note: dict[str, Any], project: Project) -> str:
    """Return the client's name of a project's task, which Shoal may not evaluate."""
    named: str = note.get("primary_task") or _TASK_NAMES[Task(project.task)]
    return named


def is_evaluated(session: Session, project: Project) -> bool:
    """Return whether Shoal has numbers for a project's task."""
    return task_of(_note(session, project), project) in TASKS


def list_projects(runtime: Runtime) -> list[dict[str, Any]]:
    """Return all projects by name."""
    with runtime.catalog.read() as session:
        rows = session.scalars(select(Project).order_by(Project.name))
        return [_body(session, row) for row in rows]


def get_project(runtime: Runtime, name: str) -> dict[str, Any]:
    """Return one project."""
    with runtime.catalog.read() as session:
        return _body(session, project_named(session, name))


def post_project(runtime: Runtime, body: dict[str, Any]) -> dict[str, Any]:
    """Make a project; one that exists gets the classes it lacks and the settings that are named.

    Raises:
        InvalidInputError: the project exists with another task.
    """
    name = text_of(body, "project_id")
    with runtime.home.locks.holding(f"aquarium-project:{name}"):
        return _post_project(runtime, name, body)


def _post_project(runtime: Runtime, name: str, body: dict[str, Any]) -> dict[str, Any]:
    given = [checked_entry(entry) for entry in objects_of(body, "label_class_map")]
    with runtime.catalog.read() as session:
        project = session.scalar(select(Project).where(Project.name == name))
        note = _note(session, project) if project is not None else {}
        before = task_of(note, project) if project is not None else None
    wanted = maybe_text_of(body, "primary_task") or before or "2D_OBJECT_DETECTION"
    if before is not None and wanted != before:
        raise InvalidInputError(
            f"Project {name!r} has the task {before}, not {wanted}; a task never changes.",
            hint="Make another project.",
        )
    known = list(project.class_map) if project is not None else []
    fresh, entries = appended_classes(known, note.get("classes", []), given)
    settings = _settings(body)
    if project is None:
        task = TASKS.get(wanted, Task.OBJECT_DETECTION)
        request = {"name": name, "task": task, "classes": fresh, **settings}
        projects.create_project(runtime, ProjectCreate.model_validate(request))
    elif entries or settings:
        request = {**settings, **({"classes": fresh} if entries else {})}
        projects.update_project(runtime, name, ProjectUpdate.model_validate(request))
    with runtime.catalog.begin() as session:
        project = project_named(session, name)
        noted = {**note, **{key: value for key, value in body.items() if key != "label_class_map"}}
        noted["primary_task"] = wanted
        if "classes" in note:
            noted["classes"] = [*note["classes"], *entries]
        else:
            noted["classes"] = _numbered(project, entries, given)
        write_note(session, project.id, NOTE, "", noted)
        return _body(session, project)


def _numbered(project: Project, entries: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[Any]:
    """Return classes as they were given, with the ids they have."""
    ids = {entry["name"]: entry["id"] for entry in (*project.class_map, *entries)}
    return [{**entry, "id": ids[entry["name"]]} for entry in given]


def delete_project(runtime: Runtime, name: str) -> dict[str, Any]:
    """Delete a project with everything in it."""
    projects.delete_project(runtime, name)
    return {}


def post_metadata(runtime: Runtime, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace what the user noted of a project."""
    with runtime.catalog.begin() as session:
        project = project_named(session, name)
        metadata = maybe_object_of(body, "external_metadata")
        note = {**_note(session, project), "external_metadata": metadata}
        write_note(session, project.id, NOTE, "", note)
    return {}


def patch_class_map(runtime: Runtime, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change colours, keypoint names and skeletons of classes, found by their id."""
    entries = objects_of(body, "label_class_map")
    changes = {whole_number_of(entry, "id", default=-1): entry for entry in entries}
    with runtime.catalog.read() as session:
        project = project_named(session, name)
        note = _note(session, project)
    classes = [changed_entry(entry, changes.get(entry["id"], {})) for entry in project.class_map]
    projects.update_project(runtime, name, ProjectUpdate.model_validate({"classes": classes}))
    noted = [{**entry, **changes.get(entry.get("id"), {})} for entry in note.get("classes", [])]
    with runtime.catalog.begin() as session:
        write_note(session, project.id, NOTE, "", {**note, "classes": noted})
    return {}


def _note(session: Session, project: Project) -> dict[str, Any]:
    found: dict[str, Any] = read_note(session, project.id, NOTE) or {}
    return found


def _settings(body: dict[str, Any]) -> dict[str, Any]:
    """Return the settings Shoal has of its own."""
    names = {
        "confidence_threshold": "confidence",
        "iou_threshold": "iou",
        "binary_classification_negative_class": "negative_class",
    }
    return {ours: body[theirs] for theirs, ours in names.items() if body.get(theirs) is not None}


def _body(session: Session, project: Project) -> dict[str, Any]:
    note = _note(session, project)
    own = {key: value for key, value in note.items() if key not in ("classes", "project_id")}
    return {
        **own,
        "id": project.name,
        "project_id": project.name,
        "primary_task": task_of(note, project),
        "label_class_map": shown_classes(project.class_map, note.get("classes", [])),
        "confidence_threshold": project.confidence,
        "iou_threshold": project.iou,
        "created_at": project.created_at.isoformat(),
    }
