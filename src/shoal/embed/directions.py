"""The directions in which vectors differ most."""

from __future__ import annotations

from typing import Final

import numpy as np

from shoal.kernels.code_scan import Float32Array

N_DIRECTIONS: Final = 128
"""How many a sketch keeps."""

MIN_ROWS: Final = 4_096
"""Fewer rows are read as fast whole."""

MIN_DIMENSION: Final = 3 * N_DIRECTIONS
"""Vectors of fewer elements as well."""

_N_SPARE = 16
_N_ROUNDS = 2


def leading_directions(rows: Float32Array) -> Float32Array:
    """Return about the directions of largest variance of some rows, found from 4,096 of them.

    Args:
        rows: float32, shape (N, D), mean about 0.

    Returns:
        float32, shape (S, D), orthonormal; S is `N_DIRECTIONS`, or 0 where a sketch is not worth it.

    Source: Halko, Martinsson, Tropp 2011, arXiv 0909.4061, algorithm 4.4 (randomised subspace iteration).
    """
    n_rows, dimension = rows.shape
    if n_rows < MIN_ROWS or dimension < MIN_DIMENSION:
        return np.empty((0, dimension), np.float32)
    some = rows[np.linspace(0, n_rows - 1, MIN_ROWS).astype(np.int64)]
    start = np.random.default_rng(0).standard_normal((dimension, N_DIRECTIONS + _N_SPARE), dtype=np.float32)
    for _ in range(_N_ROUNDS):
        start = np.linalg.qr(some.T @ (some @ start))[0]
    seen = some @ start
    turn = np.linalg.eigh(seen.T @ seen)[1][:, ::-1][:, :N_DIRECTIONS]
    basis: Float32Array = np.linalg.qr(start @ turn)[0].T.astype(np.float32)
    return np.ascontiguousarray(basis)
