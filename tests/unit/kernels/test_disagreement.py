"""Two models on the labels of each frame, against sets of found labels."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.kernels.frame_scores import disagreement
from shoal.kernels.outcomes import Outcomes

OFFSETS = np.array([0, 3, 3, 8, 9], np.int64)
BACKGROUND = 2


def outcomes(found: set[int], confused: set[int]) -> Outcomes:
    """One outcome per label: found, taken for another class, or missed; and a false alarm."""
    labels = np.arange(9)
    predicted = np.array([0 if k in found else 1 if k in confused else BACKGROUND for k in labels])
    n = len(labels) + 1
    return Outcomes(
        frame=np.append(np.repeat(np.arange(4), np.diff(OFFSETS)), 1),
        truth=np.append(np.zeros(9, np.int64), BACKGROUND),
        predicted=np.append(predicted, 0),
        weight=np.ones(n),
        confidence=np.full(n, 0.5),
        iou=np.full(n, np.nan),
        label=np.append(labels, -1),
        inference=np.full(n, -1),
    )


@pytest.mark.parametrize("seed", range(5))
def test_it_counts_labels_that_one_of_two_models_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = (set(np.flatnonzero(rng.random(9) < 0.5).tolist()) for _ in range(2))
    confused = set(range(9)) - first
    found = disagreement(outcomes(first, confused), outcomes(second, set()), OFFSETS)
    expected = [
        sum(k in first ^ second for k in range(OFFSETS[f], OFFSETS[f + 1])) for f in range(len(OFFSETS) - 1)
    ]
    assert found.tolist() == expected
    assert disagreement(outcomes(first, set()), outcomes(first, set()), OFFSETS).sum() == 0
