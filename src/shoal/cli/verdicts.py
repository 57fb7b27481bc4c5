"""Verdicts as shape and word, so that colour is never all there is."""

from __future__ import annotations

from typing import Final

from shoal.model.verdict import BaselineVerdict, TargetVerdict

Verdict = TargetVerdict | BaselineVerdict

_SHOWN: Final[dict[str, tuple[str, str]]] = {
    "pass": ("✓ pass", "green"),
    "fail": ("✗ fail", "red"),
    "improved": ("▲ improved", "green"),
    "regressed": ("▼ regressed", "red"),
    "not_worse": ("= not worse", "green"),
    "inconclusive": ("≈ inconclusive", "yellow"),
    "not_evaluable": ("– not evaluable", "dim"),
}


def verdict_text(verdict: Verdict | str) -> str:
    """Return a verdict as shape and word, such as `▼ regressed`."""
    return _SHOWN[str(verdict)][0]


def verdict_style(verdict: Verdict | str) -> str:
    """Return the colour of a verdict, as rich names it."""
    return _SHOWN[str(verdict)][1]
