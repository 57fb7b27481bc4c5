"""Outcomes of classification and binary classification."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.errors import InvalidInputError
from shoal.kernels.classification import match_classification
from shoal.kernels.curves import confidence_grid, iou_histogram
from shoal.kernels.frame_scores import frame_scores
from shoal.kernels.objects import IGNORED_CLASS, Objects
from shoal.kernels.outcomes import (
    CONFUSION,
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    TRUE_POSITIVE,
    binary_outcomes,
    classification_outcomes,
    detection_outcomes,
    outcome_kind,
)
from shoal.kernels.tally import fast_frame_counts, frame_cells, tally_matches, tally_segments
from twins.matching import objects

BOX = [float("nan")] * 4
WHOLE = [0.0, 0.0, 4.0, 4.0]


def labelled(*classes: int | None) -> Objects:
    rows = [(frame, BOX, name, 0, 0.0) for frame, name in enumerate(classes) if name is not None]
    return objects(rows, len(classes), scored=False)


def inferred(n_frames: int, *rows: tuple[int, int, float]) -> Objects:
    return objects([(frame, BOX, name, 0, score) for frame, name, score in rows], n_frames, scored=True)


def test_one_outcome_per_labelled_frame_and_the_surest_inference_speaks() -> None:
    labels = labelled(0, 1, None, 1, 2)
    inferences = inferred(5, (0, 1, 0.3), (0, 0, 0.6), (1, 0, 0.5), (2, 0, 0.9), (3, 1, 0.4), (4, -2, 0.9))
    outcomes = classification_outcomes(labels, inferences, 0.5, 3)
    assert outcomes.frame.tolist() == [0, 1, 3, 4]
    assert outcomes.truth.tolist() == [0, 1, 1, 2]
    assert outcomes.predicted.tolist() == [0, 0, 3, 3]
    assert outcomes.inference.tolist() == [0, 2, -1, -1]
    np.testing.assert_array_equal(outcomes.confidence, [0.6, 0.5, np.nan, np.nan])
    assert np.isnan(outcomes.iou).all()
    assert outcome_kind(outcomes, 3).tolist() == [TRUE_POSITIVE, CONFUSION, FALSE_NEGATIVE, FALSE_NEGATIVE]
    some = classification_outcomes(labels, inferences, 0.5, 3, frames=np.array([2, 3]))
    assert some.frame.tolist() == [3]


def test_labels_of_ignored_classes_make_no_outcome() -> None:
    labels = objects([(0, BOX, -2, IGNORED_CLASS, 0.0), (1, BOX, -1, 0, 0.0)], 2, scored=False)
    assert len(classification_outcomes(labels, inferred(2, (0, 0, 0.9), (1, 0, 0.9)), 0.5, 2)) == 0


@pytest.mark.parametrize("confidence", [0.0, 0.31, 0.5, 0.77, 2.0])
def test_classification_as_matches_counts_the_same_at_every_confidence(confidence: float) -> None:
    rng = np.random.default_rng(7)
    labels = labelled(*[None if rng.random() < 0.1 else int(rng.integers(0, 4)) for _ in range(60)])
    rows = [
        (int(rng.integers(0, 60)), int(rng.integers(-2, 4)), float(rng.random().__round__(2)))
        for _ in range(90)
    ]
    inferences = inferred(60, *rows)
    segments = rng.random((3, 60)) < 0.6
    counts = frame_cells(classification_outcomes(labels, inferences, confidence, 4), 60, 4)
    matched = match_classification(labels, inferences, 4)
    fast = fast_frame_counts(labels, inferences, matched, confidence, 4)
    assert (fast.tp == counts.tp).all()
    expected = tally_segments(counts, segments, 4)
    assert (tally_matches(labels, inferences, matched, confidence, segments, 4) == expected).all()


def test_binary_is_positive_from_the_threshold_on_and_negative_otherwise() -> None:
    labels = labelled(1, 1, 0, 0, 1, None)
    inferences = inferred(6, (0, 1, 0.5), (1, 1, 0.49), (2, 0, 0.25), (3, 0, 0.75), (5, 1, 0.9))
    outcomes = binary_outcomes(labels, inferences, 0.5, positive=1, negative=0)
    assert outcomes.frame.tolist() == [0, 1, 2, 3, 4]
    assert outcomes.predicted.tolist() == [1, 0, 1, 0, 0]
    np.testing.assert_array_equal(outcomes.confidence, [0.5, 0.49, 0.75, 0.25, np.nan])
    assert outcomes.inference.tolist() == [0, 1, 2, 3, -1]
    with pytest.raises(InvalidInputError, match="different"):
        binary_outcomes(labels, inferences, 0.5, positive=1, negative=1)


def test_kinds_and_overlaps_of_detection() -> None:
    labels = objects(
        [(0, WHOLE, 0, 0, 0.0), (0, [50.0, 0.0, 4.0, 4.0], 1, 0, 0.0), (1, WHOLE, 0, 0, 0.0)], 3, scored=False
    )
    inferences = objects(
        [
            (0, WHOLE, 0, 0, 0.9),
            (0, [50.0, 0.0, 4.0, 2.0], 0, 0, 0.8),
            (0, [90.0, 0.0, 4.0, 4.0], 1, 0, 0.7),
        ],
        3,
        scored=True,
    )
    outcomes = detection_outcomes(labels, inferences, 0.5, 0.5, n_classes=2)
    assert outcome_kind(outcomes, 2).tolist() == [TRUE_POSITIVE, CONFUSION, FALSE_POSITIVE, FALSE_NEGATIVE]
    counts, edges = iou_histogram(outcomes, n_bins=4)
    assert counts.tolist() == [0, 0, 1, 1]
    assert edges.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    only_second = np.array([False, True, False])
    assert iou_histogram(outcomes, frames=only_second)[0].sum() == 0
    scores = frame_scores(frame_cells(outcomes, 3, 2))
    np.testing.assert_allclose(scores.precision, [1 / 3, np.nan, np.nan])
    np.testing.assert_allclose(scores.recall, [0.5, 0.0, np.nan])
    np.testing.assert_allclose(scores.f1, [0.4, 0.0, np.nan])


def test_the_grid_is_thinned_but_keeps_its_ends() -> None:
    inferences = inferred(1, *[(0, 0, score) for score in np.linspace(0.1, 0.9, 5000)])
    grid = confidence_grid(inferences)
    assert len(grid) == 1000
    assert (grid[0], grid[-1]) == (0.1, 0.9)
    assert confidence_grid(inferred(1)).tolist() == [0.0]
    assert confidence_grid(inferences, frames=np.array([False])).tolist() == [0.0]
