"""What is said of a segment and an inference set."""

from __future__ import annotations

from enum import StrEnum


class VerdictRule(StrEnum):
    """How a score is held against a target (metrics.md, section 8)."""

    DEFAULT = "default"
    CONFIDENT = "confident"


class TargetVerdict(StrEnum):
    """A score against a target."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_EVALUABLE = "not_evaluable"


class BaselineVerdict(StrEnum):
    """A candidate against a baseline on shared frames."""

    IMPROVED = "improved"
    REGRESSED = "regressed"
    NOT_WORSE = "not_worse"
    INCONCLUSIVE = "inconclusive"
    NOT_EVALUABLE = "not_evaluable"
