"""The directions in which vectors vary most: principal components of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shoal.model.embedding import Distance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shoal.embed.codes import Vectors
    from shoal.kernels.code_scan import Float32Array
    from shoal.store.derived import AnyArray

MOST_COMPONENTS: Final = 100
"""What a layout of neighbours reads of longer vectors, as PaCMAP does."""

_SAMPLE_ROWS: Final = 16_384
_SAMPLE_RUNS: Final = 64
"""The sample is read in runs from all over the table: as good as single rows, and as fast as the disk."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Principal components.

    Attributes:
        mean: float32, shape (D,).
        components: float32, shape (D, C), orthonormal columns, largest variance first; the largest entry of
            each is positive, so that the same vectors give the same picture.
        is_angular: vectors are brought to length 1 first, as cosine distance sees them.
    """

    mean: Float32Array
    components: Float32Array
    is_angular: bool

    def reduce(self, vectors: Float32Array, n_components: int) -> Float32Array:
        """Return coordinates along the first components: float32, shape (N, min(C, n_components)).

        Args:
            vectors: float32, shape (N, D).
            n_components: how many are wanted.
        """
        chosen = self.components[:, :n_components]
        along: Float32Array = vectors @ chosen
        if self.is_angular:
            along /= lengths(vectors)[:, None]
        along -= self.mean @ chosen
        return along

    def arrays(self) -> dict[str, AnyArray]:
        """Return the basis as arrays to keep."""
        return {
            "mean": self.mean,
            "components": self.components,
            "is_angular": np.array([self.is_angular]),
        }

    @staticmethod
    def of_arrays(arrays: Mapping[str, AnyArray]) -> Basis:
        """Return the basis kept in arrays."""
        return Basis(arrays["mean"], arrays["components"], bool(arrays["is_angular"][0]))


def lengths(vectors: Float32Array) -> Float32Array:
    """Return the Euclidean length of each vector, 1 for zero vectors: float32, shape (N,)."""
    found: Float32Array = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    found[found == 0] = 1.0
    return found


def fit_basis(table: Vectors) -> Basis:
    """Return the principal components of a table of vectors, from at most 16,384 rows of it.

    Args:
        table: at least one row.  The same rows give the same basis.
    """
    is_angular = table.distance is Distance.COSINE
    sample = _sample(table)
    if is_angular:
        sample /= lengths(sample)[:, None]
    mean = sample.mean(axis=0)
    sample -= mean
    _, vectors = np.linalg.eigh((sample.T @ sample).astype(np.float64))
    components = vectors[:, ::-1][:, :MOST_COMPONENTS]
    largest = np.abs(components).argmax(axis=0)
    components = components * np.sign(components[largest, np.arange(components.shape[1])])
    return Basis(mean, np.ascontiguousarray(components, np.float32), is_angular)


def _sample(table: Vectors) -> Float32Array:
    if table.n_rows <= _SAMPLE_ROWS:
        return np.concatenate([vectors for _, vectors in table.batches()])
    length = _SAMPLE_ROWS // _SAMPLE_RUNS
    starts = np.linspace(0, table.n_rows - length, _SAMPLE_RUNS).astype(np.int64)
    rows = (starts[:, None] + np.arange(length)).ravel()
    return np.array(table.take(rows))
