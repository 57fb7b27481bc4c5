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
def scan_sketches(
    sketch: Int8Array,
    measures: Float32Array,
    probes: Int16Array,
    terms: Float32Array,
    bias: np.float32,
    chosen: Int32Array,
    least: Float32Array,
    values: Float32Array,
    rows: Int32Array,
) -> None:
    """Write the least value `scan` can find for each row, and keep the rows whose sketches promise least.

    What a sketch lacks of a row adds at most the product of the lengths of both remainders (Cauchy, Schwarz).

    Args:
        sketch: int8, shape (N, S), C order.
        measures: float32, shape (N, 4): scale of the codes, scale of the sketch, square, and the length of
            what the sketch lacks of the row; together, because a filtered scan jumps from row to row.
        probes: int16, shape (Q, S): from `integer_probes`.
        terms: float32, shape (Q, 5): constant; factor of products of codes; factor of products of sketches;
            length of what the sketch lacks of the probe, times its factor; and how far rounding may have
            moved a product of sketches.
        bias: factor of the squares.
        chosen: int32, shape (M,): the rows to look at.
        least: float32, shape (M,), written.
        values: float32, shape (K,), K ≥ 1, all infinite: a heap.
        rows: int32, shape (K,), all -1.
    """
    for m in range(len(chosen)):
        i = chosen[m]
        rest, base = measures[i, 3], bias * measures[i, 2]
        lowest = promised = np.float32(np.inf)
        for k in range(probes.shape[0]):
            value = terms[k, 0] - terms[k, 2] * measures[i, 1] * _product(sketch[i], probes[k])
            promised = min(promised, value)
            lowest = min(lowest, value - terms[k, 3] * rest - terms[k, 4])
        least[m] = base + lowest
        if base + promised < values[0]:
            _keep(base + promised, i, values, rows)


@njit(cache=True, nogil=True)
def scan(
    codes: Int8Array,
    measures: Float32Array,
    probes: Int16Array,
    terms: Float32Array,
    bias: np.float32,
    chosen: Int32Array,
    least: Float32Array,
    limit: np.float32,
    values: Float32Array,
    rows: Int32Array,
) -> None:
    """Keep the rows of the least `bias * square + min over probes (constant - factor * scale * product)`.

    Args:
        codes: int8, shape (N, D), C order.
        measures: float32, shape (N, 4): as for `scan_sketches`.
        probes: int16, shape (Q, D): from `integer_probes`.
        terms: float32, shape (Q, 5): as for `scan_sketches`.
        bias: factor of the squares.
        chosen: int32, shape (M,): the rows to look at.
        least: float32, shape (M,): no row has a smaller value; the codes of those that come too late are not
            read.
        limit: rows of larger values are of no use.
        values: float32, shape (K,), K ≥ 1, all infinite; the K smallest values afterwards, as a heap.
        rows: int32, shape (K,), all -1; their rows, -1 where there are fewer than K.
            Of equal values the first rows stay.
    """
    for m in range(len(chosen)):
        if least[m] > limit or least[m] >= values[0]:
            continue
        i = chosen[m]
        value = np.float32(np.inf)
        for k in range(probes.shape[0]):
            product = measures[i, 0] * _product(codes[i], probes[k])
            value = min(value, terms[k, 0] - terms[k, 1] * product)
        value += bias * measures[i, 2]
        if value < values[0] and value <= limit:
            _keep(value, i, values, rows)
