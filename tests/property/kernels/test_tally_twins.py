"""Counts equal their slow twin, by every road that leads to them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels.confusion_matrix import confusion_matrices, confusion_matrix
from shoal.kernels.confusions import resolve_drops
from shoal.kernels.frame_scores import frame_scores, n_errors, right_frames
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import BoolArray, Objects
from shoal.kernels.outcomes import detection_outcomes
from shoal.kernels.patterns import patterns_of
from shoal.kernels.tally import (
    fast_frame_counts,
    frame_cells,
    sum_over_segments,
    tally_matches,
    tally_segments,
)
from twins import tally as twin
from twins.strategies import N_CLASSES, confidences, ious, scenes

Scene = tuple[Objects, Objects]


def draw_segments(data: st.DataObject, n_frames: int) -> BoolArray:
    n_segments = data.draw(st.sampled_from([0, 1, 3, 64, 70]))
    seed = data.draw(st.integers(0, 99))
    return np.random.default_rng(seed).random((n_segments, n_frames)) < 0.4


@settings(deadline=None, max_examples=80)
@given(scenes(), ious, confidences, st.data())
def test_all_roads_to_segment_totals_agree(
    scene: Scene, iou: float, confidence: float, data: st.DataObject
) -> None:
    labels, _ = scene
    segments = draw_segments(data, labels.n_frames)
    outcomes = detection_outcomes(*scene, confidence, iou, n_classes=N_CLASSES)
    step_one = match_same_class(*scene, np.array([iou]))[0]
    resolved = resolve_drops(*scene, step_one, iou, confidence)
    expected = np.array(twin.segment_totals(outcomes, segments, N_CLASSES)).reshape(-1, N_CLASSES, 3)

    counts = frame_cells(outcomes, labels.n_frames, N_CLASSES)
    fast = fast_frame_counts(*scene, resolved, confidence, N_CLASSES)
    straight = tally_matches(*scene, resolved, confidence, segments, N_CLASSES)
    for field in ("offsets", "classes", "tp", "predicted", "support"):
        assert (getattr(counts, field) == getattr(fast, field)).all(), field
    assert (tally_segments(counts, segments, N_CLASSES) == expected).all()
    assert (straight == expected).all()


@settings(deadline=None, max_examples=60)
@given(scenes(), ious, confidences, st.data())
def test_frame_numbers_and_confusion_matrices(
    scene: Scene, iou: float, confidence: float, data: st.DataObject
) -> None:
    labels, _ = scene
    n_frames = labels.n_frames
    segments = draw_segments(data, n_frames)
    outcomes = detection_outcomes(*scene, confidence, iou, n_classes=N_CLASSES)
    counts = frame_cells(outcomes, n_frames, N_CLASSES)

    matrices = confusion_matrices(outcomes, segments, N_CLASSES)
    for segment, matrix in zip(segments, matrices, strict=True):
        pairs = twin.confusion_counts(outcomes, segment)
        assert {(int(a), int(b)): matrix[a, b] for a, b in np.argwhere(matrix)} == pairs
        assert (confusion_matrix(outcomes, N_CLASSES, frames=segment) == matrix).all()

    errors = [int((outcomes.truth != outcomes.predicted)[outcomes.frame == f].sum()) for f in range(n_frames)]
    assert n_errors(outcomes, n_frames).tolist() == errors
    assert right_frames(counts).tolist() == [count == 0 for count in errors]
    scores = frame_scores(counts)
    for frame in range(n_frames):
        cells = [cell for (at, _), cell in twin.cells(outcomes, N_CLASSES).items() if at == frame]
        tp, predicted, support = (sum(cell[kind] for cell in cells) for kind in range(3))
        assert (
            np.isnan(scores.precision[frame]) if not predicted else scores.precision[frame] == tp / predicted
        )
        assert np.isnan(scores.recall[frame]) if not support else scores.recall[frame] == tp / support
        assert np.isnan(scores.f1[frame]) == (not cells)
    assert (sum_over_segments(np.array(errors, float), segments) == segments @ np.array(errors, float)).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 200), st.integers(0, 3000), st.integers(0, 9), st.sampled_from([0.02, 0.3, 0.9]))
def test_patterns_spread_back_to_segments(n_segments: int, n_frames: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    segments = rng.random((n_segments, n_frames)) < share
    values = rng.integers(0, 100, n_frames).astype(np.float64)
    prepared = patterns_of(segments)
    assert len(prepared.members) <= 2048 * max(1, prepared.pattern.shape[1])
    assert (sum_over_segments(values, prepared) == segments @ values).all()
