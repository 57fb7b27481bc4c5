"""Run one compiled kernel over all frames, on as many threads as the work is worth.

The kernels release the interpreter's lock, so plain threads use all cores.  A kernel compiled for one
thread loads from numba's cache in milliseconds; numba's own parallel backend takes most of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

ROWS_WORTH_A_THREAD = 100_000


def n_workers() -> int:
    """Return the number of cores this process may use."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def over_ranges(kernel: Callable[..., Any], n_items: int, n_rows: int, *arguments: Any) -> list[Any]:
    """Call `kernel(first, last, *arguments)` over ranges that cover `0..n_items`.

    Args:
        kernel: compiled with `nogil=True`; calls for different ranges must not write the same memory.
        n_items: what is divided among threads, such as frames.
        n_rows: how much work there is; below 200,000 rows everything runs in the calling thread.
        arguments: passed on.

    Returns:
        What the calls returned, in the order of their ranges.
    """
    parts = max(1, min(n_workers(), n_rows // ROWS_WORTH_A_THREAD, n_items))
    if parts == 1:
        return [kernel(0, n_items, *arguments)]
    edges = [n_items * part // parts for part in range(parts + 1)]
    *others, own = pairwise(edges)
    with ThreadPoolExecutor(len(others)) as pool:
        calls = [pool.submit(kernel, first, last, *arguments) for first, last in others]
        result = kernel(*own, *arguments)
        return [*(call.result() for call in calls), result]


def over_items(work: Callable[[Item], Result], items: Sequence[Item], n_rows: int) -> list[Result]:
    """Return `[work(item) for item in items]`, on as many threads as the work is worth.

    Args:
        work: spends its time in kernels compiled with `nogil=True`; calls must not write the same memory.
        items: what is divided among threads.
        n_rows: how much work there is in all; below 200,000 rows everything runs in the calling thread.
    """
    parts = max(1, min(n_workers(), n_rows // ROWS_WORTH_A_THREAD, len(items)))
    if parts == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(parts) as pool:
        return list(pool.map(work, items))
