"""Matching and tallying: inferences a second, beside hotcoco's evaluation of the same arrays.

    python benchmarks/kernels_matching.py [--frames 25000] [--per-frame 50]

Prints medians of five runs after one to warm up.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import time
from collections.abc import Callable

import hotcoco
import numpy as np

from shoal.kernels.average_precision import average_precision
from shoal.kernels.coco_matching import coco_matches
from shoal.kernels.histograms import confidence_histograms
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import CROWD, Int64Array, Objects, offsets_of, order_by_confidence
from shoal.kernels.patterns import patterns_of
from shoal.kernels.tally import tally_predictions

N_CLASSES = 80
TEN = np.linspace(0.5, 0.95, 10)


def drawn(n_frames: int, per_frame: int, seed: int = 0) -> tuple[Objects, Objects]:
    """Draw labels, most of them found with noise, and false alarms up to `per_frame` inferences a frame."""
    rng = np.random.default_rng(seed)
    frame = np.sort(rng.integers(0, n_frames, n_frames * 8))
    boxes = np.concatenate(
        [rng.uniform(0, 600, (len(frame), 2)), rng.uniform(8, 200, (len(frame), 2))], axis=1
    )
    classes = rng.integers(0, N_CLASSES, len(frame)).astype(np.int32)
    again = np.flatnonzero(rng.random(len(frame)) < 0.85)
    n_false = max(0, n_frames * per_frame - len(again))
    near = boxes[again] + rng.normal(0, 0.05, (len(again), 4)) * boxes[again][:, [2, 3, 2, 3]]
    far = np.concatenate([rng.uniform(0, 600, (n_false, 2)), rng.uniform(8, 200, (n_false, 2))], axis=1)
    found = np.concatenate([near, far])
    found_frame = np.concatenate([frame[again], rng.integers(0, n_frames, n_false)])
    found_class = np.concatenate([classes[again], rng.integers(0, N_CLASSES, n_false).astype(np.int32)])
    score = np.concatenate([rng.beta(5, 2, len(again)), rng.beta(2, 3, n_false)])
    order = order_by_confidence(found_frame, score)
    flags = np.where(rng.random(len(frame)) < 0.02, CROWD, 0).astype(np.uint8)
    labels = Objects(offsets_of(frame, n_frames), boxes, classes, flags, np.empty(0))
    inferences = Objects(
        offsets_of(found_frame[order], n_frames),
        found[order],
        found_class[order],
        np.zeros(len(order), np.uint8),
        score[order],
    )
    return labels, inferences


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peer(labels: Objects, inferences: Objects) -> Callable[[], object]:
    def image_of(objects: Objects) -> Int64Array:
        return np.repeat(np.arange(1, objects.n_frames + 1), np.diff(objects.offsets))

    truth = hotcoco.COCO.from_arrays(
        [{"id": frame + 1, "width": 800, "height": 800} for frame in range(labels.n_frames)],
        [{"id": name + 1, "name": str(name)} for name in range(N_CLASSES)],
        image_of(labels),
        labels.classes + 1,
        labels.boxes,
        iscrowd=(labels.flags == CROWD).astype(np.int64),
    )
    rows = [image_of(inferences)[:, None], inferences.boxes, inferences.scores[:, None]]
    found = truth.load_res(np.concatenate([*rows, inferences.classes[:, None] + 1.0], axis=1))

    def evaluate() -> None:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            hotcoco.COCOeval(truth, found, "bbox").evaluate()

    return evaluate


def overlapping_segments(n_frames: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return 50 segments: the values of four attributes, pairs of values, and four random picks."""
    rng = np.random.default_rng(1)
    sizes = (3, 4, 3, 6)
    values = [rng.integers(0, size, n_frames) for size in sizes]
    single = [column == value for column, size in zip(values, sizes, strict=True) for value in range(size)]
    pairs = [(values[0] == a) & (values[1] == b) for a in range(3) for b in range(4)]
    pairs += [(values[2] == a) & (values[3] == b) for a in range(3) for b in range(6)]
    return np.stack([*single, *pairs, *(rng.random((4, n_frames)) < 0.1)])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=25_000)
    parser.add_argument("--per-frame", type=int, default=50)
    options = parser.parse_args()
    labels, inferences = drawn(options.frames, options.per_frame)
    n_rows = len(inferences.classes)
    segments = patterns_of(overlapping_segments(options.frames))
    same_class = match_same_class(labels, inferences, np.array([0.5]))[0]
    area_px = labels.boxes[:, 2] * labels.boxes[:, 3]
    matches = coco_matches(labels, inferences, area_px, N_CLASSES)
    grid = np.linspace(0, 1, 1001)
    works: dict[str, Callable[[], object]] = {
        "hotcoco evaluate, 10 IoU x 4 area ranges": peer(labels, inferences),
        "match, 10 IoU thresholds": lambda: match_same_class(labels, inferences, TEN),
        "match, 1 IoU threshold": lambda: match_same_class(labels, inferences, TEN[:1]),
        "match for AP, 10 IoU x 4 area ranges": lambda: coco_matches(labels, inferences, area_px, N_CLASSES),
        "AP of 50 segments": lambda: average_precision(matches, segments),
        "tally of 50 segments, one confidence": lambda: tally_predictions(
            inferences, same_class, 0.3, segments, N_CLASSES
        ),
        "tally of 50 segments, 1,001 confidences": lambda: confidence_histograms(
            labels, inferences, same_class, segments, grid, N_CLASSES, 0.5
        ),
    }
    print(f"{options.frames:,} frames, {len(labels.classes):,} labels, {n_rows:,} inferences")
    for name, work in works.items():
        taken = seconds(work)
        print(f"{name:<44} {1e3 * taken:9.1f} ms {n_rows / taken / 1e6:8.1f} M inferences/s")


if __name__ == "__main__":
    main()
