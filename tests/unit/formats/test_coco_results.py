from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shoal.formats.coco_results import CocoResults
from shoal.formats.source import FrameLookup
from shoal.model.class_map import ClassEntry, ClassMap
from shoal.model.task import Task

Write = Callable[[str, Any], Path]
Read = Callable[..., Any]

CLASSES = ClassMap((ClassEntry("car", 3), ClassEntry("bus", 90)))
LOOKUP = FrameLookup(
    ["a.jpg", "b.jpg", "c.jpg"],
    ["10", "20", "30"],
    ["x/a.jpg", "x/b.jpg", None],
    widths=[640] * 3,
    heights=[480] * 3,
)


def result(**values: Any) -> dict[str, Any]:
    return {"image_id": 20, "category_id": 90, "bbox": [1.5, 2, 30, 40], "score": 0.25} | values


def test_list_of_results(write: Write, read_inferences: Read) -> None:
    source = CocoResults(write("r.json", [result(), result(image_id=10, category_id=3, note="far")]))
    got = read_inferences(source, LOOKUP, CLASSES)
    assert got.messages == []
    first, second = got.labels
    assert (first["frame_row"], first["class_index"], first["confidence"]) == (1, 1, 0.25)
    assert (first["inference_id"], first["area_px"], second["user__note"]) == ("0", 1200, "far")
    np.testing.assert_array_equal(source.listed_frames, [0, 1])


def test_object_with_images_lists_frames_without_inferences(write: Write, read_inferences: Read) -> None:
    content = {"annotations": [result()], "images": [{"id": 20}, {"id": 30}]}
    source = CocoResults(write("r.json", content))
    assert read_inferences(source, LOOKUP, CLASSES).messages == []
    np.testing.assert_array_equal(source.listed_frames, [1, 2])


def test_no_results_at_all(write: Write, read_inferences: Read) -> None:
    got = read_inferences(CocoResults(write("r.json", [])), LOOKUP, CLASSES)
    assert (got.messages, got.objects.num_rows) == ([], 0)


@pytest.mark.parametrize("image_id", ["20", "b.jpg", "x/b.jpg"])
def test_image_ids_as_text(image_id: str, write: Write, read_inferences: Read) -> None:
    got = read_inferences(CocoResults(write("r.json", [result(image_id=image_id)])), LOOKUP, CLASSES)
    assert got.messages == []
    assert got.labels[0]["frame_row"] == 1


def test_category_names_given_with_the_file(write: Write, read_inferences: Read) -> None:
    source = CocoResults(write("r.json", [result(category_id=3)]), categories={3: "bus"})
    assert read_inferences(source, LOOKUP, CLASSES).labels[0]["class_index"] == 1


def test_mask_without_box(write: Write, read_inferences: Read) -> None:
    mask = {"size": [480, 640], "counts": [3, 4, 480 * 640 - 7]}
    content = [result(bbox=None, segmentation=mask), result()]
    got = read_inferences(CocoResults(write("r.json", content)), LOOKUP, CLASSES)
    assert got.messages == []
    assert [got.labels[0][key] for key in ("x", "y", "w", "h", "area_px")] == [0, 3, 1, 4, 4]


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"image_id": 99}, ["results[1]: image_id", "a.jpg", "found 99"]),
        ({"image_id": 10**30}, ["results[1]: image_id"]),
        ({"category_id": 1}, ["results[1]: category_id", "3 (car)", "90 (bus)", "found 1, once"]),
        ({"score": 50}, ["results[1]: score", "0 to 1", "found 50", "percent"]),
        ({"score": -0.5}, ["results[1]: score", "-0.5"]),
        ({"score": float("nan")}, ["results[1]: score", "nan"]),
        ({"score": None}, ["results[1]: score"]),
        ({"bbox": [1, 2, 0, 5]}, ["results[1]: bbox", "[1, 2, 0, 5]"]),
        ({"bbox": [1, 2, float("inf"), 5]}, ["results[1]: bbox", "inf"]),
        ({"bbox": None}, ["results[1]: bbox"]),
    ],
)
def test_faults(values: dict[str, Any], parts: list[str], write: Write, read_inferences: Read) -> None:
    source = CocoResults(write("r.json", [result(), result(**values)]))
    got = read_inferences(source, LOOKUP, CLASSES)
    assert got.problems.total == 1
    for part in ["r.json", *parts]:
        assert part in got.messages[0]


def test_missing_score_is_named(write: Write, read_inferences: Read) -> None:
    content = [{"image_id": 20, "category_id": 3, "bbox": [1, 2, 3, 4]}]
    got = read_inferences(CocoResults(write("r.json", content)), LOOKUP, CLASSES)
    assert "results[0]: score: expected a confidence from 0 to 1, found nothing" in got.messages[0]


def test_ambiguous_source_ids(write: Write, read_inferences: Read) -> None:
    lookup = FrameLookup(["a", "b"], ["1", "1"])
    got = read_inferences(CocoResults(write("r.json", [result(image_id=1)])), lookup, CLASSES)
    assert "the name of one frame, not of several" in got.messages[0]


def test_normalised_boxes(write: Write, read_inferences: Read) -> None:
    path = write("r.json", [result(bbox=[0.25, 0.5, 0.5, 0.25])])
    refused = read_inferences(CocoResults(path), LOOKUP, CLASSES)
    assert "box_format='xywh-normalised'" in refused.messages[0]
    taken = read_inferences(CocoResults(path, box_format="xywh-normalised"), LOOKUP, CLASSES)
    assert taken.messages == []
    assert [taken.labels[0][key] for key in "xywh"] == [160, 240, 320, 120]


def test_classification_has_one_inference_per_frame(write: Write, read_inferences: Read) -> None:
    content = [
        {"image_id": 20, "category_id": 3, "score": 0.5},
        {"image_id": 20, "category_id": 90, "score": 0.4},
    ]
    path = write("r.json", content)
    got = read_inferences(CocoResults(path, task=Task.CLASSIFICATION), LOOKUP, CLASSES)
    assert "results[1]" in got.messages[0]
    assert "one inference per frame" in got.messages[0]


def test_an_instances_file_is_not_results(write: Write, read_inferences: Read) -> None:
    got = read_inferences(CocoResults(write("r.json", {"info": {}})), LOOKUP, CLASSES)
    assert "a list of results" in got.messages[0]
