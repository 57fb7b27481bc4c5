"""Scores as smooth functions of summed counts, and what each group of frames contributes to them.

Precision, recall and F1, averaged or not, are functions of the totals `T` of a segment, and `T` is a sum over
frames.  The first-order (delta-method) contribution of a group `g` is `z_g = gradient(T) · counts_g`; because
every score is homogeneous of degree 0 in `T`, the `z_g` sum to zero.  Their spread gives the standard error.

Sources: Woodruff 1971 (linearised variance of a ratio); Miller 2024, arXiv 2411.00640 (clustered errors,
paired differences); sklearn `precision_recall_fscore_support(zero_division=0)` for the averages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray, Int32Array, Int64Array
from shoal.kernels.tally import FrameCounts

METRICS: Final = ("precision", "recall", "f1")
"""The order of metrics on the last axis of every array of scores."""

AVERAGES: Final = ("weighted", "macro", "micro", "class")
"""The averages; their position is the code the compiled kernels take."""

CountArrays: TypeAlias = tuple[Int64Array, Int32Array, FloatArray, FloatArray, FloatArray]
"""The five arrays of `FrameCounts`, as kernels take them."""

Scalar = TypeVar("Scalar", bound=np.generic)

_WEIGHTED, _MACRO, _MICRO = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Slice:
    """The frames of one segment, put into groups, and the classes a score is about.

    Attributes:
        frames: int64, shape (n,), positions of frames, each at most once.
        codes: int64, shape (n,), group of each frame, 0..n_groups-1.
        n_groups: how many groups there are.
        columns: int32, shape (n_classes,), the column of the totals a class is summed into; -1 leaves it out.
        n_columns: K, the number of columns.
        average: code of the average, its position in `AVERAGES`.
    """

    frames: Int64Array
    codes: Int64Array
    n_groups: int
    columns: Int32Array
    n_columns: int
    average: int


def segment_slice(
    frames: Int64Array, groups: Int64Array | None, average: str, n_classes: int, class_index: int | None
) -> Slice:
    """Return a segment made ready for the kernels of this module.

    Args:
        frames: integers, shape (n,), positions of the segment's frames, each at most once; may be empty.
        groups: integers ≥ 0, shape (F,), group code of **every** frame of the dataset (codes need not be
            dense, memory grows with the largest); `None` makes each frame its own group.
        average: one of `AVERAGES`.
        n_classes: number of evaluation classes; macro divides by it.
        class_index: the class when `average` is `class`, else `None`.

    Raises:
        ShapeError: an unknown average, or a class index out of range or missing.
    """
    if average not in AVERAGES:
        raise ShapeError(f"Expected an average among {', '.join(AVERAGES)}, found {average!r}.")
    frames = np.ascontiguousarray(frames, np.int64)
    codes, n_groups = _dense_codes(frames, groups)
    columns, n_columns = np.arange(n_classes, dtype=np.int32), n_classes
    if average == "micro":
        columns, n_columns = np.zeros(n_classes, np.int32), 1
    elif average == "class":
        if class_index is None or not 0 <= class_index < n_classes:
            raise ShapeError(f"Expected a class index below {n_classes}, found {class_index}.")
        columns, n_columns = np.full(n_classes, -1, np.int32), 1
        columns[class_index] = 0
    return Slice(frames, codes, n_groups, columns, n_columns, AVERAGES.index(average))


def _dense_codes(frames: Int64Array, groups: Int64Array | None) -> tuple[Int64Array, int]:
    if groups is None or len(frames) == 0:
        return np.arange(len(frames), dtype=np.int64), len(frames)
    labels = np.asarray(groups)[frames]
    is_present = np.zeros(int(labels.max()) + 1, np.bool_)
    is_present[labels] = True
    dense = np.cumsum(is_present, dtype=np.int64)
    return dense[labels] - 1, int(dense[-1])


def scores(totals: FloatArray, average: int) -> FloatArray:
    """Return precision, recall and F1 of rows of totals.

    Args:
        totals: float64, shape (N, K, 3): true positives, predicted, support of every column.
        average: code of the average; with `micro` and `class` K is 1.

    Returns:
        float64, shape (N, 3).  Weighted and macro count a class's 0/0 as 0; an average without any support is
        NaN; of a single class precision is NaN without predictions, recall without support, F1 without both.
    """
    return np.asarray(_score_rows(np.ascontiguousarray(totals, np.float64), average))


def gradients(totals: FloatArray, average: int) -> FloatArray:
    """Return the derivatives of the three scores by the totals.

    Args:
        totals: float64, shape (K, 3).
        average: code of the average.

    Returns:
        float64, shape (K, 3, 3): column, metric, count (true positives, predicted, support).  A class whose
        score is 0/0 has derivative 0 with respect to its own counts.  All zero where there is no support.
    """
    tp, predicted, support = totals.T
    result = np.zeros((len(totals), 3, 3))
    either = predicted + support
    parts = ((tp, predicted, 1.0), (tp, support, 1.0), (2.0 * tp, either, 2.0))
    n_support = float(support.sum())
    for metric, (numerator, denominator, slope) in enumerate(parts):
        value = _ratio(numerator, denominator)
        weight = _weights(support, n_support, average)
        result[:, metric, 0] = weight * _ratio(np.full_like(tp, slope), denominator)
        by_denominator = -weight * _ratio(value, denominator)
        if metric != 1:
            result[:, metric, 1] = by_denominator
        if metric != 0:
            result[:, metric, 2] = by_denominator
        if average == _WEIGHTED and n_support > 0.0:
            result[:, metric, 2] += (value - float((weight * value).sum())) / n_support
    return result


def _weights(support: FloatArray, n_support: float, average: int) -> FloatArray:
    if average == _WEIGHTED:
        return support / n_support if n_support > 0.0 else np.zeros_like(support)
    if average == _MACRO:
        return np.full_like(support, 1.0 / max(len(support), 1))
    return np.ones_like(support)


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros_like(denominator), where=denominator > 0.0)


def group_totals(counts: FrameCounts, part: Slice) -> FloatArray:
    """Return the counts of every group; float64, shape (n_groups, K, 3)."""
    totals = np.zeros((part.n_groups, part.n_columns, 3))
    _add_totals(*read_only_arrays(counts), part.columns, part.frames, part.codes, totals)
    return totals


def segment_totals(counts: FrameCounts, part: Slice) -> FloatArray:
    """Return the counts of the whole segment; float64, shape (K, 3)."""
    totals = np.zeros((1, part.n_columns, 3))
    codes = np.zeros(len(part.frames), np.int64)
    _add_totals(*read_only_arrays(counts), part.columns, part.frames, codes, totals)
    return totals.reshape(part.n_columns, 3)


def group_influences(counts: FrameCounts, part: Slice, slopes: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return what each group adds to the linearised scores, and which groups the scores are made of.

    Args:
        counts: of one inference set.
        part: the segment.
        slopes: float64, shape (K, 3, 3), from `gradients`.

    Returns:
        float64, shape (n_groups, 3), `z_g` of every metric; and bool, shape (n_groups, 2), whether the group
        holds labels, and whether it holds predictions, of the classes at hand.
    """
    influences = np.zeros((part.n_groups, 3))
    holds = np.zeros((part.n_groups, 2), np.bool_)
    arrays = read_only_arrays(counts)
    _add_influences(*arrays, part.columns, part.frames, part.codes, slopes, influences, holds)
    return influences, holds


def touched_groups(holds: BoolArray, average: int) -> BoolArray:
    """Return which groups count as observations of each metric.

    A group without labels and predictions of the classes at hand says nothing about the score, so it adds no
    degree of freedom (as domains do in survey sampling): recall counts groups with labels, precision those
    with predictions (weighted precision either, since support is in its weights), F1 either.

    Args:
        holds: bool, shape (G, 2), from `group_influences`; for a pair of sets, the union of both.
        average: code of the average.

    Returns:
        bool, shape (G, 3).
    """
    has_labels, has_predictions = holds[:, 0], holds[:, 1]
    either = has_labels | has_predictions
    precision = either if average == _WEIGHTED else has_predictions
    return np.stack([precision, has_labels, either], axis=1)


def standard_errors(influences: FloatArray, touched: BoolArray) -> tuple[FloatArray, Int64Array]:
    """Return the linearised standard errors of the three scores, and the groups behind them.

    Args:
        influences: float64, shape (G, 3), summing to zero over the groups.
        touched: bool, shape (G, 3).

    Returns:
        float64, shape (3,), `sqrt(n/(n-1) · Σ z²)` with n the touched groups, NaN below 2; and n, int64.
    """
    n_groups = touched.sum(axis=0).astype(np.int64)
    squares = np.einsum("gm,gm->m", influences, influences)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.sqrt(squares * n_groups / (n_groups - 1.0))
    return np.where(n_groups >= 2, errors, np.nan), n_groups


def read_only_arrays(counts: FrameCounts) -> CountArrays:
    """Return the arrays of `counts` as read-only views, so that numba compiles one variant for all."""
    return (
        _read_only(counts.offsets),
        _read_only(counts.classes),
        _read_only(counts.tp),
        _read_only(counts.predicted),
        _read_only(counts.support),
    )


def _read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@njit(cache=True, nogil=True)
def _add_totals(
    offsets: Int64Array,
    classes: Int32Array,
    tp: FloatArray,
    predicted: FloatArray,
    support: FloatArray,
    columns: Int32Array,
    frames: Int64Array,
    codes: Int64Array,
    totals: FloatArray,
) -> None:
    for position in range(len(frames)):
        frame, group = frames[position], codes[position]
        if group < 0:
            continue
        for cell in range(offsets[frame], offsets[frame + 1]):
            column = columns[classes[cell]]
            if column >= 0:
                totals[group, column, 0] += tp[cell]
                totals[group, column, 1] += predicted[cell]
                totals[group, column, 2] += support[cell]


@njit(cache=True, nogil=True)
def _add_influences(
    offsets: Int64Array,
    classes: Int32Array,
    tp: FloatArray,
    predicted: FloatArray,
    support: FloatArray,
    columns: Int32Array,
    frames: Int64Array,
    codes: Int64Array,
    slopes: FloatArray,
    influences: FloatArray,
    holds: BoolArray,
) -> None:
    for position in range(len(frames)):
        frame, group = frames[position], codes[position]
        for cell in range(offsets[frame], offsets[frame + 1]):
            column = columns[classes[cell]]
            if column < 0:
                continue
            holds[group, 0] |= support[cell] > 0.0
            holds[group, 1] |= predicted[cell] > 0.0
            for metric in range(3):
                influences[group, metric] += (
                    slopes[column, metric, 0] * tp[cell]
                    + slopes[column, metric, 1] * predicted[cell]
                    + slopes[column, metric, 2] * support[cell]
                )


@njit(cache=True, nogil=True)
def score_totals(totals: FloatArray, average: int, out: FloatArray) -> None:
    """Write precision, recall and F1 of totals (K, 3) into `out` (3,); compiled, see `scores`."""
    out[:] = 0.0
    n_support = 0.0
    for column in range(len(totals)):
        tp, predicted, support = totals[column, 0], totals[column, 1], totals[column, 2]
        n_support += support
        weight = support if average == _WEIGHTED else 1.0
        if predicted > 0.0:
            out[0] += weight * tp / predicted
        if support > 0.0:
            out[1] += weight * tp / support
        if predicted + support > 0.0:
            out[2] += weight * 2.0 * tp / (predicted + support)
    if average <= _MICRO:
        if average == _WEIGHTED:
            out /= n_support if n_support > 0.0 else 1.0
        elif average == _MACRO:
            out /= len(totals)
        if n_support <= 0.0:
            out[:] = np.nan
        return
    if totals[0, 1] <= 0.0:
        out[0] = np.nan
    if totals[0, 2] <= 0.0:
        out[1] = np.nan
    if totals[0, 1] + totals[0, 2] <= 0.0:
        out[2] = np.nan


@njit(cache=True, nogil=True)
def _score_rows(totals: FloatArray, average: int) -> FloatArray:
    result = np.empty((len(totals), 3))
    for row in range(len(totals)):
        score_totals(totals[row], average, result[row])
    return result
