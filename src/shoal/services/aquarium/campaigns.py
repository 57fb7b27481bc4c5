"""Collection campaigns: segments of that type, which ask for more frames like theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from shoal.errors import InvalidInputError, NotFoundError
from shoal.model.segment import SegmentState, SegmentType
from shoal.services.aquarium.body_values import text_of
from shoal.services.aquarium.issues import Issue, find_issue, list_issues
from shoal.services.aquarium.projects import get_project
from shoal.services.aquarium.segment_words import element_word
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, Project, Segment

FORMAT_VERSION: Final = 1
_ENDED: Final = (SegmentState.RESOLVED, SegmentState.CANCELLED)


def cache_elements(runtime: Runtime, body: dict[str, Any]) -> dict[str, Any]:
    """Return where the elements of a campaign's segment are; they stay where they are."""
    issue = _campaign(runtime, text_of(body, "issue_uuid"))
    return {"gs_path": f"shoal://segments/{issue.body.id}", "format_version": FORMAT_VERSION}


def create_campaign(runtime: Runtime, body: dict[str, Any]) -> dict[str, Any]:
    """Return the campaign of a segment, which is one by its type; repeating it changes nothing.

    Raises:
        InvalidInputError: the segment is of another type.
    """
    issue = _campaign(runtime, text_of(body, "issue_uuid"))
    if issue.body.type is not SegmentType.COLLECTION_CAMPAIGN:
        raise InvalidInputError(
            f"Segment {issue.body.name!r} is a {issue.body.type.display_name}, not a Collection Campaign."
        )
    return _summary(runtime, issue)


def list_campaigns(
    runtime: Runtime, segment_ids: Sequence[str], projects: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the campaigns of these segments; without any, of these projects; without any, of all.

    Raises:
        NotFoundError: a segment or project that does not exist.
    """
    if segment_ids:
        issues = [_campaign(runtime, segment_id) for segment_id in segment_ids]
        found = [issue for issue in issues if issue.body.type is SegmentType.COLLECTION_CAMPAIGN]
    else:
        with runtime.catalog.read() as session:
            names = list(projects) or list(session.scalars(select(Project.name).order_by(Project.name)))
        kind = SegmentType.COLLECTION_CAMPAIGN
        found = [issue for name in names for issue in list_issues(runtime, name, kind=kind)]
    return [_summary(runtime, issue) for issue in found]


def _campaign(runtime: Runtime, segment_id: str) -> Issue:
    with runtime.catalog.read() as session:
        project = session.scalar(
            select(Project.name)
            .join(Dataset, Dataset.project_id == Project.id)
            .join(Segment, Segment.dataset_id == Dataset.id)
            .where(Segment.id == segment_id)
        )
    if project is None:
        raise NotFoundError(f"There is no segment {segment_id!r}.")
    return find_issue(runtime, project, segment_id)


def _summary(runtime: Runtime, issue: Issue) -> dict[str, Any]:
    """Return a campaign: always awaiting its postprocessing, as the client puts it.

    What that would give, a pickle for the client to run, Shoal does not make.
    """
    return {
        "id": issue.body.id,
        "issue_uuid": issue.body.id,
        "issue_version": issue.body.version,
        "project_id": issue.body.project,
        "dataset": issue.summary()["dataset"],
        "element_type": element_word(issue.body.elements),
        "active": issue.body.state not in _ENDED,
        "primary_task": get_project(runtime, issue.body.project)["primary_task"],
        "sampling_threshold": None,
        "pca_signed_url": None,
        "microcluster_info_signed_url": None,
    }
