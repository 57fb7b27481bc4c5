"""Batches of a work queue: elements in portions, in the order they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

DEFAULT_BATCH_SIZE: Final = 100


def batch_numbers(ids: Iterable[str], known: Mapping[str, int], size: int) -> dict[str, int]:
    """Return the batch of every element, counted from 1: its own where it has one, else the next with room.

    Args:
        ids: the elements, in the order they are to be worked on.
        known: batches of elements that have one; others than `ids` are left out of the answer but keep their
            place.
        size: how many elements a batch holds.
    """
    last = max(known.values(), default=1)
    n_last = Counter(known.values())[last]
    found: dict[str, int] = {}
    for element_id in ids:
        if element_id in known:
            found[element_id] = known[element_id]
            continue
        if n_last >= max(1, size):
            last, n_last = last + 1, 0
        found[element_id] = last
        n_last += 1
    return found


def batch_name(number: int) -> str:
    """Return what the client calls a batch."""
    return f"batch_{number}"
