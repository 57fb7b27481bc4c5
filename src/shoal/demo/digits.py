"""The classification demonstration: scikit-learn's real handwritten digits and two real classifiers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shoal.demo.story import DemoSegment
from shoal.errors import MissingExtraError
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import SegmentType
from shoal.model.task import Task

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LOGISTIC, KERNEL = "logistic_regression", "rbf_svm"
_SPLITS = (("training", 0.6), ("validation", 0.8), ("test", 1.0))
_TILE_PX = 96
_SEED = 0

DIGIT_SEGMENTS: tuple[DemoSegment, ...] = (
    DemoSegment("Faint ink", SegmentType.SCENARIO, "ink < 0.26", (), "Thin or pale strokes."),
    DemoSegment("Off centre", SegmentType.SCENARIO, "offset_px >= 0.6", (), "Written towards an edge."),
    DemoSegment(
        "Look-alikes",
        SegmentType.REGRESSION_TEST,
        'split:test label(class:("3", "8", "9"))',
        (Target(Metric.F1, 0.8), Target(Metric.RECALL, 0.8, Average.CLASS, "8")),
        "Held-out threes, eights and nines, which are most often taken for each other.",
    ),
    DemoSegment(
        "Held-out ones and sevens",
        SegmentType.REGRESSION_TEST,
        'split:test label(class:("1", "7"))',
        (Target(Metric.RECALL, 0.9),),
        "Two digits of one stroke and a bit.",
    ),
)

DIGIT_POLICY = """\
# Judged on what the classifiers have not been trained on.
version: 1
segments:
  - type: regression_test
    tier: critical
    targets: true
    baseline: not_regressed
  - name: test
    tier: critical
    baseline: not_regressed
  - type: scenario
    tier: supporting
    baseline: not_regressed
"""


@dataclass(frozen=True, slots=True)
class DigitFiles:
    """Where the digit demonstration lies, and how to load it.

    Attributes:
        folder: holds everything below.
        frames: CSV of frames: `frame_id`, `file_name`, `width`, `height`, and metadata.
        labels: CSV of labels: `frame_id`, `class`.
        images: folder of the pictures.
        results: CSV of inferences by inference set, in upload order: `frame_id`, `class`, `confidence`.
        policy: gate policy, YAML.
        baseline: the inference set others are compared with.
        candidate: the other one.
        class_names: in the order of the class map.
        segments: to be created; splits are not among them: they come from the field `split`.
        task: single-label classification.
        confidence: confidence threshold; 0, since each frame has exactly one answer.
        split_field: metadata field to make one split segment per value of.
    """

    folder: Path
    frames: Path
    labels: Path
    images: Path
    results: dict[str, Path]
    policy: Path
    baseline: str = LOGISTIC
    candidate: str = KERNEL
    class_names: tuple[str, ...] = field(default=tuple(str(digit) for digit in range(10)))
    segments: tuple[DemoSegment, ...] = DIGIT_SEGMENTS
    task: Task = Task.CLASSIFICATION
    confidence: float = 0.0
    split_field: str = "split"


def make_digits(folder: Path) -> DigitFiles:
    """Write 1,797 real digits as pictures, and what two classifiers trained here make of them.

    The first 60 % of the digits are for training, the next 20 % for validation, the rest for testing; the
    classifiers see only the first part.

    Args:
        folder: where to write; created when absent, files of an earlier run are replaced.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    pixels, digits = _load()
    n_frames = len(digits)
    split = [next(name for name, end in _SPLITS if row < end * n_frames) for row in range(n_frames)]
    n_training = split.count("training")
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    names = [f"digit-{row:04d}" for row in range(n_frames)]
    for name, picture in zip(names, pixels, strict=True):
        _write_picture(images / f"{name}.png", picture)
    _write_frames(folder / "frames.csv", names, split, pixels)
    _write_rows(folder / "labels.csv", ("frame_id", "class"), _zip_rows(names, digits.tolist()))
    results = {}
    for model, probabilities in _classify(pixels.reshape(n_frames, -1) / 16.0, digits, n_training).items():
        results[model] = folder / f"{model}.csv"
        best = probabilities.argmax(axis=1)
        sure = [f"{value:.4f}" for value in probabilities[np.arange(n_frames), best].tolist()]
        _write_rows(
            results[model], ("frame_id", "class", "confidence"), _zip_rows(names, best.tolist(), sure)
        )
    policy = folder / "gate.yaml"
    policy.write_text(DIGIT_POLICY, encoding="utf-8")
    return DigitFiles(folder, folder / "frames.csv", folder / "labels.csv", images, results, policy)


def _zip_rows(*columns: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return rows of equally long columns."""
    return list(zip(*columns, strict=True))


def _load() -> tuple[FloatArray, IntArray]:
    """Return pictures, shape (N, 8, 8), 0 to 16, and digits, shape (N,)."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtraError(
            "The digit demonstration needs scikit-learn.", hint="Run: pip install 'shoal[digits]'"
        ) from error
    bunch = load_digits()
    return np.asarray(bunch.images, np.float64), np.asarray(bunch.target, np.int64)


def _classify(features: FloatArray, digits: IntArray, n_training: int) -> dict[str, FloatArray]:
    """Return class probabilities, shape (N, 10), of each classifier, trained on the first rows."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    folds = StratifiedKFold(5, shuffle=True, random_state=_SEED)
    models = {
        LOGISTIC: LogisticRegression(max_iter=2000),
        KERNEL: CalibratedClassifierCV(SVC(C=10.0, gamma=0.03), cv=folds),
    }
    answers = {}
    for name, model in models.items():
        model.fit(features[:n_training], digits[:n_training])
        answers[name] = np.asarray(model.predict_proba(features), np.float64)
    return answers


def _write_picture(path: Path, picture: FloatArray) -> None:
    ink = Image.fromarray((255 - picture * 255 / 16).astype(np.uint8))
    ink.resize((_TILE_PX, _TILE_PX), Image.Resampling.BICUBIC).save(path)


def _write_frames(path: Path, names: list[str], split: list[str], pixels: FloatArray) -> None:
    ink = pixels.mean(axis=(1, 2)) / 16.0
    weight = pixels.sum(axis=(1, 2))
    place = np.arange(8) - 3.5
    right = (pixels.sum(axis=1) * place).sum(axis=1) / weight
    down = (pixels.sum(axis=2) * place).sum(axis=1) / weight
    rows = [
        (name, f"{name}.png", _TILE_PX, _TILE_PX, part, f"{dark:.4f}", f"{offset:.3f}")
        for name, part, dark, offset in zip(
            names, split, ink.tolist(), np.hypot(right, down).tolist(), strict=True
        )
    ]
    header = ("frame_id", "file_name", "width", "height", "split", "ink", "offset_px")
    _write_rows(path, header, rows)


def _write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
