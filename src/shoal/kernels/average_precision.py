"""COCO average precision and recall, for any number of segments from one matching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from shoal.errors import ShapeError
from shoal.kernels.coco_matching import BITS_PER_AREA, N_AREAS, N_THRESHOLDS, CocoMatches
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array, UInt8Array, UInt64Array
from shoal.kernels.patterns import Segments, patterns_of
from shoal.kernels.threads import over_ranges

SUMMARY_NAMES = (
    "AP",
    "AP50",
    "AP75",
    "AP_small",
    "AP_medium",
    "AP_large",
    "AR_1",
    "AR_10",
    "AR_100",
    "AR_small",
    "AR_medium",
    "AR_large",
)
_RECALL_POINTS = np.linspace(0.0, 1.0, 101)
_SPACING = np.spacing(1.0)
_FEW, _SOME = 1, 10


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """COCO's numbers for S segments, in [0, 1]; NaN where no label counts (pycocotools prints -1).

    Attributes:
        summary: float64, shape (S, 12), in the order of `SUMMARY_NAMES`, averaged over classes with labels.
        per_class: float64, shape (S, K), AP over IoU .50:.05:.95.
        per_class_50: float64, shape (S, K), AP at IoU .50.
    """

    summary: FloatArray
    per_class: FloatArray
    per_class_50: FloatArray


def average_precision(matches: CocoMatches, segments: Segments) -> AveragePrecision:
    """Return what pycocotools prints when run on just the frames of each segment.

    Args:
        matches: the matches of F frames.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.

    Returns:
        The numbers of all segments.  Cost: S x inferences x thresholds x area ranges.

    Raises:
        ShapeError: the segments are over another number of frames.

    Source: Lin et al. 2014 (COCO), `COCOeval.accumulate` and `summarize`: area under the interpolated
    precision at 101 recall points, and the recall reached with 1, 10 or 100 inferences a frame and class.
    """
    prepared = patterns_of(segments)
    if prepared.n_frames != matches.n_frames:
        raise ShapeError(f"expected segments over {matches.n_frames} frames, found {prepared.n_frames}")
    shape = (prepared.n_segments, N_AREAS, N_THRESHOLDS, matches.n_classes)
    precision = np.full(shape, np.nan)
    recall = np.full(shape, np.nan)
    recall_of_few = np.full((prepared.n_segments, 2, N_THRESHOLDS, matches.n_classes), np.nan)
    over_ranges(
        _accumulate,
        prepared.n_segments,
        prepared.n_segments * len(matches.frame),
        prepared.words,
        matches.class_offsets,
        matches.frame,
        matches.rank,
        matches.matched,
        matches.ignored,
        matches.label_frame,
        matches.label_class,
        matches.label_areas,
        _RECALL_POINTS,
        precision,
        recall,
        recall_of_few,
    )
    summary = np.stack(
        [
            _mean(precision[:, 0]),
            _mean(precision[:, 0, 0]),
            _mean(precision[:, 0, 5]),
            *(_mean(precision[:, area]) for area in range(1, N_AREAS)),
            _mean(recall_of_few[:, 0]),
            _mean(recall_of_few[:, 1]),
            *(_mean(recall[:, area]) for area in range(N_AREAS)),
        ],
        axis=-1,
    )
    return AveragePrecision(summary, precision[:, 0].mean(axis=1), precision[:, 0, 0].copy())


def _mean(values: FloatArray) -> FloatArray:
    flat = values.reshape(len(values), int(np.prod(values.shape[1:])))
    defined = ~np.isnan(flat)
    total: FloatArray = np.where(defined, flat, 0.0).sum(axis=1)
    count = defined.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@njit(cache=True, nogil=True)
def _accumulate(
    first: int,
    last: int,
    words: UInt64Array,
    class_offsets: Int64Array,
    frames: Int32Array,
    ranks: UInt8Array,
    matched: UInt64Array,
    ignored: UInt64Array,
    label_frames: Int32Array,
    label_classes: Int32Array,
    label_areas: UInt8Array,
    recall_points: FloatArray,
    precision: FloatArray,
    recall: FloatArray,
    recall_of_few: FloatArray,
) -> None:
    n_classes = len(class_offsets) - 1
    for segment in range(first, last):
        word, bit = segment // 64, np.uint64(1) << np.uint64(segment % 64)
        n_labels = np.zeros((n_classes, N_AREAS), np.int64)
        for label in range(len(label_frames)):
            if words[label_frames[label], word] & bit:
                for area in range(N_AREAS):
                    n_labels[label_classes[label], area] += (label_areas[label] >> area) & 1
        for name in range(n_classes):
            # Every label that counts anywhere counts in the first range, which is all areas.
            if n_labels[name, 0]:
                at_hits = np.zeros((N_AREAS, N_THRESHOLDS, n_labels[name, 0]))
                hits = np.zeros((N_AREAS, N_THRESHOLDS), np.int64)
                few = np.zeros((2, N_THRESHOLDS), np.int64)
                _walk(
                    class_offsets[name],
                    class_offsets[name + 1],
                    words[:, word],
                    bit,
                    frames,
                    ranks,
                    matched,
                    ignored,
                    at_hits,
                    hits,
                    few,
                )
                for area in range(N_AREAS):
                    total = n_labels[name, area]
                    if total:
                        for index in range(N_THRESHOLDS):
                            found = hits[area, index]
                            recall[segment, area, index, name] = found / total
                            precision[segment, area, index, name] = area_under(
                                at_hits[area, index, :found], total, recall_points
                            )
                for index in range(N_THRESHOLDS):
                    for cap in range(2):
                        recall_of_few[segment, cap, index, name] = few[cap, index] / n_labels[name, 0]


@njit(cache=True, nogil=True)
def _walk(
    start: int,
    stop: int,
    words: UInt64Array,
    bit: np.uint64,
    frames: Int32Array,
    ranks: UInt8Array,
    matched: UInt64Array,
    ignored: UInt64Array,
    at_hits: FloatArray,
    hits: Int64Array,
    few: Int64Array,
) -> None:
    wrong = np.zeros((N_AREAS, N_THRESHOLDS), np.int64)
    wrong_at_all = np.zeros(N_AREAS, np.int64)
    every = (np.uint64(1) << np.uint64(N_THRESHOLDS)) - np.uint64(1)
    for row in range(start, stop):
        if not words[frames[row]] & bit:
            continue
        for area in range(N_AREAS):
            shift = np.uint64(BITS_PER_AREA * area)
            counted = (~ignored[row] >> shift) & every
            right = (matched[row] >> shift) & counted
            if right == 0 and (counted == 0 or counted == every):
                wrong_at_all[area] += counted == every
                continue
            for index in range(N_THRESHOLDS):
                bit_of = np.uint64(1) << np.uint64(index)
                if not counted & bit_of:
                    continue
                if right & bit_of:
                    n_hits = hits[area, index] + 1
                    hits[area, index] = n_hits
                    n_wrong = wrong[area, index] + wrong_at_all[area]
                    at_hits[area, index, n_hits - 1] = n_hits / (n_wrong + n_hits + _SPACING)
                    if area == 0:
                        few[0, index] += ranks[row] < _FEW
                        few[1, index] += ranks[row] < _SOME
                else:
                    wrong[area, index] += 1


@njit(cache=True, nogil=True)
def area_under(at_hits: FloatArray, n_labels: int, recall_points: FloatArray) -> float:
    """Return the area under the interpolated curve at `recall_points`.

    Args:
        at_hits: float64, shape (hits,), precision when each hit is met; made monotone in place.
        n_labels: labels that count, at least 1.
        recall_points: float64, rising from 0 to 1.
    """
    for hit in range(len(at_hits) - 2, -1, -1):
        at_hits[hit] = max(at_hits[hit], at_hits[hit + 1])
    total = 0.0
    needed = 0
    for point in recall_points:
        while needed / n_labels < point:
            needed += 1
        if needed > len(at_hits):
            break
        if len(at_hits):
            total += at_hits[max(needed - 1, 0)]
    return total / len(recall_points)
