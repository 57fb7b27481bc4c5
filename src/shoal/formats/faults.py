"""Turning faulty rows into problems a person can act on: all counted, the first ones spelled out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.errors import Problem, ProblemLog

Place = Callable[[int], str]
"""Gives the place (`line 12`, `annotations[3]`) of a position in the rows at hand."""


def shorten(value: Any, limit: int = 60) -> str:
    """Return a value as a person would write it, cut to about `limit` characters."""
    try:
        text = "nothing" if value is None else repr(value)
    except RecursionError:
        text = "a deeply nested value"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def report_rows(
    problems: ProblemLog, faulty: npt.NDArray[np.bool_], describe: Callable[[int], Problem]
) -> None:
    """Count every True of `faulty`, shape (N,), and describe as many as the log still keeps."""
    positions = np.flatnonzero(faulty)
    room = max(0, problems.shown - len(problems.problems))
    for position in positions[:room]:
        problems.add(describe(int(position)))
    problems.total += max(0, len(positions) - room)


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that look like `name`, compared without case, nearest first."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    return [folded[key] for key in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]


def listed(names: Sequence[str], limit: int = 5) -> str:
    """Return names in quotes, separated by commas, the rest past `limit` as a count."""
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown} and {len(names) - limit:,} more" if len(names) > limit else shown
