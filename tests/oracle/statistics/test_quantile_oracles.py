"""Quantiles against SciPy's, and Student's table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from shoal.kernels.quantiles import beta_probability, beta_quantile, normal_probability, student_quantile


@pytest.mark.parametrize(
    ("df", "printed"), [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)]
)
def test_student_equals_the_printed_table(df: int, printed: float) -> None:
    assert student_quantile(0.975, df) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize("df", [*range(1, 60), 99, 999, 9_999, 123_456, 1_000_000, 5_000_000])
def test_student_equals_scipy(df: int) -> None:
    for probability in (0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999):
        assert student_quantile(probability, df) == pytest.approx(special.stdtrit(df, probability), rel=1e-8)


shapes = st.floats(0.05, 5_000)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([0.025, 0.975, 0.2]), shapes, shapes)
def test_beta_equals_scipy(probability: float, a: float, b: float) -> None:
    found = beta_quantile(probability, a, b)
    assert found == pytest.approx(special.betaincinv(a, b, probability), rel=1e-7, abs=1e-12)
    assert beta_probability(found, a, b) == pytest.approx(special.betainc(a, b, found), rel=1e-8, abs=1e-12)


def test_ends() -> None:
    assert (beta_quantile(0.0, 2, 3), beta_quantile(1.0, 2, 3)) == (0.0, 1.0)
    assert (beta_probability(0.0, 2, 3), beta_probability(1.0, 2, 3)) == (0.0, 1.0)
    assert student_quantile(0.5, 3) == 0.0


@given(st.floats(-30, 30))
def test_normal_equals_scipy(x: float) -> None:
    assert normal_probability(x) == pytest.approx(special.ndtr(x), rel=1e-12, abs=1e-300)
