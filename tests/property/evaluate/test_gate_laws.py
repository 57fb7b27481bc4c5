"""What holds for every gate: more failures never help, more waivers never hurt, order does not matter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.evaluate.gate import decide
from shoal.evaluate.judgement import Judgement
from shoal.evaluate.policy import Entry, GateSegment, Policy, Selector, SelectorKind, Waiver
from shoal.model.gate_report import GateReport
from shoal.model.gate_row import BaselineDemand, CheckEffect, CheckOutcome, Tier
from shoal.model.verdict import VerdictRule
from twins.gate_cases import JUDGED, NIGHT, TODAY

GOODNESS = {False: 0, None: 1, True: 2}

entry = st.builds(
    Entry,
    selector=st.just(Selector(SelectorKind.NAME, "")),
    tier=st.sampled_from(Tier),
    own_targets=st.booleans(),
    baseline=st.sampled_from(BaselineDemand),
    rule=st.sampled_from(VerdictRule),
)
demand = st.tuples(entry, st.sampled_from(sorted(JUDGED)))
demands = st.lists(demand, min_size=1, max_size=6)
Demand = tuple[Entry, str]


def answer(asked: list[Demand], waivers: tuple[Waiver, ...] = ()) -> GateReport:
    segments, entries, judgements = [], [], []
    for i, (wanted, case) in enumerate(asked):
        name = f"S{i}"
        segments.append(GateSegment(name, NIGHT.type, NIGHT.targets))
        entries.append(replace(wanted, selector=Selector(SelectorKind.NAME, name)))
        judgements.append(replace(JUDGED[case], segment=name))
    return decide(Policy(tuple(entries), waivers), segments, judgements, "v2", "v1", TODAY)


CRITICAL = Entry(Selector(SelectorKind.NAME, ""))


@settings(deadline=None, max_examples=200)
@given(demands, st.sampled_from(["far below target", "empty", "half covered", "undefined"]))
def test_a_failing_critical_check_always_rejects(asked: list[Demand], case: str) -> None:
    report = answer([*asked, (CRITICAL, case)])
    assert report.passed is False
    assert report.exit_code() == 1


@settings(deadline=None, max_examples=200)
@given(demands, demand)
def test_one_more_check_never_turns_a_critical_rejection_into_acceptance(
    asked: list[Demand], more: Demand
) -> None:
    before, after = answer(asked), answer([*asked, more])
    if any(row.effect is CheckEffect.REJECTS and row.tier is Tier.CRITICAL for row in before.rows):
        assert after.passed is not True


@settings(deadline=None, max_examples=200)
@given(demands)
def test_the_answer_follows_from_the_effects(asked: list[Demand]) -> None:
    report = answer(asked)
    effects = {row.effect for row in report.rows}
    if CheckEffect.REJECTS in effects:
        assert report.passed is False
        assert report.rows[0].effect is CheckEffect.REJECTS
        assert report.rows[0].sentence in report.reason
    elif CheckEffect.WITHHOLDS in effects:
        assert report.passed is None
    if report.passed is True:
        assert any(row.outcome is CheckOutcome.PASS or row.tier is not Tier.ADVISORY for row in report.rows)
    for row in report.rows:
        assert (row.effect is CheckEffect.HOLDS) == (row.outcome is CheckOutcome.PASS)
        assert row.tier is not Tier.ADVISORY or row.effect in (CheckEffect.HOLDS, CheckEffect.REPORTED)
        assert row.p_adjusted is None or (row.p is not None and row.p_adjusted >= row.p)


@settings(deadline=None, max_examples=150)
@given(demands, st.integers(0, 5))
def test_a_waiver_never_makes_things_worse(asked: list[Demand], place: int) -> None:
    name = f"S{place % len(asked)}"
    waived = answer(asked, (Waiver(name, "known", TODAY),))
    assert GOODNESS[waived.passed] >= GOODNESS[answer(asked).passed]


@settings(deadline=None, max_examples=150)
@given(demands)
def test_an_advisory_twin_of_a_policy_never_rejects(asked: list[Demand]) -> None:
    report = answer([(replace(wanted, tier=Tier.ADVISORY), case) for wanted, case in asked])
    assert report.passed is None
    assert report.n_comparisons == 0


@settings(deadline=None, max_examples=150)
@given(demands, st.randoms(use_true_random=False))
def test_the_order_of_segments_and_numbers_changes_no_answer(asked: list[Demand], random: Random) -> None:
    mixed = list(asked)
    random.shuffle(mixed)
    assert answer(mixed).passed == answer(asked).passed


@settings(deadline=None, max_examples=100)
@given(demands, st.sampled_from(sorted(JUDGED)))
def test_better_numbers_never_hurt(asked: list[Demand], case: str) -> None:
    """Where every number is as good as can be, every check that is asked holds."""
    perfect: Judgement = replace(
        JUDGED[case],
        coverage=1.0,
        n_frames=100,
        n_shared_frames=100,
        value=1.0,
        low=0.99,
        high=1.0,
        baseline_value=0.5,
        delta=0.5,
        delta_low=0.4,
        delta_high=0.6,
        p=1e-6,
    )
    segments = [GateSegment(f"S{i}", NIGHT.type, NIGHT.targets) for i in range(len(asked))]
    entries = [
        replace(wanted, selector=Selector(SelectorKind.NAME, s.name))
        for (wanted, _), s in zip(asked, segments, strict=True)
    ]
    judgements = [replace(perfect, segment=segment.name) for segment in segments]
    report = decide(Policy(tuple(entries)), segments, judgements, "v2", "v1", TODAY)
    checked = [row for row in report.rows if row.kind == "baseline" or row.target is not None]
    assert all(row.effect is CheckEffect.HOLDS for row in checked)
