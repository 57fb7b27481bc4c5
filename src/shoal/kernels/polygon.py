"""Which points lie in a polygon."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array
from shoal.kernels.threads import over_ranges

Float32Array: TypeAlias = NDArray[np.float32]

_SLABS = 256
"""Horizontal strips; a point is held against the edges of its own strip alone."""


def points_in_polygon(points: Float32Array, polygon: FloatArray) -> BoolArray:
    """Return which points lie in a polygon by the even-odd rule; those on its border do.

    Computed in float64 and the same for both directions of an edge; a point nearer to an edge than that
    rounds, about 1e-15 of the polygon's extent, may be found on it.

    Args:
        points: float32, shape (N, 2), x and y; NaN is outside.
        polygon: float64, shape (P, 2), P ≥ 3, corners in order, the last joined to the first; it may cross
            itself.

    Returns:
        bool, shape (N,).

    Raises:
        ShapeError: `points` is not (N, 2), or `polygon` not (P, 2) with P ≥ 3.

    Source: the crossing-number test, Shimrat 1962, CACM Algorithm 112.
    """
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError(f"expected points of shape (N, 2), found {points.shape}")
    if polygon.ndim != 2 or polygon.shape[1] != 2 or len(polygon) < 3:
        raise ShapeError(f"expected a polygon of shape (P, 2) with P ≥ 3, found {polygon.shape}")
    corners = np.ascontiguousarray(polygon, np.float64)
    inside = np.zeros(len(points), np.bool_)
    starts, edges = _edges_by_slab(corners)
    over_ranges(_fill, len(points), len(points), points, corners, starts, edges, inside)
    return inside


def _edges_by_slab(corners: FloatArray) -> tuple[Int64Array, Int64Array]:
    """Return the edges that reach into each strip: offsets (S + 1,), and the first corner of each edge."""
    low, high = corners[:, 1].min(), corners[:, 1].max()
    following = np.roll(corners[:, 1], -1)
    first = _slab(np.minimum(corners[:, 1], following), low, high)
    last = _slab(np.maximum(corners[:, 1], following), low, high)
    counts = last - first + 1
    edge = np.repeat(np.arange(len(corners)), counts)
    slab = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    order = np.argsort(slab, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(slab, minlength=_SLABS))))
    return starts.astype(np.int64), edge[order].astype(np.int64)


def _slab(y: FloatArray, low: float, high: float) -> Int64Array:
    share = (y - low) / (high - low) if high > low else np.zeros_like(y)
    return np.minimum(share * _SLABS, _SLABS - 1).astype(np.int64)


@njit(cache=True, nogil=True)
def _fill(
    first: int,
    last: int,
    points: Float32Array,
    corners: FloatArray,
    starts: Int64Array,
    edges: Int64Array,
    inside: BoolArray,
) -> None:
    n_slabs = len(starts) - 1
    low_x, high_x = corners[:, 0].min(), corners[:, 0].max()
    low_y, high_y = corners[:, 1].min(), corners[:, 1].max()
    for i in range(first, last):
        x, y = np.float64(points[i, 0]), np.float64(points[i, 1])
        if not (low_x <= x <= high_x and low_y <= y <= high_y):
            continue
        share = (y - low_y) / (high_y - low_y) if high_y > low_y else 0.0
        slab = min(int(share * n_slabs), n_slabs - 1)
        inside[i] = _is_inside(x, y, corners, edges[starts[slab] : starts[slab + 1]])


@njit(cache=True, nogil=True)
def _is_inside(x: float, y: float, corners: FloatArray, edges: Int64Array) -> bool:
    is_inside = False
    for edge in edges:
        following = edge + 1 if edge + 1 < len(corners) else 0
        ax, ay = corners[edge, 0], corners[edge, 1]
        bx, by = corners[following, 0], corners[following, 1]
        if by < ay:  # upwards, so that an edge that is walked there and back is crossed twice or not at all
            ax, ay, bx, by = bx, by, ax, ay
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if side == 0.0 and min(ax, bx) <= x <= max(ax, bx) and ay <= y <= by:
            return True
        if ay <= y < by and side > 0.0:
            is_inside = not is_inside
    return is_inside
