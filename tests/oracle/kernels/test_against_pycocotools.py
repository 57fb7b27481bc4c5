"""The same numbers as pycocotools, ties and crowds included."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask

from shoal.kernels.average_precision import average_precision
from shoal.kernels.coco_matching import coco_matches
from shoal.kernels.geometry import pairwise_overlap
from shoal.kernels.global_matching import match_global
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import Objects
from shoal.kernels.outcomes import detection_outcomes
from shoal.kernels.tally import frame_cells, tally_matches, tally_segments
from twins.coco import coco_evaluation, counts_per_class, twelve_numbers
from twins.scenes import random_scene

N_CLASSES = 5


def above(inferences: Objects, confidence: float) -> Objects:
    kept = inferences.scores >= confidence
    frame = np.repeat(np.arange(inferences.n_frames), np.diff(inferences.offsets))[kept]
    offsets = np.searchsorted(frame, np.arange(inferences.n_frames + 1))
    return Objects(
        offsets,
        inferences.boxes[kept],
        inferences.classes[kept],
        inferences.flags[kept],
        inferences.scores[kept],
    )


@pytest.mark.parametrize("whole", [True, False])
def test_overlap_to_the_last_bit(whole: bool) -> None:
    labels, inferences, _ = random_scene(0, whole=whole)
    crowd = np.arange(len(labels.boxes)) % 3 == 0
    expected = mask.iou(inferences.boxes, labels.boxes, crowd.astype(np.uint8).tolist())
    assert (pairwise_overlap(inferences.boxes, labels.boxes, crowd) == expected).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("confidence", "iou"), [(0.0, 0.5), (0.3, 0.5), (0.7, 0.75), (0.2, 1.0)])
def test_counts_per_class_at_an_operating_point(seed: int, confidence: float, iou: float) -> None:
    labels, inferences, area_px = random_scene(seed, whole=seed % 2 == 0)
    frames = np.arange(labels.n_frames)
    everything = {
        "maxDets": [10**6],
        "iouThrs": np.array([iou]),
        "areaRng": [[0, 1e10]],
        "areaRngLbl": ["all"],
    }
    sure = above(inferences, confidence)
    expected = counts_per_class(
        coco_evaluation(labels, sure, area_px, N_CLASSES, frames, **everything), N_CLASSES
    )
    same_class = match_same_class(labels, inferences, np.array([iou]))[0]
    segment = np.ones((1, labels.n_frames), np.bool_)
    straight = tally_matches(labels, inferences, same_class, confidence, segment, N_CLASSES)
    assert (straight[0] == expected).all()
    outcomes = detection_outcomes(labels, inferences, confidence, iou, n_classes=N_CLASSES)
    counts = frame_cells(outcomes, labels.n_frames, N_CLASSES)
    assert (tally_segments(counts, segment, N_CLASSES)[0] == expected).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_twelve_numbers_of_any_subset_of_frames(seed: int) -> None:
    labels, inferences, area_px = random_scene(seed, n_labels=500, n_false=900, n_frames=12, whole=seed != 1)
    rng = np.random.default_rng(seed)
    segments = rng.random((5, labels.n_frames)) < 0.5
    segments[0], segments[1] = True, False
    frame_rank = rng.permutation(labels.n_frames)
    found = average_precision(
        coco_matches(labels, inferences, area_px, N_CLASSES, frame_rank=frame_rank), segments
    )
    renumbered = reordered(labels, frame_rank), reordered(inferences, frame_rank)
    moved_area = area_px[order_of(labels, frame_rank)]
    for segment, inside in enumerate(segments):
        if not inside.any():
            assert np.isnan(found.summary[segment]).all()
            continue
        frames = np.sort(frame_rank[inside])
        expected = twelve_numbers(coco_evaluation(*renumbered, moved_area, N_CLASSES, frames))
        np.testing.assert_allclose(found.summary[segment], expected[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.per_class[segment], expected[1], rtol=0, atol=1e-12)


def test_only_the_hundred_surest_of_a_frame_and_class_count() -> None:
    labels, inferences, area_px = random_scene(3, n_frames=2, n_labels=400, n_false=900, n_classes=2)
    found = average_precision(coco_matches(labels, inferences, area_px, 2), np.ones((1, 2), np.bool_))
    expected, _ = twelve_numbers(coco_evaluation(labels, inferences, area_px, 2, np.arange(2)))
    np.testing.assert_allclose(found.summary[0], expected, rtol=0, atol=1e-12)


def test_one_class_leaves_the_global_rule_nothing_to_confuse() -> None:
    labels, inferences, _ = random_scene(5, n_classes=1, flags=(0,))
    final = match_global(labels, inferences, 0.5, 0.2)
    outcomes = detection_outcomes(labels, inferences, 0.2, 0.5, n_classes=1, global_matching=True)
    assert ((outcomes.truth == 0) & (outcomes.predicted == 0)).sum() == (final >= 0).sum() > 0
    assert len(np.unique(final[final >= 0])) == (final >= 0).sum()


def order_of(objects: Objects, frame_rank: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray:
    frame = np.repeat(np.arange(objects.n_frames), np.diff(objects.offsets))
    return np.argsort(frame_rank[frame], kind="stable")


def reordered(objects: Objects, frame_rank: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Objects:
    order = order_of(objects, frame_rank)
    counts = np.empty(objects.n_frames, np.int64)
    counts[frame_rank] = np.diff(objects.offsets)
    return Objects(
        np.concatenate([[0], np.cumsum(counts)]),
        objects.boxes[order],
        objects.classes[order],
        objects.flags[order],
        objects.scores[order] if len(objects.scores) else objects.scores,
    )
