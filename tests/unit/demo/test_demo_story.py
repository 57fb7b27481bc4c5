"""The story of the demonstration, told by a small evaluation of its own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from shoal.demo import DemoFiles, draw_street_scenes
from shoal.evaluate.policy_file import read_policy
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import SegmentType

Counts = NDArray[np.int64]
Box = list[float]

NAMES = ["car", "truck", "bus", "pedestrian", "cyclist", "traffic light"]


def iou(first: Box, second: Box) -> float:
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def n_found(labels: list[Box], inferences: list[tuple[float, Box]], threshold: float) -> int:
    """Each inference, surest first, takes the free label it overlaps most."""
    free = list(labels)
    for _, box in sorted(inferences, key=lambda pair: -pair[0]):
        best = max(free, key=lambda label: iou(label, box), default=None)
        if best is not None and iou(best, box) >= threshold:
            free.remove(best)
    return len(labels) - len(free)


class Told:
    """A demonstration with counts by inference set, frame and class: found, labels, inferences."""

    def __init__(self, files: DemoFiles) -> None:
        self.files = files
        self.coco: dict[str, Any] = json.loads(files.coco.read_text())
        self.rows: list[dict[str, Any]] = pq.read_table(files.metadata).to_pylist()
        self.labels: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        self.annotations: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for annotation in self.coco["annotations"]:
            self.labels[annotation["image_id"], annotation["category_id"]].append(annotation["bbox"])
            named = {**annotation, "class": NAMES[annotation["category_id"] - 1]}
            self.annotations[annotation["image_id"]].append(named)
        self.counts = {name: self._count(path) for name, path in files.results.items()}

    def _count(self, path: Path) -> Counts:
        inferences: defaultdict[tuple[int, int], list[tuple[float, Box]]] = defaultdict(list)
        for result in json.loads(path.read_text()):
            if result["score"] >= self.files.confidence:
                key = result["image_id"], result["category_id"]
                inferences[key].append((result["score"], result["bbox"]))
        counts = np.zeros((len(self.rows), len(NAMES), 3), np.int64)
        for image, category in {*self.labels, *inferences}:
            labels, own = self.labels[image, category], inferences[image, category]
            found = n_found(labels, own, self.files.iou)
            counts[image - 1, category - 1] = found, len(labels), len(own)
        return counts

    def frames(self, segment: str) -> NDArray[np.bool_]:
        chosen = FRAMES[segment]
        return np.array([chosen(row, self.annotations[i + 1]) for i, row in enumerate(self.rows)])

    def score(self, inference_set: str, segment: str, target: Target) -> float:
        found, labels, inferences = self.counts[inference_set][self.frames(segment)].sum(axis=0).T
        recall = found / np.maximum(labels, 1)
        f1 = 2 * found / np.maximum(labels + inferences, 1)
        values = recall if target.metric is Metric.RECALL else f1
        if target.average is Average.CLASS:
            assert target.class_name is not None
            return float(values[NAMES.index(target.class_name)])
        return float((values * labels).sum() / labels.sum())

    def weighted_f1(self, inference_set: str, segment: str = "All Frames") -> float:
        return self.score(inference_set, segment, Target(Metric.F1, 0.0))

    def margins(self, inference_set: str) -> dict[str, float]:
        """By regression test: how far the score is above the nearest target."""
        return {
            segment.name: min(
                self.score(inference_set, segment.name, target) - target.minimum for target in segment.targets
            )
            for segment in self.files.segments
            if segment.type is SegmentType.REGRESSION_TEST
        }


Chooses = Callable[[dict[str, Any], list[dict[str, Any]]], bool]


def n_of(class_name: str, labels: list[dict[str, Any]]) -> int:
    return sum(label["class"] == class_name for label in labels)


# What the queries of the segments select, written out.
FRAMES: dict[str, Chooses] = {
    "All Frames": lambda row, labels: True,
    "Night": lambda row, labels: bool(row["time_of_day"] == "night"),
    "Dusk": lambda row, labels: bool(row["time_of_day"] == "dusk"),
    "Rain": lambda row, labels: bool(row["weather"] == "rain"),
    "Fog": lambda row, labels: bool(row["weather"] == "fog"),
    "Rainy night": lambda row, labels: bool(row["time_of_day"] == "night" and row["weather"] == "rain"),
    "Fast driving": lambda row, labels: bool(row["speed_kmh"] >= 40),
    "Night pedestrians": lambda row, labels: row["time_of_day"] == "night" and n_of("pedestrian", labels) > 0,
    "Crowded crossings": lambda row, labels: row["speed_kmh"] < 10 and n_of("pedestrian", labels) >= 6,
    "Occluded cyclists": lambda row, labels: any(
        label["class"] == "cyclist" and label["occlusion"] >= 0.2 for label in labels
    ),
    "Far traffic lights": lambda row, labels: any(
        label["class"] == "traffic light" and label["area"] < 200 for label in labels
    ),
}


@pytest.fixture(scope="module", params=[(300, 2026), (300, 1)])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    n_frames, seed = request.param
    folder = tmp_path_factory.mktemp("told")
    return Told(draw_street_scenes(folder, n_frames=n_frames, seed=seed, images=False, workers=1))


def test_every_segment_has_frames_and_labels(told: Told) -> None:
    assert set(FRAMES) == {"All Frames", *(segment.name for segment in told.files.segments)}
    for name in FRAMES:
        assert told.frames(name).sum() >= 20, name


def test_the_candidate_is_better_overall(told: Told) -> None:
    gain = told.weighted_f1(told.files.candidate) - told.weighted_f1(told.files.baseline)
    assert 0.02 < gain < 0.1


def test_the_candidate_loses_night_pedestrians(told: Told) -> None:
    recall = Target(Metric.RECALL, 0.0, Average.CLASS, "pedestrian")
    baseline = told.score(told.files.baseline, "Night pedestrians", recall)
    assert told.score(told.files.candidate, "Night pedestrians", recall) < baseline - 0.1
    assert told.score(told.files.fix, "Night pedestrians", recall) > baseline


def test_the_baseline_meets_all_targets_with_room(told: Told) -> None:
    assert min(told.margins(told.files.baseline).values()) > 0.03


def test_the_candidate_misses_only_the_target_on_night_pedestrians(told: Told) -> None:
    margins = told.margins(told.files.candidate)
    assert margins.pop("Night pedestrians") < -0.03
    assert min(margins.values()) > 0.03


def test_the_fix_meets_all_targets_and_beats_the_baseline_everywhere(told: Told) -> None:
    assert min(told.margins(told.files.fix).values()) > 0.03
    for name in FRAMES:
        assert told.weighted_f1(told.files.fix, name) > told.weighted_f1(told.files.baseline, name) + 0.03


def test_the_quantised_set_misses_every_target(told: Told) -> None:
    assert max(told.margins("v2_int8").values()) < -0.03


def test_detectors_fail_on_the_same_objects(told: Told) -> None:
    per_frame = {
        name: counts[..., 0].sum(axis=1) - counts[..., 1].sum(axis=1) for name, counts in told.counts.items()
    }
    labels = told.counts[told.files.baseline][..., 1].sum(axis=1)
    some = labels > 0
    first = per_frame[told.files.baseline][some] / labels[some]
    second = per_frame[told.files.fix][some] / labels[some]
    assert np.corrcoef(first, second)[0, 1] > 0.3


def test_the_candidate_is_over_confident_and_the_baseline_is_not(told: Told) -> None:
    def mean_confidence(name: str) -> float:
        results = json.loads(told.files.results[name].read_text())
        return float(np.mean([r["score"] for r in results if r["score"] >= told.files.confidence]))

    def precision(name: str) -> float:
        totals = told.counts[name].sum(axis=(0, 1))
        return float(totals[0] / totals[2])

    excess = {name: mean_confidence(name) - precision(name) for name in told.files.results}
    assert excess[told.files.candidate] > excess[told.files.baseline] + 0.01


def test_the_policy_can_be_read_and_names_existing_segments(told: Told) -> None:
    policy = read_policy(told.files.policy.read_text(encoding="utf-8"))
    names = {entry.selector.text for entry in policy.entries if entry.selector.kind == "name"}
    assert names == {"All Frames", "Night pedestrians"}
