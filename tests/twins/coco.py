"""Our arrays as pycocotools sees them, and its answers."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from shoal.kernels.objects import CROWD, FloatArray, Int64Array, Objects


def coco_evaluation(
    labels: Objects,
    inferences: Objects,
    area_px: FloatArray,
    n_classes: int,
    frames: Int64Array,
    **parameters: Any,
) -> COCOeval:
    """Return an evaluation of just `frames`, after `evaluate`; image id = frame + 1, category = class + 1."""
    truth, results = COCO(), COCO()
    categories = [{"id": name + 1, "name": str(name)} for name in range(n_classes)]
    images = [{"id": int(frame) + 1} for frame in frames]
    marked = [
        {
            "id": row + 1,
            "image_id": int(frame) + 1,
            "category_id": int(labels.classes[row]) + 1,
            "bbox": labels.boxes[row].tolist(),
            "area": float(area_px[row]),
            "iscrowd": int(labels.flags[row] == CROWD),
        }
        for frame in frames
        for row in range(labels.offsets[frame], labels.offsets[frame + 1])
    ]
    found = [
        {
            "id": row + 1,
            "image_id": int(frame) + 1,
            "category_id": int(inferences.classes[row]) + 1,
            "bbox": inferences.boxes[row].tolist(),
            "area": float(inferences.boxes[row, 2] * inferences.boxes[row, 3]),
            "score": float(inferences.scores[row]),
            "iscrowd": 0,
        }
        for frame in frames
        for row in range(inferences.offsets[frame], inferences.offsets[frame + 1])
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        for coco, annotations in ((truth, marked), (results, found)):
            coco.dataset = {"images": images, "categories": categories, "annotations": annotations}
            coco.createIndex()
        evaluation = COCOeval(truth, results, "bbox")
        for name, value in parameters.items():
            setattr(evaluation.params, name, value)
        evaluation.evaluate()
    return evaluation


def twelve_numbers(evaluation: COCOeval) -> tuple[FloatArray, FloatArray]:
    """Return the summary and AP per class, NaN for pycocotools' -1."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    per_class = precision.mean(axis=(0, 1))
    stats = np.asarray(evaluation.stats)
    return np.where(stats < 0, np.nan, stats), np.where(per_class < 0, np.nan, per_class)


def counts_per_class(evaluation: COCOeval, n_classes: int) -> FloatArray:
    """Return tp, predicted and support per class at the first IoU threshold, shape (K, 3)."""
    totals = np.zeros((n_classes, 3))
    for image in evaluation.evalImgs:
        if image is not None:
            name = image["category_id"] - 1
            counted = ~image["dtIgnore"][0].astype(bool)
            matched = image["dtMatches"][0] > 0
            totals[name] += [
                (matched & counted).sum(),
                counted.sum(),
                (~np.asarray(image["gtIgnore"]).astype(bool)).sum(),
            ]
    return totals
