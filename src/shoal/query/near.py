"""Near names for messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_COMPARED = 2000
"""Names looked at: a suggestion is not worth a long wait."""


def near_names(name: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return up to `limit` of the known names that resemble `name`, nearest first, without regard to case."""
    spelled = {candidate.casefold(): candidate for candidate in islice(known, _COMPARED)}
    return [
        spelled[found] for found in get_close_matches(name[:100].casefold(), spelled, n=limit, cutoff=0.6)
    ]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint naming near names, or an empty string when nothing is near."""
    found = near_names(name, known)
    return f"Did you mean {' or '.join(found)}?" if found else ""
