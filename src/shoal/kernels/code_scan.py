"""Vectors as 8-bit codes: making them, and reading all of them for the few that lie nearest.

A row is kept as `codes * scale + centre`: one signed byte an element, one scale a row, one centre for all
rows.  A scan is a sum of byte products, which compilers turn into one instruction per 32 elements, so that
it runs at the speed of the memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from shoal.kernels.objects import Int32Array

Int8Array = npt.NDArray[np.int8]
Int16Array = npt.NDArray[np.int16]
Float32Array = npt.NDArray[np.float32]

CODE_MAX = 127

_SUM_MAX = 2**31 - 1
_PROBE_MAX = 2**15 - 1


@njit(cache=True, nogil=True)
def quantise(rows: Float32Array, centre: Float32Array, codes: Int8Array, scale: Float32Array) -> None:
    """Write the codes and scales of rows, so that `codes * scale + centre` is nearest to each row.

    Args:
        rows: float32, shape (N, D), C order.
        centre: float32, shape (D,).
        codes: int8, shape (N, D), written: in [-127, 127].
        scale: float32, shape (N,), written: 1/127 of the largest element of `row - centre`; 0 where the row
            is the centre.
    """
    n_rows, dimension = rows.shape
    for i in range(n_rows):
        largest = np.float32(0)
        for j in range(dimension):
            largest = max(largest, abs(rows[i, j] - centre[j]))
        scale[i] = largest / np.float32(CODE_MAX)
        inverse = np.float32(CODE_MAX) / largest if largest > 0 else np.float32(0)
        for j in range(dimension):
            codes[i, j] = np.int8(np.rint((rows[i, j] - centre[j]) * inverse))


def integer_probes(probes: Float32Array) -> tuple[Int16Array, Float32Array]:
    """Return probes as 16-bit integers and what one unit of each is worth.

    Args:
        probes: float32, shape (Q, D).

    Returns:
        int16, shape (Q, D), small enough that no sum of products with codes passes 32 bits; and float32,
        shape (Q,): `integers * unit` is nearly the probe, to one part in 30,000 of its largest element up
        to 516 dimensions, to less beyond.
    """
    limit = min(_PROBE_MAX, _SUM_MAX // (CODE_MAX * max(probes.shape[1], 1)))
    largest = np.abs(probes).max(axis=1, initial=0).astype(np.float32)
    unit = np.where(largest > 0, largest / np.float32(limit), np.float32(1)).astype(np.float32)
    return np.rint(probes / unit[:, None]).astype(np.int16), unit


@njit(cache=True, nogil=True)
def _keep(value: np.float32, row: np.int32, values: Float32Array, rows: Int32Array) -> None:
    """Replace the top of a heap whose largest value is on top."""
    size, place = values.shape[0], 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and values[child + 1] > values[child]:
            child += 1
        if values[child] <= value:
            break
        values[place], rows[place] = values[child], rows[child]
        place = child
    values[place], rows[place] = value, row


@njit(cache=True, nogil=True)
def _value(
    code: Int8Array, scale: np.float32, probes: Int16Array, factors: Float32Array, constants: Float32Array
) -> np.float32:
    """Return the smallest of `constant - factor * scale * (code · probe)` over all probes."""
    dimension = code.shape[0]
    smallest = np.float32(np.inf)
    for k in range(probes.shape[0]):
        total = np.int32(0)
        for j in range(dimension):
            # numba widens every sum and product to 64 bits; narrowed at each step they become vpmaddwd.
            total = np.int32(total + np.int32(np.int32(code[j]) * np.int32(probes[k, j])))
        value = constants[k] - factors[k] * scale * np.float32(total)
        smallest = min(smallest, value)
    return smallest


@njit(cache=True, nogil=True)
def scan_all(
    codes: Int8Array,
    scale: Float32Array,
    bias: Float32Array,
    probes: Int16Array,
    factors: Float32Array,
    constants: Float32Array,
    values: Float32Array,
    rows: Int32Array,
) -> None:
    """Keep the rows of the smallest `bias + min over probes of (constant - factor * scale * code · probe)`.

    Args:
        codes: int8, shape (N, D), C order.
        scale: float32, shape (N,).
        bias: float32, shape (N,).
        probes: int16, shape (Q, D): from `integer_probes`.
        factors: float32, shape (Q,).
        constants: float32, shape (Q,).
        values: float32, shape (K,), all infinite; the K smallest values afterwards, in the order of a heap.
        rows: int32, shape (K,), all -1; their rows, -1 where there are fewer than K.
            Of equal values the first rows stay.
    """
    for i in range(codes.shape[0]):
        value = bias[i] + _value(codes[i], scale[i], probes, factors, constants)
        if value < values[0]:
            _keep(value, np.int32(i), values, rows)


@njit(cache=True, nogil=True)
def scan_some(
    codes: Int8Array,
    scale: Float32Array,
    bias: Float32Array,
    probes: Int16Array,
    factors: Float32Array,
    constants: Float32Array,
    chosen: Int32Array,
    values: Float32Array,
    rows: Int32Array,
) -> None:
    """Do what `scan_all` does for some rows only.

    Args:
        chosen: int32, shape (M,): the rows to look at.
        codes: as for `scan_all`, and so are the others.
    """
    for i in chosen:
        value = bias[i] + _value(codes[i], scale[i], probes, factors, constants)
        if value < values[0]:
            _keep(value, np.int32(i), values, rows)
