"""Projects."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.services import projects
from shoal.wire.base import Slug
from shoal.wire.projects import ProjectBody, ProjectCreate, ProjectList, ProjectUpdate

router = APIRouter(prefix="/projects", tags=["projects"])


@router.get("")
def list_projects(runtime: RuntimeOf) -> ProjectList:
    """Return all projects by name."""
    return projects.list_projects(runtime)


@router.post("", status_code=201)
def create_project(runtime: RuntimeOf, request: ProjectCreate) -> ProjectBody:
    """Make a project."""
    return projects.create_project(runtime, request)


@router.get("/{project}")
def get_project(runtime: RuntimeOf, project: str) -> ProjectBody:
    """Return one project."""
    return projects.get_project(runtime, project)


@router.put("/{project}")
def put_project(runtime: RuntimeOf, project: Slug, request: ProjectCreate) -> ProjectBody:
    """Make a project or give it these settings; repeating it changes nothing."""
    return projects.put_project(runtime, project, request)


@router.patch("/{project}")
def update_project(runtime: RuntimeOf, project: str, request: ProjectUpdate) -> ProjectBody:
    """Change settings."""
    return projects.update_project(runtime, project, request)


@router.delete("/{project}", status_code=204)
def delete_project(runtime: RuntimeOf, project: str) -> None:
    """Delete a project with everything in it."""
    projects.delete_project(runtime, project)
