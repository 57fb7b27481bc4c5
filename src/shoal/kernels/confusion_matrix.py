"""Confusion matrices: which class was taken for which, background included."""

from __future__ import annotations

import numpy as np

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray
from shoal.kernels.outcomes import Outcomes
from shoal.kernels.patterns import Segments, patterns_of, spread


def confusion_matrix(outcomes: Outcomes, n_classes: int, *, frames: BoolArray | None = None) -> FloatArray:
    """Return the weight of outcomes per pair of classes.

    Args:
        outcomes: M outcomes.
        n_classes: K; background is the last row and column.
        frames: bool, shape (F,), which frames take part; None for all.

    Returns:
        float64, shape (K + 1, K + 1), truth in rows, predicted in columns; [K, K] is 0.
    """
    side = n_classes + 1
    chosen = slice(None) if frames is None else frames[outcomes.frame]
    cell = outcomes.truth[chosen].astype(np.int64) * side + outcomes.predicted[chosen]
    sums = np.bincount(cell, outcomes.weight[chosen], minlength=side * side)
    return sums.astype(np.float64, copy=False).reshape(side, side)


def confusion_matrices(outcomes: Outcomes, segments: Segments, n_classes: int) -> FloatArray:
    """Return a confusion matrix for each of many segments in one pass.

    Args:
        outcomes: outcomes of F frames.
        segments: bool, shape (S, F), or prepared once with `patterns_of`.
        n_classes: K; background is the last row and column.

    Returns:
        float64, shape (S, K + 1, K + 1).

    Raises:
        ShapeError: an outcome's frame is not among the F.
    """
    prepared = patterns_of(segments)
    if len(outcomes) and outcomes.frame[-1] >= prepared.n_frames:
        raise ShapeError(f"expected frames below {prepared.n_frames}, found {outcomes.frame[-1]}")
    side = n_classes + 1
    cell = outcomes.truth.astype(np.int64) * side + outcomes.predicted
    used = np.flatnonzero(np.bincount(cell, minlength=side * side))
    place = np.zeros(side * side, np.int64)
    place[used] = np.arange(len(used))
    per_pattern = np.zeros((len(prepared.members), len(used)))
    for group in range(prepared.pattern.shape[1]):
        pattern = prepared.pattern[outcomes.frame, group].astype(np.int64)
        inside = pattern >= 0
        at = (pattern * len(used) + place[cell])[inside]
        sums = np.bincount(at, outcomes.weight[inside], minlength=per_pattern.size)
        per_pattern += sums.reshape(per_pattern.shape)
    matrices = np.zeros((prepared.n_segments, side * side))
    matrices[:, used] = spread(per_pattern, prepared)
    return matrices.reshape(prepared.n_segments, side, side)
