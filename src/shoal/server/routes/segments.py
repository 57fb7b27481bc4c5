"""Segments: their versions, elements, targets, metrics, comments."""

from __future__ import annotations

from fastapi import APIRouter, Response

from shoal.model.segment import SegmentState, SegmentType
from shoal.server.access import AuthorOf, Limit, Revision, RuntimeOf
from shoal.services import comments, segment_versions, segments, segments_per_value
from shoal.wire.base import Title
from shoal.wire.segments import (
    CommentBody,
    CommentCreate,
    CommentList,
    ElementsChange,
    SegmentBody,
    SegmentCreate,
    SegmentDifference,
    SegmentList,
    SegmentMetrics,
    SegmentPerValue,
    SegmentUpdate,
    SegmentVersionList,
    TargetBody,
    Targets,
)
from shoal.wire.selections import QueryPage

# Names may hold slashes; what follows a name is therefore matched before the name alone.
router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/segments", tags=["segments"])


def _tagged(response: Response, body: SegmentBody) -> SegmentBody:
    response.headers["ETag"] = f'"{body.revision}"'
    return body


@router.get("")
def list_segments(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    type: SegmentType | None = None,  # noqa: A002 (the name of the query parameter)
    state: SegmentState | None = None,
) -> SegmentList:
    """Return the segments by type, then name."""
    return segments.list_segments(runtime, project, dataset, segment_type=type, state=state)


@router.post("", status_code=201)
def create_segment(
    runtime: RuntimeOf,
    response: Response,
    author: AuthorOf,
    project: str,
    dataset: str,
    request: SegmentCreate,
) -> SegmentBody:
    """Make a segment from a selection."""
    return _tagged(response, segments.create_segment(runtime, project, dataset, request, author=author))


@router.post("/per-value", status_code=201)
def create_per_value(
    runtime: RuntimeOf, author: AuthorOf, project: str, dataset: str, request: SegmentPerValue
) -> SegmentList:
    """Make a segment for each value of a field."""
    return segments_per_value.create_per_value(runtime, project, dataset, request, author=author)


@router.get("/{segment:path}/versions")
def list_versions(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> SegmentVersionList:
    """Return the versions, newest first."""
    return segment_versions.list_versions(runtime, project, dataset, segment)


@router.get("/{segment:path}/elements")
def list_elements(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    segment: str,
    version: int | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> QueryPage:
    """Return one page of elements."""
    return segment_versions.list_elements(
        runtime, project, dataset, segment, version=version, limit=limit, cursor=cursor
    )


@router.post("/{segment:path}/elements")
def change_elements(
    runtime: RuntimeOf,
    response: Response,
    author: AuthorOf,
    project: str,
    dataset: str,
    segment: str,
    request: ElementsChange,
    if_match: Revision,
) -> SegmentBody:
    """Make the next version."""
    changed = segment_versions.change_elements(
        runtime, project, dataset, segment, request, if_match=if_match, author=author
    )
    return _tagged(response, segments.get_segment(runtime, project, dataset, changed))


@router.get("/{segment:path}/difference")
def difference(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> SegmentDifference:
    """Return what the kept query would add and remove today."""
    return segment_versions.difference(runtime, project, dataset, segment)


@router.get("/{segment:path}/targets")
def get_targets(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> list[TargetBody]:
    """Return the targets."""
    return segments.get_segment(runtime, project, dataset, segment).targets


@router.put("/{segment:path}/targets")
def set_targets(
    runtime: RuntimeOf,
    response: Response,
    project: str,
    dataset: str,
    segment: str,
    targets: Targets,
    if_match: Revision,
) -> SegmentBody:
    """Replace the targets."""
    return _tagged(
        response, segments.set_targets(runtime, project, dataset, segment, targets, if_match=if_match)
    )


@router.get("/{segment:path}/metrics")
def get_metrics(
    runtime: RuntimeOf, project: str, dataset: str, segment: str, baseline: str | None = None
) -> SegmentMetrics:
    """Return all inference sets on the segment, and whether each succeeds."""
    from shoal.services import segment_metrics

    return segment_metrics.get_segment_metrics(runtime, project, dataset, segment, baseline=baseline)


@router.get("/{segment:path}/comments")
def list_comments(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> CommentList:
    """Return the comments, oldest first."""
    return comments.list_comments(runtime, project, dataset, segment)


@router.post("/{segment:path}/comments", status_code=201)
def add_comment(
    runtime: RuntimeOf, author: AuthorOf, project: str, dataset: str, segment: str, request: CommentCreate
) -> CommentBody:
    """Add a comment."""
    return comments.add_comment(runtime, project, dataset, segment, request, author=author)


@router.delete("/{segment:path}/comments/{comment}", status_code=204)
def delete_comment(runtime: RuntimeOf, project: str, dataset: str, segment: str, comment: str) -> None:
    """Delete a comment."""
    comments.delete_comment(runtime, project, dataset, segment, comment)


@router.get("/{segment:path}")
def get_segment(
    runtime: RuntimeOf, response: Response, project: str, dataset: str, segment: str
) -> SegmentBody:
    """Return one segment."""
    return _tagged(response, segments.get_segment(runtime, project, dataset, segment))


@router.put("/{segment:path}")
def put_segment(
    runtime: RuntimeOf,
    response: Response,
    author: AuthorOf,
    project: str,
    dataset: str,
    segment: Title,
    request: SegmentCreate,
) -> SegmentBody:
    """Make a segment, or bring it to this state; repeating it changes nothing."""
    return _tagged(response, segments.put_segment(runtime, project, dataset, segment, request, author=author))


@router.patch("/{segment:path}")
def update_segment(
    runtime: RuntimeOf,
    response: Response,
    project: str,
    dataset: str,
    segment: str,
    request: SegmentUpdate,
    if_match: Revision,
) -> SegmentBody:
    """Change what needs no new version."""
    return _tagged(
        response, segments.update_segment(runtime, project, dataset, segment, request, if_match=if_match)
    )


@router.delete("/{segment:path}", status_code=204)
def delete_segment(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> None:
    """Delete a segment."""
    segments.delete_segment(runtime, project, dataset, segment)
