"""Projects and their class maps."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.server.aquarium.requests import Body
from shoal.services.aquarium import projects

router = APIRouter(prefix="/projects")


@router.get("")
def list_projects(runtime: RuntimeOf) -> list[dict[str, Any]]:
    """Return all projects by name."""
    return projects.list_projects(runtime)


@router.post("")
def post_project(runtime: RuntimeOf, body: Body) -> dict[str, Any]:
    """Make a project, or append classes to the one there is."""
    return projects.post_project(runtime, body)


@router.get("/{project}")
def get_project(runtime: RuntimeOf, project: str) -> dict[str, Any]:
    """Return one project."""
    return projects.get_project(runtime, project)


@router.delete("/{project}")
def delete_project(runtime: RuntimeOf, project: str) -> dict[str, Any]:
    """Delete a project with everything in it."""
    return projects.delete_project(runtime, project)


@router.post("/{project}/metadata")
def post_metadata(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Replace what the user noted of a project."""
    return projects.post_metadata(runtime, project, body)


@router.patch("/{project}/label_class_map")
def patch_class_map(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Change names, colours and skeletons of classes."""
    return projects.patch_class_map(runtime, project, body)
