"""What a gate demands: entries over segments, waivers, and what open questions mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from shoal.evaluate.verdict import DEFAULT_MARGIN
from shoal.model.gate_row import BaselineDemand, CheckKind, Tier
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import ALL_FRAMES, SegmentType
from shoal.model.verdict import VerdictRule

DEFAULT_POLICY_NAME: Final = "default policy"

TRAINING_SPLITS: Final = ("train", "training", "Train", "Training", "TRAIN")
"""Splits a model learnt from; the default policy only reports on them."""


class SelectorKind(StrEnum):
    """How an entry finds its segments, the most particular first."""

    NAME = "name"
    PATTERN = "pattern"
    TYPE = "type"


class Answer(StrEnum):
    """What an open question means for the gate."""

    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class GateSegment:
    """A segment as the gate sees it.

    Attributes:
        name: unique in the dataset.
        type: its type.
        targets: the segment's own targets.
        rule: how the segment holds scores against targets, where the policy says nothing.
        margin: how far a score may fall by the project, likewise.
        coverage: share of frames that must be covered by the project, likewise.
    """

    name: str
    type: SegmentType
    targets: tuple[Target, ...] = ()
    rule: VerdictRule = VerdictRule.DEFAULT
    margin: float = DEFAULT_MARGIN
    coverage: float = 1.0


@dataclass(frozen=True, slots=True)
class Selector:
    """Which segments an entry is about.

    Attributes:
        kind: by name, by pattern (`*`, `?`, `[…]` as in a shell, case matters) or by type.
        text: the name, pattern or type.
    """

    kind: SelectorKind
    text: str

    def is_match(self, segment: GateSegment) -> bool:
        """Return whether the entry is about a segment; patterns and types find scored segments only."""
        if self.kind is SelectorKind.NAME:
            return segment.name == self.text
        if not segment.type.is_model_performance:
            return False
        if self.kind is SelectorKind.TYPE:
            return segment.type.value == self.text
        return fnmatchcase(segment.name, self.text)


@dataclass(frozen=True, slots=True)
class Entry:
    """One demand on some segments.

    Attributes:
        selector: which segments.
        tier: how much its checks may decide.
        own_targets: whether the segments' own targets must be met.
        minimums: targets given by the policy instead.
        baseline: what is owed the baseline.
        metrics: scores compared with the baseline; empty: those of the segment's targets, or F1.
        average: of the policy's targets and of `metrics`.
        class_name: the class when the average is `class`.
        rule: how a score is held against a target; `None`: the segment's own.
        margin: how far a score may fall; `None`: the project's.
        coverage: share of a segment's frames that must be covered; `None`: the project's.
        is_optional: no error when no segment matches or nothing can be checked.
        demands_targets: the policy says `targets: true` in so many words.
        demands_baseline: the policy names a baseline demand in so many words.
        line: where the entry begins in the policy file, from 1; 0 when not from a file.
    """

    selector: Selector
    tier: Tier = Tier.CRITICAL
    own_targets: bool = True
    minimums: tuple[tuple[Metric, float], ...] = ()
    baseline: BaselineDemand = BaselineDemand.NOT_REGRESSED
    metrics: tuple[Metric, ...] = ()
    average: Average = Average.WEIGHTED
    class_name: str | None = None
    rule: VerdictRule | None = None
    margin: float | None = None
    coverage: float | None = None
    is_optional: bool = False
    demands_targets: bool = False
    demands_baseline: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waiver:
    """A check that may fail for now.

    Attributes:
        segment: name of the segment.
        reason: why; never empty.
        expires: the last day it holds.
        metric: `None` for all scores.
        kind: `None` for both kinds of checks.
        starts: the first day it holds; `None`: it holds already.
        approved_by: who allowed it.
        line: where it stands in the policy file.
    """

    segment: str
    reason: str
    expires: date
    metric: Metric | None = None
    kind: CheckKind | None = None
    starts: date | None = None
    approved_by: str = ""
    line: int = 0

    def is_active(self, today: date) -> bool:
        """Return whether it holds on a day; the first and the last day count."""
        return (self.starts is None or self.starts <= today) and today <= self.expires

    def is_about(self, segment: str, metric: Metric, kind: CheckKind) -> bool:
        """Return whether it covers a check."""
        return segment == self.segment and self.metric in (None, metric) and self.kind in (None, kind)


@dataclass(frozen=True, slots=True)
class Policy:
    """A gate's demands.

    Attributes:
        entries: the demands; every one that applies must hold.
        waivers: checks that may fail for now.
        on_inconclusive: what an inconclusive critical check means.
        on_not_evaluable: what a critical check that cannot be judged means; never `ACCEPT`.
        alpha: chance of any false regression alarm over all comparisons (Holm).
        name: as reports call it.
    """

    entries: tuple[Entry, ...]
    waivers: tuple[Waiver, ...] = ()
    on_inconclusive: Answer = Answer.INCONCLUSIVE
    on_not_evaluable: Answer = Answer.REJECT
    alpha: float = 0.05
    name: str = field(default=DEFAULT_POLICY_NAME)


def default_policy() -> Policy:
    """Return the policy of a gate without a policy file.

    - Critical: every Model Performance segment meets its own targets; All Frames and every regression test
      do not regress.
    - Advisory: splits called `train` or `training`, since a score on what a model learnt from says little;
      and whether other splits and scenarios regress.
    """
    entries = [Entry(Selector(SelectorKind.NAME, ALL_FRAMES), is_optional=True)]
    entries += [
        Entry(Selector(SelectorKind.NAME, name), Tier.ADVISORY, is_optional=True) for name in TRAINING_SPLITS
    ]
    for kind in (SegmentType.SPLIT, SegmentType.SCENARIO):
        selector = Selector(SelectorKind.TYPE, kind.value)
        entries.append(Entry(selector, Tier.CRITICAL, baseline=BaselineDemand.IGNORE, is_optional=True))
        entries.append(Entry(selector, Tier.ADVISORY, own_targets=False, is_optional=True))
    entries.append(Entry(Selector(SelectorKind.TYPE, SegmentType.REGRESSION_TEST.value), is_optional=True))
    return Policy(tuple(entries))
