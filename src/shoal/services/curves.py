"""Curves of one inference set on one segment."""

from __future__ import annotations

import numpy as np

from shoal.evaluate.matrix import number
from shoal.kernels.curves import (
    Curves,
    Reliability,
    confidence_curves,
    iou_histogram,
    reliability,
)
from shoal.kernels.objects import FloatArray
from shoal.services.reports import View, open_view
from shoal.services.runtime import Runtime
from shoal.services.threshold_counts import threshold_counts
from shoal.wire.evaluation import CalibrationBody, CurveBody, CurvesBody


def get_curves(
    runtime: Runtime,
    project: str,
    dataset: str,
    inference_set: str,
    *,
    segment: str | None = None,
    iou: float | None = None,
) -> CurvesBody:
    """Return precision, recall and F1 over the confidence threshold, `micro` first, then each class."""
    view = open_view(runtime, project, dataset, inference_set, segment, iou=iou)
    counted = threshold_counts(view)
    counts, edges = iou_histogram(view.evaluation.outcomes(view.point), frames=view.mask)
    return CurvesBody(
        context=view.context(),
        curves=_curve_bodies(confidence_curves(counted.histograms), view),
        calibration=_calibration(reliability(counted.inferences, counted.hits, frames=view.mask)),
        iou_edges=edges.tolist(),
        iou_counts=counts.tolist(),
    )


def _curve_bodies(curves: Curves, view: View) -> list[CurveBody]:
    names = view.evaluation.classes.names
    bodies = [_curve("micro", curves.confidence, curves.micro, curves.best_micro_confidence)]
    for i, name in enumerate(names):
        bodies.append(_curve(name, curves.confidence, curves.per_class[i], float(curves.best_confidence[i])))
    return bodies


def _curve(name: str, confidence: FloatArray, scores: FloatArray, best: float) -> CurveBody:
    best_f1 = scores[np.searchsorted(confidence, best), 2] if np.isfinite(best) else np.nan
    return CurveBody(
        class_name=name,
        confidence=confidence.tolist(),
        precision=[number(value) for value in scores[:, 0]],
        recall=[number(value) for value in scores[:, 1]],
        f1=[number(value) for value in scores[:, 2]],
        best_confidence=number(best),
        best_f1=number(best_f1),
    )


def _calibration(found: Reliability) -> CalibrationBody:
    return CalibrationBody(
        edges=found.edges.tolist(),
        n=found.n_inferences.tolist(),
        mean_confidence=[number(value) for value in found.confidence],
        hit_rate=[number(value) for value in found.accuracy],
        expected_calibration_error=number(found.expected_calibration_error),
    )
