"""Gate reports as Markdown for a pull request and as JUnit XML for a CI server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

from shoal.model.gate_row import CheckEffect, CheckKind, CheckOutcome, GateRow

SHOWN_ROWS: Final = 20
"""Rows of the table above the fold."""

_SIGNS: Final = {
    CheckEffect.REJECTS: "✗",
    CheckEffect.WITHHOLDS: "≈",
    CheckEffect.WAIVED: "○",
    CheckEffect.REPORTED: "!",
    CheckEffect.HOLDS: "✓",
}
_HEADINGS: Final = {True: "✓ accepted", False: "✗ rejected", None: "≈ inconclusive"}
_ILLEGAL_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]|#~!])")


def markdown_of(
    passed: bool | None,
    reason: str,
    sets: Mapping[str, str],
    context: str,
    rows: Sequence[GateRow],
    notes: Sequence[str],
) -> str:
    """Return a report as GitHub and GitLab Markdown.

    Args:
        passed: True, False, or `None` for inconclusive.
        reason: one plain sentence.
        sets: names of `candidate` and `baseline`; the baseline may be empty.
        context: policy and day.
        rows: those that decided first.
        notes: listed below the table.

    Returns:
        Text ending in a newline.  Names are escaped: none can break the table, add markup or mention anyone.
    """
    against = f" against {escaped(sets['baseline'])}" if sets.get("baseline") else ""
    lines = [
        f"### Shoal gate: {_HEADINGS[passed]}",
        "",
        escaped(reason),
        "",
        f"{escaped(sets['candidate'])}{against} ({escaped(context)})",
    ]
    telling = [row for row in rows if row.effect is not CheckEffect.HOLDS]
    shown = (telling or list(rows))[:SHOWN_ROWS]
    if shown:
        lines += ["", *_table(shown)]
    lines += ["", *(f"- {escaped(note)}" for note in notes)] if notes else []
    if len(shown) < len(rows):
        summary = f"All {len(rows)} checks"
        lines += ["", "<details>", f"<summary>{summary}</summary>", "", *_table(rows), "", "</details>"]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[GateRow]) -> list[str]:
    head = ["", "Segment", "Check", "Score", "Difference", "p (corrected)", "Tier", "Finding"]
    lines = [_line(head), _line(["---"] * len(head))]
    return lines + [_line(_cells(row)) for row in rows]


def _cells(row: GateRow) -> list[str]:
    check = (
        f"{row.score_name} {row.demand}"
        if row.kind is CheckKind.TARGET
        else f"{row.score_name}: {row.demand}"
    )
    corrected = "" if row.p_adjusted is None else f" ({_p(row.p_adjusted)})"
    return [
        _SIGNS[row.effect],
        escaped(row.segment),
        escaped(check),
        _with_interval(row.value, row.low, row.high, signed=False),
        _with_interval(row.delta, row.delta_low, row.delta_high, signed=True),
        "–" if row.p is None else f"{_p(row.p)}{corrected}",
        str(row.tier),
        _finding(row),
    ]


def _finding(row: GateRow) -> str:
    words = escaped(row.verdict.replace("_", " "))
    if (
        row.kind is CheckKind.BASELINE
        and row.verdict == "regressed"
        and row.outcome is CheckOutcome.INCONCLUSIVE
    ):
        words += ", not significant after correction"
    if row.waiver is not None:
        words += f"; waived until {escaped(row.waiver.expires)}: {escaped(row.waiver.reason)}"
    return words + ("; small segment" if row.is_small else "")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _with_interval(value: float | None, low: float | None, high: float | None, *, signed: bool) -> str:
    if value is None:
        return "–"
    if low is None or high is None:
        return number(value, signed=signed)
    return f"{number(value, signed=signed)} [{number(low, signed=signed)}, {number(high, signed=signed)}]"


def number(value: float, *, signed: bool = False, digits: int = 3) -> str:
    """Return a number to `digits` digits after the point, with a true minus sign; zero carries no sign."""
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    if float(text) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def escaped(text: str) -> str:
    """Return text that shows as itself inside a Markdown table cell, on one line."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    safe = visible.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
    return _MARKDOWN.sub(r"\\\1", safe)


def junit_of(rows: Sequence[GateRow], properties: Mapping[str, str]) -> str:
    """Return the checks as JUnit XML.

    A check that rejects is a failure, or an error when it could not be judged; one that fails or is open
    without rejecting (advisory, waived, inconclusive) is skipped with its finding as message.

    Args:
        rows: the checks.
        properties: put into the suite's properties.

    Returns:
        A whole XML document.  Characters XML cannot hold are shown as U+FFFD.
    """
    suite = ElementTree.Element("testsuite", {"name": "shoal gate"})
    listed = ElementTree.SubElement(suite, "properties")
    for name, value in properties.items():
        ElementTree.SubElement(listed, "property", {"name": name, "value": _legal(value)})
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for row in rows:
        kind = _junit_kind(row)
        case = ElementTree.SubElement(suite, "testcase", _case_names(row))
        if kind:
            counts[kind] += 1
            ElementTree.SubElement(case, kind, _message(row, kind))
    totals = {
        "tests": str(len(rows)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": "0",
    }
    suite.attrib.update(totals)
    suites = ElementTree.Element("testsuites", {"name": "shoal gate", **totals})
    suites.append(suite)
    ElementTree.indent(suites)
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _junit_kind(row: GateRow) -> str:
    if row.effect is CheckEffect.HOLDS:
        return ""
    if row.effect is CheckEffect.REJECTS:
        return "error" if row.outcome is CheckOutcome.NOT_EVALUABLE else "failure"
    return "skipped"


def _case_names(row: GateRow) -> dict[str, str]:
    name = f"{row.score_name} {row.demand}"
    if row.kind is CheckKind.BASELINE:
        name = f"{row.score_name} against baseline: {row.demand}"
    return {"classname": _legal(row.segment), "name": _legal(name), "time": "0"}


def _message(row: GateRow, kind: str) -> dict[str, str]:
    prefix = {CheckEffect.WAIVED: "Waived: ", CheckEffect.REPORTED: f"Reported, {row.tier}: "}.get(
        row.effect, ""
    )
    waiver = f" ({row.waiver.reason}, until {row.waiver.expires})" if row.waiver else ""
    message = {"message": _legal(f"{prefix}{row.sentence}{waiver}.")}
    return message if kind == "skipped" else message | {"type": str(row.outcome)}


def _legal(text: str) -> str:
    return _ILLEGAL_XML.sub("\ufffd", text)
