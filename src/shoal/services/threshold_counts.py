"""Counts of one inference set on one segment at every confidence threshold, whatever the task."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shoal.kernels.classification import match_classification
from shoal.kernels.curves import confidence_grid
from shoal.kernels.histograms import ConfidenceHistograms, confidence_histograms
from shoal.kernels.matching import DROPPED, FREE
from shoal.kernels.objects import DIFFICULT, IGNORED_CLASS, Int32Array, Int64Array, Objects
from shoal.kernels.outcomes import Outcomes
from shoal.model.operating_point import OperatingPoint
from shoal.model.task import MatchingRule, Task
from shoal.services.reports import View

MOST_EVALUATIONS = 50
"""Thresholds evaluated one by one where no matching serves them all."""


@dataclass(frozen=True, slots=True)
class ThresholdCounts:
    """What curves and calibration are made of.

    Attributes:
        histograms: counts at rising thresholds, of one segment.
        inferences: those calibration is about; their scores are what they claim.
        hits: int32, shape (N,): at least 0 where the claim holds, `FREE` where not, `DROPPED` for none.
    """

    histograms: ConfidenceHistograms
    inferences: Objects
    hits: Int32Array


def threshold_counts(view: View) -> ThresholdCounts:
    """Return the counts of a view; numbers at a threshold equal those of a report at that confidence."""
    settings, evaluation = view.scene.settings, view.evaluation
    if settings.task is Task.BINARY_CLASSIFICATION:
        return _binary(view)
    if settings.task is Task.CLASSIFICATION:
        labels, n_classes = evaluation.labels, len(evaluation.classes)
        matches = match_classification(labels, evaluation.inferences, n_classes)
        # Labels of ignored classes have no boxes here to overlap with; like difficult ones they do not count.
        flags = np.where(labels.flags == IGNORED_CLASS, DIFFICULT, labels.flags).astype(np.uint8)
        return _at_once(view, replace(labels, flags=flags), matches)
    if settings.matching is MatchingRule.GLOBAL:
        grid = confidence_grid(evaluation.inferences, frames=view.mask, most=MOST_EVALUATIONS)
        return ThresholdCounts(_one_by_one(view, grid), evaluation.inferences, _all_hits(view))
    counts = _at_once(view, evaluation.labels, evaluation.same_class(view.point.iou))
    # Step 1 does not know which inferences step 2 drops on labels of ignored classes.
    return replace(counts, hits=_all_hits(view)) if evaluation.labels.has_ignored_classes else counts


def _at_once(view: View, labels: Objects, matches: Int32Array) -> ThresholdCounts:
    inferences = view.evaluation.inferences
    histograms = confidence_histograms(
        labels,
        inferences,
        matches,
        view.mask[None],
        confidence_grid(inferences, frames=view.mask),
        len(view.evaluation.classes),
        view.point.iou,
    )
    return ThresholdCounts(histograms, inferences, matches)


def _binary(view: View) -> ThresholdCounts:
    """Count binary outcomes; calibration is about the confidence of the positive class."""
    evaluation = view.evaluation
    positive, _ = view.scene.settings.binary_classes()
    outcomes = evaluation.outcomes(OperatingPoint(0.0, view.point.iou), view.positions)
    spoke = outcomes.inference >= 0
    scores = evaluation.inferences.scores.copy()
    scores[outcomes.inference[spoke]] = outcomes.confidence[spoke]
    inferences = replace(evaluation.inferences, scores=scores)
    hits = _hits(outcomes, outcomes.truth == positive, len(scores))
    grid = confidence_grid(inferences, frames=view.mask, most=MOST_EVALUATIONS)
    return ThresholdCounts(_one_by_one(view, grid), inferences, hits)


def _all_hits(view: View) -> Int32Array:
    outcomes = view.evaluation.outcomes(OperatingPoint(0.0, view.point.iou), view.positions)
    right = outcomes.truth == outcomes.predicted
    return _hits(outcomes, right, len(view.evaluation.inferences.classes))


def _hits(outcomes: Outcomes, holds: np.ndarray[tuple[int], np.dtype[np.bool_]], n: int) -> Int32Array:
    hits = np.full(n, DROPPED, np.int32)
    spoke = outcomes.inference >= 0
    hits[outcomes.inference[spoke]] = np.where(holds[spoke], 0, FREE)
    return hits


def _one_by_one(view: View, grid: np.ndarray[tuple[int], np.dtype[np.float64]]) -> ConfidenceHistograms:
    n_classes = len(view.evaluation.classes)
    tp, predicted = (np.zeros((1, n_classes, len(grid)), np.int32) for _ in range(2))
    support = np.zeros((1, n_classes))
    for i, confidence in enumerate(grid):
        point = OperatingPoint(float(confidence), view.point.iou)
        outcomes = view.evaluation.outcomes(point, view.positions)
        right = outcomes.truth == outcomes.predicted
        tp[0, :, i] = _per_class(outcomes.truth[right], n_classes)
        predicted[0, :, i] = _per_class(outcomes.predicted, n_classes)
        support[0] = _per_class(outcomes.truth, n_classes)
    return ConfidenceHistograms(grid, tp, predicted, support)


def _per_class(classes: Int32Array, n_classes: int) -> Int64Array:
    return np.bincount(classes, minlength=n_classes + 1)[:n_classes].astype(np.int64)
