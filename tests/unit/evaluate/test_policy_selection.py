from __future__ import annotations

import pytest

from shoal.errors import PolicyError
from shoal.evaluate.policy import GateSegment, Policy, default_policy
from shoal.evaluate.policy_file import read_policy
from shoal.evaluate.policy_selection import select_checks
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import SegmentType

RECALL = Target(Metric.RECALL, 0.9)
CARS = Target(Metric.F1, 0.8, Average.CLASS, "car")
SEGMENTS = (
    GateSegment("All Frames", SegmentType.SPLIT),
    GateSegment("train", SegmentType.SPLIT, (RECALL,)),
    GateSegment("val", SegmentType.SPLIT),
    GateSegment("Night", SegmentType.REGRESSION_TEST, (RECALL, CARS)),
    GateSegment("Rain", SegmentType.REGRESSION_TEST),
    GateSegment("city A", SegmentType.SCENARIO, (RECALL,)),
    GateSegment("To label", SegmentType.WORK_QUEUE),
)


def checks(policy: Policy, has_baseline: bool = True) -> list[str]:
    return [
        f"{check.tier} {check.segment.name}: {check.score_name} "
        + (f">= {check.minimum}" if check.kind == "target" else check.demand)
        for check in select_checks(policy, SEGMENTS, has_baseline=has_baseline)
    ]


def policy(entries: str) -> Policy:
    return read_policy(f"version: 1\nsegments: [{entries}]")


def test_the_default_policy() -> None:
    assert checks(default_policy()) == [
        "critical All Frames: f1 not_regressed",
        "advisory train: recall >= 0.9",
        "advisory train: recall not_regressed",
        "advisory val: f1 not_regressed",
        "critical Night: recall >= 0.9",
        "critical Night: f1 of car >= 0.8",
        "critical Night: recall not_regressed",
        "critical Night: f1 of car not_regressed",
        "critical Rain: f1 not_regressed",
        "critical city A: recall >= 0.9",
        "advisory city A: recall not_regressed",
    ]


def test_the_default_policy_without_a_baseline_checks_targets() -> None:
    assert checks(default_policy(), has_baseline=False) == [
        "advisory train: recall >= 0.9",
        "critical Night: recall >= 0.9",
        "critical Night: f1 of car >= 0.8",
        "critical city A: recall >= 0.9",
    ]


def test_metrics_and_targets_of_the_policy_take_the_place_of_the_segments_own() -> None:
    assert checks(policy("{name: Night, targets: {f1: 0.5}}")) == [
        "critical Night: f1 >= 0.5",
        "critical Night: f1 not_regressed",
    ]
    assert checks(policy("{name: Night, targets: false, metrics: [precision], class: bus}")) == [
        "critical Night: precision of bus not_regressed"
    ]
    assert checks(policy("{name: Night, targets: false, average: macro}")) == [
        "critical Night: macro f1 not_regressed"
    ]


def test_a_name_beats_a_pattern_beats_a_type_and_equals_all_apply() -> None:
    entries = (
        "{type: regression_test, targets: false, tier: advisory},"
        "{pattern: 'N*', targets: false, tier: supporting},"
        "{pattern: 'Ni?ht', targets: false, metrics: [recall]}"
    )
    assert checks(policy(entries)) == [
        "supporting Night: recall not_regressed",
        "supporting Night: f1 of car not_regressed",
        "critical Night: recall not_regressed",
        "advisory Rain: f1 not_regressed",
    ]
    named = entries + ", {name: Night, baseline: ignore}"
    assert checks(policy(named))[:2] == ["critical Night: recall >= 0.9", "critical Night: f1 of car >= 0.8"]
    twice = "{name: Rain}, {name: Rain, metrics: [f1]}, {name: Rain, metrics: [f1], tier: advisory}"
    assert checks(policy(twice)) == [
        "critical Rain: f1 not_regressed",
        "advisory Rain: f1 not_regressed",
    ]


def test_what_cannot_be_checked_is_still_asked_when_it_is_required() -> None:
    assert checks(policy("{name: Rain, targets: true, baseline: ignore}")) == ["critical Rain: f1 >= None"]
    assert checks(policy("{name: Rain}"), has_baseline=False) == ["critical Rain: f1 >= None"]
    assert checks(policy("{name: Rain, optional: true}"), has_baseline=False) == []
    assert checks(policy("{name: Rain, tier: supporting}"), has_baseline=False) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("segments: [{name: night}]", "line 2: An entry names the segment 'night'.*\nDid you mean 'Night'"),
        ("segments: [{name: Zebra}]", "'Zebra', which does not exist.\nThere are: All Frames"),
        ("segments: [{name: To label}]", "a Work Queue segment; only Model Performance"),
        ("segments: [{pattern: 'x*'}]", "matches the pattern 'x.'.\nAdd `optional: true`"),
        ("segments: [{pattern: 'To*'}]", "matches the pattern"),
        (
            "segments: [{name: Night}]\nwaivers: [{segment: Nigt, reason: r, expires: 2026-01-01}]",
            "line 3: A waiver names the segment 'Nigt'.*\nDid you mean 'Night'",
        ),
        ("segments: [{name: Night, baseline: not_worse}]", "demands `not_worse`, and no baseline was given"),
        ("defaults: {baseline: improved}\nsegments: [{name: Night}]", "line 3: .* `improved`"),
    ],
)
def test_policies_that_do_not_fit_the_dataset_are_refused(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        select_checks(read_policy(f"version: 1\n{text}"), SEGMENTS, has_baseline=False)


def test_optional_entries_may_match_nothing() -> None:
    nothing = (
        "{name: Zebra, optional: true}, {pattern: 'x*', optional: true}, {type: scenario, optional: true}"
    )
    assert select_checks(policy(nothing), SEGMENTS[:2], has_baseline=True) == ()


def test_ignoring_the_baseline_needs_none() -> None:
    assert checks(policy("{name: Night, baseline: ignore}"), has_baseline=False) == [
        "critical Night: recall >= 0.9",
        "critical Night: f1 of car >= 0.8",
    ]
