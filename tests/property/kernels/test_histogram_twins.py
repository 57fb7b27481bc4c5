"""Counts at every threshold of a grid are the counts at each of its thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.errors import InvalidInputError, ShapeError
from shoal.kernels.curves import confidence_curves, confidence_grid, reliability
from shoal.kernels.histograms import confidence_histograms
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import Objects
from shoal.kernels.outcomes import detection_outcomes
from shoal.kernels.scores import precision_recall_f1
from twins import tally as twin
from twins.strategies import N_CLASSES, ious, scenes

Scene = tuple[Objects, Objects]
grids = st.sampled_from([[0.0], [0.2, 0.6], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0], [0.3, 0.35, 0.99, 1.5]])


@settings(deadline=None, max_examples=80)
@given(scenes(), ious, grids, st.sampled_from([0, 2, 66]), st.integers(0, 99))
def test_every_threshold_is_exact(
    scene: Scene, iou: float, grid: list[float], n_segments: int, seed: int
) -> None:
    labels, _ = scene
    segments = np.random.default_rng(seed).random((n_segments, labels.n_frames)) < 0.5
    same_class = match_same_class(*scene, np.array([iou]))[0]
    found = confidence_histograms(*scene, same_class, segments, np.array(grid), N_CLASSES, iou)
    assert found.totals().shape == (n_segments, N_CLASSES, len(grid), 3)
    for index, confidence in enumerate(grid):
        outcomes = detection_outcomes(*scene, confidence, iou, n_classes=N_CLASSES)
        expected = np.array(twin.segment_totals(outcomes, segments, N_CLASSES)).reshape(-1, N_CLASSES, 3)
        assert (found.totals_at(index) == expected).all()
        assert (found.totals()[:, :, index] == expected).all()


@settings(deadline=None, max_examples=60)
@given(scenes(), ious, st.integers(0, 99))
def test_curves_hold_the_scores_of_each_distinct_confidence(scene: Scene, iou: float, seed: int) -> None:
    labels, inferences = scene
    frames = np.random.default_rng(seed).random(labels.n_frames) < 0.7
    same_class = match_same_class(*scene, np.array([iou]))[0]
    grid = confidence_grid(inferences, frames=frames)
    histograms = confidence_histograms(*scene, same_class, frames[None], grid, N_CLASSES, iou)
    curves = confidence_curves(histograms)
    chosen = np.flatnonzero(frames)
    for index, confidence in enumerate(grid):
        outcomes = detection_outcomes(*scene, confidence, iou, n_classes=N_CLASSES, frames=chosen)
        totals = np.array(twin.segment_totals(outcomes, frames[None], N_CLASSES))[0]
        np.testing.assert_array_equal(curves.per_class[:, index], precision_recall_f1(totals))
        np.testing.assert_array_equal(curves.micro[index], precision_recall_f1(totals.sum(axis=0)))
    f1 = curves.micro[:, 2]
    if not np.isnan(f1).all():
        at = np.flatnonzero(grid == curves.best_micro_confidence)[0]
        assert f1[at] == np.nanmax(f1)
        assert not (f1[at + 1 :] >= f1[at]).any()


@settings(deadline=None, max_examples=60)
@given(scenes(), ious, st.integers(1, 12))
def test_reliability_against_loops(scene: Scene, iou: float, n_bins: int) -> None:
    labels, inferences = scene
    same_class = match_same_class(*scene, np.array([iou]))[0]
    found = reliability(inferences, same_class, n_bins=n_bins)
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for row, score in enumerate(inferences.scores.tolist()):
        if same_class[row] != -2:
            bins[min(int(score * n_bins), n_bins - 1)].append((score, bool(same_class[row] >= 0)))
    total = sum(map(len, bins))
    gap = 0.0
    for index, members in enumerate(bins):
        assert found.n_inferences[index] == len(members)
        if members:
            confidence = sum(score for score, _ in members) / len(members)
            accuracy = sum(hit for _, hit in members) / len(members)
            assert found.confidence[index] == pytest.approx(confidence)
            assert found.accuracy[index] == pytest.approx(accuracy)
            gap += len(members) / total * abs(confidence - accuracy)
        else:
            assert np.isnan(found.confidence[index])
    assert (
        found.expected_calibration_error == pytest.approx(gap)
        if total
        else np.isnan(found.expected_calibration_error)
    )
    assert labels.n_frames == inferences.n_frames


def test_a_grid_must_rise_and_segments_must_fit() -> None:
    empty = Objects(
        np.zeros(3, np.int64), np.empty((0, 4)), np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0)
    )
    rows = np.empty(0, np.int32)
    with pytest.raises(InvalidInputError, match="rising"):
        confidence_histograms(empty, empty, rows, np.ones((1, 2), np.bool_), np.array([0.5, 0.5]), 1, 0.5)
    with pytest.raises(ShapeError, match="2 frames"):
        confidence_histograms(empty, empty, rows, np.ones((1, 3), np.bool_), np.array([0.5]), 1, 0.5)
