"""Segments ("issues"), work queues and collection campaigns."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from shoal.server.access import AuthorOf, RuntimeOf
from shoal.server.aquarium.requests import Body, address
from shoal.services.aquarium import campaigns, issue_changes, issue_documents, issues, work_queues

router = APIRouter()


@router.get("/projects/{project}/issues")
def list_issues(runtime: RuntimeOf, project: str) -> list[dict[str, Any]]:
    """Return the segments of a project."""
    return [issue.summary() for issue in issues.list_issues(runtime, project)]


@router.post("/projects/{project}/issues")
def post_issue(runtime: RuntimeOf, author: AuthorOf, project: str, body: Body) -> dict[str, Any]:
    """Make a segment."""
    return issue_changes.create_issue(runtime, project, body, author=author)


@router.get("/projects/{project}/issues/work_queues/summaries")
def list_work_queues(runtime: RuntimeOf, project: str) -> list[dict[str, Any]]:
    """Return the work queues of a project."""
    return work_queues.list_work_queues(runtime, project)


@router.get("/projects/{project}/issues/work_queues/{issue}/download_elements")
def link_work_queue(runtime: RuntimeOf, request: Request, project: str, issue: str) -> dict[str, Any]:
    """Return a link to a work queue with its elements."""
    token = issue_documents.work_queue_link(runtime, project, issue)
    return {"signed_url": address(request, f"documents/{token}")}


@router.get("/projects/{project}/issues/{issue}/download_elements")
def link_issue(
    runtime: RuntimeOf,
    request: Request,
    project: str,
    issue: str,
    exclude_frame_data: bool = False,
    include_comment_data: bool = False,
    prefer_dataset_labels: bool = False,
) -> dict[str, Any]:
    """Return a link to a segment with its elements."""
    token = issue_documents.segment_link(
        runtime,
        project,
        issue,
        frames=not exclude_frame_data,
        comments=include_comment_data,
        inferences=not prefer_dataset_labels,
    )
    return {"signed_url": address(request, f"documents/{token}")}


@router.get("/documents/{token}")
def get_document(runtime: RuntimeOf, token: str) -> StreamingResponse:
    """Return what a link is to; the token is all the permission there is."""
    return StreamingResponse(issue_documents.get_document(runtime, token), media_type="application/json")


@router.patch("/projects/{project}/issues/{issue}/elements")
def patch_elements(
    runtime: RuntimeOf, author: AuthorOf, project: str, issue: str, body: Body
) -> dict[str, Any]:
    """Add or remove elements, or say where the work on them stands."""
    issue_changes.edit_elements(runtime, project, issue, body, author=author)
    return {}


@router.patch("/projects/{project}/issues/{issue}/update_state")
def patch_state(runtime: RuntimeOf, project: str, issue: str, body: Body) -> dict[str, Any]:
    """Change the state of a segment."""
    issue_changes.set_state(runtime, project, issue, body)
    return {}


@router.patch("/projects/{project}/issues/{issue}/rename")
def patch_name(runtime: RuntimeOf, project: str, issue: str, body: Body) -> dict[str, Any]:
    """Change the name of a segment."""
    issue_changes.rename(runtime, project, issue, body)
    return {}


@router.delete("/projects/{project}/issues/{issue}")
def delete_issue(runtime: RuntimeOf, project: str, issue: str) -> dict[str, Any]:
    """Delete a segment."""
    issue_changes.delete_issue(runtime, project, issue)
    return {}


@router.post("/collection_campaigns/cache_elt_data")
def cache_elements(runtime: RuntimeOf, body: Body) -> dict[str, Any]:
    """Return where the elements of a campaign's segment are."""
    return campaigns.cache_elements(runtime, body)


@router.post("/collection_campaigns")
def post_campaign(runtime: RuntimeOf, body: Body) -> dict[str, Any]:
    """Return the campaign of a segment."""
    return campaigns.create_campaign(runtime, body)


@router.get("/collection_campaigns/summaries")
def list_campaigns(
    runtime: RuntimeOf,
    target_issue_uuids: Annotated[list[str] | None, Query()] = None,
    target_project_names: Annotated[list[str] | None, Query()] = None,
) -> list[dict[str, Any]]:
    """Return collection campaigns."""
    return campaigns.list_campaigns(runtime, target_issue_uuids or [], target_project_names or [])
