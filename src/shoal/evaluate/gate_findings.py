"""What one check found, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.evaluate.judgement import Judgement
from shoal.evaluate.policy_selection import Check
from shoal.evaluate.verdict import baseline_verdict, is_number, target_verdict
from shoal.model.gate_rendering import number
from shoal.model.gate_row import BaselineDemand, CheckKind, CheckOutcome
from shoal.model.verdict import BaselineVerdict, TargetVerdict, VerdictRule


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out of one check.

    Attributes:
        outcome: pass, fail, inconclusive or not evaluable, after the correction.
        verdict: the target or baseline verdict before any correction.
        is_firm: a failure that even a supporting check rejects for: the whole interval is on the wrong side.
        shortfall: how far the score is from what was asked; orders the failures.
        sentence: the finding in words, without a full stop.
    """

    outcome: CheckOutcome
    verdict: str
    is_firm: bool
    shortfall: float
    sentence: str


def examine(check: Check, judgement: Judgement | None, p_adjusted: float | None, alpha: float) -> Finding:
    """Return what a check found.

    Args:
        check: the question.
        judgement: the numbers; `None` when nobody could give them.
        p_adjusted: the p-value after Holm's correction; the raw one for checks outside the correction.
        alpha: level the adjusted p-value must not exceed for a change to count.
    """
    obstacle = _obstacle(check, judgement)
    if obstacle or judgement is None:
        words = f"{_subject(check)} cannot be judged: {obstacle}"
        return Finding(CheckOutcome.NOT_EVALUABLE, str(TargetVerdict.NOT_EVALUABLE), False, 0.0, words)
    if check.kind is CheckKind.TARGET:
        return _against_target(check, judgement)
    return _against_baseline(check, judgement, is_significant=is_number(p_adjusted) and p_adjusted <= alpha)


def _obstacle(check: Check, judgement: Judgement | None) -> str:
    if check.kind is CheckKind.TARGET and check.minimum is None:
        return "the segment has no targets"
    if judgement is None:
        return "there are no numbers for it"
    if judgement.coverage is None:
        return "the segment is empty"
    if judgement.coverage < check.coverage:
        return _covered("the candidate covers", judgement.coverage, check.coverage)
    if not is_number(judgement.value):
        return "the score is undefined, because the frames hold nothing it is made of"
    if check.kind is CheckKind.TARGET:
        return ""
    shared = judgement.shared_coverage
    if not shared:
        return "candidate and baseline share no frames"
    if shared < check.coverage:
        return _covered("candidate and baseline together cover", shared, check.coverage)
    if not is_number(judgement.delta):
        return "the baseline's score is undefined"
    if not (is_number(judgement.delta_low) and is_number(judgement.delta_high)):
        return "an interval of the difference needs two groups of frames"
    return ""


def _covered(who: str, share: float, required: float) -> str:
    return f"{who} {_percent(share)} of its frames, {_percent(required)} are required"


def _percent(share: float) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    return f"{'99.9' if text == '100' and share < 1.0 else text} %"


def _against_target(check: Check, judgement: Judgement) -> Finding:
    value, minimum = judgement.value, check.minimum
    assert value is not None
    assert minimum is not None
    verdict = target_verdict(
        value,
        judgement.low,
        judgement.high,
        minimum,
        rule=check.rule,
        coverage=judgement.coverage,
        required_coverage=check.coverage,
    )
    is_firm = is_number(judgement.high) and judgement.high < minimum
    words = f"{_subject(check)} is {_apart(value, minimum)}{_interval(judgement.low, judgement.high)}"
    target = _apart(minimum, value)
    if verdict is TargetVerdict.PASS:
        words += f" and meets the target {target}"
    elif verdict is TargetVerdict.FAIL:
        words += f", below the target {target}"
    else:
        words += f", which leaves open whether it meets the target {target}"
    if check.rule is VerdictRule.CONFIDENT and verdict is not TargetVerdict.INCONCLUSIVE:
        words += " with confidence"
    return Finding(CheckOutcome(verdict.value), str(verdict), is_firm, minimum - value, words)


def _against_baseline(check: Check, judgement: Judgement, *, is_significant: bool) -> Finding:
    delta, low, high = judgement.delta, judgement.delta_low, judgement.delta_high
    assert delta is not None
    assert low is not None
    assert high is not None
    verdict = baseline_verdict(delta, low, high, margin=check.margin)
    is_regression = verdict is BaselineVerdict.REGRESSED
    outcome = _outcome(check.demand, verdict, high, is_significant=is_significant)
    change = _change(check, judgement)
    margin = number(check.margin)
    if is_regression and is_significant:
        words = f"{change}, more than the margin {margin}"
    elif is_regression:
        words = f"{change}, more than the margin {margin} but not significant after correction"
    elif outcome is CheckOutcome.PASS:
        words = f"{change}: {_PASSED[verdict]}"
    elif check.demand is BaselineDemand.IMPROVED:
        words = f"{change}, which does not show the improvement asked for"
    else:
        words = f"{change}, which leaves open whether it fell by more than the margin {margin}"
    return Finding(outcome, str(verdict), is_regression and is_significant, -delta, words)


_PASSED = {
    BaselineVerdict.IMPROVED: "improved",
    BaselineVerdict.NOT_WORSE: "not worse",
    BaselineVerdict.INCONCLUSIVE: "no regression shown",
}


def _outcome(
    demand: BaselineDemand, verdict: BaselineVerdict, high: float, *, is_significant: bool
) -> CheckOutcome:
    if verdict is BaselineVerdict.REGRESSED:
        return CheckOutcome.FAIL if is_significant else CheckOutcome.INCONCLUSIVE
    if demand is BaselineDemand.NOT_REGRESSED:
        return CheckOutcome.PASS
    if demand is BaselineDemand.NOT_WORSE:
        is_open = verdict is BaselineVerdict.INCONCLUSIVE
        return CheckOutcome.INCONCLUSIVE if is_open else CheckOutcome.PASS
    if verdict is BaselineVerdict.IMPROVED and is_significant:
        return CheckOutcome.PASS
    return CheckOutcome.FAIL if high <= 0.0 else CheckOutcome.INCONCLUSIVE


def _change(check: Check, judgement: Judgement) -> str:
    delta, before = judgement.delta, judgement.baseline_value
    assert delta is not None
    spread = _interval(
        judgement.delta_low, judgement.delta_high, lead=f"{number(delta, signed=True)}, ", signed=True
    )
    if not is_number(before):
        return f"{_subject(check)} changed{spread}"
    if delta == 0.0:
        return f"{_subject(check)} stayed at {number(before)}{spread}"
    verb = "fell" if delta < 0.0 else "rose"
    after = before + delta
    return f"{_subject(check)} {verb} from {_apart(before, after)} to {_apart(after, before)}{spread}"


def _subject(check: Check) -> str:
    return f"{check.score_name} on '{check.segment.name}'"


def _interval(low: float | None, high: float | None, *, lead: str = "", signed: bool = False) -> str:
    if not (is_number(low) and is_number(high)):
        return f" ({lead.rstrip(', ')})" if lead else ""
    return f" ({lead}95 % interval {number(low, signed=signed)} to {number(high, signed=signed)})"


def _apart(value: float, other: float) -> str:
    """Return a number with as many digits, three to nine, as set it apart from the other."""
    digits = 3
    while digits < 9 and value != other and f"{value:.{digits}f}" == f"{other:.{digits}f}":
        digits += 1
    return number(value, digits=digits)
