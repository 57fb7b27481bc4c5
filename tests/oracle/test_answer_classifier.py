"""The classifier of answers against scikit-learn's logistic regression."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.embed.ranking import logistic_regression


@pytest.mark.parametrize(("n_rows", "dimension"), [(8, 64), (300, 20)])
@pytest.mark.parametrize("penalty", [0.01, 1.0])
def test_slope_and_intercept_are_those_of_scikit_learn(n_rows: int, dimension: int, penalty: float) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(n_rows)
    is_wanted = np.arange(n_rows) < n_rows // 2
    rows = rng.standard_normal((n_rows, dimension)) + 0.7 * is_wanted[:, None]
    weights = rng.random(n_rows) + 0.1
    slope, intercept = logistic_regression(rows, is_wanted, weights, penalty)
    peer = linear_model.LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000)
    peer.fit(rows, is_wanted, sample_weight=weights)
    assert slope == pytest.approx(peer.coef_[0], abs=1e-4)
    assert intercept == pytest.approx(peer.intercept_[0], abs=1e-4)
