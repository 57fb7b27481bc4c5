"""Fifty segments × five inference sets at a new operating point: what a person does with a slider."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import shoal
from benchmarks import stored
from benchmarks.measuring import alone, median, seconds
from benchmarks.peers import evaluator, loaded, set_point, silence
from benchmarks.synthetic import N_CLASSES, Detections, draw, frame_of_row, segment_masks
from benchmarks.tables import Report, duration, shown
from shoal.kernels.objects import BoolArray, FloatArray, Objects, offsets_of

N_SETS = 5
IOU = 0.5
CONFIDENCE = 0.3

WAYS = (
    ("hotcoco", "evaluate", "hotcoco: evaluate and accumulate each segment"),
    ("hotcoco", "confusion", "hotcoco: confusion matrix of each segment"),
    ("faster-coco-eval", "evaluate", "faster-coco-eval: evaluate and accumulate each segment"),
    ("pycocotools", "evaluate", "pycocotools: evaluate and accumulate each segment"),
)
"""Peer, way and name in the table of every way to do the job with a peer's own interface."""


def ours(n_frames: int, per_frame: int, runs: int) -> dict[str, Any]:
    """Time `Dataset.matrix` on a stored dataset, everything loaded, each time at another confidence."""
    draw_point = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stored.write_files(folder, draw(n_frames, per_frame, n_sets=N_SETS))
        stored.upload(folder, folder / "home", N_SETS)
        with shoal.connect(folder / "home") as client:
            dataset = client.project("benchmark").datasets["val"]

            def ask(statistics: bool, **more: Any) -> Callable[[], object]:
                return lambda: dataset.matrix(
                    confidence=draw_point.uniform(0.2, 0.5), statistics=statistics, **more
                )

            recalls = dataset.matrix(confidence=CONFIDENCE, iou=IOU, metrics=["recall"], statistics=False)
            return {
                "counts": seconds(ask(False), 3 * runs),
                "statistics": seconds(ask(True), runs),
                "compared": seconds(ask(True, baseline="set_0"), runs),
                "recall": {f"{r['segment']}/{r['inference_set']}": r["value"] for r in recalls.to_dicts()},
            }


def theirs(peer: str, way: str, n_frames: int, per_frame: int, n_sets: int, runs: int) -> dict[str, Any]:
    """Time a peer over the same segments and sets, at one confidence and one IoU threshold.

    `evaluate` evaluates and accumulates each segment's images with one IoU threshold, all areas and every
    detection; detections below the confidence are dropped beforehand, which is not counted, so that the last
    recall is the recall at the operating point.  `confusion` asks for the confusion matrix there.
    """
    data = draw(n_frames, per_frame, n_sets=N_SETS)[:n_sets]
    sides = [loaded(peer, _above(one, CONFIDENCE)) for one in data]
    masks = segment_masks(n_frames)
    support = {name: _support(data[0].labels, mask) for name, mask in masks.items()}
    ids = {name: (np.flatnonzero(mask) + 1).tolist() for name, mask in masks.items()}
    recall_of = _recall_by_evaluating if way == "evaluate" else _recall_by_confusion
    found: dict[str, FloatArray] = {}

    def job() -> None:
        for i, (truth, detections) in enumerate(sides):
            for name, images in ids.items():
                evaluation = evaluator(peer, truth, detections)
                set_point(peer, evaluation, images, IOU)
                found[f"{name}/set_{i}"] = recall_of(evaluation)

    with silence():
        taken = seconds(job, runs, warm_up=runs > 1)
    return {"taken": taken, "recall": dict(_weighted(found, support))}


def _above(data: Detections, confidence: float) -> Detections:
    kept, rows = data.inferences.scores >= confidence, data.inferences
    return Detections(
        data.labels,
        Objects(
            offsets_of(frame_of_row(rows)[kept], data.n_frames),
            rows.boxes[kept],
            rows.classes[kept],
            rows.flags[kept],
            rows.scores[kept],
        ),
    )


def _support(labels: Objects, mask: BoolArray) -> FloatArray:
    inside = mask[frame_of_row(labels)]
    return np.bincount(labels.classes[inside], minlength=N_CLASSES).astype(np.float64)


def _recall_by_evaluating(evaluation: Any) -> FloatArray:
    evaluation.evaluate()
    evaluation.accumulate()
    recall: FloatArray = np.asarray(evaluation.eval["recall"], np.float64).reshape(N_CLASSES)
    return recall


def _recall_by_confusion(evaluation: Any) -> FloatArray:
    matrix = evaluation.confusion_matrix(iou_thr=IOU, max_det=100_000, min_score=CONFIDENCE)["matrix"]
    rows = matrix[:-1].sum(axis=1)
    hits = np.asarray(np.diag(matrix)[:-1], np.float64)
    recall: FloatArray = np.divide(hits, rows, out=np.full(N_CLASSES, -1.0), where=rows > 0)
    return recall


def _weighted(found: dict[str, FloatArray], support: dict[str, FloatArray]) -> Iterator[tuple[str, float]]:
    for key, recall in found.items():
        weights = support[key.partition("/")[0]]
        yield key, float((np.maximum(recall, 0) * weights).sum() / weights.sum())


def report(n_frames: int, per_frame: int, *, runs: int = 5, with_slow: bool = True) -> Report:
    """Measure the job with every tool."""
    mine = alone(ours, n_frames=n_frames, per_frame=per_frame, runs=runs)
    counts, statistics = median(mine["counts"]), median(mine["statistics"])
    table = Report(
        f"50 segments × {N_SETS} inference sets at a new confidence: {n_frames:,} images × "
        f"{n_frames * per_frame:,} inferences per set",
        (
            "tool",
            "time",
            "against our values",
            "against our statistics",
            "peak memory",
            "recalls that differ",
        ),
    )
    peak = f"{shown(mine['peak_mb'])} MB"
    for name, taken in (
        ("**Shoal**: `matrix(statistics=False)`, values and counts", counts),
        ("**Shoal**: `matrix()`, with intervals", statistics),
        ("**Shoal**: `matrix(baseline=…)`, with intervals, paired tests, verdicts", median(mine["compared"])),
    ):
        table.add(name, duration(taken), f"{shown(taken / counts)} ×", "", peak, "")
    fastest = np.inf
    for peer, way, name in WAYS:
        if peer == "pycocotools" and not with_slow:
            table.add(name, "left out", "", "", "", "")
            continue
        repeats, n_sets = (runs, N_SETS) if peer == "hotcoco" else (1, 1)
        size = {"n_frames": n_frames, "per_frame": per_frame, "n_sets": n_sets}
        found = alone(theirs, peer=peer, way=way, runs=repeats, **size)
        taken = median(found["taken"]) * N_SETS / n_sets
        fastest = min(fastest, taken)
        table.add(
            name,
            duration(taken),
            f"{shown(taken / counts)} ×",
            f"{shown(taken / statistics)} ×",
            f"{shown(found['peak_mb'])} MB",
            _differences(mine["recall"], found["recall"]),
        )
    table.notes += [
        "Ours is the whole way through the SDK, in process: request, catalog, scores of 51 rows (All Frames "
        "included) × 5 sets × 3 metrics, JSON and back. Everything loaded; every call has a new confidence.",
        "Peers get each segment as image ids, one IoU threshold (.5), all areas, unlimited detections; "
        "detections below the confidence are dropped beforehand and not counted, so the recall at the end of "
        "their curve is the recall at the operating point. The last column counts segment × set pairs whose "
        "weighted recall differs from ours by more than 1e-6; a confusion matrix matches across classes, "
        "which is another definition.",
        "faster-coco-eval does one set, times five; pycocotools would take a quarter of an hour and is left "
        "out of the full run.",
        "Peers compute no intervals or tests. FiftyOne is not measured: its installation brings a database "
        "server and it evaluates through pycocotools' algorithm in Python.",
    ]
    table.at_least(
        "50 segments × 5 sets, new confidence, against the fastest peer", 25, fastest / counts, "×"
    )
    return table


def _differences(ours_by_key: dict[str, float], theirs_by_key: dict[str, float]) -> str:
    differ = [key for key, value in theirs_by_key.items() if abs(value - ours_by_key[key]) > 1e-6]
    return f"{len(differ)} of {len(theirs_by_key)}"
