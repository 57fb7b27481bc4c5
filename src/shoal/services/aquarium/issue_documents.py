"""Segments and work queues with their elements, to be downloaded by a link of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from shoal.model.columns import BOX_COLUMNS
from shoal.model.segment import ElementKind
from shoal.services.aquarium.composed import composed_object
from shoal.services.aquarium.elements import Address, crop_rows
from shoal.services.aquarium.frame_rows import inference_rows, rows_now
from shoal.services.aquarium.issue_elements import element_portions
from shoal.services.aquarium.issues import Issue, find_issue
from shoal.services.aquarium.work_queues import get_work_queue
from shoal.services.comments import list_comments
from shoal.services.elements import element_table
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.signing import Purpose, sign, verify

_DOCUMENT: Final = Purpose("document", lifetime_s=3600)


def segment_link(
    runtime: Runtime, project: str, issue_id: str, *, frames: bool, comments: bool, inferences: bool
) -> str:
    """Return a token for the document of a segment.

    Args:
        runtime: the open home.
        project: its project.
        issue_id: its id.
        frames: whether elements come with the rows of their frames.
        comments: whether the segment comes with its comments.
        inferences: whether the rows of frames hold the inferences of the segment's inference set.

    Raises:
        NotFoundError: there is no such segment.
    """
    issue = find_issue(runtime, project, issue_id)
    payload = {
        "project": issue.body.project,
        "segment": issue.body.id,
        "frames": frames,
        "comments": comments,
        "inferences": inferences,
    }
    return sign(runtime, _DOCUMENT, payload)


def work_queue_link(runtime: Runtime, project: str, issue_id: str) -> str:
    """Return a token for the document of a work queue.

    Raises:
        NotFoundError: there is no such segment.
    """
    issue = find_issue(runtime, project, issue_id)
    payload = {"project": issue.body.project, "work_queue": issue.body.id}
    return sign(runtime, _DOCUMENT, payload)


def get_document(runtime: Runtime, token: str) -> Iterator[bytes]:
    """Return the document a token is for, as it is now, in parts: it may be larger than memory.

    Raises:
        ForbiddenError: the token is not ours, or too old.
        NotFoundError: the segment was deleted since.
    """
    asked = verify(runtime, _DOCUMENT, token)
    if "work_queue" in asked:
        return iter([_json(get_work_queue(runtime, asked["project"], asked["work_queue"]))])
    issue = find_issue(runtime, asked["project"], asked["segment"])
    scene = open_scene(runtime, asked["project"], issue.body.dataset)
    comments = _comments(runtime, issue) if asked["comments"] else None
    portions = element_portions(scene, issue)
    if asked["frames"]:
        has_inferences = asked["inferences"]
        portions = (_with_rows(scene, issue, some, has_inferences=has_inferences) for some in portions)
    return _document({**issue.summary(), "comments": comments}, portions)


def _document(summary: dict[str, Any], portions: Iterable[Sequence[dict[str, Any]]]) -> Iterator[bytes]:
    yield _json(summary)[:-1] + b',"elements":['
    separator = b""
    for portion in portions:
        if portion:
            # As a whole: every part costs a change of threads.
            yield separator + b",".join(_json(element) for element in portion)
            separator = b","
    yield b"]}"


def _json(value: Any) -> bytes:
    """Return JSON that may hold NaN and infinities, as attributes of labels do."""
    return json.dumps(value, separators=(",", ":")).encode()


def _comments(runtime: Runtime, issue: Issue) -> dict[str, Any]:
    found = list_comments(runtime, issue.body.project, issue.body.dataset, issue.body.id)
    return {
        comment.id: {
            "author": comment.author,
            "text": comment.text,
            "created_at": comment.created_at.isoformat(),
        }
        for comment in found.items
    }


def _with_rows(
    scene: Scene, issue: Issue, elements: list[dict[str, Any]], *, has_inferences: bool
) -> list[dict[str, Any]]:
    """Return the elements with the rows their frames and crops were sent as."""
    runtime = scene.runtime
    frame_ids = list(dict.fromkeys(e["frameId"] for e in elements if e["dataset"] == issue.dataset_address))
    frames = rows_now(runtime, scene.project, scene.dataset, frame_ids)
    inferences: Mapping[str, Any] = {}
    name = issue.body.inference_set or issue.note.get("inference_set")
    if name in scene.inference_sets:
        inferences = inference_rows(runtime, scene.dataset, scene.inference_sets[name], list(frames))
    crops = {
        "label": _by_address((frame_id, row[1]) for frame_id, row in frames.items()),
        "inference": _composed(scene, issue, elements)
        | _by_address((frame_id, row[1]) for frame_id, row in inferences.items()),
    }
    shown = {frame_id: {**row[0], "label_data": row[1]} for frame_id, row in frames.items()}
    if has_inferences:
        for frame_id, row in inferences.items():
            shown[frame_id]["inference_data"] = row[1]
    return [
        {
            **element,
            "frameData": shown.get(element["frameId"]),
            "cropData": crops.get(element["cropType"] or "", {}).get((element["frameId"], element["id"])),
        }
        if element["dataset"] == issue.dataset_address
        else element
        for element in elements
    ]


def _composed(
    scene: Scene, issue: Issue, elements: Sequence[dict[str, Any]]
) -> dict[Address, dict[str, Any]]:
    """Return the rows inferences would have been sent as, for those that came another way."""
    kind, owner = issue.body.elements, issue.body.inference_set
    if kind is not ElementKind.INFERENCES:
        return {}
    held = [
        e
        for e in elements
        if e["cropType"] == "inference" and e["inferenceSet"] == issue.inference_set_address
    ]
    rows = crop_rows(scene, kind, owner, [(element["frameId"], element["id"]) for element in held])
    positions = np.array(sorted(rows.values()), np.int64)
    columns = ["inference_id", "frame_id", "class", "confidence", *BOX_COLUMNS]
    table = element_table(scene, positions, kind, owner, columns)
    class_ids = {entry["name"]: entry["id"] for entry in scene.project.class_map}
    return {
        (row["frame_id"], row["inference_id"]): composed_object(row, class_ids) for row in table.to_dicts()
    }


def _by_address(rows: Iterable[tuple[str, list[dict[str, Any]]]]) -> dict[Address, dict[str, Any]]:
    return {(frame_id, one["uuid"]): one for frame_id, objects in rows for one in objects}
