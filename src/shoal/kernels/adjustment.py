"""p-values corrected for asking many questions at once; undefined ones pass through."""

from __future__ import annotations

import numpy as np

from shoal.errors import ShapeError
from shoal.kernels.objects import FloatArray


def holm(p_values: FloatArray) -> FloatArray:
    """Return Holm's step-down p-values, which bound the chance of any false alarm.

    Args:
        p_values: float64, shape (N,), in [0, 1]; NaN is a question that could not be answered: it stays NaN
            and does not count.

    Returns:
        float64, shape (N,), in [0, 1], in the given order, never below the raw value.

    Raises:
        ShapeError: a value is outside [0, 1] or the array is not flat.

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    raw, order, defined = _sorted(p_values)
    n = len(raw)
    stepped = np.maximum.accumulate(raw * (n - np.arange(n))) if n else raw
    return _unsorted(stepped, order, defined)


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Return Benjamini and Hochberg's q-values, which bound the share of false alarms among alarms.

    Args:
        p_values: float64, shape (N,), in [0, 1]; NaN stays NaN and does not count.

    Returns:
        float64, shape (N,), in [0, 1], in the given order, never below the raw value.

    Raises:
        ShapeError: a value is outside [0, 1] or the array is not flat.

    Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
    """
    raw, order, defined = _sorted(p_values)
    n = len(raw)
    scaled = raw * (n / np.arange(1, n + 1))
    return _unsorted(np.minimum.accumulate(scaled[::-1])[::-1], order, defined)


def _sorted(p_values: FloatArray) -> tuple[FloatArray, np.ndarray, np.ndarray]:
    p_values = np.asarray(p_values, np.float64)
    if p_values.ndim != 1:
        raise ShapeError(f"Expected a flat array of p-values, found shape {p_values.shape}.")
    defined = np.isfinite(p_values)
    raw = p_values[defined]
    if np.isinf(p_values).any() or (len(raw) and (raw.min() < 0.0 or raw.max() > 1.0)):
        raise ShapeError("Expected p-values from 0 to 1.")
    order = np.argsort(raw, kind="stable")
    return raw[order], order, defined


def _unsorted(adjusted: FloatArray, order: np.ndarray, defined: np.ndarray) -> FloatArray:
    values = np.empty(len(order))
    values[order] = np.minimum(adjusted, 1.0)
    result = np.full(len(defined), np.nan)
    result[defined] = values
    return result
