"""Minimum, maximum, mean and sum of objects by the row they belong to."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from shoal.query.ast import Function

FloatArray: TypeAlias = npt.NDArray[np.float64]


def summarise(
    function: Function, values: FloatArray, owner: npt.NDArray[np.int64], n_rows: int
) -> FloatArray:
    """Summarise values by owner; linear time.

    Args:
        function: the summary.
        values: shape (N,), no NaN.
        owner: shape (N,), in [0, n_rows), any order; values are added in the order given.
        n_rows: number of owners.

    Returns:
        shape (n_rows,); for owners without values NaN, but 0 for sums.
    """
    if function is Function.SUM:
        return np.bincount(owner, weights=values, minlength=n_rows).astype(np.float64)
    if function is Function.MEAN:
        counts = np.bincount(owner, minlength=n_rows)
        sums = np.bincount(owner, weights=values, minlength=n_rows)
        with np.errstate(invalid="ignore"):
            return sums / counts.astype(np.float64)
    extremes = np.full(n_rows, np.nan)
    extreme = np.fmin if function is Function.MIN else np.fmax
    extreme.at(extremes, owner, values)
    return extremes
