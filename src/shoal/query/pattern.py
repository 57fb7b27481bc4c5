"""Wildcard patterns on single strings."""

from __future__ import annotations

from collections.abc import Sequence


def fits(text: str, parts: Sequence[str]) -> bool:
    """Whether the text begins with the first part, ends with the last and holds the others between, in order.

    Parts never share a character.  Time is linear in the text for each part; nothing backtracks.
    """
    first, *inside, last = parts
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for part in inside:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
