"""Counts of every segment and class at every confidence threshold of a grid at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from shoal.errors import InvalidInputError, ShapeError
from shoal.kernels.confusions import frames_on_ignored, resolve_frame
from shoal.kernels.matching import DROPPED, FREE, effective_iou, largest_frame
from shoal.kernels.objects import (
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
    UInt64Array,
)
from shoal.kernels.patterns import Segments, patterns_of
from shoal.kernels.tally import tally_support
from shoal.kernels.threads import over_ranges


@dataclass(frozen=True, slots=True)
class ConfidenceHistograms:
    """Counts at the B thresholds of a grid; "≥" is exact.

    Attributes:
        grid: float64, shape (B,), rising.
        tp: int32, shape (S, K, B), true positives with confidence ≥ grid[b].
        predicted: int32, shape (S, K, B), true and false positives with confidence ≥ grid[b].
        support: float64, shape (S, K), labels that count.
    """

    grid: FloatArray
    tp: Int32Array
    predicted: Int32Array
    support: FloatArray

    def totals(self) -> FloatArray:
        """Return true positives, predicted and support as float64, shape (S, K, B, 3)."""
        support = np.broadcast_to(self.support[..., None], self.tp.shape)
        return np.stack([self.tp.astype(np.float64), self.predicted.astype(np.float64), support], axis=-1)

    def totals_at(self, index: int) -> FloatArray:
        """Return the totals at `grid[index]` as float64, shape (S, K, 3)."""
        tp, predicted = self.tp[..., index], self.predicted[..., index]
        return np.stack([tp.astype(np.float64), predicted.astype(np.float64), self.support], axis=-1)


def confidence_histograms(
    labels: Objects,
    inferences: Objects,
    same_class: Int32Array,
    segments: Segments,
    grid: FloatArray,
    n_classes: int,
    iou: float,
) -> ConfidenceHistograms:
    """Count at every threshold of `grid` for many segments.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class` for `iou`, as it is: drops on ignored
            classes are settled here, for each threshold.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.
        grid: float64, shape (B,), strictly rising.
        n_classes: K.
        iou: the IoU threshold of `same_class`; only read where labels of ignored classes exist.

    Raises:
        InvalidInputError: the grid does not rise.
        ShapeError: the segments are over another number of frames.
    """
    prepared = patterns_of(segments)
    if prepared.n_frames != labels.n_frames:
        raise ShapeError(f"expected segments over {labels.n_frames} frames, found {prepared.n_frames}")
    grid = np.ascontiguousarray(grid, dtype=np.float64)
    if len(grid) == 0 or not (np.diff(grid) > 0).all():
        raise InvalidInputError("expected a grid of at least one threshold, strictly rising")
    shape = (n_classes, len(grid), 2, prepared.n_segments)
    counts = np.zeros((n_classes * len(grid) * 2, prepared.n_segments), np.int32)
    bins = np.empty(len(same_class), np.int32)
    over_ranges(_find_bins, len(bins), len(bins), inferences.scores, grid, bins)
    starts, frames = _frames_by_cell(
        inferences.offsets, inferences.classes, same_class, bins, len(counts), len(grid)
    )
    over_ranges(_sum_cells, len(counts), len(bins), starts, frames, prepared.words, counts)
    by_hit = np.moveaxis(counts.reshape(shape), -1, 0)
    above = np.cumsum(by_hit[:, :, ::-1], axis=2, dtype=np.int32)[:, :, ::-1]
    tp = np.ascontiguousarray(above[..., 0])
    predicted = tp + above[..., 1]
    affected = frames_on_ignored(labels, inferences, same_class, iou)
    if len(affected):
        _subtract_drops(
            affected,
            labels.offsets,
            labels.boxes,
            labels.classes,
            labels.flags,
            inferences.offsets,
            inferences.boxes,
            inferences.classes,
            same_class,
            bins,
            effective_iou(iou),
            np.zeros(largest_frame(labels), np.bool_),
            np.empty_like(same_class),
            prepared.words,
            predicted,
        )
    return ConfidenceHistograms(grid, tp, predicted, tally_support(labels, prepared, n_classes))


@njit(cache=True, nogil=True)
def _find_bins(first: int, last: int, scores: FloatArray, grid: FloatArray, bins: Int32Array) -> None:
    n_bins = len(grid)
    scale = (n_bins - 1) / (grid[-1] - grid[0]) if n_bins > 1 else 0.0
    for row in range(first, last):
        score = scores[row]
        if not score >= grid[0]:
            bins[row] = -1
        elif score >= grid[-1]:
            bins[row] = n_bins - 1
        else:
            # Right at once for an even grid; a few steps for others.
            at = min(int((score - grid[0]) * scale), n_bins - 2)
            if score >= grid[at] and score < grid[at + 1]:
                bins[row] = at
            else:
                bins[row] = np.searchsorted(grid, score, side="right") - 1


@njit(cache=True, nogil=True)
def _frames_by_cell(
    offsets: Int64Array,
    classes: Int32Array,
    same_class: Int32Array,
    bins: Int32Array,
    n_cells: int,
    n_bins: int,
) -> tuple[Int64Array, Int32Array]:
    starts = np.zeros(n_cells + 1, np.int64)
    for row in range(len(bins)):
        if bins[row] >= 0 and same_class[row] != DROPPED:
            starts[(classes[row] * n_bins + bins[row]) * 2 + (same_class[row] == FREE) + 1] += 1
    for cell in range(n_cells):
        starts[cell + 1] += starts[cell]
    free = starts[:-1].copy()
    frames = np.empty(starts[-1], np.int32)
    for frame in range(len(offsets) - 1):
        for row in range(offsets[frame], offsets[frame + 1]):
            if bins[row] >= 0 and same_class[row] != DROPPED:
                cell = (classes[row] * n_bins + bins[row]) * 2 + (same_class[row] == FREE)
                frames[free[cell]] = frame
                free[cell] += 1
    return starts, frames


@njit(cache=True, nogil=True)
def _sum_cells(
    first: int, last: int, starts: Int64Array, frames: Int32Array, words: UInt64Array, counts: Int32Array
) -> None:
    n_segments = counts.shape[1]
    for cell in range(first, last):
        for at in range(starts[cell], starts[cell + 1]):
            for word in range(words.shape[1]):
                bits = words[frames[at], word]
                if bits:
                    base = 64 * word
                    for segment in range(min(64, n_segments - base)):
                        counts[cell, base + segment] += np.int32((bits >> np.uint64(segment)) & np.uint64(1))


@njit(cache=True, nogil=True)
def _subtract_drops(
    frames: Int64Array,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    classes: Int32Array,
    same_class: Int32Array,
    bins: Int32Array,
    iou: float,
    taken: BoolArray,
    final: Int32Array,
    words: UInt64Array,
    predicted: Int32Array,
) -> None:
    for frame in frames:
        first_row, last_row = offsets[frame], offsets[frame + 1]
        row_end = first_row
        while row_end < last_row and bins[row_end] >= 0:
            # Thresholds above the next lower inference all see the same inferences.
            highest = bins[row_end]
            while row_end < last_row and bins[row_end] == highest:
                row_end += 1
            lowest = bins[row_end] + 1 if row_end < last_row else 0
            resolve_frame(
                label_offsets[frame],
                label_offsets[frame + 1],
                first_row,
                row_end,
                label_boxes,
                label_classes,
                label_flags,
                boxes,
                same_class,
                iou,
                taken,
                final,
            )
            for row in range(first_row, row_end):
                if same_class[row] == FREE and final[row] == DROPPED:
                    for segment in range(len(predicted)):
                        if (words[frame, segment // 64] >> np.uint64(segment % 64)) & np.uint64(1):
                            predicted[segment, classes[row], lowest : highest + 1] -= 1
