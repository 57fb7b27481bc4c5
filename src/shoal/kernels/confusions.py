"""From step 1 to the final matching at one operating point: confusions and drops.

The matching functions return one int32 per inference: the row of its label; `FREE`, a false positive; or
`DROPPED`, no outcome — below the confidence threshold, of a class that is left out or ignored, on an ignored
label, or in a frame that was not asked for.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.kernels.geometry import overlap
from shoal.kernels.global_matching import match_global
from shoal.kernels.matching import (
    DROPPED,
    FREE,
    checked_frames,
    effective_iou,
    largest_frame,
    match_same_class,
    overlaps_ignored_class,
    rows_above,
)
from shoal.kernels.objects import (
    COUNTS,
    IGNORED_CLASS,
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
)
from shoal.kernels.threads import over_ranges


def match_confusions(
    labels: Objects,
    inferences: Objects,
    same_class: Int32Array,
    iou: float,
    confidence: float,
    *,
    frames: Int64Array | None = None,
) -> Int32Array:
    """Complete class-first matching at one operating point: step 2, then ignored classes.

    In order of falling confidence, each inference that step 1 left free takes the label of any class with
    the greatest IoU ≥ `iou` that nobody above the confidence threshold has taken; of equal IoU the later in
    stored order.  Drops on a crowd or difficult label of the own class come before this step (pycocotools
    decides them in step 1); drops on an ignored class come after it, for an inference prefers a label that
    counts.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class` for this `iou`.
        iou: in (0, 1].
        confidence: inferences below it take no part.
        frames: int64, frame positions to match; None for all.

    Returns:
        int32, shape (N,): label row, `FREE` or `DROPPED`, as described at the top of this module.
    """
    chosen = checked_frames(labels, inferences, frames)
    final = np.full(len(inferences.classes), DROPPED, np.int32)
    over_ranges(
        _match_confusions,
        len(chosen),
        len(final),
        chosen,
        labels.offsets,
        labels.boxes,
        labels.classes,
        labels.flags,
        inferences.offsets,
        inferences.boxes,
        inferences.scores,
        same_class,
        effective_iou(iou),
        float(confidence),
        largest_frame(labels),
        final,
    )
    return final


def resolve_drops(
    labels: Objects, inferences: Objects, same_class: Int32Array, iou: float, confidence: float
) -> Int32Array:
    """Make step 1 exact for counting per class at one operating point, where classes are ignored.

    Which inferences are dropped on a label of an ignored class depends on step 2, and so on the confidence
    threshold.  Only frames with such an overlap are matched again.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class` for this `iou`.
        iou: in (0, 1].
        confidence: the operating point.

    Returns:
        int32, shape (N,): `same_class` itself when no label is of an ignored class; else a copy where the
        inferences dropped at this operating point are `DROPPED`.  Confusions stay `FREE`.
    """
    affected = frames_on_ignored(labels, inferences, same_class, iou)
    if not len(affected):
        return same_class
    final = match_confusions(labels, inferences, same_class, iou, confidence, frames=affected)
    again = np.zeros(labels.n_frames, np.bool_)
    again[affected] = True
    row_again = np.repeat(again, np.diff(inferences.offsets))
    return np.where(row_again & (final == DROPPED), np.int32(DROPPED), same_class).astype(np.int32)


def frames_on_ignored(labels: Objects, inferences: Objects, same_class: Int32Array, iou: float) -> Int64Array:
    """Return the frames where an inference that step 1 left free lies on a label of an ignored class.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        same_class: int32, shape (N,), a row of `match_same_class` for this `iou`.
        iou: least intersection over the inference's own area.

    Returns:
        int64, rising frame positions, possibly none.
    """
    if not labels.has_ignored_classes:
        return np.empty(0, np.int64)
    rows = np.flatnonzero((overlaps_ignored_class(labels, inferences, iou) == 1) & (same_class == FREE))
    return np.unique(np.searchsorted(inferences.offsets, rows, side="right") - 1).astype(np.int64)


@njit(cache=True, nogil=True)
def resolve_frame(
    begin: int,
    end: int,
    first_row: int,
    last_row: int,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    boxes: FloatArray,
    same_class: Int32Array,
    iou: float,
    taken: BoolArray,
    final: Int32Array,
) -> None:
    """Run step 2 in one frame: labels `begin:end`, inferences `first_row:last_row` (all above the threshold).

    Writes `final[first_row:last_row]`; `taken` is scratch for at least `end - begin` labels.
    """
    taken[: end - begin] = False
    for row in range(first_row, last_row):
        if same_class[row] >= 0:
            taken[same_class[row] - begin] = True
    for row in range(first_row, last_row):
        final[row] = same_class[row]
        if same_class[row] != FREE:
            continue
        best = iou
        ignored = False
        for label in range(begin, end):
            if label_flags[label] == IGNORED_CLASS:
                ignored = ignored or overlap(boxes, row, label_boxes, label, True) >= iou
            elif label_flags[label] == COUNTS and label_classes[label] >= 0 and not taken[label - begin]:
                value = overlap(boxes, row, label_boxes, label, False)
                if value >= best:
                    best = value
                    final[row] = label
        if final[row] >= 0:
            taken[final[row] - begin] = True
        elif ignored:
            final[row] = DROPPED


@njit(cache=True, nogil=True)
def _match_confusions(
    first: int,
    last: int,
    frames: Int64Array,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    scores: FloatArray,
    same_class: Int32Array,
    iou: float,
    confidence: float,
    most_labels: int,
    final: Int32Array,
) -> None:
    taken = np.zeros(most_labels, np.bool_)
    for position in range(first, last):
        frame = frames[position]
        resolve_frame(
            label_offsets[frame],
            label_offsets[frame + 1],
            offsets[frame],
            rows_above(scores, offsets[frame], offsets[frame + 1], confidence),
            label_boxes,
            label_classes,
            label_flags,
            boxes,
            same_class,
            iou,
            taken,
            final,
        )


def match_frames(
    labels: Objects,
    inferences: Objects,
    iou: float,
    confidence: float,
    *,
    global_matching: bool = False,
    same_class: Int32Array | None = None,
    frames: Int64Array | None = None,
) -> Int32Array:
    """Match at one operating point by the project's rule.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        iou: in (0, 1].
        confidence: inferences below it take no part.
        global_matching: the rule `global` instead of `class-first`.
        same_class: int32, shape (N,), step 1 at this `iou`, where it is stored; computed otherwise.
        frames: int64, frame positions to match; None for all.

    Returns:
        int32, shape (N,): label row, `FREE` or `DROPPED`, as described at the top of this module.
    """
    if global_matching:
        return match_global(labels, inferences, iou, confidence, frames=frames)
    if same_class is None:
        same_class = match_same_class(labels, inferences, np.array([iou]), frames=frames)[0]
    return match_confusions(labels, inferences, same_class, iou, confidence, frames=frames)
