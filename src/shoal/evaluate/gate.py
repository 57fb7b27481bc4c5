"""Whether a candidate may ship: the checks of a policy, put together into one answer.

Tiers. A *critical* check that fails rejects; one that cannot be judged rejects too, unless the policy says
`on_not_evaluable: inconclusive`; an inconclusive one withholds the answer, unless the policy says otherwise.
A *supporting* check rejects only on firm evidence: a target with the whole interval below it, or a regression
that stands after the correction; otherwise it is reported.  An *advisory* check is only reported.

Many comparisons. The p-values of all baseline comparisons of critical and supporting checks, one for each
score of each segment, are adjusted by Holm's method, so that the chance of any false alarm in a gate is at
most `alpha`.  A regression needs both: an interval wholly below −margin, and an adjusted p-value of at most
`alpha`.  One that loses significance by the correction is inconclusive.  The same holds for an improvement
where the policy demands one.  Advisory checks decide nothing, take no part, and show their raw p-value.

Waivers take a check's say away while they are active; expired ones are named in the notes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from shoal.errors import InvalidInputError
from shoal.evaluate.gate_findings import Finding, examine
from shoal.evaluate.gate_reason import answer_of, notes_of
from shoal.evaluate.judgement import Judgement
from shoal.evaluate.policy import Answer, GateSegment, Policy, Waiver
from shoal.evaluate.policy_selection import Check, ScoreKey, select_checks
from shoal.evaluate.verdict import is_number, is_small
from shoal.kernels.adjustment import holm
from shoal.model.gate_report import GateReport
from shoal.model.gate_row import AppliedWaiver, CheckEffect, CheckKind, CheckOutcome, GateRow, Tier

_EFFECTS: Final = tuple(CheckEffect)
_TIERS: Final = tuple(Tier)
_OUTCOMES: Final = (
    CheckOutcome.FAIL,
    CheckOutcome.NOT_EVALUABLE,
    CheckOutcome.INCONCLUSIVE,
    CheckOutcome.PASS,
)
_ANSWERS: Final = {
    Answer.REJECT: CheckEffect.REJECTS,
    Answer.INCONCLUSIVE: CheckEffect.WITHHOLDS,
    Answer.ACCEPT: CheckEffect.REPORTED,
}


def decide(
    policy: Policy,
    segments: Sequence[GateSegment],
    judgements: Sequence[Judgement],
    candidate: str,
    baseline: str | None,
    today: date,
) -> GateReport:
    """Return the gate's answer.

    Args:
        policy: what is demanded.
        segments: every segment of the dataset, All Frames included.
        judgements: the numbers, at least for every `Check.score` of `select_checks(policy, segments)`; what
            is missing counts as not evaluable.
        candidate: name of the inference set judged.
        baseline: name of the one it is compared with; `None`: baseline checks are left out.
        today: the day waivers are read for.

    Raises:
        InvalidInputError: candidate and baseline are the same set.
        PolicyError: the policy does not fit the segments, or insists on a baseline that is not given.
    """
    if candidate == baseline:
        raise InvalidInputError(
            f"Expected a baseline other than the candidate, found {baseline!r} for both.",
            location={"field": "baseline"},
        )
    checks = select_checks(policy, segments, has_baseline=baseline is not None)
    by_score = {judgement.score: judgement for judgement in judgements}
    adjusted = _adjusted(checks, by_score)
    rows = []
    for check in checks:
        judgement = by_score.get(check.score)
        is_corrected = check.tier is not Tier.ADVISORY and check.kind is CheckKind.BASELINE
        raw = judgement.p if judgement is not None else None
        p = adjusted.get(check.score) if is_corrected else raw
        finding = examine(check, judgement, p, policy.alpha)
        waiver = _waiver_for(policy, check, today)
        effect = _effect(policy, check, finding, waiver)
        row = _row(check, judgement, finding, effect, waiver, p if is_corrected else None)
        rows.append((_rank(row, finding), row))
    ordered = tuple(row for _, row in sorted(rows, key=lambda ranked: ranked[0]))
    passed, reason = answer_of(ordered, baseline)
    return GateReport(
        passed=passed,
        reason=reason,
        candidate=candidate,
        baseline=baseline,
        policy=policy.name,
        decided_on=today.isoformat(),
        alpha=policy.alpha,
        n_comparisons=len(adjusted),
        rows=ordered,
        notes=notes_of(policy, checks, ordered, baseline, today),
    )


def _adjusted(checks: Sequence[Check], by_score: Mapping[ScoreKey, Judgement]) -> dict[ScoreKey, float]:
    family: dict[ScoreKey, float] = {}
    for check in checks:
        judgement = by_score.get(check.score)
        if check.kind is CheckKind.BASELINE and check.tier is not Tier.ADVISORY and judgement is not None:
            p = judgement.p
            if is_number(p):
                family[check.score] = p
    corrected = holm(np.array(list(family.values()), np.float64))
    return dict(zip(family, corrected.tolist(), strict=True))


def _waiver_for(policy: Policy, check: Check, today: date) -> Waiver | None:
    for waiver in policy.waivers:
        if waiver.is_active(today) and waiver.is_about(check.segment.name, check.metric, check.kind):
            return waiver
    return None


def _effect(policy: Policy, check: Check, finding: Finding, waiver: Waiver | None) -> CheckEffect:
    if finding.outcome is CheckOutcome.PASS:
        return CheckEffect.HOLDS
    if check.tier is Tier.ADVISORY:
        return CheckEffect.REPORTED
    if waiver is not None:
        return CheckEffect.WAIVED
    if check.tier is Tier.SUPPORTING:
        is_rejected = finding.outcome is CheckOutcome.FAIL and finding.is_firm
        return CheckEffect.REJECTS if is_rejected else CheckEffect.REPORTED
    if finding.outcome is CheckOutcome.INCONCLUSIVE:
        return _ANSWERS[policy.on_inconclusive]
    if finding.outcome is CheckOutcome.NOT_EVALUABLE:
        return _ANSWERS[policy.on_not_evaluable]
    return CheckEffect.REJECTS


def _rank(row: GateRow, finding: Finding) -> tuple[int, int, int, bool, float]:
    return (
        _EFFECTS.index(row.effect),
        _TIERS.index(row.tier),
        _OUTCOMES.index(row.outcome),
        row.kind is CheckKind.TARGET,
        -finding.shortfall,
    )


def _row(
    check: Check,
    judgement: Judgement | None,
    finding: Finding,
    effect: CheckEffect,
    waiver: Waiver | None,
    p_adjusted: float | None,
) -> GateRow:
    found = judgement or Judgement(check.segment.name, check.metric)
    is_target = check.kind is CheckKind.TARGET
    demand = f"≥ {check.minimum:g}" if check.minimum is not None else "a target"
    return GateRow(
        segment=check.segment.name,
        segment_type=check.segment.type.value,
        segment_version=found.segment_version,
        kind=check.kind,
        metric=check.metric,
        average=check.average,
        class_name=check.class_name,
        tier=check.tier,
        demand=demand if is_target else check.demand.value.replace("_", " "),
        outcome=finding.outcome,
        effect=effect,
        verdict=finding.verdict,
        sentence=finding.sentence,
        value=_defined(found.value),
        low=_defined(found.low),
        high=_defined(found.high),
        target=check.minimum,
        baseline_value=_defined(found.baseline_value),
        delta=_defined(found.delta),
        delta_low=_defined(found.delta_low),
        delta_high=_defined(found.delta_high),
        margin=None if is_target else check.margin,
        p=None if is_target else _defined(found.p),
        p_adjusted=_defined(p_adjusted),
        minimum_detectable=_defined(found.minimum_detectable),
        coverage=_defined(found.coverage),
        n_frames=found.n_frames,
        n_labels=found.n_labels,
        n_groups=found.n_groups,
        n_shared_frames=found.n_shared_frames,
        is_small=is_small(found.n_groups, found.n_labels),
        waiver=_applied(waiver) if effect is CheckEffect.WAIVED and waiver is not None else None,
    )


def _defined(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _applied(waiver: Waiver) -> AppliedWaiver:
    return AppliedWaiver(waiver.reason, waiver.expires.isoformat(), waiver.approved_by)
