"""Vectors for tests, and the plain search they are held against."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def made_vectors(n: int, dimension: int, seed: int) -> Vectors:
    """Random vectors, reproducible."""
    return np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)


def distances(vectors: Vectors, seeds: Vectors, distance: str) -> NDArray[np.float64]:
    """The distance of each vector to its nearest seed, shape (N,)."""
    one, other = vectors.astype(np.float64), seeds.astype(np.float64)
    if distance == "cosine":
        one = one / np.linalg.norm(one, axis=1, keepdims=True)
        other = other / np.linalg.norm(other, axis=1, keepdims=True)
        return np.asarray((1 - one @ other.T).min(axis=1))
    return np.asarray(np.linalg.norm(one[:, None] - other[None], axis=2).min(axis=1))


def nearest(
    vectors: Vectors, seeds: Vectors, k: int, allowed: NDArray[Any], distance: str = "cosine"
) -> list[int]:
    """The nearest allowed vectors by number, nearest first, equal ones by number."""
    found = distances(vectors, seeds, distance)
    order = [i for i in np.argsort(np.round(found, 6), kind="stable") if allowed[i]]
    return [int(i) for i in order[:k]]
