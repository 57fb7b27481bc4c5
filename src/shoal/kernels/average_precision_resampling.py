"""How sure average precision is: whole frames, or groups of them, drawn again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from shoal.kernels.average_precision import area_under
from shoal.kernels.coco_matching import N_THRESHOLDS, CocoMatches
from shoal.kernels.linearisation import segment_slice
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array, UInt8Array, UInt64Array
from shoal.kernels.resampling import expanded_percentiles, resample_counts
from shoal.kernels.threads import over_ranges

N_RESAMPLES = 1_000
"""Resamples of average precision; each walks over every inference of the frames."""

_RECALL_POINTS = np.linspace(0.0, 1.0, 101)
_SPACING = np.spacing(1.0)
_AT_75 = 5


@dataclass(frozen=True, slots=True)
class ResampledPrecision:
    """95 % intervals of AP, AP50 and AP75 of one segment.

    Attributes:
        low: float64, shape (3,), in [0, 1]; NaN below 2 groups or where a resample holds no label.
        high: float64, shape (3,).
        n_groups: units that were resampled.
    """

    low: FloatArray
    high: FloatArray
    n_groups: int


def resampled_precision(
    matches: CocoMatches,
    frames: Int64Array,
    groups: Int64Array | None,
    *,
    seed: int,
    n_resamples: int = N_RESAMPLES,
) -> ResampledPrecision:
    """Return bootstrap intervals of AP (IoU .50:.05:.95), AP50 and AP75 over all areas.

    Args:
        matches: the matches of F frames.
        frames: integers, shape (n,), positions of the segment's covered frames, each at most once.
        groups: integers ≥ 0, shape (F,), group of every frame; `None`: each frame is its own.
        seed: from `seed_of`.
        n_resamples: B; resamples without any label are left out.

    Cost: B x inferences of the frames.

    Source: Field & Welsh 2007 (resampling whole clusters); Lin et al. 2014 for the score.
    """
    part = segment_slice(frames, groups, "micro", matches.n_classes, None)
    nothing = np.full(3, np.nan)
    if part.n_groups < 2:
        return ResampledPrecision(nothing, nothing.copy(), part.n_groups)
    replicates = resampled_values(
        matches, frames, part.codes, resample_counts(part.n_groups, n_resamples, seed)
    )
    defined = replicates[~np.isnan(replicates).any(axis=1)]
    if len(defined) < 2:
        return ResampledPrecision(nothing, nothing.copy(), part.n_groups)
    bounds = [expanded_percentiles(defined[:, i], part.n_groups) for i in range(3)]
    low, high = np.array(bounds).T
    return ResampledPrecision(low, high, part.n_groups)


def resampled_values(
    matches: CocoMatches, frames: Int64Array, codes: Int64Array, draws: Int64Array
) -> FloatArray:
    """Return AP, AP50 and AP75 of each resample, float64 (B, 3); NaN where it holds no label.

    Args:
        matches: the matches of F frames.
        frames: integers, shape (n,), frame positions.
        codes: integers, shape (n,), the group of each of them, 0 … G − 1.
        draws: integers, shape (B, G), how often each group is drawn.
    """
    code_of_frame = np.full(matches.n_frames, -1, np.int64)
    code_of_frame[frames] = codes
    values = np.full((len(draws), 3), np.nan)
    over_ranges(
        _resample,
        len(draws),
        len(draws) * len(matches.frame),
        draws,
        code_of_frame,
        matches.class_offsets,
        matches.frame,
        matches.matched,
        matches.ignored,
        matches.label_frame,
        matches.label_class,
        matches.label_areas,
        _RECALL_POINTS,
        values,
    )
    return values


@njit(cache=True, nogil=True)
def _resample(
    first: int,
    last: int,
    draws: Int64Array,
    code_of_frame: Int64Array,
    class_offsets: Int64Array,
    frames: Int32Array,
    matched: UInt64Array,
    ignored: UInt64Array,
    label_frames: Int32Array,
    label_classes: Int32Array,
    label_areas: UInt8Array,
    recall_points: FloatArray,
    values: FloatArray,
) -> None:
    n_classes = len(class_offsets) - 1
    for resample in range(first, last):
        n_labels = np.zeros(n_classes, np.int64)
        for label in range(len(label_frames)):
            code = code_of_frame[label_frames[label]]
            if code >= 0 and label_areas[label] & 1:
                n_labels[label_classes[label]] += draws[resample, code]
        sums, n_defined = np.zeros(3), 0
        for name in range(n_classes):
            if n_labels[name] == 0:
                continue
            n_defined += 1
            at_hits = np.zeros((N_THRESHOLDS, n_labels[name]))
            hits = np.zeros(N_THRESHOLDS, np.int64)
            wrong = np.zeros(N_THRESHOLDS, np.int64)
            for row in range(class_offsets[name], class_offsets[name + 1]):
                code = code_of_frame[frames[row]]
                times = draws[resample, code] if code >= 0 else 0
                if times:
                    _count(times, matched[row], ignored[row], at_hits, hits, wrong)
            for index in range(N_THRESHOLDS):
                area = area_under(at_hits[index, : hits[index]], n_labels[name], recall_points)
                sums[0] += area / N_THRESHOLDS
                if index == 0:
                    sums[1] += area
                elif index == _AT_75:
                    sums[2] += area
        if n_defined:
            values[resample] = sums / n_defined


@njit(cache=True, nogil=True)
def _count(
    times: int,
    matched: np.uint64,
    ignored: np.uint64,
    at_hits: FloatArray,
    hits: Int64Array,
    wrong: Int64Array,
) -> None:
    """Count one inference `times` times; copies of a hit follow one another, so the last one's precision
    is the greatest of them and stands for all."""
    for index in range(N_THRESHOLDS):
        bit = np.uint64(1) << np.uint64(index)
        if ignored & bit:
            continue
        if matched & bit:
            before = hits[index]
            hits[index] = before + times
            reached = hits[index] / (wrong[index] + hits[index] + _SPACING)
            at_hits[index, before : hits[index]] = reached
        else:
            wrong[index] += times
