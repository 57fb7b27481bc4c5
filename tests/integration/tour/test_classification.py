"""Classification and binary classification against scikit-learn, from every kind of file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset

ANIMALS = ["cat", "dog", "fox"]
N = 60


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def made_up(seed: int = 1) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rng = np.random.default_rng(seed)
    labels, said = [], []
    for i in range(N):
        truth = ANIMALS[rng.integers(3)]
        labels.append({"frame_id": f"{truth}/{i:03}.png", "class": truth, "lux": float(i)})
        guess = truth if rng.random() < 0.7 else ANIMALS[rng.integers(3)]
        said.append(
            {"frame_id": labels[-1]["frame_id"], "class": guess, "confidence": round(float(rng.random()), 2)}
        )
    return labels, said


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def upload(sh: Shoal, kind: str, folder: Path, name: str) -> Dataset:
    labels, said = made_up()
    classes = ANIMALS if kind == "jsonl" else None
    project = sh.create_project(name, task="classification", classes=classes, confidence=0.0)
    if kind == "folder":
        for row in labels:
            path = folder / row["frame_id"]
            path.parent.mkdir(exist_ok=True)
            Image.new("L", (8, 8)).save(path)
        metadata = [{"frame_id": row["frame_id"], "lux": row["lux"]} for row in labels]
        val = project.datasets.upload("val", images=folder, metadata=metadata, progress=False)
    else:
        write = {"csv": write_csv, "jsonl": write_jsonl}[kind]
        file = write(folder / f"labels.{kind}", labels)
        val = project.datasets.upload("val", labels=file, progress=False)
    file = write_csv(folder / "said.csv", said) if kind != "jsonl" else write_jsonl(folder / "s.jsonl", said)
    val.inference_sets.upload("m", inferences=file, progress=False)
    return val


@pytest.mark.parametrize("kind", ["csv", "jsonl", "folder"])
def test_classification_equals_scikit_learn(sh: Shoal, kind: str, tmp_path: Path) -> None:
    val = upload(sh, kind, tmp_path, f"animals_{kind}")
    assert (val.n_frames, val.n_labels) == (N, N)
    val.segments.create("bright", type="scenario", query="lux >= 20")
    labels, said = made_up()
    names = sorted(ANIMALS) if kind != "jsonl" else ANIMALS
    for segment, first in (("All Frames", 0), ("bright", 20)):
        for threshold in (0.0, 0.37, 0.8):
            truth = [row["class"] for row in labels[first:]]
            guess = [r["class"] if r["confidence"] >= threshold else "background" for r in said[first:]]
            report = val.report("m", segment=segment, confidence=threshold)
            rows = {row["class_name"]: row for row in report}
            assert report.body.context.n_frames == N - first
            order = [*report.confusion.classes]
            expected = confusion_matrix(truth, guess, labels=order)
            assert report.confusion.counts == expected.tolist()
            assert sorted(order) == sorted([*names, "background"])
            for average in ("weighted", "macro", "micro"):
                scores = precision_recall_fscore_support(
                    truth, guess, labels=names, average=average, zero_division=0
                )[:3]
                found = [rows[average][metric] for metric in ("precision", "recall", "f1")]
                assert found == pytest.approx(scores, abs=1e-12)
                matrix = val.matrix([segment], average=average, confidence=threshold).to_dicts()
                assert [r["value"] for r in matrix if r["segment"] == segment] == found


def test_curves_of_classification_are_reports_at_every_threshold(sh: Shoal, tmp_path: Path) -> None:
    val = upload(sh, "csv", tmp_path, "animals_in_curves")
    val.segments.create("bright", type="scenario", query="lux >= 20")
    curves = val.curves("m", segment="bright")
    assert curves.curves[0].class_name == "micro"
    for curve in curves.curves:
        for i in (0, len(curve.confidence) // 2, len(curve.confidence) - 1):
            rows = val.report("m", segment="bright", confidence=curve.confidence[i]).to_dicts()
            row = next(r for r in rows if r["class_name"] == curve.class_name)
            assert (curve.precision[i], curve.recall[i], curve.f1[i]) == (
                row["precision"],
                row["recall"],
                row["f1"],
            )
        assert curve.best_f1 == max(value for value in curve.f1 if value is not None)
    assert sum(curves.calibration.n) == 40
    assert curves.calibration.expected_calibration_error is not None


def test_classes_left_out_and_ignored(sh: Shoal) -> None:
    classes: list[dict[str, Any]] = [
        {"name": "cat"},
        {"name": "lynx", "train_name": "cat"},
        {"name": "blur", "ignore_in_eval": True},
    ]
    project = sh.create_project("left_out", task="classification", classes=classes)
    labels = [{"frame_id": f"{i}", "class": ("cat", "lynx", "blur")[i % 3]} for i in range(9)]
    val = project.datasets.upload("val", labels=[*labels, {"frame_id": "bare"}], progress=False)
    said = [{"frame_id": row["frame_id"], "class": "cat", "confidence": 0.5} for row in labels]
    val.inference_sets.upload("m", inferences=said, progress=False)
    assert [row["class_name"] for row in val.report("m")][:-3] == ["cat"]
    assert [row["value"] for row in val.matrix()] == [1.0, 1.0, 1.0]
    assert len(val.outcomes("m")) == 6
    assert sum(val.curves("m").calibration.n) == 6
    with pytest.raises(shoal.ShoalError, match="object detection"):
        val.coco("m")


@pytest.mark.parametrize("negative", ["fine", "defect"])
def test_binary_classification_equals_scikit_learn(sh: Shoal, negative: str) -> None:
    rng = np.random.default_rng(5)
    names = ["fine", "defect"]
    positive = next(name for name in names if name != negative)
    project = sh.create_project(
        f"binary_{negative}", task="binary_classification", classes=names, negative_class=negative
    )
    truth = [names[k] for k in rng.integers(0, 2, N)]
    score = [round(float(s), 1) for s in rng.random(N)]
    val = project.datasets.upload(
        "val", labels=[{"frame_id": f"{i}", "class": name} for i, name in enumerate(truth)], progress=False
    )
    said = [{"frame_id": f"{i}", "class": positive, "confidence": score[i]} for i in range(N)]
    val.inference_sets.upload("m", inferences=said, progress=False)
    for threshold in (0.0, 0.3, 0.5, 1.0):
        guess = [positive if s >= threshold else negative for s in score]
        report = val.report("m", confidence=threshold)
        order = list(report.confusion.classes)
        assert report.confusion.counts == confusion_matrix(truth, guess, labels=order).tolist()
        expected = precision_recall_fscore_support(truth, guess, labels=names, zero_division=0)
        rows = {row["class_name"]: row for row in report}
        for i, name in enumerate(names):
            found = [rows[name][metric] or 0.0 for metric in ("precision", "recall", "f1")]
            assert found == pytest.approx([part[i] for part in expected[:3]], abs=1e-12)
    curves = {curve.class_name: curve for curve in val.curves("m").curves}
    for i, confidence in enumerate(curves[positive].confidence):
        rows = {row["class_name"]: row for row in val.report("m", confidence=confidence)}
        for name in ("micro", *names):
            assert curves[name].recall[i] == rows[name]["recall"]
    calibration = val.curves("m").calibration
    assert sum(calibration.n) == N
    last = [t == positive for t, s in zip(truth, score, strict=True) if s >= 0.9]
    assert calibration.hit_rate[-1] == pytest.approx(np.mean(last))


def test_curves_of_the_global_rule_are_reports_too(sh: Shoal) -> None:
    project = sh.create_project("global", classes=["a", "b"], matching="global")
    rng = np.random.default_rng(3)
    rows, said = [], []
    for i in range(20):
        boxes = [{"class": "ab"[k], "x": 10 * k, "y": 0, "w": 30, "h": 20} for k in range(2)]
        rows.append({"frame_id": f"{i}", "labels": boxes})
        said += [
            {
                "frame_id": f"{i}",
                "confidence": round(float(rng.random()), 2),
                **box,
                "class": "ab"[rng.integers(2)],
            }
            for box in (*boxes, boxes[0])
        ]
    val = project.datasets.upload("val", frames=rows, progress=False)
    val.inference_sets.upload("m", inferences=said, progress=False)
    curves = val.curves("m")
    assert curves.context.matching == "global"
    for curve in curves.curves:
        for i, confidence in enumerate(curve.confidence[:10]):
            report = {row["class_name"]: row for row in val.report("m", confidence=confidence)}
            assert curve.f1[i] == report[curve.class_name]["f1"]
