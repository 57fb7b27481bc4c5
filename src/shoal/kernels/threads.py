"""Run one compiled kernel over all frames, on as many threads as the work is worth.

The kernels release the interpreter's lock, so plain threads use all cores.  A kernel compiled for one
thread loads from numba's cache in milliseconds; numba's own parallel backend takes most of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

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
