"""Work queues: segments whose elements come in batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shoal.errors import InvalidInputError
from shoal.model.segment import SegmentType
from shoal.services.aquarium.batches import DEFAULT_BATCH_SIZE, batch_name, batch_numbers
from shoal.services.aquarium.issue_elements import issue_elements
from shoal.services.aquarium.issues import Issue, find_issue, list_issues
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene

_WORDS = {"unstarted": "queued", "done": "done"}


def list_work_queues(runtime: Runtime, project: str) -> list[dict[str, Any]]:
    """Return the work queues of a project without their elements."""
    queues = list_issues(runtime, project, kind=SegmentType.WORK_QUEUE)
    return [_with_batches(issue, _elements(runtime, project, issue)) for issue in queues]


def get_work_queue(runtime: Runtime, project: str, issue_id: str) -> dict[str, Any]:
    """Return a work queue with its elements.

    Raises:
        InvalidInputError: the segment is no work queue.
    """
    issue = find_issue(runtime, project, issue_id)
    if issue.body.type is not SegmentType.WORK_QUEUE:
        raise InvalidInputError(
            f"Segment {issue.body.name!r} is a {issue.body.type.display_name}, not a Work Queue."
        )
    elements = _elements(runtime, project, issue)
    return {**_with_batches(issue, elements), "elements": elements}


def _elements(runtime: Runtime, project: str, issue: Issue) -> list[dict[str, Any]]:
    found = issue_elements(open_scene(runtime, project, issue.body.dataset), issue)
    size = int(issue.note.get("batch_size", DEFAULT_BATCH_SIZE))
    numbers = batch_numbers((element["id"] for element in found), issue.note.get("batches", {}), size)
    queued = [
        {
            "element_id": element["id"],
            "frame_id": element["frameId"],
            "status": _status(issue, element["status"]),
            "batch_name": batch_name(numbers[element["id"]]),
            "assignee": issue.assignee,
            "dataset": element["dataset"],
            "inference_set": element["inferenceSet"],
            "label_metadata": element["labelMetadata"],
        }
        for element in found
    ]
    return sorted(queued, key=lambda element: numbers[element["element_id"]])


def _status(issue: Issue, word: str) -> str:
    status = _WORDS[word]
    return "assigned" if status == "queued" and issue.assignee else status


def _with_batches(issue: Issue, elements: Iterable[dict[str, Any]]) -> dict[str, Any]:
    batches: dict[str, list[str]] = {}
    n_elements = 0
    for element in elements:
        batches.setdefault(element["batch_name"], []).append(element["status"])
        n_elements += 1
    statuses = {name: _batch_status(words) for name, words in batches.items()}
    return {
        **issue.summary(),
        "element_count": n_elements,
        "batch_statuses": statuses,
        "batch_assignees": dict.fromkeys(batches, issue.assignee) if issue.assignee else {},
    }


def _batch_status(words: Iterable[str]) -> str:
    left = set(words) - {"done"}
    return min(left) if left else "done"
