"""Matching for average precision equals its slow twin, difficult labels and ignored classes included."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels.average_precision import average_precision
from shoal.kernels.coco_matching import AREA_RANGES, IOU_THRESHOLDS, coco_matches
from shoal.kernels.objects import Objects
from twins.coco_matching import coco_decisions
from twins.strategies import N_CLASSES, scenes

Scene = tuple[Objects, Objects]
scales = st.sampled_from([1.0, 10.0, 30.0])


def scaled(objects: Objects, scale: float) -> Objects:
    return Objects(objects.offsets, objects.boxes * scale, objects.classes, objects.flags, objects.scores)


@settings(deadline=None, max_examples=60)
@given(scenes(), scales, st.integers(0, 99))
def test_decisions_of_every_threshold_and_area_range(scene: Scene, scale: float, seed: int) -> None:
    labels, inferences = (scaled(objects, scale) for objects in scene)
    area_px = labels.boxes[:, 2] * labels.boxes[:, 3] * np.random.default_rng(seed).uniform(0.5, 1)
    found = coco_matches(labels, inferences, area_px, N_CLASSES)
    rows = np.flatnonzero(inferences.classes >= 0)
    order = rows[np.lexsort((-inferences.scores[rows], inferences.classes[rows]))]
    for area, (low, high) in enumerate(AREA_RANGES):
        for index, iou in enumerate(IOU_THRESHOLDS):
            expected = coco_decisions(labels, inferences, area_px, iou, low, high)
            bit = np.uint64(1) << np.uint64(16 * area + index)
            matched, ignored = (found.matched & bit) > 0, (found.ignored & bit) > 0
            assert list(zip(matched, ignored, strict=True)) == [expected[row] for row in order]


@settings(deadline=None, max_examples=40)
@given(scenes())
def test_numbers_lie_between_0_and_1_and_perfect_inferences_score_1(scene: Scene) -> None:
    labels, inferences = scene
    area_px = labels.boxes[:, 2] * labels.boxes[:, 3]
    everything = np.ones((1, labels.n_frames), np.bool_)
    found = average_precision(coco_matches(labels, inferences, area_px, N_CLASSES), everything)
    for numbers in (found.summary, found.per_class, found.per_class_50):
        assert ((numbers >= 0) & (numbers <= 1) | np.isnan(numbers)).all()
    counting = (labels.flags == 0) & (labels.classes >= 0) & (labels.boxes[:, 2] > 0)
    frame = np.repeat(np.arange(labels.n_frames), np.diff(labels.offsets))[counting]
    offsets = np.searchsorted(frame, np.arange(labels.n_frames + 1))
    columns = (labels.boxes[counting], labels.classes[counting], labels.flags[counting])
    truth = Objects(offsets, *columns, np.empty(0))
    perfect = Objects(offsets, *columns, np.ones(len(frame)))
    matches = coco_matches(truth, perfect, area_px[counting], N_CLASSES)
    best = average_precision(matches, everything)
    assert (np.isnan(best.per_class) | (best.per_class > 1 - 1e-9)).all()
    assert np.isnan(best.per_class).sum() == N_CLASSES - len(np.unique(truth.classes))
