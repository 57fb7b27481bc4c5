"""From matches to counts: true positives, predictions and support, for many segments in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from shoal.errors import ShapeError
from shoal.kernels.matching import DROPPED, FREE
from shoal.kernels.objects import (
    COUNTS,
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
)
from shoal.kernels.outcomes import Outcomes
from shoal.kernels.patterns import SegmentPatterns, Segments, patterns_of, spread
from shoal.kernels.threads import over_ranges

_SKIPPED, _PREDICTED, _HIT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """The counts of every class that occurs in every frame, sparse.

    Attributes:
        offsets: int64, shape (F + 1,); the cells of frame `f` are the rows `offsets[f]:offsets[f + 1]`.
        classes: int32, shape (M,), rising inside a frame, each class at most once, background left out.
        tp: float64, shape (M,), weight of true positives.
        predicted: float64, shape (M,), true positives + false positives.
        support: float64, shape (M,), true positives + false negatives.
    """

    offsets: Int64Array
    classes: Int32Array
    tp: FloatArray
    predicted: FloatArray
    support: FloatArray

    @property
    def n_frames(self) -> int:
        """Return the number of frames F."""
        return len(self.offsets) - 1

    @property
    def n_bytes(self) -> int:
        """Return the memory the arrays take."""
        return sum(
            part.nbytes for part in (self.offsets, self.classes, self.tp, self.predicted, self.support)
        )


def frame_cells(outcomes: Outcomes, n_frames: int, n_classes: int) -> FrameCounts:
    """Count outcomes per frame and class.

    Args:
        outcomes: ordered by frame.
        n_frames: F.
        n_classes: K, also the index of background.

    Returns:
        The sums of weights; a confusion (a, b) adds to the support of a and to the predictions of b.
    """
    offsets = np.searchsorted(outcomes.frame, np.arange(n_frames + 1)).astype(np.int64)
    hits = np.where(outcomes.truth == outcomes.predicted, _HIT, _PREDICTED).astype(np.uint8)
    arrays = (offsets, outcomes.truth, offsets, outcomes.predicted, hits)
    cells = _count_cells(*arrays, n_classes)
    return FrameCounts(cells, *_fill_cells(cells, *arrays, outcomes.weight, n_classes))


def fast_frame_counts(
    labels: Objects, inferences: Objects, same_class: Int32Array, confidence: float, n_classes: int
) -> FrameCounts:
    """Count per frame and class straight from step 1 of class-first, without listing outcomes.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class`; where labels of ignored classes exist, as
            `resolve_drops` made it for this `confidence`.
        confidence: inferences below it take no part.
        n_classes: K.

    Returns:
        The same counts as `frame_cells` of the class-first outcomes.
    """
    counted = np.where(_counting(labels), labels.classes, np.int32(-1)).astype(np.int32)
    hits = np.where(same_class >= 0, _HIT, np.where(same_class == FREE, _PREDICTED, _SKIPPED))
    hits = np.where(inferences.scores >= confidence, hits, _SKIPPED).astype(np.uint8)
    arrays = (labels.offsets, counted, inferences.offsets, inferences.classes, hits)
    cells = _count_cells(*arrays, n_classes)
    return FrameCounts(cells, *_fill_cells(cells, *arrays, np.empty(0), n_classes))


def tally_segments(counts: FrameCounts, segments: Segments, n_classes: int) -> FloatArray:
    """Sum frame counts over many segments, which may overlap, in one pass.

    Args:
        counts: the counts of F frames.
        segments: bool, shape (S, F), or prepared once with `patterns_of`; any number of segments.
        n_classes: K.

    Returns:
        float64, shape (S, K, 3): true positives, predicted, support; zeros for an empty segment.
    """
    prepared = _prepared(segments, counts.n_frames)
    per_pattern = _tally_cells(
        prepared.pattern,
        len(prepared.members),
        counts.offsets,
        counts.classes,
        counts.tp,
        counts.predicted,
        counts.support,
        n_classes,
    )
    return spread(per_pattern, prepared)


def tally_matches(
    labels: Objects,
    inferences: Objects,
    same_class: Int32Array,
    confidence: float,
    segments: Segments,
    n_classes: int,
) -> FloatArray:
    """Count straight from stored step-1 matches at one confidence, for many segments in one pass.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class`; where labels of ignored classes exist, as
            `resolve_drops` made it for this `confidence`.
        confidence: inferences below it take no part.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.
        n_classes: K.

    Returns:
        float64, shape (S, K, 3): true positives, predicted, support.
    """
    prepared = _prepared(segments, labels.n_frames)
    totals = np.empty((prepared.n_segments, n_classes, 3))
    totals[:, :, :2] = tally_predictions(inferences, same_class, confidence, prepared, n_classes)
    totals[:, :, 2] = tally_support(labels, prepared, n_classes)
    return totals


def tally_predictions(
    inferences: Objects, same_class: Int32Array, confidence: float, segments: Segments, n_classes: int
) -> FloatArray:
    """Return true positives and predictions as `tally_matches` does: float64, shape (S, K, 2)."""
    cells = prediction_cells(inferences, same_class, n_classes)
    return tally_cells(inferences, cells, confidence, segments, n_classes)


def prediction_cells(inferences: Objects, same_class: Int32Array, n_classes: int) -> Int32Array:
    """Return where each inference counts, whatever the confidence; `tally_cells` reads it.

    Args:
        inferences: the inferences, N rows.
        same_class: int32, shape (N,), a row of `match_same_class`.
        n_classes: K.

    Returns:
        int32, shape (N,): twice the class, plus 1 where no label was taken; 2K where it makes no outcome.
    """
    cells = 2 * inferences.classes
    cells[same_class == FREE] += 1
    cells[same_class == DROPPED] = 2 * n_classes
    return cells


def tally_cells(
    inferences: Objects, cells: Int32Array, confidence: float, segments: Segments, n_classes: int
) -> FloatArray:
    """Return true positives and predictions as `tally_matches` does: float64, shape (S, K, 2).

    Args:
        inferences: the inferences of F frames.
        cells: int32, shape (N,), from `prediction_cells`.
        confidence: inferences below it take no part.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.
        n_classes: K.
    """
    prepared = _prepared(segments, inferences.n_frames)
    parts = over_ranges(
        _tally_rows,
        inferences.n_frames,
        len(cells),
        prepared.pattern,
        len(prepared.members),
        inferences.offsets,
        inferences.scores,
        cells,
        float(confidence),
        2 * n_classes + 1,
    )
    by_hit = spread(sum(parts[1:], parts[0])[:, :-1], prepared).reshape(prepared.n_segments, n_classes, 2)
    by_hit[:, :, 1] += by_hit[:, :, 0]
    return by_hit


def tally_support(labels: Objects, segments: Segments, n_classes: int) -> FloatArray:
    """Return how many labels count, per segment and class: float64, shape (S, K)."""
    prepared = _prepared(segments, labels.n_frames)
    as_hits = np.where(_counting(labels), 0, DROPPED).astype(np.int32)
    counted = Objects(labels.offsets, labels.boxes, labels.classes, labels.flags, np.zeros(len(as_hits)))
    support: FloatArray = tally_predictions(counted, as_hits, 0.0, prepared, n_classes)[:, :, 0]
    return support


def sum_over_segments(values: FloatArray, segments: Segments) -> FloatArray:
    """Sum a number per frame over many segments.

    Args:
        values: shape (F,), such as labels, inferences or errors of each frame.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.

    Returns:
        float64, shape (S,); 0 for an empty segment.
    """
    prepared = _prepared(segments, len(values))
    per_pattern = np.zeros(len(prepared.members))
    for group in range(prepared.pattern.shape[1]):
        pattern = prepared.pattern[:, group]
        inside = pattern >= 0
        per_pattern += np.bincount(pattern[inside], values[inside], minlength=len(per_pattern))
    return spread(per_pattern, prepared)


def _prepared(segments: Segments, n_frames: int) -> SegmentPatterns:
    prepared = patterns_of(segments)
    if prepared.n_frames != n_frames:
        raise ShapeError(f"expected segments over {n_frames} frames, found {prepared.n_frames}")
    return prepared


def _counting(labels: Objects) -> BoolArray:
    counting: BoolArray = (labels.flags == COUNTS) & (labels.classes >= 0)
    return counting


@njit(cache=True, nogil=True)
def _count_cells(
    label_offsets: Int64Array,
    label_classes: Int32Array,
    offsets: Int64Array,
    classes: Int32Array,
    hits: UInt8Array,
    n_classes: int,
) -> Int64Array:
    seen_in = np.full(n_classes, -1, np.int64)
    cells = np.zeros(len(offsets), np.int64)
    for frame in range(len(offsets) - 1):
        n_cells = 0
        for label in range(label_offsets[frame], label_offsets[frame + 1]):
            name = label_classes[label]
            if 0 <= name < n_classes and seen_in[name] != frame:
                seen_in[name] = frame
                n_cells += 1
        for row in range(offsets[frame], offsets[frame + 1]):
            name = classes[row]
            if 0 <= name < n_classes and hits[row] != _SKIPPED and seen_in[name] != frame:
                seen_in[name] = frame
                n_cells += 1
        cells[frame + 1] = cells[frame] + n_cells
    return cells


@njit(cache=True, nogil=True)
def _fill_cells(
    cells: Int64Array,
    label_offsets: Int64Array,
    label_classes: Int32Array,
    offsets: Int64Array,
    classes: Int32Array,
    hits: UInt8Array,
    weights: FloatArray,
    n_classes: int,
) -> tuple[Int32Array, FloatArray, FloatArray, FloatArray]:
    dense = np.zeros((n_classes, 3))
    present = np.zeros(n_classes, np.bool_)
    names = np.empty(cells[-1], np.int32)
    sums = np.empty((3, cells[-1]))
    for frame in range(len(offsets) - 1):
        at = cells[frame]
        for label in range(label_offsets[frame], label_offsets[frame + 1]):
            name = label_classes[label]
            if 0 <= name < n_classes:
                dense[name, 2] += weights[label] if len(weights) else 1.0
                if not present[name]:
                    present[name] = True
                    names[at] = name
                    at += 1
        for row in range(offsets[frame], offsets[frame + 1]):
            name = classes[row]
            if 0 <= name < n_classes and hits[row] != _SKIPPED:
                weight = weights[row] if len(weights) else 1.0
                dense[name, 1] += weight
                if hits[row] == _HIT:
                    dense[name, 0] += weight
                if not present[name]:
                    present[name] = True
                    names[at] = name
                    at += 1
        _sort(names, cells[frame], at)
        for cell in range(cells[frame], at):
            for kind in range(3):
                sums[kind, cell] = dense[names[cell], kind]
                dense[names[cell], kind] = 0.0
            present[names[cell]] = False
    return names, sums[0], sums[1], sums[2]


@njit(cache=True, nogil=True)
def _sort(names: Int32Array, start: int, stop: int) -> None:
    # NumPy's sort takes seconds to compile; a frame has few classes.
    for place in range(start + 1, stop):
        name = names[place]
        while place > start and names[place - 1] > name:
            names[place] = names[place - 1]
            place -= 1
        names[place] = name


@njit(cache=True, nogil=True)
def _tally_cells(
    pattern: Int32Array,
    n_patterns: int,
    offsets: Int64Array,
    classes: Int32Array,
    tp: FloatArray,
    predicted: FloatArray,
    support: FloatArray,
    n_classes: int,
) -> FloatArray:
    totals = np.zeros((n_patterns, n_classes, 3))
    for frame in range(len(pattern)):
        for group in range(pattern.shape[1]):
            combination = pattern[frame, group]
            if combination >= 0:
                for cell in range(offsets[frame], offsets[frame + 1]):
                    totals[combination, classes[cell], 0] += tp[cell]
                    totals[combination, classes[cell], 1] += predicted[cell]
                    totals[combination, classes[cell], 2] += support[cell]
    return totals


@njit(cache=True, nogil=True)
def _tally_rows(
    first: int,
    last: int,
    pattern: Int32Array,
    n_patterns: int,
    offsets: Int64Array,
    scores: FloatArray,
    cells: Int32Array,
    confidence: float,
    width: int,
) -> Int32Array:
    totals = np.zeros(n_patterns * width, np.int32)
    for frame in range(first, last):
        start, end = offsets[frame], offsets[frame]
        while end < offsets[frame + 1] and scores[end] >= confidence:
            end += 1
        for group in range(pattern.shape[1]):
            if pattern[frame, group] >= 0:
                base = pattern[frame, group] * width
                for row in range(start, end):
                    totals[base + cells[row]] += 1
    return totals.reshape(n_patterns, width)
