from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shoal.errors import InvalidInputError
from shoal.evaluate.gate import decide
from shoal.evaluate.judgement import Judgement
from shoal.evaluate.policy import GateSegment, default_policy
from shoal.evaluate.policy_file import read_policy
from shoal.model.gate_row import CheckEffect, CheckOutcome
from shoal.model.metric import Metric
from shoal.model.segment import SegmentType
from twins.gate_cases import FIRM, JUDGED, NIGHT, TODAY, gate

ACCEPTED, REJECTED, OPEN = 0, 1, 2

TARGET_CASES = {
    # judgement: default rule (critical, supporting), confident rule (critical, supporting)
    "improved": (ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED),
    "just above target": (ACCEPTED, ACCEPTED, OPEN, ACCEPTED),
    "just below target": (REJECTED, ACCEPTED, OPEN, ACCEPTED),
    "far below target": (REJECTED, REJECTED, REJECTED, REJECTED),
    "half covered": (REJECTED, OPEN, REJECTED, OPEN),
    "empty": (REJECTED, OPEN, REJECTED, OPEN),
    "undefined": (REJECTED, OPEN, REJECTED, OPEN),
    "half shared": (ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED),
    "missing": (REJECTED, OPEN, REJECTED, OPEN),
}


@pytest.mark.parametrize("case", TARGET_CASES)
def test_every_tier_and_target_verdict(case: str) -> None:
    judgement = JUDGED.get(case)
    found = [
        gate(f"tier: {tier}, baseline: ignore, rule: {rule}", judgement).exit_code()
        for rule in ("default", "confident")
        for tier in ("critical", "supporting")
    ]
    assert tuple(found) == TARGET_CASES[case]
    assert gate("tier: advisory, baseline: ignore", judgement).exit_code() == OPEN


BASELINE_CASES = {
    # judgement: critical not_regressed, not_worse, improved; supporting not_regressed, not_worse, improved
    "improved": (ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED),
    "not worse": (ACCEPTED, ACCEPTED, OPEN, ACCEPTED, ACCEPTED, ACCEPTED),
    "open": (ACCEPTED, OPEN, OPEN, ACCEPTED, ACCEPTED, ACCEPTED),
    "regressed": (REJECTED,) * 6,
    "regressed by chance": (OPEN, OPEN, OPEN, ACCEPTED, ACCEPTED, ACCEPTED),
    "half covered": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "half shared": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "nothing shared": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "one group": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "empty": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "undefined": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
    "missing": (REJECTED, REJECTED, REJECTED, OPEN, OPEN, OPEN),
}


@pytest.mark.parametrize("case", BASELINE_CASES)
def test_every_tier_and_baseline_verdict(case: str) -> None:
    found = [
        gate(f"tier: {tier}, targets: false, baseline: {demand}", JUDGED.get(case)).exit_code()
        for tier in ("critical", "supporting")
        for demand in ("not_regressed", "not_worse", "improved")
    ]
    assert tuple(found) == BASELINE_CASES[case]


def test_an_improvement_that_cannot_be_is_no_open_question() -> None:
    identical = replace(FIRM, delta=0.0, delta_low=0.0, delta_high=0.0, p=1.0)
    report = gate("targets: false, baseline: improved", identical)
    assert report.exit_code() == REJECTED
    assert "stayed at 0.880" in report.reason


REASONS = {
    "regressed": "Rejected: recall on 'Night' fell from 0.812 to 0.704 (−0.108, 95 % interval "
    "−0.141 to −0.075), more than the margin 0.010; 1 more check rejects.",
    "just below target": "Rejected: recall on 'Night' is 0.790 (95 % interval 0.750 to 0.830), "
    "below the target 0.800.",
    "regressed by chance": "Inconclusive: recall on 'Night' fell from 0.880 to 0.830 (−0.050, 95 % interval "
    "−0.090 to −0.011), more than the margin 0.010 but not significant after correction.",
    "half covered": "Rejected: recall on 'Night' cannot be judged: the candidate covers 50 % of its frames, "
    "100 % are required; 1 more check rejects.",
    "half shared": "Rejected: recall on 'Night' cannot be judged: candidate and baseline together cover 50 % "
    "of its frames, 100 % are required.",
    "nothing shared": "Rejected: recall on 'Night' cannot be judged: candidate and baseline share no frames.",
    "empty": "Rejected: recall on 'Night' cannot be judged: the segment is empty; 1 more check rejects.",
    "missing": "Rejected: recall on 'Night' cannot be judged: there are no numbers for it; "
    "1 more check rejects.",
    "improved": "Accepted: 2 of 2 checks on 1 segment hold.",
}


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_is_one_plain_sentence(case: str) -> None:
    assert gate("tier: critical", JUDGED.get(case)).reason == REASONS[case]


def test_a_score_just_short_of_its_target_shows_enough_digits() -> None:
    report = gate("baseline: ignore", replace(FIRM, value=0.79996, low=0.75, high=0.83))
    assert "is 0.79996 (95 % interval 0.750 to 0.830), below the target 0.80000" in report.reason


def test_what_open_questions_mean_is_up_to_the_policy() -> None:
    asked = ("targets: false, baseline: not_worse", JUDGED["open"])
    assert gate(*asked).exit_code() == OPEN
    assert gate(*asked, "on_inconclusive: reject").exit_code() == REJECTED
    assert gate(*asked, "on_inconclusive: accept").exit_code() == ACCEPTED
    short = ("baseline: ignore", JUDGED["half covered"])
    assert gate(*short).exit_code() == REJECTED
    assert gate(*short, "on_not_evaluable: inconclusive").exit_code() == OPEN
    assert gate("baseline: ignore, coverage: 0.5", JUDGED["half covered"]).exit_code() == ACCEPTED


WAIVER = "waivers: [{segment: Night, reason: new camera, approved_by: ana, "


@pytest.mark.parametrize(
    ("waiver", "code", "note"),
    [
        ("expires: 2026-11-23}]", ACCEPTED, ""),
        ("metric: recall, check: target, expires: 2027-01-01}]", ACCEPTED, ""),
        ("starts: 2026-11-23, expires: 2027-01-01}]", ACCEPTED, ""),
        ("expires: 2026-11-22}]", REJECTED, "all scores on 'Night' expired on 2026-11-22 and does not apply"),
        (
            "starts: 2026-11-24, expires: 2027-01-01}]",
            REJECTED,
            "begins on 2026-11-24 and does not apply yet",
        ),
        ("metric: f1, expires: 2027-01-01}]", REJECTED, "f1 on 'Night' is about nothing this policy checks"),
        ("check: baseline, expires: 2027-01-01}]", REJECTED, "is about nothing"),
    ],
)
def test_waivers_count_while_they_are_active(waiver: str, code: int, note: str) -> None:
    report = gate("baseline: ignore", JUDGED["far below target"], WAIVER + waiver)
    assert report.exit_code() == code
    assert any(note in line for line in report.notes) == bool(note)
    if code == ACCEPTED:
        assert report.rows[0].effect is CheckEffect.WAIVED
        assert report.rows[0].waiver is not None
        assert report.rows[0].waiver.approved_by == "ana"
        assert report.reason == "Accepted: 0 of 1 check on 1 segment hold; 1 is waived."


def test_a_waiver_covers_what_cannot_be_judged() -> None:
    report = gate("baseline: ignore", JUDGED["half covered"], WAIVER + "expires: 2026-12-31}]")
    assert report.passed is True


def many(n: int, p: float) -> tuple[list[GateSegment], list[Judgement]]:
    segments = [GateSegment(f"S{i}", SegmentType.REGRESSION_TEST) for i in range(n)]
    base = replace(JUDGED["regressed"], metric=Metric.F1, p=p)
    return segments, [replace(base, segment=segment.name) for segment in segments]


def test_holm_corrects_over_the_comparisons_that_can_decide() -> None:
    segments, judgements = many(4, 0.02)
    alone = decide(default_policy(), segments[:1], judgements, "v2", "v1", TODAY)
    assert (alone.passed, alone.n_comparisons, alone.rows[0].p_adjusted) == (False, 1, 0.02)
    together = decide(default_policy(), segments, judgements, "v2", "v1", TODAY)
    assert (together.passed, together.n_comparisons) == (None, 4)
    assert [row.p_adjusted for row in together.rows] == pytest.approx([0.08] * 4)
    assert together.rows[0].outcome is CheckOutcome.INCONCLUSIVE
    assert together.rows[0].verdict == "regressed"
    mostly = "version: 1\nsegments: [{type: regression_test, tier: advisory}, {name: S0}]"
    one = decide(read_policy(mostly), segments, judgements, "v2", "v1", TODAY)
    assert (one.passed, one.n_comparisons) == (False, 1)
    assert [(row.p, row.p_adjusted) for row in one.rows[1:]] == [(0.02, None)] * 3


def test_one_score_asked_for_twice_is_one_comparison() -> None:
    segments, judgements = many(1, 0.03)
    twice = "version: 1\nsegments: [{name: S0}, {name: S0, tier: supporting, margin: 0.02}]"
    report = decide(read_policy(twice), segments, judgements, "v2", "v1", TODAY)
    assert (len(report.rows), report.n_comparisons) == (2, 1)


def test_deciding_rows_come_first() -> None:
    segments = [GateSegment(name, SegmentType.REGRESSION_TEST, NIGHT.targets) for name in "ABCD"]
    cases = ("improved", "just below target", "empty", "regressed")
    judgements = [replace(JUDGED[c], segment=s.name) for s, c in zip(segments, cases, strict=True)]
    report = decide(default_policy(), segments, judgements, "v2", "v1", TODAY)
    assert [(row.segment, row.kind.value) for row in report.rows] == [
        ("D", "baseline"),
        ("D", "target"),
        ("B", "target"),
        ("C", "baseline"),
        ("C", "target"),
        ("A", "baseline"),
        ("B", "baseline"),
        ("A", "target"),
    ]


def test_nothing_to_check_is_not_accepted() -> None:
    report = decide(default_policy(), [], [], "v2", None, TODAY)
    assert report.exit_code() == OPEN
    assert report.reason == (
        "Inconclusive: nothing was checked, since no segment has targets and no baseline was given."
    )
    assert report.notes == ("No baseline was given, so regressions were not looked for.",)


def test_required_targets_that_are_missing_reject() -> None:
    plain = [GateSegment("Night", SegmentType.REGRESSION_TEST)]
    policy = read_policy("version: 1\nsegments: [{name: Night, targets: true, baseline: ignore}]")
    report = decide(policy, plain, [FIRM], "v2", None, date(2026, 1, 1))
    assert report.reason == "Rejected: f1 on 'Night' cannot be judged: the segment has no targets."


def test_small_segments_are_named_with_what_they_could_show() -> None:
    report = gate("targets: false", replace(FIRM, n_groups=12, minimum_detectable=0.12))
    assert report.passed is True
    assert report.rows[0].is_small
    assert report.notes == (
        "'Night' is small (below 20 groups or 30 labels); only a change of about 0.120 or more would show.",
    )


def test_a_set_is_not_its_own_baseline() -> None:
    with pytest.raises(InvalidInputError, match="'v2' for both"):
        gate("tier: critical", FIRM, baseline="v2")
