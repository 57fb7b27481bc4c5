"""The same averages and confusion matrix as scikit-learn on the list of outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as sklearn_confusion_matrix
from sklearn.metrics import precision_recall_fscore_support

from shoal.kernels.confusion_matrix import confusion_matrix
from shoal.kernels.outcomes import detection_outcomes
from shoal.kernels.scores import averages, precision_recall_f1
from shoal.kernels.tally import frame_cells, tally_segments
from twins.scenes import ALL_FLAGS, random_scene


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("confidence", [0.0, 0.4, 0.8, 0.99])
@pytest.mark.parametrize("global_matching", [False, True])
def test_averages_and_confusions(seed: int, confidence: float, global_matching: bool) -> None:
    n_classes = 8
    labels, inferences, _ = random_scene(seed, n_classes=6, flags=ALL_FLAGS)
    outcomes = detection_outcomes(
        labels, inferences, confidence, 0.5, n_classes=n_classes, global_matching=global_matching
    )
    rng = np.random.default_rng(seed)
    frames = rng.random(labels.n_frames) < 0.5
    chosen = outcomes.take(frames[outcomes.frame])
    counts = frame_cells(outcomes, labels.n_frames, n_classes)
    totals = tally_segments(counts, frames[None], n_classes)[0]
    names = list(range(n_classes))
    for index, average in enumerate(("weighted", "macro", "micro")):
        expected = precision_recall_fscore_support(
            chosen.truth, chosen.predicted, labels=names, average=average, zero_division=0
        )
        np.testing.assert_allclose(averages(totals)[index], expected[:3], rtol=0, atol=1e-12)
    expected = precision_recall_fscore_support(
        chosen.truth, chosen.predicted, labels=names, zero_division=np.nan
    )
    each = precision_recall_f1(totals)
    np.testing.assert_allclose(each[:, 0], expected[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(each[:, 1], expected[1], rtol=0, atol=1e-12)
    assert (totals[:, 2] == expected[3]).all()
    matrix = sklearn_confusion_matrix(chosen.truth, chosen.predicted, labels=[*names, n_classes])
    assert (confusion_matrix(outcomes, n_classes, frames=frames) == matrix).all()


def test_an_average_without_support_is_undefined() -> None:
    totals = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    assert np.isnan(averages(totals)).all()
    assert np.isnan(averages(np.zeros((2, 0, 3)))).all()
    each = precision_recall_f1(totals)
    np.testing.assert_array_equal(each, [[0.0, np.nan, 0.0], [np.nan] * 3])
