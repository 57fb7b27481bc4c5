"""pycocotools on a subset of images: the numbers Shoal must agree with."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")


def _evaluator(truth: dict[str, Any], results: list[dict[str, Any]], image_ids: Sequence[int]) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        annotations = [{"iscrowd": 0, **annotation} for annotation in truth["annotations"]]
        coco = COCO()
        coco.dataset = {**truth, "annotations": annotations}
        coco.createIndex()
        detections = coco.loadRes(results) if results else COCO()
        evaluator = COCOeval(coco, detections, "bbox")
    evaluator.params.imgIds = sorted(image_ids)
    return evaluator


def twelve_numbers(
    truth: dict[str, Any], results: list[dict[str, Any]], image_ids: Sequence[int]
) -> dict[str, float | None]:
    """Return the summary of just these images; `None` where pycocotools prints -1."""
    evaluator = _evaluator(truth, results, image_ids)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return {n: None if v == -1 else float(v) for n, v in zip(NAMES, evaluator.stats, strict=True)}


def class_counts(
    truth: dict[str, Any],
    results: list[dict[str, Any]],
    image_ids: Sequence[int],
    *,
    confidence: float,
    iou: float,
) -> dict[str, tuple[int, int, int]]:
    """Return TP, FP, FN of each class name at one operating point, any number of detections an image."""
    kept = [result for result in results if result["score"] >= confidence]
    evaluator = _evaluator(truth, kept, image_ids)
    evaluator.params.iouThrs = np.array([iou])
    evaluator.params.maxDets = [100_000]
    evaluator.params.areaRng = [[0, 1e10]]
    evaluator.params.areaRngLbl = ["all"]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator.evaluate()
    names = {category["id"]: category["name"] for category in truth["categories"]}
    counts = {name: np.zeros(3, int) for name in names.values()}
    for image in evaluator.evalImgs:
        if image is None:
            continue
        ignored = image["dtIgnore"][0].astype(bool)
        hit = (image["dtMatches"][0] > 0) & ~ignored
        missed = (image["gtMatches"][0] == 0) & ~image["gtIgnore"].astype(bool)
        counts[names[image["category_id"]]] += (hit.sum(), (~hit & ~ignored).sum(), missed.sum())
    return {name: (int(tp), int(fp), int(fn)) for name, (tp, fp, fn) in counts.items()}
