"""The gate's answer in one sentence, and what else its reader should know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shoal.evaluate.policy import Policy, Waiver
from shoal.evaluate.policy_selection import Check
from shoal.model.gate_row import CheckEffect, CheckKind, CheckOutcome, GateRow, Tier


def answer_of(rows: Sequence[GateRow], baseline: str | None) -> tuple[bool | None, str]:
    """Return the answer and the sentence that says what decided it.

    Args:
        rows: all checks, those that decide first.
        baseline: name of the baseline, if any.

    Returns:
        True, False or `None` (inconclusive); a gate that could judge nothing is inconclusive.
    """
    rejecting = [row for row in rows if row.effect is CheckEffect.REJECTS]
    if rejecting:
        more = _more(len(rejecting) - 1, "rejects", "reject")
        return False, f"Rejected: {rejecting[0].sentence}{more}."
    withholding = [row for row in rows if row.effect is CheckEffect.WITHHOLDS]
    if withholding:
        more = _more(len(withholding) - 1, "leaves it open", "leave it open")
        return None, f"Inconclusive: {withholding[0].sentence}{more}."
    deciding = [row for row in rows if row.tier is not Tier.ADVISORY]
    if not deciding:
        lacking = "" if baseline else " and no baseline was given"
        return None, f"Inconclusive: nothing was checked, since no segment has targets{lacking}."
    if all(row.outcome is CheckOutcome.NOT_EVALUABLE and row.waiver is None for row in deciding):
        return None, f"Inconclusive: {deciding[0].sentence}, nor can any other check."
    return True, _accepted(deciding)


def _accepted(deciding: Sequence[GateRow]) -> str:
    n_segments = len({row.segment for row in deciding})
    n_holding = sum(row.effect is CheckEffect.HOLDS for row in deciding)
    words = [
        f"{n_holding} of {_counted(len(deciding), 'check')} on {_counted(n_segments, 'segment')} hold",
    ]
    for name, effect in (("waived", CheckEffect.WAIVED), ("reported only", CheckEffect.REPORTED)):
        n = sum(row.effect is effect for row in deciding)
        words += [f"{n} {'is' if n == 1 else 'are'} {name}"] if n else []
    return f"Accepted: {'; '.join(words)}."


def _more(n: int, one: str, many: str) -> str:
    return f"; {_counted(n, 'more check')} {one if n == 1 else many}" if n else ""


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def notes_of(
    policy: Policy, checks: Sequence[Check], rows: Sequence[GateRow], baseline: str | None, today: date
) -> tuple[str, ...]:
    """Return the notes: waivers that do not apply, a missing baseline, segments too small to notice much."""
    notes = [note for waiver in policy.waivers if (note := _waiver_note(waiver, checks, today))]
    if baseline is None:
        notes.append("No baseline was given, so regressions were not looked for.")
    blind = [
        row
        for row in rows
        if row.kind is CheckKind.BASELINE and row.is_small and row.tier is not Tier.ADVISORY
    ]
    for name in dict.fromkeys(row.segment for row in blind):
        sizes = [row.minimum_detectable for row in blind if row.segment == name and row.minimum_detectable]
        reach = f"; only a change of about {max(sizes):.3f} or more would show" if sizes else ""
        notes.append(f"'{name}' is small (below 20 groups or 30 labels){reach}.")
    return tuple(notes)


def _waiver_note(waiver: Waiver, checks: Sequence[Check], today: date) -> str:
    name = f"The waiver for {waiver.metric or 'all scores'} on '{waiver.segment}'"
    if today > waiver.expires:
        day = waiver.expires.isoformat()
        return f"{name} expired on {day} and does not apply: {waiver.reason}"
    if waiver.starts is not None and today < waiver.starts:
        return f"{name} begins on {waiver.starts.isoformat()} and does not apply yet."
    if not any(waiver.is_about(check.segment.name, check.metric, check.kind) for check in checks):
        return f"{name} is about nothing this policy checks."
    return ""
