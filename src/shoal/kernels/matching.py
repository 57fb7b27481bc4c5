"""Step 1 of class-first matching: every inference against the labels of its own class.

Matching goes by falling confidence, so a higher confidence threshold never changes an earlier match: one
assignment per IoU threshold serves every confidence exactly.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.errors import InvalidInputError, ShapeError
from shoal.kernels.geometry import overlap
from shoal.kernels.objects import (
    COUNTS,
    CROWD,
    IGNORED_CLASS,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
    UInt64Array,
)
from shoal.kernels.threads import over_ranges

FREE = -1
DROPPED = -2

_HIGHEST_THRESHOLD = 1 - 1e-10
_THRESHOLDS_AT_ONCE = 64


def effective_iou(iou: float) -> float:
    """Return the IoU threshold as compared with, pycocotools' `min(t, 1 - 1e-10)`.

    Raises:
        InvalidInputError: `iou` is not in (0, 1].
    """
    if not 0 < iou <= 1:
        raise InvalidInputError(f"expected an IoU threshold above 0 and at most 1, found {iou}")
    return min(float(iou), _HIGHEST_THRESHOLD)


def match_same_class(
    labels: Objects, inferences: Objects, iou_thresholds: FloatArray, *, frames: Int64Array | None = None
) -> Int32Array:
    """Match every inference to a label of its own class, for all confidences at once.

    In order of falling confidence each inference takes the free label of its class with the greatest
    IoU ≥ the threshold; of equal IoU the later label in stored order.  A label that counts goes before a
    crowd or difficult one; those two take any number of inferences.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        iou_thresholds: float64, shape (T,), each in (0, 1], any order.
        frames: int64, frame positions to match; None for all.

    Returns:
        int32, shape (T, N): row of the matched label; `FREE` for none; `DROPPED` where the inference
        makes no outcome: its class is left out or ignored, it is unmatched and overlaps a crowd
        (intersection over own area) or difficult label (IoU) of its class, or its frame is not in `frames`.

    Raises:
        ShapeError: the two sides have different numbers of frames.
        InvalidInputError: a threshold is out of range.

    Source: `COCOeval.evaluateImg` of pycocotools, whose TP, FP and FN per class this reproduces for
    unlimited detections and all areas.  Cost: labels × inferences of a class inside each frame.
    """
    thresholds = np.array([effective_iou(float(iou)) for iou in np.atleast_1d(iou_thresholds)])
    chosen = checked_frames(labels, inferences, frames)
    shape = (len(thresholds), len(inferences.classes))
    matched = np.empty(shape, np.int32) if frames is None else np.full(shape, DROPPED, np.int32)
    for start in range(0, len(thresholds), _THRESHOLDS_AT_ONCE):
        block = slice(start, start + _THRESHOLDS_AT_ONCE)
        over_ranges(
            _match_frames,
            len(chosen),
            len(inferences.classes),
            chosen,
            labels.offsets,
            labels.boxes,
            labels.classes,
            labels.flags,
            inferences.offsets,
            inferences.boxes,
            inferences.classes,
            thresholds[block],
            largest_frame(labels),
            _n_classes(labels, inferences),
            matched[block],
        )
    return matched


def overlaps_ignored_class(
    labels: Objects, inferences: Objects, iou: float, *, frames: Int64Array | None = None
) -> UInt8Array:
    """Return which inferences lie on a label of a class ignored in evaluation.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        iou: least intersection over the inference's own area, in (0, 1].
        frames: int64, frame positions to look at; None for all.

    Returns:
        uint8, shape (N,), 1 where intersection over the inference's own area ≥ `iou` for any such label,
        whatever the inference's class; 0 elsewhere.
    """
    chosen = checked_frames(labels, inferences, frames)
    over = np.zeros(len(inferences.classes), np.uint8)
    if labels.has_ignored_classes:
        over_ranges(
            _mark_ignored,
            len(chosen),
            len(over),
            chosen,
            labels.offsets,
            labels.boxes,
            labels.flags,
            inferences.offsets,
            inferences.boxes,
            effective_iou(iou),
            over,
        )
    return over


def largest_frame(objects: Objects) -> int:
    """Return the greatest number of objects in one frame, 0 when there are no frames."""
    return int(np.diff(objects.offsets).max(initial=0))


def checked_frames(labels: Objects, inferences: Objects, frames: Int64Array | None) -> Int64Array:
    """Return the frame positions to work on as int64, all of them for None.

    Raises:
        ShapeError: labels and inferences have different numbers of frames.
    """
    if labels.n_frames != inferences.n_frames:
        raise ShapeError(f"expected inferences for {labels.n_frames} frames, found {inferences.n_frames}")
    if frames is None:
        return np.arange(labels.n_frames, dtype=np.int64)
    return np.ascontiguousarray(frames, dtype=np.int64)


def _n_classes(labels: Objects, inferences: Objects) -> int:
    return 1 + max(int(labels.classes.max(initial=-1)), int(inferences.classes.max(initial=-1)))


@njit(cache=True, nogil=True)
def rows_above(scores: FloatArray, first_row: int, last_row: int, confidence: float) -> int:
    """Return the end of the rows `first_row:last_row`, in falling score, that reach `confidence`."""
    row = first_row
    while row < last_row and scores[row] >= confidence:
        row += 1
    return row


@njit(cache=True, nogil=True)
def _match_frames(
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
    thresholds: FloatArray,
    most_labels: int,
    n_classes: int,
    matched: Int32Array,
) -> None:
    head = np.full(n_classes, -1, np.int32)
    following = np.empty(most_labels, np.int32)
    taken = np.zeros(most_labels, np.uint64)
    candidates = np.empty(most_labels, np.int32)
    overlaps = np.empty(most_labels)
    lowest = thresholds.min()
    for position in range(first, last):
        frame = frames[position]
        begin, end = label_offsets[frame], label_offsets[frame + 1]
        for label in range(end - 1, begin - 1, -1):
            name = label_classes[label]
            if name >= 0 and label_flags[label] != IGNORED_CLASS:
                following[label - begin] = head[name]
                head[name] = label - begin
                taken[label - begin] = 0
        for row in range(offsets[frame], offsets[frame + 1]):
            name = classes[row]
            if name < 0:
                matched[:, row] = DROPPED
                continue
            n_candidates = 0
            local = head[name]
            while local >= 0:
                label = begin + local
                value = overlap(boxes, row, label_boxes, label, label_flags[label] == CROWD)
                if value >= lowest:
                    candidates[n_candidates] = local
                    overlaps[n_candidates] = value
                    n_candidates += 1
                local = following[local]
            _choose(row, begin, candidates, overlaps, n_candidates, label_flags, taken, thresholds, matched)
        for label in range(begin, end):
            if label_classes[label] >= 0:
                head[label_classes[label]] = -1


@njit(cache=True, nogil=True)
def _choose(
    row: int,
    begin: int,
    candidates: Int32Array,
    overlaps: FloatArray,
    n_candidates: int,
    label_flags: UInt8Array,
    taken: UInt64Array,
    thresholds: FloatArray,
    matched: Int32Array,
) -> None:
    for index in range(len(thresholds)):
        bit = np.uint64(1) << np.uint64(index)
        best, choice, absorbed = thresholds[index], FREE, False
        for candidate in range(n_candidates):
            value = overlaps[candidate]
            local = candidates[candidate]
            if label_flags[begin + local] == COUNTS:
                # `>=` lets the later of equal overlaps win, as pycocotools does.
                if value >= best and not taken[local] & bit:
                    best, choice = value, local
            elif value >= thresholds[index]:
                absorbed = True
        if choice >= 0:
            taken[choice] |= bit
            matched[index, row] = begin + choice
        else:
            matched[index, row] = DROPPED if absorbed else FREE


@njit(cache=True, nogil=True)
def _mark_ignored(
    first: int,
    last: int,
    frames: Int64Array,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_flags: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    iou: float,
    over: UInt8Array,
) -> None:
    for position in range(first, last):
        frame = frames[position]
        for label in range(label_offsets[frame], label_offsets[frame + 1]):
            if label_flags[label] == IGNORED_CLASS:
                for row in range(offsets[frame], offsets[frame + 1]):
                    if overlap(boxes, row, label_boxes, label, True) >= iou:
                        over[row] = 1
