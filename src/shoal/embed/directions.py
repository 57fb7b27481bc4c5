"""The directions in which vectors differ most."""

from __future__ import annotations

from typing import Final

import numpy as np

from shoal.kernels.code_scan import Float32Array

N_SAMPLED: Final = 4_096
"""Rows the directions are found from."""

_N_SPARE = 16
_N_ROUNDS = 2


def leading_directions(rows: Float32Array, n_directions: int) -> Float32Array:
    """Return about the directions of largest variance of some rows, found from `N_SAMPLED` of them.

    Args:
        rows: float32, shape (N, D), N ≥ 1, mean about 0.
        n_directions: how many to return.

    Returns:
        float32, shape (S, D), orthonormal, in falling order of variance; S is `n_directions`, or as many as
        the sampled rows and their dimension allow.

    Source: Halko, Martinsson, Tropp 2011, arXiv 0909.4061, algorithm 4.4 (randomised subspace iteration).
    """
    n_rows, dimension = rows.shape
    n_kept = min(n_directions, n_rows, dimension)
    some = rows[np.linspace(0, n_rows - 1, min(n_rows, N_SAMPLED)).astype(np.int64)]
    n_tried = min(n_kept + _N_SPARE, *some.shape)
    start = np.random.default_rng(0).standard_normal((dimension, n_tried), dtype=np.float32)
    for _ in range(_N_ROUNDS):
        start = np.linalg.qr(some.T @ (some @ start))[0]
    seen = some @ start
    turn = np.linalg.eigh(seen.T @ seen)[1][:, ::-1][:, :n_kept]
    basis: Float32Array = np.linalg.qr(start @ turn)[0].T.astype(np.float32)
    return np.ascontiguousarray(basis)
