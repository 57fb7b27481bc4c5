"""Vectors as 8-bit codes: making them, and reading all of them for the few that lie nearest.

A row is kept as `codes * scale`: one signed byte an element and one scale a row.  A scan is sums of products
of small integers, which compilers turn into one instruction per 32 elements, so that it runs at the speed of
the memory.
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


def quantised(rows: Float32Array) -> tuple[Int8Array, Float32Array]:
    """Return codes and scales, so that `codes * scale` is nearest to each row.

    Args:
        rows: float32, shape (N, D).

    Returns:
        int8, shape (N, D), in [-127, 127]; and float32, shape (N,): 1/127 of the largest element of a row in
        absolute value, 0 for a row of zeros.
    """
    codes, scale = np.empty(rows.shape, np.int8), np.empty(len(rows), np.float32)
    _quantise(np.ascontiguousarray(rows, np.float32), codes, scale)
    return codes, scale


@njit(cache=True, nogil=True)
def _quantise(rows: Float32Array, codes: Int8Array, scale: Float32Array) -> None:
    n_rows, dimension = rows.shape
    for i in range(n_rows):
        largest = np.float32(0)
        for j in range(dimension):
            largest = max(largest, abs(rows[i, j]))
        scale[i] = largest / np.float32(CODE_MAX)
        inverse = np.float32(CODE_MAX) / largest if largest > 0 else np.float32(0)
        for j in range(dimension):
            codes[i, j] = np.int8(np.rint(rows[i, j] * inverse))


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
def _product(code: Int8Array, probe: Int16Array) -> np.float32:
    total = np.int32(0)
    for j in range(code.shape[0]):
        # numba widens every sum and product to 64 bits; narrowed at each step they become vpmaddwd.
        total = np.int32(total + np.int32(np.int32(code[j]) * np.int32(probe[j])))
    return np.float32(total)


@njit(cache=True, nogil=True)
def scan(
    sketch: Int8Array,
    sketch_scale: Float32Array,
    rest: Float32Array,
    codes: Int8Array,
    scale: Float32Array,
    bias: Float32Array,
    sketch_probes: Int16Array,
    sketch_factors: Float32Array,
    rest_factors: Float32Array,
    probes: Int16Array,
    factors: Float32Array,
    constants: Float32Array,
    slack: Float32Array,
    chosen: Int32Array,
    limit: np.float32,
    values: Float32Array,
    rows: Int32Array,
) -> None:
    """Keep the rows of the smallest `bias + min over probes of (constant - factor * scale * code · probe)`.

    The codes of a row are read only if its sketch, a short code of its largest part, leaves it a chance:
    what the sketch lacks adds at most the product of the lengths of both remainders (Cauchy, Schwarz).

    Args:
        sketch: int8, shape (N, S), C order; S may be 0.
        sketch_scale: float32, shape (N,).
        rest: float32, shape (N,): length of what the sketch lacks of a row.
        codes: int8, shape (N, D), C order.
        scale: float32, shape (N,).
        bias: float32, shape (N,).
        sketch_probes: int16, shape (Q, S): from `integer_probes`, as `probes`.
        sketch_factors: float32, shape (Q,).
        rest_factors: float32, shape (Q,): length of what the sketch lacks of a probe, times its factor.
        probes: int16, shape (Q, D).
        factors: float32, shape (Q,).
        constants: float32, shape (Q,).
        slack: float32, shape (Q,): how far rounding may have moved a product of sketches.
        chosen: int32, shape (M,): the rows to look at.
        limit: rows of larger values are of no use.
        values: float32, shape (K,), K ≥ 1, all infinite; the K smallest values afterwards, as a heap.
        rows: int32, shape (K,), all -1; their rows, -1 where there are fewer than K.
            Of equal values the first rows stay.
    """
    for i in chosen:
        most = min(limit, values[0]) - bias[i]
        smallest = np.float32(np.inf)
        for k in range(probes.shape[0]):
            lacking = rest_factors[k] * rest[i] + slack[k]
            seen = sketch_factors[k] * sketch_scale[i] * _product(sketch[i], sketch_probes[k])
            least = constants[k] - seen - lacking
            if least <= most and least < smallest:
                value = constants[k] - factors[k] * scale[i] * _product(codes[i], probes[k])
                smallest = min(smallest, value)
        value = smallest + bias[i]
        if value < values[0] and value <= limit:
            _keep(value, np.int32(i), values, rows)
