"""Order, offsets and the refusals of the array layer."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.errors import InvalidInputError, ShapeError
from shoal.kernels.confusions import match_frames
from shoal.kernels.frame_scores import flips
from shoal.kernels.geometry import pairwise_overlap
from shoal.kernels.matching import DROPPED, FREE, match_same_class, overlaps_ignored_class
from shoal.kernels.objects import CROWD, DIFFICULT, IGNORED_CLASS, Objects, offsets_of, order_by_confidence
from shoal.kernels.patterns import patterns_of, patterns_of_words
from shoal.kernels.tally import tally_support
from shoal.kernels.threads import n_workers, over_ranges
from twins.matching import objects
from twins.scenes import random_scene

UNIT = [0.0, 0.0, 10.0, 10.0]


def one_frame(*rows: tuple[list[float], int, int, float], scored: bool) -> Objects:
    return objects([(0, box, name, flag, score) for box, name, flag, score in rows], 1, scored=scored)


def test_order_is_by_frame_then_falling_confidence_then_stored_order() -> None:
    frame = np.array([1, 0, 1, 1, 0])
    confidence = np.array([0.5, 0.1, 0.9, 0.5, 0.1])
    order = order_by_confidence(frame, confidence)
    assert order.tolist() == [1, 4, 2, 0, 3]
    assert offsets_of(frame[order], 4).tolist() == [0, 2, 5, 5, 5]
    assert offsets_of(np.empty(0, np.int64), 0).tolist() == [0]


def test_a_crowd_takes_any_number_and_a_label_that_counts_goes_first() -> None:
    labels = one_frame((UNIT, 0, CROWD, 0), (UNIT, 0, 0, 0), scored=False)
    inferences = one_frame(
        (UNIT, 0, 0, 0.9), (UNIT, 0, 0, 0.8), (UNIT, 0, 0, 0.7), (UNIT, 1, 0, 0.6), scored=True
    )
    assert match_same_class(labels, inferences, np.array([0.5])).tolist() == [[1, DROPPED, DROPPED, FREE]]


def test_the_later_of_equal_labels_is_taken_first() -> None:
    labels = one_frame((UNIT, 0, 0, 0), (UNIT, 0, 0, 0), scored=False)
    inferences = one_frame((UNIT, 0, 0, 0.9), (UNIT, 0, 0, 0.8), scored=True)
    assert match_same_class(labels, inferences, np.array([0.5])).tolist() == [[1, 0]]


def test_difficult_labels_need_iou_and_ignored_classes_the_inferences_own_area() -> None:
    small = [0.0, 0.0, 2.0, 2.0]
    inferences = one_frame((small, 0, 0, 0.9), (UNIT, 0, 0, 0.8), scored=True)
    difficult = one_frame((UNIT, 0, DIFFICULT, 0), scored=False)
    assert match_frames(difficult, inferences, 0.5, 0.0).tolist() == [FREE, DROPPED]
    ignored = one_frame((UNIT, -2, IGNORED_CLASS, 0), scored=False)
    assert overlaps_ignored_class(ignored, inferences, 0.5).tolist() == [1, 1]
    assert match_frames(ignored, inferences, 0.5, 0.0).tolist() == [DROPPED, DROPPED]
    assert match_frames(ignored, inferences, 0.5, 0.85, global_matching=True).tolist() == [DROPPED, DROPPED]


def test_the_two_rules_differ_where_an_overlap_of_another_class_is_greater() -> None:
    shifted = [2.0, 0.0, 10.0, 10.0]
    labels = one_frame((UNIT, 0, 0, 0), (shifted, 1, 0, 0), scored=False)
    inferences = one_frame((UNIT, 1, 0, 0.9), scored=True)
    assert match_frames(labels, inferences, 0.5, 0.0).tolist() == [1]
    assert match_frames(labels, inferences, 0.5, 0.0, global_matching=True).tolist() == [0]


@pytest.mark.parametrize("iou", [0.0, -0.5, 1.01, float("nan")])
def test_an_iou_threshold_out_of_range_is_refused(iou: float) -> None:
    labels = one_frame((UNIT, 0, 0, 0), scored=False)
    with pytest.raises(InvalidInputError, match="IoU"):
        match_same_class(labels, one_frame(scored=True), np.array([iou]))


def test_no_thresholds_and_no_objects_give_empty_arrays() -> None:
    nothing = one_frame(scored=True)
    assert match_same_class(nothing, nothing, np.empty(0)).shape == (0, 0)
    assert match_same_class(nothing, nothing, np.array([0.5])).shape == (1, 0)


def test_more_thresholds_than_bits_in_a_word() -> None:
    labels, inferences, _ = random_scene(1)
    thresholds = np.linspace(0.05, 0.95, 100)
    together = match_same_class(labels, inferences, thresholds)
    alone = [match_same_class(labels, inferences, np.array([iou]))[0] for iou in thresholds]
    assert (together == np.stack(alone)).all()


def test_shapes_that_do_not_fit_are_refused() -> None:
    labels, inferences = one_frame((UNIT, 0, 0, 0), scored=False), objects([], 2, scored=True)
    with pytest.raises(ShapeError, match="1 frames"):
        match_same_class(labels, inferences, np.array([0.5]))
    with pytest.raises(ShapeError, match="confidence"):
        order_by_confidence(np.zeros(2, np.int64), np.zeros(3))
    with pytest.raises(ShapeError, match="shape"):
        pairwise_overlap(np.zeros((1, 3)), np.zeros((1, 4)), np.zeros(1, np.bool_))
    with pytest.raises(ShapeError, match="crowd"):
        pairwise_overlap(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(2, np.bool_))
    with pytest.raises(ShapeError, match="1 frames"):
        tally_support(labels, np.ones((2, 3), np.bool_), 1)
    with pytest.raises(ShapeError, match="segments"):
        patterns_of(np.ones(3, np.bool_))
    with pytest.raises(ShapeError, match="words"):
        patterns_of_words(np.zeros((3, 1), np.uint64), 65)
    with pytest.raises(ShapeError, match="frames"):
        flips(np.ones(2, np.bool_), np.ones(3, np.bool_))


def test_flips_are_the_frames_that_changed() -> None:
    changed = flips(np.array([True, True, False, False]), np.array([True, False, True, False]))
    assert (changed.lost.tolist(), changed.won.tolist()) == ([1], [2])


def test_words_and_bools_are_the_same_segments() -> None:
    segments = np.random.default_rng(0).random((70, 50)) < 0.5
    words = np.zeros((50, 2), np.uint64)
    for segment in range(70):
        words[segments[segment], segment // 64] |= np.uint64(1) << np.uint64(segment % 64)
    assert (patterns_of(segments).words == words).all()
    assert patterns_of(patterns_of_words(words, 70)).n_segments == 70


def test_ranges_cover_everything_once_on_any_number_of_threads() -> None:
    for n_rows in (0, 10, 10_000_000):
        ranges = over_ranges(lambda first, last: list(range(first, last)), 17, n_rows)
        assert [item for part in ranges for item in part] == list(range(17))
        assert len(ranges) <= max(1, n_workers())


def test_threads_do_not_change_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, inferences, _ = random_scene(2)
    alone = match_same_class(labels, inferences, np.array([0.5, 0.7]))
    monkeypatch.setattr("shoal.kernels.threads.ROWS_WORTH_A_THREAD", 50)
    monkeypatch.setattr("shoal.kernels.threads.n_workers", lambda: 3)
    assert (match_same_class(labels, inferences, np.array([0.5, 0.7])) == alone).all()
