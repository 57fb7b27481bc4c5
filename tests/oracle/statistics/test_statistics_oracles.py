"""Intervals, tests and corrections against statsmodels, scikit-learn and published numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

from shoal.kernels.adjustment import benjamini_hochberg, holm
from shoal.kernels.intervals import (
    exact_bounds,
    minimum_detectable_difference,
    paired_differences,
    segment_intervals,
)
from shoal.kernels.linearisation import segment_slice
from shoal.kernels.objects import FloatArray
from shoal.kernels.permutation import permutation_test
from twins.statistics import Frame, frame_counts

BENJAMINI_HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
"""The p-values of the example in the paper (thrombolysis in myocardial infarction)."""


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("name", "ours"), [("holm", holm), ("fdr_bh", benjamini_hochberg)])
def test_corrections_equal_statsmodels(
    seed: int, name: str, ours: Callable[[FloatArray], FloatArray]
) -> None:
    p_values = np.random.default_rng(seed).random(40) ** 3
    p_values[3] = p_values[7]
    np.testing.assert_allclose(ours(p_values), multipletests(p_values, method=name)[1], atol=1e-15)


def test_the_example_of_benjamini_and_hochberg() -> None:
    p_values = np.array(BENJAMINI_HOCHBERG_1995)
    assert (benjamini_hochberg(p_values) <= 0.05).sum() == 4
    assert (holm(p_values) <= 0.05).sum() == 3


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000), (999, 1000)])
def test_exact_bounds_equal_statsmodels(hits: int, n: int) -> None:
    assert exact_bounds(hits, n) == pytest.approx(proportion_confint(hits, n, method="beta"), abs=1e-12)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (10, 10, 0.6915, 1.0)]
)
def test_exact_bounds_equal_printed_tables(hits: int, n: int, low: float, high: float) -> None:
    assert exact_bounds(hits, n) == pytest.approx((low, high), abs=5e-5)


def labelled(random: np.random.Generator, n_frames: int) -> tuple[list[Frame], list[np.ndarray]]:
    found = [
        (random.random(random.integers(1, 6)) < random.beta(4, 2)).astype(float) for _ in range(n_frames)
    ]
    return [{0: (float(hits.sum()), float(len(hits)), float(len(hits)))} for hits in found], found


@pytest.mark.parametrize("seed", range(3))
def test_standard_error_equals_regression_with_clustered_errors(seed: int) -> None:
    random = np.random.default_rng(seed)
    frames, hits = labelled(random, 50)
    groups = random.integers(0, 17, 50)
    found = segment_intervals(frame_counts(frames), np.arange(50), groups, "micro", 1)
    clusters = np.repeat(groups, [len(h) for h in hits])
    objects = np.concatenate(hits)
    fit = sm.OLS(objects, np.ones((len(objects), 1))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert found.value[1] == pytest.approx(fit.params[0])
    assert found.se[1] == pytest.approx(fit.bse[0])
    assert found.n_groups[1] == len(set(groups))


@pytest.mark.parametrize("seed", range(3))
def test_paired_standard_error_equals_regression_of_differences(seed: int) -> None:
    random = np.random.default_rng(seed)
    groups = random.integers(0, 40, 120)
    sides = [random.random(120) < chance for chance in (0.7, 0.8)]
    counts = [frame_counts([{0: (float(hit), 1.0, 1.0)} for hit in side]) for side in sides]
    found = paired_differences(counts[0], counts[1], np.arange(120), groups, "class", 1, 0, seed=1)
    change = sides[0].astype(float) - sides[1].astype(float)
    fit = sm.OLS(change, np.ones((120, 1))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    assert found.delta[1] == pytest.approx(fit.params[0])
    assert found.se[1] == pytest.approx(fit.bse[0])
    low, high = fit.conf_int()[0]
    assert (found.low[1], found.high[1]) == pytest.approx((low, high))
    assert found.interval_methods == ("linearised",) * 3


@pytest.mark.parametrize(("n_better", "n_worse"), [(2, 8), (1, 9), (5, 5), (0, 7), (12, 28), (30, 60)])
def test_permutation_p_equals_the_exact_test_of_mcnemar(n_better: int, n_worse: int) -> None:
    left = [1.0] * n_better + [0.0] * n_worse + [1.0] * 20
    right = [0.0] * n_better + [1.0] * n_worse + [1.0] * 20
    counts = [frame_counts([{0: (hit, 1.0, 1.0)} for hit in side]) for side in (left, right)]
    part = segment_slice(np.arange(len(left)), None, "class", 1, 0)
    expected = binomtest(n_better, n_better + n_worse).pvalue
    exact = n_better + n_worse <= 10
    found = permutation_test(counts[0], counts[1], part, seed=5)
    assert found.method == ("exact" if exact else "permutation")
    assert found.p[1] == pytest.approx(expected, abs=1e-9 if exact else 0.006)


def test_normal_approximation_equals_the_sign_test_of_many() -> None:
    left = np.repeat([1.0, 0.0], [480, 540])
    counts = [frame_counts([{0: (hit, 1.0, 1.0)} for hit in side]) for side in (left, 1.0 - left)]
    part = segment_slice(np.arange(len(left)), None, "class", 1, 0)
    found = permutation_test(counts[0], counts[1], part, seed=5, work_limit=0)
    assert found.method == "normal"
    assert found.p[1] == pytest.approx(binomtest(480, 1020).pvalue, abs=0.005)


@pytest.mark.parametrize("n", [30, 200])
def test_minimum_detectable_difference_has_the_power_it_promises(n: int) -> None:
    detectable = minimum_detectable_difference(np.array([1.0 / np.sqrt(n)]), np.array([n]))[0]
    assert TTestPower().power(detectable, n, 0.05) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("average", ["weighted", "macro", "micro"])
def test_values_equal_scikit_learn(average: str) -> None:
    random = np.random.default_rng(4)
    truth, predicted = random.integers(0, 4, 300), random.integers(0, 4, 300)
    predicted[truth == 2] = 3
    frames: list[Frame] = []
    for a, b in zip(truth.tolist(), predicted.tolist(), strict=True):
        frames.append({a: (1.0, 1.0, 1.0)} if a == b else {a: (0.0, 0.0, 1.0), b: (0.0, 1.0, 0.0)})
    found = segment_intervals(frame_counts(frames), np.arange(300), None, average, 5)
    expected = precision_recall_fscore_support(
        truth, predicted, labels=range(5), average=average, zero_division=0
    )
    np.testing.assert_allclose(found.value, expected[:3])
