"""From a policy and the segments there are to the list of checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from shoal.errors import PolicyError
from shoal.evaluate.policy import Entry, GateSegment, Policy, SelectorKind
from shoal.model.gate_row import BaselineDemand, CheckKind, Tier, score_name
from shoal.model.metric import Average, Metric, Target
from shoal.model.verdict import VerdictRule

ScoreKey: TypeAlias = tuple[str, Metric, Average, str | None]
"""Segment, metric, average, class: one number of a candidate."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question of the gate.

    Attributes:
        segment: the segment asked about.
        kind: against a target or against the baseline.
        metric: the score.
        average: how classes are averaged.
        class_name: the class when the average is `class`.
        tier: how much the answer may decide.
        rule: how the score is held against the target.
        margin: how far the score may fall.
        coverage: share of frames that must be covered.
        minimum: the target; `None` when the segment should have one and has none, and for a baseline check.
        demand: what is owed the baseline.
    """

    segment: GateSegment
    kind: CheckKind
    metric: Metric
    average: Average
    class_name: str | None
    tier: Tier
    rule: VerdictRule
    margin: float
    coverage: float
    minimum: float | None
    demand: BaselineDemand

    @property
    def score(self) -> ScoreKey:
        """Return which number the check needs."""
        return (self.segment.name, self.metric, self.average, self.class_name)

    @property
    def score_name(self) -> str:
        """Return the score in words."""
        return score_name(self.metric, self.average, self.class_name)


def select_checks(
    policy: Policy, segments: Sequence[GateSegment], *, has_baseline: bool
) -> tuple[Check, ...]:
    """Return the checks of a policy, in the order of the segments.

    Entries that name a segment take the place of those that find it by pattern, and these of those that find
    it by type; entries of the same kind all apply.  A check that two entries ask for is asked once.

    Args:
        policy: the policy.
        segments: every segment of the dataset, All Frames included, of any type.
        has_baseline: without a baseline, baseline checks the policy does not insist on are left out.

    Raises:
        PolicyError: an entry or waiver names a segment that does not exist or is not scored, nothing matches
            an entry that is not optional, or the policy insists on a baseline and there is none.
    """
    _refuse_unknown(policy, segments)
    if not has_baseline:
        _refuse_without_baseline(policy)
    checks: dict[Check, None] = {}
    for segment in segments:
        for entry in _entries_for(policy, segment):
            checks.update(dict.fromkeys(_checks(entry, segment, has_baseline)))
    return tuple(checks)


def _entries_for(policy: Policy, segment: GateSegment) -> list[Entry]:
    for kind in SelectorKind:
        entries = [e for e in policy.entries if e.selector.kind is kind and e.selector.is_match(segment)]
        if entries:
            return entries
    return []


def _checks(entry: Entry, segment: GateSegment, has_baseline: bool) -> Iterator[Check]:
    targets = _targets(entry, segment)
    yield from (_check(entry, segment, CheckKind.TARGET, *target) for target in targets)
    is_compared = has_baseline and entry.baseline is not BaselineDemand.IGNORE
    if is_compared:
        yield from (
            _check(entry, segment, CheckKind.BASELINE, *score, None) for score in _scores(entry, segment)
        )
    lacks_targets = entry.demands_targets and not targets
    is_empty = not targets and not is_compared and entry.tier is Tier.CRITICAL and not entry.is_optional
    if lacks_targets or is_empty:
        yield _check(entry, segment, CheckKind.TARGET, Metric.F1, entry.average, entry.class_name, None)


def _targets(entry: Entry, segment: GateSegment) -> list[tuple[Metric, Average, str | None, float]]:
    if entry.minimums:
        return [(metric, entry.average, entry.class_name, minimum) for metric, minimum in entry.minimums]
    if not entry.own_targets:
        return []
    return [(own.metric, own.average, own.class_name, own.minimum) for own in segment.targets]


def _scores(entry: Entry, segment: GateSegment) -> list[tuple[Metric, Average, str | None]]:
    if entry.metrics:
        return [(metric, entry.average, entry.class_name) for metric in entry.metrics]
    if entry.minimums:
        return [(metric, entry.average, entry.class_name) for metric, _ in entry.minimums]
    is_plain = entry.average is Average.WEIGHTED
    own: tuple[Target, ...] = segment.targets if is_plain else ()
    found = list(dict.fromkeys((target.metric, target.average, target.class_name) for target in own))
    return found or [(Metric.F1, entry.average, entry.class_name)]


def _check(
    entry: Entry,
    segment: GateSegment,
    kind: CheckKind,
    metric: Metric,
    average: Average,
    class_name: str | None,
    minimum: float | None,
) -> Check:
    return Check(
        segment=segment,
        kind=kind,
        metric=metric,
        average=average,
        class_name=class_name,
        tier=entry.tier,
        rule=segment.rule if entry.rule is None else entry.rule,
        margin=segment.margin if entry.margin is None else entry.margin,
        coverage=segment.coverage if entry.coverage is None else entry.coverage,
        minimum=minimum,
        demand=entry.baseline if kind is CheckKind.BASELINE else BaselineDemand.IGNORE,
    )


def _refuse_unknown(policy: Policy, segments: Sequence[GateSegment]) -> None:
    by_name = {segment.name: segment for segment in segments}
    for waiver in policy.waivers:
        _refuse_name(waiver.segment, by_name, waiver.line, "A waiver")
    for entry in policy.entries:
        if entry.is_optional:
            continue
        if entry.selector.kind is SelectorKind.NAME:
            _refuse_name(entry.selector.text, by_name, entry.line, "An entry")
        elif not any(entry.selector.is_match(segment) for segment in segments):
            raise PolicyError(
                f"{_at(entry.line)}No Model Performance segment matches the {entry.selector.kind} "
                f"{entry.selector.text!r}.",
                hint="Add `optional: true` to the entry if that is fine.",
                location={"line": entry.line},
            )


def _refuse_name(name: str, by_name: dict[str, GateSegment], line: int, what: str) -> None:
    if name not in by_name:
        raise PolicyError(
            f"{_at(line)}{what} names the segment {name!r}, which does not exist.",
            hint=near_names(name, list(by_name)),
            location={"line": line, "segment": name},
        )
    if not by_name[name].type.is_model_performance:
        raise PolicyError(
            f"{_at(line)}{what} names {name!r}, a {by_name[name].type.display_name} segment; "
            "only Model Performance segments are scored.",
            location={"line": line, "segment": name},
        )


def _refuse_without_baseline(policy: Policy) -> None:
    for entry in policy.entries:
        if entry.demands_baseline and entry.baseline is not BaselineDemand.IGNORE:
            raise PolicyError(
                f"{_at(entry.line)}The policy demands `{entry.baseline}`, and no baseline was given.",
                hint="Name one with --baseline, or write `baseline: ignore`.",
                location={"line": entry.line},
            )


def near_names(name: str, known: Sequence[str]) -> str:
    """Return a hint naming up to three known names like `name`, or all when there are few."""
    folded = {other.casefold(): other for other in known}
    near = [folded[match] for match in get_close_matches(name.casefold(), list(folded), n=3)]
    if near:
        return f"Did you mean {' or '.join(repr(other) for other in near)}?"
    return f"There are: {', '.join(known)}." if 0 < len(known) <= 10 else ""


def _at(line: int) -> str:
    return f"Policy, line {line}: " if line else ""
