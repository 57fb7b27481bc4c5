"""Overlap of axis-parallel boxes, to the last bit as pycocotools computes it."""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray


@njit(cache=True, nogil=True)
def overlap(inferred: FloatArray, i: int, labelled: FloatArray, j: int, over_own_area: bool) -> float:
    """Return how much box `inferred[i]` overlaps box `labelled[j]`.

    Args:
        inferred: float64, shape (N, 4), x, y, width, height.
        i: row of the inference.
        labelled: float64, shape (M, 4), x, y, width, height.
        j: row of the label.
        over_own_area: divide by the inference's own area (crowds, ignored regions) instead of the union.

    Returns:
        A number in [0, 1]; 0 where the boxes only touch or one has no area.

    Source: `bbIou` of pycocotools' `maskApi.c`, in the same order of operations.
    """
    left, top, wide, high = inferred[i, 0], inferred[i, 1], inferred[i, 2], inferred[i, 3]
    x, y, w, h = labelled[j, 0], labelled[j, 1], labelled[j, 2], labelled[j, 3]
    across = min(wide + left, w + x) - max(left, x)
    if not across > 0.0:
        return 0.0
    down = min(high + top, h + y) - max(top, y)
    if not down > 0.0:
        return 0.0
    shared = across * down
    own = wide * high
    whole: float = own if over_own_area else own + w * h - shared
    return float(shared / whole)


def pairwise_overlap(inferred: FloatArray, labelled: FloatArray, crowd: BoolArray) -> FloatArray:
    """Return the overlap of every inference with every label.

    Args:
        inferred: float64, shape (N, 4), x, y, width, height.
        labelled: float64, shape (M, 4).
        crowd: bool, shape (M,), True divides by the inference's own area.

    Returns:
        float64, shape (N, M), numbers in [0, 1].

    Raises:
        ShapeError: a box array is not (N, 4) or `crowd` has another length than `labelled`.
    """
    for boxes in (inferred, labelled):
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise ShapeError(f"expected boxes of shape (N, 4), found {boxes.shape}")
    if len(crowd) != len(labelled):
        raise ShapeError(f"expected one crowd mark per label ({len(labelled)}), found {len(crowd)}")
    result = np.empty((len(inferred), len(labelled)))
    for i in range(len(inferred)):
        for j in range(len(labelled)):
            result[i, j] = overlap(inferred, i, labelled, j, bool(crowd[j]))
    return result
