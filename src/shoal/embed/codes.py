"""Vectors as bytes: 8-bit codes of blocks of rows, made once and mapped from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from shoal.kernels.code_scan import Float32Array, Int8Array, quantise
from shoal.kernels.objects import Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived

Progress = Callable[[float, str], None]

BLOCK_ROWS: Final = 32_768
"""Rows of a whole block; the rows after the last whole one are coded again when more come."""


class Vectors(Protocol):
    """A log of vectors: rows are appended and never change."""

    @property
    def key(self) -> Mapping[str, Any]:
        """Names the rows: those of one `uri` never change, `version` grows with their number."""

    @property
    def n_rows(self) -> int:
        """How many there are."""

    @property
    def dimension(self) -> int:
        """Elements of each."""

    @property
    def distance(self) -> Distance:
        """How far two of them are from each other."""

    def batches(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Float32Array]]:
        """Yield the first row and the vectors, float32, shape (B, D), of runs of rows in order."""

    def take(self, rows: Int64Array) -> Float32Array:
        """Return vectors, float32, shape (len(rows), D), in the order asked."""


@dataclass(frozen=True, slots=True)
class CodedBlock:
    """N consecutive rows as codes: a row is about `codes * scale + centre`.

    Attributes:
        first: the first row.
        codes: int8, shape (N, D).
        scale: float32, shape (N,).
        squares: float32, shape (N,): squared length of `row - centre`.
        centre: float32, shape (D,): mean of the rows.
    """

    first: int
    codes: Int8Array
    scale: Float32Array
    squares: Float32Array
    centre: Float32Array

    @property
    def n_rows(self) -> int:
        """How many rows it holds."""
        return len(self.scale)


def prepared(vectors: Float32Array, distance: Distance) -> Float32Array:
    """Return vectors in the space they are compared in: of length 1 under the cosine distance.

    Args:
        vectors: float32, shape (N, D); a zero vector stays one.
        distance: how they are compared.
    """
    if distance is not Distance.COSINE:
        return np.ascontiguousarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: Float32Array = np.divide(
        vectors, lengths, out=np.zeros_like(vectors, np.float32), where=lengths > 0
    )
    return rows


def coded_blocks(
    vectors: Vectors, derived: Derived, progress: Progress | None = None, *, block_rows: int = BLOCK_ROWS
) -> list[CodedBlock]:
    """Return all rows as codes; only blocks not coded before are read, each kept as soon as it is made.

    Args:
        vectors: the rows.
        derived: where blocks are kept.
        progress: told the fraction done before each block; may raise to stop, and nothing is lost.
        block_rows: rows of a whole block.
    """
    blocks = []
    for first in range(0, vectors.n_rows, block_rows):
        if progress is not None:
            progress(first / vectors.n_rows, "making vectors searchable")
        blocks.append(_block(vectors, derived, first, min(first + block_rows, vectors.n_rows)))
    return blocks


def _block(vectors: Vectors, derived: Derived, first: int, stop: int) -> CodedBlock:
    key = {
        "codes_of": vectors.key["uri"],
        "distance": str(vectors.distance),
        "first": first,
        "stop": stop,
    }
    arrays = derived.get_or_make(key, lambda: _coded(vectors, first, stop))
    return CodedBlock(first, arrays["codes"], arrays["scale"], arrays["squares"], arrays["centre"])


def _coded(vectors: Vectors, first: int, stop: int) -> dict[str, npt.NDArray[Any]]:
    parts = [prepared(part, vectors.distance) for _, part in vectors.batches(first, stop)]
    rows = np.concatenate(parts) if len(parts) != 1 else parts[0]
    centre = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    codes, scale = np.empty(rows.shape, np.int8), np.empty(len(rows), np.float32)
    quantise(rows, centre, codes, scale)
    rows = rows - centre
    return {
        "codes": codes,
        "scale": scale,
        "squares": np.einsum("ij,ij->i", rows, rows, dtype=np.float32),
        "centre": centre,
    }
