"""Other evaluators of detections, fed the very same arrays.

pycocotools and faster-coco-eval take dicts of annotations and an array of results; hotcoco takes arrays.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.synthetic import N_CLASSES, SIDE_PX, Detections, frame_of_row
from shoal.kernels.objects import FloatArray, Objects

PEERS = ("hotcoco", "faster-coco-eval", "pycocotools")

_UNLIMITED = 100_000


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep what peers print to themselves."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def loaded(peer: str, detections: Detections) -> tuple[Any, Any]:
    """Return the peer's ground truth and detections."""
    with silence():
        if peer == "hotcoco":
            return _hotcoco(detections)
        package = "pycocotools.coco" if peer == "pycocotools" else "faster_coco_eval"
        truth = importlib.import_module(package).COCO()
        truth.dataset = _instances(detections.labels)
        truth.createIndex()
        return truth, truth.loadRes(_results(detections.inferences))


def evaluator(peer: str, truth: Any, found: Any) -> Any:
    """Return the peer's evaluator with COCO's own settings."""
    module, name = {
        "hotcoco": ("hotcoco", "COCOeval"),
        "pycocotools": ("pycocotools.cocoeval", "COCOeval"),
        "faster-coco-eval": ("faster_coco_eval", "COCOeval_faster"),
    }[peer]
    return getattr(importlib.import_module(module), name)(truth, found, "bbox")


def set_point(peer: str, evaluation: Any, image_ids: list[int], iou: float) -> None:
    """Ask for one IoU threshold, all areas and every detection of some images."""
    params = evaluation.params
    if peer == "hotcoco":
        params.img_ids, params.iou_thrs = image_ids, [iou]
        params.area_rng, params.area_rng_lbl = [[0.0, 1e10]], ["all"]
        params.max_dets = [_UNLIMITED]
        return
    params.imgIds, params.iouThrs = image_ids, np.array([iou])
    params.areaRng, params.areaRngLbl = [[0, 1e10]], ["all"]
    params.maxDets = [_UNLIMITED]


def _hotcoco(detections: Detections) -> tuple[Any, Any]:
    import hotcoco

    labels, inferences = detections.labels, detections.inferences
    truth = hotcoco.COCO.from_arrays(
        [{"id": i + 1, "width": SIDE_PX, "height": SIDE_PX} for i in range(labels.n_frames)],
        [{"id": i + 1, "name": str(i)} for i in range(N_CLASSES)],
        frame_of_row(labels) + 1,
        labels.classes + 1,
        labels.boxes,
        iscrowd=np.zeros(len(labels.classes), np.int64),
    )
    return truth, truth.load_res(_results(inferences))


def _instances(labels: Objects) -> dict[str, Any]:
    images, areas = frame_of_row(labels) + 1, labels.boxes[:, 2] * labels.boxes[:, 3]
    columns = (images, labels.classes + 1, labels.boxes, areas)
    return {
        "images": [{"id": i + 1, "width": SIDE_PX, "height": SIDE_PX} for i in range(labels.n_frames)],
        "categories": [{"id": i + 1, "name": str(i)} for i in range(N_CLASSES)],
        "annotations": [
            {"id": i + 1, "image_id": image, "category_id": name, "bbox": box, "area": area, "iscrowd": 0}
            for i, (image, name, box, area) in enumerate(
                zip(*(column.tolist() for column in columns), strict=True)
            )
        ],
    }


def _results(inferences: Objects) -> FloatArray:
    images = frame_of_row(inferences)[:, None] + 1.0
    names = inferences.classes[:, None] + 1.0
    return np.concatenate([images, inferences.boxes, inferences.scores[:, None], names], axis=1)
