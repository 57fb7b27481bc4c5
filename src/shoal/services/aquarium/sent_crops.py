"""Crops of types Shoal does not know, such as polygons: found among the rows their frames were sent as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shoal.errors import NotFoundError
from shoal.services.aquarium.addresses import full_id
from shoal.services.aquarium.frame_rows import inference_rows, rows_now
from shoal.services.scene import Scene


def with_crop_types(scene: Scene, elements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return elements with their `cropType`.

    Args:
        scene: their dataset.
        elements: crops that are no labels or inferences of Shoal's tables.

    Raises:
        NotFoundError: a crop that nobody sent.
    """
    if not elements:
        return []
    frame_ids = list(dict.fromkeys(element["frameId"] for element in elements))
    labels = {
        (frame_id, one["uuid"])
        for frame_id, (_, objects) in rows_now(scene.runtime, scene.project, scene.dataset, frame_ids).items()
        for one in objects
    }
    inferences = {address: _inferences(scene, address, frame_ids) for address in _sets(elements)}
    answer, missing = [], []
    for element in elements:
        at = (element["frameId"], element["id"])
        if at in inferences.get(element.get("inferenceSet"), ()):
            answer.append({**element, "cropType": "inference"})
        elif at in labels:
            answer.append({**element, "cropType": "label"})
        else:
            missing.append(element["id"])
    if missing:
        shown = ", ".join(repr(own) for own in missing[:10])
        raise NotFoundError(
            f"{len(missing)} of {len(elements)} crops are neither labels nor inferences in the frames they "
            f"name: {shown}{' …' if len(missing) > 10 else ''}.",
            location={"ids": missing[:10]},
        )
    return answer


def _sets(elements: Sequence[dict[str, Any]]) -> set[str | None]:
    return {element.get("inferenceSet") for element in elements if element.get("inferenceSet")}


def _inferences(scene: Scene, address: str | None, frame_ids: Sequence[str]) -> set[tuple[str, str]]:
    for name, row in scene.inference_sets.items():
        if address == f"{scene.project.name}.{full_id(scene.dataset.name, name)}":
            rows = inference_rows(scene.runtime, scene.dataset, row, frame_ids)
            return {(frame_id, one["uuid"]) for frame_id, (_, objects) in rows.items() for one in objects}
    return set()
