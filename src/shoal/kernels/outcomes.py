"""Outcomes: the one shape every task ends in, and everything after it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shoal.errors import InvalidInputError
from shoal.kernels.confusions import match_frames
from shoal.kernels.geometry import overlap
from shoal.kernels.matching import FREE, checked_frames
from shoal.kernels.objects import (
    COUNTS,
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
)

T = TypeVar("T", bound=np.generic)

TRUE_POSITIVE = 0
CONFUSION = 1
FALSE_POSITIVE = 2
FALSE_NEGATIVE = 3


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What happened in each frame, as parallel arrays of length M, ordered by frame.

    Inside a frame: first the inferences in order of falling confidence, then the missed labels in stored
    order.  The class index `n_classes`, one past the last, is background.

    Attributes:
        frame: int32, frame position.
        truth: int32, class of the label, or background.
        predicted: int32, class of the inference, or background.
        weight: float64, 1 except where a task counts pixels.
        confidence: float64, confidence of the inference; NaN for misses.
        iou: float64, overlap of the pair; NaN when there is no pair or the task has no boxes.
        label: int64, row of the label; -1 for none.
        inference: int64, row of the inference; -1 for none.
    """

    frame: Int32Array
    truth: Int32Array
    predicted: Int32Array
    weight: FloatArray
    confidence: FloatArray
    iou: FloatArray
    label: Int64Array
    inference: Int64Array

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Int64Array | BoolArray) -> Outcomes:
        """Return the outcomes at `rows`: int64 positions or a bool mask of shape (M,)."""
        return Outcomes(
            self.frame[rows],
            self.truth[rows],
            self.predicted[rows],
            self.weight[rows],
            self.confidence[rows],
            self.iou[rows],
            self.label[rows],
            self.inference[rows],
        )


def detection_outcomes(
    labels: Objects,
    inferences: Objects,
    point_confidence: float,
    point_iou: float,
    *,
    n_classes: int,
    global_matching: bool = False,
    same_class: Int32Array | None = None,
    frames: Int64Array | None = None,
) -> Outcomes:
    """Return the outcomes of box detection at one operating point.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        point_confidence: inferences below it take no part.
        point_iou: least IoU of a pair, in (0, 1].
        n_classes: K, also the index of background.
        global_matching: the rule `global` instead of `class-first`.
        same_class: int32, shape (N,), step 1 of class-first at this IoU, where it is stored.
        frames: int64, rising frame positions to evaluate; None for all.

    Returns:
        One outcome per matched pair, per inference left over and per label missed; empty when there are none.
    """
    chosen = checked_frames(labels, inferences, frames)
    matched = match_frames(
        labels,
        inferences,
        point_iou,
        point_confidence,
        global_matching=global_matching,
        same_class=same_class,
        frames=chosen,
    )
    found = np.zeros(len(labels.classes), np.bool_)
    found[matched[matched >= 0]] = True
    frame, label, inference, iou = _list_pairs(
        chosen,
        labels.offsets,
        labels.boxes,
        labels.classes,
        labels.flags,
        inferences.offsets,
        inferences.boxes,
        matched,
        found,
    )
    return _described(frame, label, inference, iou, labels, inferences, n_classes)


def classification_outcomes(
    labels: Objects,
    inferences: Objects,
    confidence: float,
    n_classes: int,
    *,
    frames: Int64Array | None = None,
) -> Outcomes:
    """Return the outcomes of single-label classification: one per frame that has a label.

    Of several inferences of a frame the one with the highest confidence speaks (the first in stored order
    of equals), of several labels the first.  Labels that do not count and inferences of left-out or ignored
    classes are skipped.  Boxes are not read.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        confidence: an inference below it, or none, predicts background.
        n_classes: K, also the index of background.
        frames: int64, rising frame positions to evaluate; None for all.

    Returns:
        Outcomes without IoU, at most one per frame.
    """
    chosen = checked_frames(labels, inferences, frames)
    label = _first_rows(labels.offsets, (labels.flags == COUNTS) & (labels.classes >= 0))[chosen]
    inference = _first_rows(inferences.offsets, inferences.classes >= 0)[chosen]
    kept = label >= 0
    label, inference = label[kept], inference[kept]
    unsure = (inference >= 0) & ~(_looked_up(inferences.scores, inference, np.nan) >= confidence)
    inference[unsure] = -1
    iou = np.full(len(label), np.nan)
    frame = chosen[kept].astype(np.int32)
    return _described(frame, label, inference, iou, labels, inferences, n_classes)


def binary_outcomes(
    labels: Objects,
    inferences: Objects,
    confidence: float,
    positive: int,
    negative: int,
    *,
    frames: Int64Array | None = None,
) -> Outcomes:
    """Return the outcomes of binary classification: one per frame that has a label.

    Inferences carry the confidence of the positive class; one of the negative class with confidence c says
    the same as one of the positive class with 1 - c.  Of several inferences of a frame the first in the
    matching order speaks.  A labelled frame without any inference is predicted negative.

    Args:
        labels: the labels, F frames; the first of a frame's labels of the two classes counts.
        inferences: the inferences of the same F frames.
        confidence: predicted positive where the confidence of the positive class ≥ this, else negative.
        positive: class index of the positive class.
        negative: class index of the negative class.
        frames: int64, rising frame positions to evaluate; None for all.

    Returns:
        Outcomes without IoU; `confidence` is that of the positive class, NaN without an inference.

    Raises:
        InvalidInputError: `positive` and `negative` are the same class.
    """
    if positive == negative:
        raise InvalidInputError(f"expected two different classes, found class {positive} twice")
    chosen = checked_frames(labels, inferences, frames)
    both = np.array([positive, negative])
    label = _first_rows(labels.offsets, (labels.flags == COUNTS) & np.isin(labels.classes, both))[chosen]
    inference = _first_rows(inferences.offsets, np.isin(inferences.classes, both))[chosen]
    kept = label >= 0
    label, inference = label[kept], inference[kept]
    said = _looked_up(inferences.classes, inference, negative)
    score = _looked_up(inferences.scores, inference, np.nan)
    score = np.where(said == positive, score, 1.0 - score)
    predicted = np.where(score >= confidence, positive, negative)
    return Outcomes(
        frame=chosen[kept].astype(np.int32),
        truth=labels.classes[label],
        predicted=predicted.astype(np.int32),
        weight=np.ones(len(label)),
        confidence=score,
        iou=np.full(len(label), np.nan),
        label=label,
        inference=inference,
    )


def outcome_kind(outcomes: Outcomes, background: int) -> UInt8Array:
    """Return what each outcome is.

    Args:
        outcomes: M outcomes.
        background: class index of background.

    Returns:
        uint8, shape (M,): `TRUE_POSITIVE`, `CONFUSION` (two different real classes), `FALSE_POSITIVE`
        (nothing was there) or `FALSE_NEGATIVE` (nothing was found).
    """
    kind = np.where(outcomes.truth == outcomes.predicted, TRUE_POSITIVE, CONFUSION)
    kind = np.where(outcomes.truth == background, FALSE_POSITIVE, kind)
    kind = np.where(outcomes.predicted == background, FALSE_NEGATIVE, kind)
    return kind.astype(np.uint8)


def _described(
    frame: Int32Array,
    label: Int64Array,
    inference: Int64Array,
    iou: FloatArray,
    labels: Objects,
    inferences: Objects,
    background: int,
) -> Outcomes:
    return Outcomes(
        frame=frame,
        truth=_looked_up(labels.classes, label, background),
        predicted=_looked_up(inferences.classes, inference, background),
        weight=np.ones(len(frame)),
        confidence=_looked_up(inferences.scores, inference, np.nan),
        iou=iou,
        label=label,
        inference=inference,
    )


def _looked_up(values: NDArray[T], rows: Int64Array, otherwise: float) -> NDArray[T]:
    found = np.full(len(rows), otherwise, values.dtype)
    found[rows >= 0] = values[rows[rows >= 0]]
    return found


def _first_rows(offsets: Int64Array, usable: BoolArray) -> Int64Array:
    first = np.full(len(offsets) - 1, -1, np.int64)
    rows = np.flatnonzero(usable)
    frame = np.searchsorted(offsets, rows, side="right") - 1
    present, position = np.unique(frame, return_index=True)
    first[present] = rows[position]
    return first


@njit(cache=True, nogil=True)
def _list_pairs(
    frames: Int64Array,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    matched: Int32Array,
    found: BoolArray,
) -> tuple[Int32Array, Int64Array, Int64Array, FloatArray]:
    total = 0
    for frame in frames:
        for row in range(offsets[frame], offsets[frame + 1]):
            total += matched[row] >= FREE
        for label in range(label_offsets[frame], label_offsets[frame + 1]):
            total += label_flags[label] == COUNTS and label_classes[label] >= 0 and not found[label]
    frame_of = np.empty(total, np.int32)
    label_of = np.full(total, -1, np.int64)
    inference_of = np.full(total, -1, np.int64)
    iou_of = np.full(total, np.nan)
    at = 0
    for frame in frames:
        for row in range(offsets[frame], offsets[frame + 1]):
            if matched[row] >= FREE:
                frame_of[at] = frame
                inference_of[at] = row
                if matched[row] >= 0:
                    label_of[at] = matched[row]
                    iou_of[at] = overlap(boxes, row, label_boxes, matched[row], False)
                at += 1
        for label in range(label_offsets[frame], label_offsets[frame + 1]):
            if label_flags[label] == COUNTS and label_classes[label] >= 0 and not found[label]:
                frame_of[at] = frame
                label_of[at] = label
                at += 1
    return frame_of, label_of, inference_of, iou_of
