"""Real photos, labels and detectors, where the folder with them is at hand."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from shoal.kernels.average_precision import average_precision
from shoal.kernels.coco_matching import coco_matches
from shoal.kernels.confusions import match_frames
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import CROWD, FloatArray, Int64Array, Objects, offsets_of, order_by_confidence
from shoal.kernels.tally import tally_matches
from twins.coco import counts_per_class, twelve_numbers
from twins.matching import match_class_first, match_global

REAL = Path(__file__).parents[4] / "shared" / "real"
SPLIT = ("val", "train")
MODELS = ("yolox_nano", "yolox_nano_int8_quantize", "ssd_mobilenet_v1", "centernet_mbv3")

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="needs the folder of real detections")


def columns(rows: list[dict[str, Any]], images: Int64Array, categories: Int64Array) -> tuple[Any, ...]:
    frame = np.searchsorted(images, [row["image_id"] for row in rows])
    name = np.searchsorted(categories, [row["category_id"] for row in rows]).astype(np.int32)
    return frame, name, np.array([row["bbox"] for row in rows], np.float64)


def read(split: str, model: str) -> tuple[Objects, Objects, FloatArray, Int64Array]:
    truth = json.loads((REAL / f"instances_{split}.json").read_text())
    results = json.loads((REAL / "preds" / f"{model}_{split}.json").read_text())
    images = np.sort([image["id"] for image in truth["images"]])
    categories = np.sort([category["id"] for category in truth["categories"]])
    marked = truth["annotations"]
    frame, name, boxes = columns(marked, images, categories)
    order = np.argsort(frame, kind="stable")
    crowd = np.array([row["iscrowd"] * CROWD for row in marked], np.uint8)
    labels = Objects(
        offsets_of(frame[order], len(images)), boxes[order], name[order], crowd[order], np.empty(0)
    )
    area_px = np.array([row["area"] for row in marked], np.float64)[order]
    frame, name, boxes = columns(results, images, categories)
    score = np.array([row["score"] for row in results])
    order = order_by_confidence(frame, score)
    inferences = Objects(
        offsets_of(frame[order], len(images)),
        boxes[order],
        name[order],
        np.zeros(len(order), np.uint8),
        score[order],
    )
    return labels, inferences, area_px, images


def evaluation(split: str, model: str, least: float, **parameters: Any) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(REAL / f"instances_{split}.json"))
        results = json.loads((REAL / "preds" / f"{model}_{split}.json").read_text())
        found = truth.loadRes([row for row in results if row["score"] >= least])
        evaluated = COCOeval(truth, found, "bbox")
        for name, value in parameters.items():
            setattr(evaluated.params, name, value)
        evaluated.evaluate()
    return evaluated


@pytest.mark.parametrize("split", SPLIT)
@pytest.mark.parametrize("model", MODELS)
def test_twelve_numbers_of_everything_and_of_every_second_photo(split: str, model: str) -> None:
    labels, inferences, area_px, images = read(split, model)
    segments = np.ones((2, len(images)), np.bool_)
    segments[1, ::2] = False
    found = average_precision(coco_matches(labels, inferences, area_px, 80), segments)
    reference = json.loads((REAL / "reference_metrics.json").read_text())[f"{model}/{split}"]
    np.testing.assert_allclose(found.summary[0], reference, rtol=0, atol=1e-6)
    for segment, inside in enumerate(segments):
        summary, per_class = twelve_numbers(
            evaluation(split, model, 0.0, imgIds=[int(image) for image in images[inside]])
        )
        np.testing.assert_allclose(found.summary[segment], summary, rtol=0, atol=1e-9)
        np.testing.assert_allclose(found.per_class[segment], per_class, rtol=0, atol=1e-9)


@pytest.mark.parametrize("split", SPLIT)
@pytest.mark.parametrize("model", MODELS)
def test_counts_per_class_at_confidence_3_and_iou_5(split: str, model: str) -> None:
    labels, inferences, _, images = read(split, model)
    unlimited = {
        "maxDets": [10**6],
        "iouThrs": np.array([0.5]),
        "areaRng": [[0, 1e10]],
        "areaRngLbl": ["all"],
    }
    evaluated = evaluation(split, model, 0.3, **unlimited)
    place = {category: at + 1 for at, category in enumerate(sorted(evaluated.params.catIds))}
    for image in evaluated.evalImgs:
        if image is not None:
            image["category_id"] = place[image["category_id"]]
    same_class = match_same_class(labels, inferences, np.array([0.5]))[0]
    everything = np.ones((1, len(images)), np.bool_)
    found = tally_matches(labels, inferences, same_class, 0.3, everything, 80)[0]
    assert found[:, 0].sum() > 10
    assert (found == counts_per_class(evaluated, 80)).all()


@pytest.mark.parametrize("model", MODELS)
def test_both_rules_equal_their_twins(model: str) -> None:
    labels, inferences, _, _ = read("val", model)
    for rule, is_global in ((match_class_first, False), (match_global, True)):
        found = match_frames(labels, inferences, 0.5, 0.3, global_matching=is_global)
        assert found.tolist() == rule(labels, inferences, 0.5, 0.3)
