"""The project's other matching rule, `global`: the best overlapping pairs first, whatever their class."""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.kernels.geometry import overlap
from shoal.kernels.matching import DROPPED, FREE, checked_frames, effective_iou, rows_above
from shoal.kernels.objects import (
    COUNTS,
    CROWD,
    DIFFICULT,
    IGNORED_CLASS,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
)
from shoal.kernels.threads import over_ranges


def match_global(
    labels: Objects,
    inferences: Objects,
    iou: float,
    confidence: float,
    *,
    frames: Int64Array | None = None,
) -> Int32Array:
    """Match by the project's other rule, `global`: the best overlapping pairs first, whatever their class.

    All pairs of an inference and a label that counts with IoU ≥ `iou` are taken when both sides are free, in
    the order: IoU falling, same class first, confidence falling, inferences in stored order, the later label
    first.  Afterwards an inference left over is dropped when it overlaps an ignored label.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        iou: in (0, 1].
        confidence: inferences below it take no part.
        frames: int64, frame positions to match; None for all.

    Returns:
        int32, shape (N,): row of the label; `FREE`, a false positive; or `DROPPED`, no outcome — below the
        confidence threshold, of a class that is left out or ignored, on an ignored label, or in a frame that
        was not asked for.
    """
    chosen = checked_frames(labels, inferences, frames)
    final = np.full(len(inferences.classes), DROPPED, np.int32)
    over_ranges(
        _match_global,
        len(chosen),
        len(final),
        chosen,
        labels.offsets,
        labels.boxes,
        labels.classes,
        labels.flags,
        inferences.offsets,
        inferences.boxes,
        inferences.classes,
        inferences.scores,
        effective_iou(iou),
        float(confidence),
        final,
    )
    return final


@njit(cache=True, nogil=True)
def _match_global(
    first: int,
    last: int,
    frames: Int64Array,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    classes: Int32Array,
    scores: FloatArray,
    iou: float,
    confidence: float,
    final: Int32Array,
) -> None:
    for position in range(first, last):
        frame = frames[position]
        begin, end = label_offsets[frame], label_offsets[frame + 1]
        first_row = offsets[frame]
        last_row = rows_above(scores, first_row, offsets[frame + 1], confidence)
        pair_rows, pair_labels, pair_overlaps = _list_overlapping(
            begin, end, first_row, last_row, label_boxes, label_classes, label_flags, boxes, classes, iou
        )
        taken = np.zeros(end - begin, np.bool_)
        for row in range(first_row, last_row):
            final[row] = FREE if classes[row] >= 0 else DROPPED
        # A stable sort keeps the order of generation, which is the order of the remaining tie-breaks.
        for pair in np.argsort(-pair_overlaps, kind="mergesort"):
            row, label = pair_rows[pair], pair_labels[pair]
            if final[row] == FREE and not taken[label - begin]:
                final[row] = label
                taken[label - begin] = True
        for row in range(first_row, last_row):
            if final[row] == FREE:
                final[row] = _dropped_or_free(
                    row, begin, end, label_boxes, label_classes, label_flags, boxes, classes[row], iou
                )


@njit(cache=True, nogil=True)
def _list_overlapping(
    begin: int,
    end: int,
    first_row: int,
    last_row: int,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    boxes: FloatArray,
    classes: Int32Array,
    iou: float,
) -> tuple[Int32Array, Int32Array, FloatArray]:
    n_pairs = 0
    pairs = np.empty((2, 32), np.int32)
    overlaps = np.empty(32)
    for other_class in (False, True):
        for row in range(first_row, last_row):
            for label in range(end - 1, begin - 1, -1):
                if label_flags[label] != COUNTS or label_classes[label] < 0 or classes[row] < 0:
                    continue
                if (label_classes[label] != classes[row]) != other_class:
                    continue
                value = overlap(boxes, row, label_boxes, label, False)
                if value < iou:
                    continue
                if n_pairs == len(overlaps):
                    pairs = np.concatenate((pairs, pairs), axis=1)
                    overlaps = np.concatenate((overlaps, overlaps))
                pairs[0, n_pairs], pairs[1, n_pairs], overlaps[n_pairs] = row, label, value
                n_pairs += 1
    return pairs[0, :n_pairs], pairs[1, :n_pairs], overlaps[:n_pairs]


@njit(cache=True, nogil=True)
def _dropped_or_free(
    row: int,
    begin: int,
    end: int,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    boxes: FloatArray,
    name: int,
    iou: float,
) -> int:
    for label in range(begin, end):
        flag = label_flags[label]
        own_class = label_classes[label] == name and flag in (CROWD, DIFFICULT)
        if (own_class or flag == IGNORED_CLASS) and (
            overlap(boxes, row, label_boxes, label, flag != DIFFICULT) >= iou
        ):
            return DROPPED
    return FREE
