"""Gate inputs: judgements that come out a known way, and policies around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shoal.evaluate.gate import decide
from shoal.evaluate.judgement import Judgement
from shoal.evaluate.policy import GateSegment
from shoal.evaluate.policy_file import read_policy
from shoal.model.gate_report import GateReport
from shoal.model.metric import Metric, Target
from shoal.model.segment import SegmentType

TODAY = date(2026, 11, 23)
NIGHT = GateSegment("Night", SegmentType.REGRESSION_TEST, (Target(Metric.RECALL, 0.8),))

FIRM = Judgement(
    "Night",
    Metric.RECALL,
    segment_version=3,
    n_frames=100,
    n_labels=500,
    n_groups=100,
    coverage=1.0,
    value=0.9,
    low=0.86,
    high=0.93,
    baseline_value=0.88,
    delta=0.02,
    delta_low=0.005,
    delta_high=0.035,
    p=0.001,
    minimum_detectable=0.02,
    n_shared_frames=100,
)
"""Target met with confidence, improved."""

JUDGED = {
    "improved": FIRM,
    "not worse": replace(FIRM, delta=0.0, delta_low=-0.004, delta_high=0.004, p=0.9),
    "open": replace(FIRM, delta=-0.01, delta_low=-0.04, delta_high=0.02, p=0.4),
    "regressed": replace(
        FIRM,
        value=0.704,
        low=0.66,
        high=0.75,
        baseline_value=0.812,
        delta=-0.108,
        delta_low=-0.141,
        delta_high=-0.075,
        p=0.0005,
    ),
    "regressed by chance": replace(FIRM, delta=-0.05, delta_low=-0.09, delta_high=-0.011, p=0.06),
    "just below target": replace(FIRM, value=0.79, low=0.75, high=0.83),
    "just above target": replace(FIRM, value=0.81, low=0.77, high=0.85),
    "far below target": replace(FIRM, value=0.6, low=0.55, high=0.65),
    "half covered": replace(FIRM, coverage=0.5, n_frames=50, n_shared_frames=50),
    "half shared": replace(FIRM, n_shared_frames=50),
    "nothing shared": replace(FIRM, n_shared_frames=0, delta=None, delta_low=None, delta_high=None, p=None),
    "empty": Judgement("Night", Metric.RECALL),
    "undefined": Judgement("Night", Metric.RECALL, n_frames=9, coverage=1.0, n_shared_frames=9),
    "one group": replace(FIRM, delta_low=float("nan"), delta_high=float("nan"), p=1.0),
}
"""What may be known of recall on Night."""


def gate(entry: str, judgement: Judgement | None, rest: str = "", baseline: str | None = "v1") -> GateReport:
    """Return the answer of a policy with one entry for Night, given one judgement."""
    policy = read_policy(f"version: 1\nsegments: [{{name: Night, {entry}}}]\n{rest}")
    judgements = [judgement] if judgement is not None else []
    return decide(policy, [NIGHT], judgements, "v2", baseline, TODAY)
