"""What the SDK says, held against pycocotools and scikit-learn inside segments."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

import shoal
from coco_oracle import class_counts, twelve_numbers
from journey_data import write_journey_files
from shoal.client.dataset import Dataset

REAL = Path("/work/shared/real")
MODELS = (
    "yolox_nano",
    "yolox_nano_dynamic_range_quantize",
    "yolox_nano_int8_quantize",
    "centernet_mbv3",
    "nanodet_m",
    "ssd_mobilenet_v1",
    "fastestdet",
)


class World:
    """A dataset on disk and in Shoal, with segments whose frames are known from outside."""

    def __init__(self, val: Dataset, truth: dict[str, Any], results: dict[str, Any]) -> None:
        self.val = val
        self.truth = truth
        self.results = results
        self.images = {image["file_name"].rsplit("/", 1)[-1]: image["id"] for image in truth["images"]}

    def image_ids(self, segment: str) -> list[int]:
        if segment == "All Frames":
            return list(self.images.values())
        return [self.images[frame_id] for frame_id in self.val.segments[segment].ids()]


@pytest.fixture(scope="module", params=["made", "real"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp(request.param)
    with shoal.connect(folder / "home") as sh:
        project = sh.create_project("oracle", confidence=0.3)
        if request.param == "made":
            yield _made(project, folder)
        elif REAL.exists():
            yield _real(project, folder)
        else:
            pytest.skip("the real data is not on this machine")


def _made(project: Any, folder: Path) -> World:
    files = write_journey_files(folder, n_frames=80, seed=11)
    val = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
    results = {}
    for name, path in (("v1", files.baseline), ("v2", files.candidate)):
        val.inference_sets.upload(name, coco_results=path, progress=False)
        results[name] = json.loads(path.read_text())
    for name, query in (
        ("Night", "time_of_day:night"),
        ("Fast", "speed_kmh > 45"),
        ("Crowds", "count(label(class:car)) >= 2"),
    ):
        val.segments.create(name, type="scenario", query=query)
    return World(val, json.loads(files.coco.read_text()), results)


def _real(project: Any, folder: Path) -> World:
    metadata = folder / "metadata.csv"
    rows = json.loads((REAL / "manifest.json").read_text())
    keys = ("file_name", "split", "brightness", "contrast", "sharpness", "saturation", "grayscale")
    with metadata.open("w", newline="") as file:
        writer = csv.DictWriter(file, keys, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    coco = REAL / "instances_val.json"
    val = project.datasets.upload("val", coco=coco, images=REAL / "images", metadata=metadata, progress=False)
    results = {}
    for name in MODELS:
        path = REAL / "preds" / f"{name}_val.json"
        val.inference_sets.upload(name, coco_results=path, progress=False)
        results[name] = json.loads(path.read_text())
    for name, query in (
        ("Dark", "brightness < 100"),
        ("People", "label(class:person)"),
        ("Busy", "n_labels >= 8 OR contrast > 70"),
    ):
        val.segments.create(name, type="scenario", query=query)
    return World(val, json.loads(coco.read_text()), results)


def test_coco_numbers_equal_pycocotools(world: World) -> None:
    for segment in ("All Frames", *(s.name for s in world.val.segments)):
        ids = world.image_ids(segment)
        for name, results in world.results.items():
            expected = twelve_numbers(world.truth, results, ids)
            found = world.val.coco(name, segment=segment)
            assert list(found) == list(expected)
            assert found == pytest.approx(expected, abs=1e-9), (segment, name)


def test_class_counts_equal_pycocotools(world: World) -> None:
    for segment in ("All Frames", *(s.name for s in world.val.segments)):
        ids = world.image_ids(segment)
        for name, results in world.results.items():
            expected = class_counts(world.truth, results, ids, confidence=0.3, iou=0.5)
            report = world.val.report(name, segment=segment, confidence=0.3, iou=0.5).to_dicts()
            averages = ("weighted", "macro", "micro")
            found = {
                row["class_name"]: (row["tp"], row["fp"], row["fn"])
                for row in report
                if row["class_name"] not in averages
            }
            assert found == expected, (segment, name)


def test_averages_equal_scikit_learn_on_the_outcomes(world: World) -> None:
    classes = [category["name"] for category in world.truth["categories"]]
    for name in world.results:
        outcomes = world.val.outcomes(name).to_dicts()
        truth = [row["truth"] for row in outcomes]
        predicted = [row["predicted"] for row in outcomes]
        matrix = world.val.matrix(segments=["All Frames"], inference_sets=[name]).to_dicts()
        for average in ("weighted", "macro", "micro"):
            expected = precision_recall_fscore_support(
                truth, predicted, labels=classes, average=average, zero_division=0
            )[:3]
            row = next(r for r in world.val.report(name).to_dicts() if r["class_name"] == average)
            found = [row["precision"], row["recall"], row["f1"]]
            assert np.allclose(found, expected, atol=1e-12), (name, average)
            if average == "weighted":
                assert [r["value"] for r in matrix] == found


def test_the_gate_tells_broken_from_harmless(world: World) -> None:
    if "yolox_nano" not in world.results:
        pytest.skip("about the real detectors")
    broken = world.val.gate(candidate="yolox_nano_int8_quantize", baseline="yolox_nano")
    assert broken.passed is False
    harmless = world.val.gate(candidate="yolox_nano_dynamic_range_quantize", baseline="yolox_nano")
    assert harmless.passed is True, harmless.reason
    rows = world.val.matrix(baseline="yolox_nano").to_dicts()
    verdicts = {
        r["baseline_verdict"]
        for r in rows
        if r["inference_set"] == "yolox_nano_dynamic_range_quantize" and r["metric"] == "f1"
    }
    assert "regressed" not in verdicts


def test_average_precision_says_how_sure_it_is(world: World) -> None:
    name = next(iter(world.results))
    value, intervals = world.val.coco(name), world.val.coco_intervals(name)
    assert list(intervals) == ["AP", "AP50", "AP75"]
    for metric, (low, high) in intervals.items():
        found = value[metric]
        assert found is not None
        assert low is not None
        assert high is not None
        assert low < found < high
    assert world.val.coco_intervals(name) == intervals


def test_a_report_is_as_sure_as_the_matrix(world: World) -> None:
    name = next(iter(world.results))
    rows = world.val.report_intervals(name).to_dicts()
    assert [row["class_name"] for row in rows] == [row["class_name"] for row in world.val.report(name)]
    for row in rows[:3] + rows[-3:]:
        is_class = row["class_name"] not in ("weighted", "macro", "micro")
        average, one = ("class", row["class_name"]) if is_class else (row["class_name"], None)
        cells = world.val.matrix(["All Frames"], [name], average=average, class_name=one).to_dicts()
        assert cells
        for cell in cells:
            metric = cell["metric"]
            assert (row[f"{metric}_low"], row[f"{metric}_high"]) == (cell["low"], cell["high"]), row
