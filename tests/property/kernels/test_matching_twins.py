"""The matching kernels equal their slow twins."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels.confusions import match_confusions, resolve_drops
from shoal.kernels.global_matching import match_global
from shoal.kernels.matching import DROPPED, match_same_class
from shoal.kernels.objects import Objects
from shoal.kernels.outcomes import detection_outcomes
from twins import matching as twin
from twins.strategies import N_CLASSES, confidences, ious, scenes

Scene = tuple[Objects, Objects]


@settings(deadline=None, max_examples=150)
@given(scenes(), st.lists(ious, min_size=1, max_size=4))
def test_same_class_equals_its_twin_at_every_threshold(scene: Scene, thresholds: list[float]) -> None:
    matched = match_same_class(*scene, np.array(thresholds))
    assert matched.tolist() == [twin.match_same_class(*scene, iou) for iou in thresholds]


@settings(deadline=None, max_examples=150)
@given(scenes(), ious, confidences)
def test_confusions_equal_their_twin(scene: Scene, iou: float, confidence: float) -> None:
    step_one = match_same_class(*scene, np.array([iou]))[0]
    final = match_confusions(*scene, step_one, iou, confidence)
    assert final.tolist() == twin.match_class_first(*scene, iou, confidence)


@settings(deadline=None, max_examples=150)
@given(scenes(), ious, confidences)
def test_global_equals_its_twin(scene: Scene, iou: float, confidence: float) -> None:
    assert match_global(*scene, iou, confidence).tolist() == twin.match_global(*scene, iou, confidence)


@settings(deadline=None, max_examples=100)
@given(scenes(), ious, confidences)
def test_resolved_drops_are_those_of_the_final_matching(scene: Scene, iou: float, confidence: float) -> None:
    _, inferences = scene
    step_one = match_same_class(*scene, np.array([iou]))[0]
    resolved = resolve_drops(*scene, step_one, iou, confidence)
    sure = inferences.scores >= confidence
    final = np.array(twin.match_class_first(*scene, iou, confidence), np.int32)
    assert ((resolved == DROPPED) == (final == DROPPED))[sure].all()
    assert (resolved[resolved >= 0] == step_one[resolved >= 0]).all()


@settings(deadline=None, max_examples=100)
@given(scenes(), ious, confidences, st.booleans(), st.data())
def test_outcomes_equal_their_twin(
    scene: Scene, iou: float, confidence: float, global_matching: bool, data: st.DataObject
) -> None:
    labels, inferences = scene
    rule = twin.match_global if global_matching else twin.match_class_first
    expected = twin.outcome_list(labels, inferences, rule(*scene, iou, confidence), N_CLASSES)
    chosen = data.draw(st.sets(st.integers(0, labels.n_frames - 1))) if labels.n_frames else set()
    frames = np.array(sorted(chosen), np.int64)
    for subset in (None, frames):
        outcomes = detection_outcomes(
            *scene, confidence, iou, n_classes=N_CLASSES, global_matching=global_matching, frames=subset
        )
        columns = (outcomes.frame, outcomes.truth, outcomes.predicted, outcomes.label, outcomes.inference)
        found = list(zip(*(column.tolist() for column in columns), strict=True))
        assert found == [row for row in expected if subset is None or row[0] in chosen]
        paired = (outcomes.label >= 0) & (outcomes.inference >= 0)
        assert (np.isnan(outcomes.iou) == ~paired).all()
        assert (outcomes.iou[paired] >= min(iou, 1 - 1e-10)).all()
