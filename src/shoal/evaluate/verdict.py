"""What is said of a score: against its target, and against a baseline (metrics.md, section 8)."""

from __future__ import annotations

import math
from typing import Final, TypeGuard

from shoal.model.verdict import BaselineVerdict, TargetVerdict, VerdictRule

DEFAULT_MARGIN: Final = 0.01
"""How far a score may fall before it counts as a regression."""

SMALL_GROUPS: Final = 20
"""Groups below which a segment is small."""

SMALL_LABELS: Final = 30
"""Labels below which a segment is small."""


def target_verdict(
    value: float | None,
    low: float | None,
    high: float | None,
    minimum: float,
    *,
    rule: VerdictRule = VerdictRule.DEFAULT,
    coverage: float | None = 1.0,
    required_coverage: float = 1.0,
) -> TargetVerdict:
    """Return the verdict of a score on its target.

    Args:
        value: the score, in [0, 1]; `None` or NaN where undefined.
        low: lower bound of its 95 % interval; `None` or NaN where there is none.
        high: upper bound.
        minimum: the target; a score equal to it passes.
        rule: `default` compares the score itself; `confident` passes only when the lower bound reaches the
            target, fails only when the upper bound is below it, and is inconclusive otherwise, also without
            an interval.
        coverage: share of the segment's frames the inference set covers; `None` for an empty segment.
        required_coverage: share below which nothing is said; 1 unless partial coverage is allowed.

    Returns:
        `NOT_EVALUABLE` when the score is undefined or coverage is short.
    """
    if not is_number(value) or coverage is None or coverage < required_coverage:
        return TargetVerdict.NOT_EVALUABLE
    if rule is VerdictRule.DEFAULT:
        return TargetVerdict.PASS if value >= minimum else TargetVerdict.FAIL
    if low is not None and low >= minimum:
        return TargetVerdict.PASS
    if high is not None and high < minimum:
        return TargetVerdict.FAIL
    return TargetVerdict.INCONCLUSIVE


def baseline_verdict(
    delta: float | None, low: float | None, high: float | None, *, margin: float = DEFAULT_MARGIN
) -> BaselineVerdict:
    """Return the verdict of a candidate against a baseline.

    Regressed if the upper bound is below −margin; improved if the lower bound is above 0; not worse if the
    lower bound is at least −margin; else inconclusive.  Two sets with identical outcomes have the interval
    0 to 0 and are not worse.

    Args:
        delta: candidate − baseline; `None` or NaN where a score is undefined.
        low: lower bound of its 95 % interval.
        high: upper bound.
        margin: at least 0.

    Returns:
        `NOT_EVALUABLE` when the difference or its interval is undefined.
    """
    if not (is_number(delta) and is_number(low) and is_number(high)):
        return BaselineVerdict.NOT_EVALUABLE
    if high < -margin:
        return BaselineVerdict.REGRESSED
    if low > 0.0:
        return BaselineVerdict.IMPROVED
    if low >= -margin:
        return BaselineVerdict.NOT_WORSE
    return BaselineVerdict.INCONCLUSIVE


def is_small(n_groups: int, n_labels: int) -> bool:
    """Return whether a segment is too small to lean on: below 20 groups or 30 labels."""
    return n_groups < SMALL_GROUPS or n_labels < SMALL_LABELS


def is_number(value: float | None) -> TypeGuard[float]:
    """Return whether a value is defined: neither `None` nor NaN."""
    return value is not None and not math.isnan(value)
