"""One check of a gate: what was asked of a segment, what was found, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shoal.model.metric import Average, Metric


class Tier(StrEnum):
    """How much a check may decide."""

    CRITICAL = "critical"
    SUPPORTING = "supporting"
    ADVISORY = "advisory"


class CheckKind(StrEnum):
    """What a check holds a score against."""

    TARGET = "target"
    BASELINE = "baseline"


class BaselineDemand(StrEnum):
    """What a candidate owes a baseline."""

    NOT_REGRESSED = "not_regressed"
    NOT_WORSE = "not_worse"
    IMPROVED = "improved"
    IGNORE = "ignore"


class CheckOutcome(StrEnum):
    """What came out of one check."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_EVALUABLE = "not_evaluable"


class CheckEffect(StrEnum):
    """What one check does to the gate."""

    REJECTS = "rejects"
    WITHHOLDS = "withholds"
    WAIVED = "waived"
    REPORTED = "reported"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class AppliedWaiver:
    """A waiver that took a check's say away.

    Attributes:
        reason: why, in the words of the policy.
        expires: the last day it holds, ISO 8601.
        approved_by: who allowed it; empty when not given.
    """

    reason: str
    expires: str
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class GateRow:
    """One check with its numbers; an undefined number is `None`.

    Attributes:
        segment: name of the segment.
        segment_type: such as `regression_test`.
        segment_version: the version judged; `None` for All Frames.
        kind: against the target or against the baseline.
        metric: the score.
        average: how classes were averaged.
        class_name: the class when the average is `class`.
        tier: how much the check may decide.
        demand: `≥ 0.9`, or the baseline demand.
        outcome: what came out.
        effect: what it does to the gate.
        verdict: the target or baseline verdict before any correction.
        sentence: the finding in words, without a full stop.
        value: the candidate's score.
        low: lower bound of its 95 % interval.
        high: upper bound.
        target: the minimum asked for.
        baseline_value: the baseline's score on shared frames.
        delta: candidate − baseline on shared frames.
        delta_low: lower bound of its 95 % interval.
        delta_high: upper bound.
        margin: how far the score may fall.
        p: raw p-value of "no difference".
        p_adjusted: after Holm's correction; `None` for checks that cannot decide.
        minimum_detectable: the smallest true difference this many groups would show.
        coverage: share of the segment's frames the candidate covers.
        n_frames: frames the score is about.
        n_labels: labels in them.
        n_groups: units of resampling.
        n_shared_frames: frames the difference is about.
        is_small: below 20 groups or 30 labels.
        waiver: the waiver that applied.
    """

    segment: str
    segment_type: str
    segment_version: int | None
    kind: CheckKind
    metric: Metric
    average: Average
    class_name: str | None
    tier: Tier
    demand: str
    outcome: CheckOutcome
    effect: CheckEffect
    verdict: str
    sentence: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    baseline_value: float | None = None
    delta: float | None = None
    delta_low: float | None = None
    delta_high: float | None = None
    margin: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    minimum_detectable: float | None = None
    coverage: float | None = None
    n_frames: int = 0
    n_labels: int = 0
    n_groups: int = 0
    n_shared_frames: int | None = None
    is_small: bool = False
    waiver: AppliedWaiver | None = None

    @property
    def score_name(self) -> str:
        """The score as people say it, such as `macro recall` or `recall of pedestrian`."""
        return score_name(self.metric, self.average, self.class_name)


def score_name(metric: Metric, average: Average, class_name: str | None) -> str:
    """Return a score in words; the weighted average goes without saying."""
    if average is Average.CLASS:
        return f"{metric} of {class_name}"
    return str(metric) if average is Average.WEIGHTED else f"{average} {metric}"
