"""What is drawn over thumbnails: labels and inferences of many frames at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from shoal.errors import NotFoundError
from shoal.kernels.objects import Int64Array
from shoal.model.columns import BOX_COLUMNS
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.wire.objects import ObjectColumns, ObjectsBody, ObjectsRequest

if TYPE_CHECKING:
    import polars as pl


def get_objects(runtime: Runtime, project: str, dataset: str, request: ObjectsRequest) -> ObjectsBody:
    """Return labels and inferences of frames.

    Raises:
        NotFoundError: frames or inference sets that do not exist.
    """
    scene = open_scene(runtime, project, dataset)
    positions = _positions(scene, request.frame_ids)
    labels = scene.snapshot
    inferences = {}
    for name in request.inference_sets:
        snapshot = scene.query_data(name).inference_snapshot(name)
        rows, offsets = _rows_of(snapshot.offsets, positions)
        inferences[snapshot.name] = _columns(
            snapshot.table, snapshot.stored_rows[rows], offsets, "confidence"
        )
    return ObjectsBody(
        frame_ids=request.frame_ids,
        labels=_columns(labels.labels, *_rows_of(labels.label_offsets, positions)),
        inferences=inferences,
    )


def _positions(scene: Scene, frame_ids: list[str]) -> Int64Array:
    known = scene.snapshot.position_of_id
    missing = [frame_id for frame_id in frame_ids if frame_id not in known]
    if missing:
        shown = ", ".join(repr(frame_id) for frame_id in missing[:10])
        raise NotFoundError(
            f"{len(missing)} of {len(frame_ids)} ids are not frames of {scene.dataset.name!r}: {shown}.",
            location={"ids": missing[:10]},
        )
    return np.array([known[frame_id] for frame_id in frame_ids], np.int64)


def _rows_of(offsets: Int64Array, positions: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return the rows of frames, one frame after the other, and where each frame's rows begin."""
    starts, ends = offsets[positions], offsets[positions + 1]
    own = np.concatenate(([0], np.cumsum(ends - starts)))
    rows = np.arange(own[-1]) + np.repeat(starts - own[:-1], ends - starts)
    return rows, own


def _columns(
    read: Callable[..., pl.DataFrame], rows: Int64Array, offsets: Int64Array, *more: str
) -> ObjectColumns:
    table = read("class_index", *BOX_COLUMNS, *more)[rows]
    boxes = table.select(*BOX_COLUMNS)
    has_boxes = boxes["x"].null_count() < max(1, len(boxes))
    return ObjectColumns(
        offsets=offsets.tolist(),
        classes=table["class_index"].to_list(),
        boxes=boxes.to_numpy().round(1).ravel().tolist() if has_boxes else None,
        confidence=table["confidence"].to_numpy().round(4).tolist() if more else None,
    )
