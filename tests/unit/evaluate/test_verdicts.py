from __future__ import annotations

import math

import pytest

from shoal.evaluate.verdict import baseline_verdict, is_small, target_verdict
from shoal.model.verdict import BaselineVerdict as B
from shoal.model.verdict import TargetVerdict as T
from shoal.model.verdict import VerdictRule

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "low", "high", "default", "confident"),
    [
        (0.9, 0.9, 0.95, T.PASS, T.PASS),
        (0.9, 0.899, 0.95, T.PASS, T.INCONCLUSIVE),
        (0.899, 0.85, 0.9, T.FAIL, T.INCONCLUSIVE),
        (0.85, 0.8, 0.8999, T.FAIL, T.FAIL),
        (0.95, None, None, T.PASS, T.INCONCLUSIVE),
        (0.95, NAN, NAN, T.PASS, T.INCONCLUSIVE),
        (None, None, None, T.NOT_EVALUABLE, T.NOT_EVALUABLE),
        (NAN, 0.9, 0.95, T.NOT_EVALUABLE, T.NOT_EVALUABLE),
    ],
)
def test_a_score_against_the_target_nine_tenths(
    value: float | None, low: float | None, high: float | None, default: T, confident: T
) -> None:
    assert target_verdict(value, low, high, 0.9) is default
    assert target_verdict(value, low, high, 0.9, rule=VerdictRule.CONFIDENT) is confident


@pytest.mark.parametrize(
    ("coverage", "required", "verdict"),
    [(1.0, 1.0, T.PASS), (0.99, 1.0, T.NOT_EVALUABLE), (0.9, 0.9, T.PASS), (None, 0.5, T.NOT_EVALUABLE)],
)
def test_short_coverage_says_nothing(coverage: float | None, required: float, verdict: T) -> None:
    assert target_verdict(0.9, 0.8, 1.0, 0.5, coverage=coverage, required_coverage=required) is verdict


@pytest.mark.parametrize(
    ("delta", "low", "high", "verdict"),
    [
        (-0.1, -0.15, -0.05, B.REGRESSED),
        (-0.02, -0.03, -0.01, B.INCONCLUSIVE),
        (-0.005, -0.01, 0.0, B.NOT_WORSE),
        (0.0, 0.0, 0.0, B.NOT_WORSE),
        (0.02, 0.001, 0.04, B.IMPROVED),
        (0.02, 0.0, 0.04, B.NOT_WORSE),
        (0.0, -0.1, 0.1, B.INCONCLUSIVE),
        (0.1, NAN, NAN, B.NOT_EVALUABLE),
        (None, None, None, B.NOT_EVALUABLE),
    ],
)
def test_a_difference_against_the_margin_one_hundredth(
    delta: float | None, low: float | None, high: float | None, verdict: B
) -> None:
    assert baseline_verdict(delta, low, high) is verdict


def test_the_margin_moves_the_verdict() -> None:
    assert baseline_verdict(-0.1, -0.15, -0.05, margin=0.2) is B.NOT_WORSE
    assert baseline_verdict(-0.02, -0.03, -0.01, margin=0.0) is B.REGRESSED


@pytest.mark.parametrize(
    ("n_groups", "n_labels", "small"), [(20, 30, False), (19, 30, True), (20, 29, True), (0, 0, True)]
)
def test_small_segments(n_groups: int, n_labels: int, small: bool) -> None:
    assert is_small(n_groups, n_labels) is small
