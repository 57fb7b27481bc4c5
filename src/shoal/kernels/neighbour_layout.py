"""Laying points out in the plane so that neighbours stay neighbours (PaCMAP).

Source: Wang, Huang, Rudin and Shaposhnik 2021, "Understanding How Dimension Reduction Tools Work", Journal of
Machine Learning Research 22, Algorithm 1 and Table 1.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shoal.kernels.objects import Int32Array

Float32Array: TypeAlias = NDArray[np.float32]

_DRAWN = 6
"""Of so many points drawn at random, the second nearest makes a mid-near pair."""

_FIRST_BETA = 0.9
_SECOND_BETA = 0.999
_SMALL = 1e-7


@njit(cache=True, nogil=True)
def mid_near(vectors: Float32Array, n_pairs: int, first: int, last: int, seed: int) -> Int32Array:
    """Return partners of mid distance for points `first..last`: the second nearest of six drawn.

    Args:
        vectors: float32, shape (N, D), N > 6 + `n_pairs`.
        n_pairs: partners per point.
        first: the first point to find partners for.
        last: one past the last.
        seed: each point draws from a sequence of its own, so ranges do not matter.

    Returns:
        int32, shape (last - first, n_pairs).
    """
    n, dimension = vectors.shape
    partners = np.empty((last - first, n_pairs), np.int32)
    drawn = np.empty(_DRAWN, np.int64)
    for i in range(first, last):
        np.random.seed(seed + i)
        for pair in range(n_pairs):
            nearest, second = np.inf, np.inf
            nearest_at, second_at = -1, -1
            for k in range(_DRAWN):
                j = _drawn(n, i, drawn[:k], partners[i - first, :pair])
                drawn[k] = j
                far = 0.0
                for d in range(dimension):
                    far += (vectors[i, d] - vectors[j, d]) ** 2
                if far < nearest:
                    second, second_at = nearest, nearest_at
                    nearest, nearest_at = far, j
                elif far < second:
                    second, second_at = far, j
            partners[i - first, pair] = second_at if second_at >= 0 else nearest_at
    return partners


@njit(cache=True, nogil=True)
def further(neighbours: Int32Array, n_pairs: int, seed: int) -> Int32Array:
    """Return far partners for every point: drawn at random, neighbours left out.

    Args:
        neighbours: int32, shape (N, k), N > k + `n_pairs`.
        n_pairs: partners per point.
        seed: each point draws from a sequence of its own.

    Returns:
        int32, shape (N, n_pairs).
    """
    n = len(neighbours)
    partners = np.empty((n, n_pairs), np.int32)
    none = np.empty(0, np.int64)
    for i in range(n):
        np.random.seed(seed + i)
        for pair in range(n_pairs):
            j = i
            while j == i or _holds(neighbours[i], j):
                j = _drawn(n, i, none, partners[i, :pair])
            partners[i, pair] = j
    return partners


@njit(cache=True, nogil=True)
def _drawn(n: int, own: int, drawn: NDArray[np.int64], taken: Int32Array) -> int:
    while True:
        j = np.random.randint(0, n)
        if j != own and not _holds(drawn, j) and not _holds(taken, j):
            return int(j)


@njit(cache=True, nogil=True)
def _holds(values: NDArray[Any], wanted: int) -> bool:
    for value in values:  # noqa: SIM110 - numba knows no generators
        if value == wanted:
            return True
    return False


@njit(cache=True, nogil=True)
def pull(
    points: Float32Array, partners: Int32Array, weight: float, scale: float, gradient: Float32Array
) -> None:
    """Add the gradient of `weight · d / (scale + d)` over pairs, d = 1 + squared distance.

    Args:
        points: float32, shape (N, 2).
        partners: int32, shape (N, k): point i is drawn to each of `partners[i]`.
        weight: of these pairs.
        scale: 10 for neighbours, 10,000 for mid-near pairs.
        gradient: float32, shape (N, 2); added to.
    """
    for i in range(len(points)):
        for j in partners[i]:
            x, y = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1]
            far = scale + 1.0 + x * x + y * y
            force = np.float32(weight * 2.0 * scale / (far * far))
            gradient[i, 0] += force * x
            gradient[i, 1] += force * y
            gradient[j, 0] -= force * x
            gradient[j, 1] -= force * y


@njit(cache=True, nogil=True)
def push(points: Float32Array, partners: Int32Array, weight: float, gradient: Float32Array) -> None:
    """Add the gradient of `weight / (1 + d)` over pairs, d = 1 + squared distance.

    Args:
        points: float32, shape (N, 2).
        partners: int32, shape (N, k): point i is driven away from each of `partners[i]`.
        weight: of these pairs.
        gradient: float32, shape (N, 2); added to.
    """
    for i in range(len(points)):
        for j in partners[i]:
            x, y = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1]
            far = 2.0 + x * x + y * y
            force = np.float32(weight * 2.0 / (far * far))
            gradient[i, 0] -= force * x
            gradient[i, 1] -= force * y
            gradient[j, 0] += force * x
            gradient[j, 1] += force * y


@njit(cache=True, nogil=True)
def step(
    points: Float32Array,
    gradient: Float32Array,
    mean: Float32Array,
    square: Float32Array,
    rate: float,
    number: int,
) -> None:
    """Move points one step down the gradient, in place (Adam, Kingma and Ba 2015).

    Args:
        points: float32, shape (N, 2).
        gradient: float32, shape (N, 2).
        mean: float32, shape (N, 2), running mean of the gradient.
        square: float32, shape (N, 2), running mean of its square.
        rate: how far.
        number: how many steps were made before.
    """
    corrected = rate * np.sqrt(1.0 - _SECOND_BETA ** (number + 1)) / (1.0 - _FIRST_BETA ** (number + 1))
    for i in range(len(points)):
        for axis in range(2):
            slope = gradient[i, axis]
            mean[i, axis] += np.float32(1.0 - _FIRST_BETA) * (slope - mean[i, axis])
            square[i, axis] += np.float32(1.0 - _SECOND_BETA) * (slope * slope - square[i, axis])
            points[i, axis] -= np.float32(corrected * mean[i, axis] / (np.sqrt(square[i, axis]) + _SMALL))
