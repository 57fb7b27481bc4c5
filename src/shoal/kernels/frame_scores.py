"""Numbers of single frames: micro scores, errors, right or wrong, and flips between two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array
from shoal.kernels.outcomes import Outcomes
from shoal.kernels.scores import precision_recall_f1
from shoal.kernels.tally import FrameCounts


@dataclass(frozen=True, slots=True)
class FrameScores:
    """Scores of F frames, each micro over the frame's own outcomes; float64, shape (F,), NaN for undefined.

    A frame with neither labels nor inferences has none of the three.
    """

    precision: FloatArray
    recall: FloatArray
    f1: FloatArray


@dataclass(frozen=True, slots=True)
class Flips:
    """Where two models differ in being right; int64, rising frame positions.

    Attributes:
        lost: the baseline was right and the candidate is wrong.
        won: the baseline was wrong and the candidate is right.
    """

    lost: Int64Array
    won: Int64Array


def frame_scores(counts: FrameCounts) -> FrameScores:
    """Return the micro precision, recall and F1 of every frame."""
    frame = np.repeat(np.arange(counts.n_frames), np.diff(counts.offsets))
    columns = (counts.tp, counts.predicted, counts.support)
    totals = [np.bincount(frame, column, minlength=counts.n_frames) for column in columns]
    scores = precision_recall_f1(np.stack(totals, axis=-1))
    return FrameScores(scores[:, 0], scores[:, 1], scores[:, 2])


def n_errors(outcomes: Outcomes, n_frames: int) -> Int64Array:
    """Return the outcomes off the diagonal of each frame, a confusion counting once: int64, shape (F,)."""
    wrong = outcomes.frame[outcomes.truth != outcomes.predicted]
    return np.bincount(wrong, minlength=n_frames).astype(np.int64)


def disagreement(first: Outcomes, second: Outcomes, label_offsets: Int64Array) -> Int64Array:
    """Return on how many labels of each frame two models disagree: int64, shape (F,).

    They disagree on a label that one of them finds as its class and the other does not.

    Args:
        first: outcomes of one model.
        second: outcomes of the other, on the same labels.
        label_offsets: int64, shape (F + 1,), where the labels of each frame begin.
    """
    found = np.zeros((2, int(label_offsets[-1])), np.bool_)
    for row, outcomes in zip(found, (first, second), strict=True):
        row[outcomes.label[(outcomes.truth == outcomes.predicted) & (outcomes.label >= 0)]] = True
    running = np.concatenate(([0], np.cumsum(found[0] != found[1])))
    return np.diff(running[label_offsets]).astype(np.int64)


def right_frames(counts: FrameCounts) -> BoolArray:
    """Return which frames are right: bool, shape (F,).

    A frame is right when all its outcomes are on the diagonal; one without outcomes is right as well.

    Source: Yan et al. 2021, arXiv 2011.09161 (a flip is a right prediction turned wrong).
    """
    wrong = (counts.tp != counts.predicted) | (counts.tp != counts.support)
    frame = np.repeat(np.arange(counts.n_frames), np.diff(counts.offsets))
    right: BoolArray = np.bincount(frame[wrong], minlength=counts.n_frames) == 0
    return right


def flips(baseline: BoolArray, candidate: BoolArray) -> Flips:
    """Return the frames that changed between right and wrong.

    Args:
        baseline: bool, shape (F,), where the baseline is right.
        candidate: bool, shape (F,), where the candidate is right.

    Raises:
        ShapeError: the arrays differ in length.
    """
    if baseline.shape != candidate.shape:
        raise ShapeError(f"expected {baseline.shape[0]} frames, found {candidate.shape[0]}")
    return Flips(np.flatnonzero(baseline & ~candidate), np.flatnonzero(~baseline & candidate))
