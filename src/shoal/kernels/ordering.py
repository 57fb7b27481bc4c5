"""The order matching reads inferences in, for rows that lie frame after frame already."""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.kernels.objects import FloatArray, Int64Array
from shoal.kernels.threads import over_ranges

_LONG_FRAME = 256


def order_within_frames(offsets: Int64Array, scores: FloatArray) -> Int64Array:
    """Return the permutation that puts the rows of every frame in falling score; ties keep their order.

    Args:
        offsets: int64, shape (F + 1,); the rows of frame `f` are `offsets[f]:offsets[f + 1]`.
        scores: float64, shape (N,).

    Returns:
        int64, shape (N,), as `order_by_confidence` returns for rows sorted by frame, in a tenth of the time.
    """
    order = np.arange(len(scores), dtype=np.int64)
    over_ranges(_order_frames, len(offsets) - 1, len(scores), offsets, scores, order)
    for frame in np.flatnonzero(np.diff(offsets) > _LONG_FRAME):
        first, last = offsets[frame], offsets[frame + 1]
        order[first:last] = first + np.argsort(-scores[first:last], kind="stable")
    return order


@njit(cache=True, nogil=True)
def _order_frames(first: int, last: int, offsets: Int64Array, scores: FloatArray, order: Int64Array) -> None:
    for frame in range(first, last):
        start, stop = offsets[frame], offsets[frame + 1]
        if stop - start > _LONG_FRAME:
            continue
        for place in range(start + 1, stop):
            row, at = order[place], place
            while at > start and scores[order[at - 1]] < scores[row]:
                order[at] = order[at - 1]
                at -= 1
            order[at] = row
