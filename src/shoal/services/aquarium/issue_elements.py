"""The elements of a segment as the client downloads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from shoal.kernels.objects import Int64Array
from shoal.model.segment import ElementKind
from shoal.services.aquarium.issues import Issue
from shoal.services.aquarium.segment_words import STATUSES, element_word
from shoal.services.elements import element_table
from shoal.services.scene import Scene

PORTION: Final = 2000
"""How many elements are looked up at once."""

_CROP_TYPES = {ElementKind.LABELS: "label", ElementKind.INFERENCES: "inference"}


def issue_elements(scene: Scene, issue: Issue) -> list[dict[str, Any]]:
    """Return all elements of a segment, as `element_portions` yields them."""
    return [element for portion in element_portions(scene, issue) for element in portion]


def element_portions(scene: Scene, issue: Issue) -> Iterator[list[dict[str, Any]]]:
    """Yield the elements of a segment: those Shoal holds, in stored order, then those it cannot hold.

    Elements that left the dataset are left out.
    """
    segment = scene.segment(issue.body.id)
    positions = np.flatnonzero(scene.segment_rows(segment.name))
    for start in range(0, len(positions), PORTION):
        rows = _members(scene, issue, positions[start : start + PORTION])
        yield [_held(issue, row) for row in rows]
    yield [_other(issue, element) for element in issue.note.get("others", [])]


def _members(scene: Scene, issue: Issue, positions: Int64Array) -> list[dict[str, Any]]:
    kind, owner = issue.body.elements, issue.body.inference_set
    if kind is ElementKind.FRAMES:
        ids = element_table(scene, positions, kind, owner, None)["id"].to_list()
        return [{"id": frame_id, "frame_id": frame_id} for frame_id in ids]
    columns = ["id", "frame_id", *(["confidence"] if kind is ElementKind.INFERENCES else [])]
    return element_table(scene, positions, kind, owner, columns).to_dicts()


def _held(issue: Issue, row: dict[str, Any]) -> dict[str, Any]:
    kind = issue.body.elements
    named = issue.note.get("inference_sets", {}).get(row["id"])
    inference_set = issue.inference_set_address if kind is ElementKind.INFERENCES else named
    confidence = row.get("confidence")
    return _element(
        issue,
        {
            "id": row["id"],
            "frameId": row["frame_id"],
            "dataset": issue.dataset_address,
            "inferenceSet": inference_set,
            "cropType": _CROP_TYPES.get(kind),
            "labelMetadata": None if confidence is None else {"confidence": confidence},
        },
    )


def _other(issue: Issue, element: dict[str, Any]) -> dict[str, Any]:
    return _element(issue, {"inferenceSet": None, "cropType": None, "labelMetadata": None, **element})


def _element(issue: Issue, element: dict[str, Any]) -> dict[str, Any]:
    return {
        **element,
        "type": element_word(issue.body.elements),
        "status": issue.note.get("statuses", {}).get(element["id"], STATUSES[0]),
        "updated_at": issue.body.updated_at.isoformat(),
        "frameData": None,
        "cropData": None,
        "comments": {},
    }
