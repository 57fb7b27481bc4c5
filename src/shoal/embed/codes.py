"""Vectors as bytes: 8-bit codes of blocks of rows, made once and mapped from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from shoal.embed.directions import leading_directions
from shoal.kernels.code_scan import Float32Array, Int8Array, quantised
from shoal.kernels.objects import Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived

Progress = Callable[[float, str], None]

BLOCK_ROWS: Final = 65_536
"""Rows of a whole block; the rows after the last whole one are coded again when more come."""

N_DIRECTIONS: Final = 128
"""Directions a sketch keeps."""

MIN_ROWS: Final = 4_096
"""Fewer rows are read as fast without sketches."""

MIN_DIMENSION: Final = 3 * N_DIRECTIONS
"""Vectors of fewer elements as well."""

_FITS = 1.1


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
    """N consecutive rows as codes: `row - centre` is about `codes * scale`, and its sketch a part of it.

    Attributes:
        first: the first row.
        centre: float32, shape (D,): mean of the rows.
        codes: int8, shape (N, D).
        basis: float32, shape (S, D), orthonormal: the directions the sketch keeps.
        sketch: int8, shape (N, S): codes of `basis @ (row - centre)`.
        measures: float32, shape (N, 4): scale of the codes, scale of the sketch, squared length of
            `row - centre`, length of what lies outside the basis.
        blur: float32, shape (): the most that coding moved the sketch of a row.
    """

    first: int
    centre: Float32Array
    codes: Int8Array
    basis: Float32Array
    sketch: Int8Array
    measures: Float32Array
    blur: Float32Array

    @property
    def n_rows(self) -> int:
        """How many rows it holds."""
        return len(self.measures)

    @property
    def scale(self) -> Float32Array:
        """float32, shape (N,): what one unit of a row's codes is worth."""
        return self.measures[:, 0]

    @property
    def rest(self) -> Float32Array:
        """float32, shape (N,): length of what lies outside the basis."""
        return self.measures[:, 3]


def prepared(vectors: Float32Array, distance: Distance) -> Float32Array:
    """Return vectors in the space they are compared in: of length 1 under the cosine distance.

    Args:
        vectors: float32, shape (N, D); a zero vector stays one.
        distance: how they are compared.
    """
    if distance is not Distance.COSINE:
        return np.ascontiguousarray(vectors, np.float32)
    lengths: Float32Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths[lengths == 0] = 1
    return np.ascontiguousarray(vectors / lengths[:, None], np.float32)


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
    blocks: list[CodedBlock] = []
    for first in range(0, vectors.n_rows, block_rows):
        if progress is not None:
            progress(first / vectors.n_rows, "making vectors searchable")
        blocks.append(_block(vectors, derived, first, min(first + block_rows, vectors.n_rows), blocks[-1:]))
    return blocks


def _block(vectors: Vectors, derived: Derived, first: int, stop: int, before: list[CodedBlock]) -> CodedBlock:
    key = {
        "codes_of": vectors.key["uri"],
        "distance": str(vectors.distance),
        "first": first,
        "stop": stop,
    }
    return CodedBlock(first, **derived.get_or_make(key, lambda: _coded(vectors, first, stop, before)))


def _coded(vectors: Vectors, first: int, stop: int, before: list[CodedBlock]) -> dict[str, npt.NDArray[Any]]:
    parts = [prepared(part, vectors.distance) for _, part in vectors.batches(first, stop)]
    rows = np.concatenate(parts) if len(parts) != 1 else parts[0]
    centre = rows.mean(axis=0)
    rows = rows - centre
    squares = np.einsum("ij,ij->i", rows, rows)
    basis, seen, lost = _sketched(rows, squares, before)
    codes, scale = quantised(rows)
    sketch, sketch_scale = quantised(seen)
    moved = seen - sketch * sketch_scale[:, None]
    return {
        "centre": centre,
        "codes": codes,
        "basis": basis,
        "sketch": sketch,
        "measures": np.column_stack([scale, sketch_scale, squares, np.sqrt(lost)]),
        "blur": np.sqrt(np.einsum("ij,ij->i", moved, moved).max(initial=0)),
    }


def _sketched(
    rows: Float32Array, squares: Float32Array, before: list[CodedBlock]
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Return directions, the rows in them, and the squared length each row has outside of them.

    The directions of the block before are kept while they fit this one nearly as well.
    """
    if len(rows) < MIN_ROWS or rows.shape[1] < MIN_DIMENSION:
        return np.empty((0, rows.shape[1]), np.float32), np.empty((len(rows), 0), np.float32), squares
    for block in before:
        if len(block.basis):
            seen = rows @ block.basis.T
            lost = _outside(squares, seen)
            if lost.mean() <= _FITS * np.square(block.rest).mean():
                return block.basis, seen, lost
    basis = leading_directions(rows, N_DIRECTIONS)
    seen = rows @ basis.T
    return basis, seen, _outside(squares, seen)


def _outside(squares: Float32Array, seen: Float32Array) -> Float32Array:
    left: Float32Array = np.maximum(squares - np.einsum("ij,ij->i", seen, seen), 0)
    return left
