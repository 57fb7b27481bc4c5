"""Curves of one segment: precision against recall, F1 against confidence, reliability, IoU of matches.

They stand on step-1 matches, which serve every confidence at once; the rule `global` has no such shortcut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.errors import InvalidInputError
from shoal.kernels.histograms import ConfidenceHistograms
from shoal.kernels.matching import DROPPED
from shoal.kernels.objects import BoolArray, FloatArray, Int32Array, Int64Array, Objects
from shoal.kernels.outcomes import Outcomes
from shoal.kernels.scores import precision_recall_f1

MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Curves:
    """Scores against the confidence threshold, of each class and micro over all classes.

    Attributes:
        confidence: float64, shape (B,), rising thresholds.
        per_class: float64, shape (K, B, 3), precision, recall, F1; NaN where undefined.
        micro: float64, shape (B, 3).
        best_confidence: float64, shape (K,), the threshold of the greatest F1, the highest of equals; NaN
            where F1 is undefined everywhere.
        best_micro_confidence: the same for micro.
    """

    confidence: FloatArray
    per_class: FloatArray
    micro: FloatArray
    best_confidence: FloatArray
    best_micro_confidence: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often inferences of a given confidence are right.

    Attributes:
        edges: float64, shape (bins + 1,), equal steps from 0 to 1; a bin holds its lower edge, the last both.
        n_inferences: int64, shape (bins,).
        confidence: float64, shape (bins,), mean confidence; NaN for an empty bin.
        accuracy: float64, shape (bins,), share of hits; NaN for an empty bin.
        expected_calibration_error: in [0, 1]; NaN without inferences.
    """

    edges: FloatArray
    n_inferences: Int64Array
    confidence: FloatArray
    accuracy: FloatArray
    expected_calibration_error: float


def confidence_grid(
    inferences: Objects, *, frames: BoolArray | None = None, most: int = MOST_POINTS
) -> FloatArray:
    """Return the distinct confidences of inferences, thinned evenly by rank when there are too many.

    Args:
        inferences: the inferences of F frames.
        frames: bool, shape (F,), which frames take part; None for all.
        most: at most so many points, at least 2; the lowest and the highest are always among them.

    Returns:
        float64, shape (B,), strictly rising; [0.0] without inferences.
    """
    distinct = np.unique(inferences.scores[_rows_in(inferences, frames)])
    if len(distinct) == 0:
        return np.zeros(1)
    if len(distinct) > most:
        distinct = distinct[np.linspace(0, len(distinct) - 1, most).round().astype(np.int64)]
    return distinct


def confidence_curves(histograms: ConfidenceHistograms, segment: int = 0) -> Curves:
    """Return the curves of one segment from counts at every threshold.

    Args:
        histograms: made with `confidence_grid` of the segment, or with any grid of thresholds.
        segment: index of the segment in the histograms.
    """
    columns = (histograms.tp, histograms.predicted)
    support = histograms.support[segment]
    tp, predicted = (column[segment].astype(np.float64) for column in columns)
    wide = np.broadcast_to(support[:, None], tp.shape)
    per_class = precision_recall_f1(np.stack([tp, predicted, wide], axis=-1))
    summed = np.stack([tp.sum(axis=0), predicted.sum(axis=0), wide.sum(axis=0)], axis=-1)
    micro = precision_recall_f1(summed)
    return Curves(
        histograms.grid,
        per_class,
        micro,
        np.array([_best(histograms.grid, row) for row in per_class[..., 2]]),
        _best(histograms.grid, micro[:, 2]),
    )


def reliability(
    inferences: Objects, same_class: Int32Array, *, frames: BoolArray | None = None, n_bins: int = 10
) -> Reliability:
    """Return the reliability curve of all inferences that make an outcome, whatever their confidence.

    Args:
        inferences: the inferences of F frames; confidences in [0, 1].
        same_class: int32, shape (N,), a row of `match_same_class`: matched is a hit, `FREE` is none.
        frames: bool, shape (F,), which frames take part; None for all.
        n_bins: bins of equal width, at least 1.

    Raises:
        InvalidInputError: `n_bins` is below 1.

    Source: expected calibration error of Naeini et al. 2015 and Guo et al. 2017: the mean over inferences of
    |accuracy - confidence| of their bin.
    """
    if n_bins < 1:
        raise InvalidInputError(f"expected at least 1 bin, found {n_bins}")
    chosen = _rows_in(inferences, frames) & (same_class != DROPPED)
    scores = inferences.scores[chosen]
    place = np.clip((scores * n_bins).astype(np.int64), 0, n_bins - 1)
    count = np.bincount(place, minlength=n_bins)
    some = np.maximum(count, 1)
    confidence = np.bincount(place, scores, minlength=n_bins) / some
    accuracy = np.bincount(place, same_class[chosen] >= 0, minlength=n_bins) / some
    gap = float((count * np.abs(accuracy - confidence)).sum() / len(scores)) if len(scores) else np.nan
    confidence[count == 0] = np.nan
    accuracy[count == 0] = np.nan
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    return Reliability(edges, count.astype(np.int64), confidence, accuracy, gap)


def iou_histogram(
    outcomes: Outcomes, *, frames: BoolArray | None = None, n_bins: int = 20
) -> tuple[Int64Array, FloatArray]:
    """Return the distribution of IoU over matched pairs, confusions included.

    Args:
        outcomes: outcomes of F frames.
        frames: bool, shape (F,), which frames take part; None for all.
        n_bins: bins of equal width over [0, 1].

    Returns:
        Counts, int64, shape (n_bins,), and edges, float64, shape (n_bins + 1,).
    """
    chosen = ~np.isnan(outcomes.iou)
    if frames is not None:
        chosen &= frames[outcomes.frame]
    counts, edges = np.histogram(outcomes.iou[chosen], bins=n_bins, range=(0.0, 1.0))
    return counts.astype(np.int64), edges


def _rows_in(objects: Objects, frames: BoolArray | None) -> BoolArray:
    rows: BoolArray = objects.classes >= 0
    if frames is not None:
        rows &= np.repeat(frames, np.diff(objects.offsets))
    return rows


def _best(grid: FloatArray, f1: FloatArray) -> float:
    if np.isnan(f1).all():
        return float("nan")
    greatest = np.flatnonzero(f1 == np.nanmax(f1))
    return float(grid[greatest[-1]])
