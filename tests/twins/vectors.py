"""Vectors in memory, and slow obvious searches over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import FloatArray, Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived
from shoal.store.locks import NamedLocks


@dataclass
class VectorsInMemory:
    """A log of vectors that remembers which rows were read in batches."""

    rows: Float32Array
    distance: Distance = Distance.COSINE
    uri: str = "memory"
    batch_rows: int = 7
    read: list[int] = field(default_factory=list)

    @property
    def key(self) -> dict[str, Any]:
        return {"uri": self.uri, "version": len(self.rows)}

    @property
    def n_rows(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        return int(self.rows.shape[1])

    def batches(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Float32Array]]:
        end = len(self.rows) if stop is None else stop
        for first in range(start, end, self.batch_rows):
            self.read.append(first)
            yield first, self.rows[first : min(first + self.batch_rows, end)]

    def take(self, rows: Int64Array) -> Float32Array:
        return self.rows[rows]


def derived_in(folder: Any) -> Derived:
    """Return derived arrays under a folder, kept across changes of the code."""
    return Derived(SimpleNamespace(derived_path=folder, locks=NamedLocks()), code_version="test")


def distances(rows: Float32Array, queries: Float32Array, distance: Distance) -> FloatArray:
    """Return all distances: float64, shape (N, Q)."""
    a, b = rows.astype(np.float64), queries.astype(np.float64)
    if distance is Distance.EUCLIDEAN:
        return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=2))
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None]
    return np.asarray(1 - (a @ b.T) / lengths)


def nearest(
    rows: Float32Array, queries: Float32Array, k: int, allowed: Int64Array, distance: Distance
) -> tuple[Int64Array, FloatArray]:
    """Return the k allowed rows nearest to any query, and how far they are."""
    apart = distances(rows[allowed], queries, distance).min(axis=1)
    order = np.lexsort((allowed, apart))[:k]
    return allowed[order], apart[order]


def pairs_within(rows: Float32Array, limit: float, distance: Distance) -> dict[tuple[int, int], float]:
    """Return all pairs of rows, lower row first, at most `limit` apart, with their distances."""
    apart = distances(rows, rows, distance)
    return {
        (i, j): apart[i, j] for i in range(len(rows)) for j in range(i + 1, len(rows)) if apart[i, j] <= limit
    }
