"""Pairs of points that lie near each other: found in products of matrices, counted into groups."""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array


@njit(cache=True, nogil=True)
def pairs_above(
    products: Float32Array, first: Float32Array, second: Float32Array, only_later: bool
) -> tuple[Int32Array, Int32Array]:
    """Return the places `(i, j)` where `products[i, j] >= first[i] + second[j]`.

    Args:
        products: float32, shape (A, B), C order.
        first: float32, shape (A,).
        second: float32, shape (B,).
        only_later: only where j > i.

    Returns:
        int32 rows and int32 columns, row after row.
    """
    n_rows, n_columns = products.shape
    n_found = np.zeros(n_rows, np.int64)
    for i in range(n_rows):
        # Counting needs no branch, so it runs on many elements at once; few rows hold anything.
        count = np.int32(0)
        for j in range(n_columns):
            count = np.int32(count + np.int32(products[i, j] - second[j] >= first[i]))
        n_found[i] = count
    total = n_found.sum()
    rows, columns = np.empty(total, np.int32), np.empty(total, np.int32)
    place = 0
    for i in range(n_rows):
        if n_found[i] == 0:
            continue
        for j in range(n_columns):
            if products[i, j] - second[j] >= first[i] and (j > i or not only_later):
                rows[place], columns[place] = i, j
                place += 1
    return rows[:place], columns[:place]


@njit(cache=True, nogil=True)
def squares_between(a: Float32Array, b: Float32Array, rows: Int32Array, columns: Int32Array) -> FloatArray:
    """Return the squared distances of pairs: float64, shape (P,); 0 exactly for equal vectors.

    Args:
        a: float32, shape (A, D).
        b: float32, shape (B, D).
        rows: int32, shape (P,): places in `a`.
        columns: int32, shape (P,): places in `b`.
    """
    squares = np.empty(len(rows), np.float64)
    for p in range(len(rows)):
        total = 0.0
        for d in range(a.shape[1]):
            apart = np.float64(a[rows[p], d]) - np.float64(b[columns[p], d])
            total += apart * apart
        squares[p] = total
    return squares


@njit(cache=True, nogil=True)
def components(n_points: int, first: Int64Array, second: Int64Array) -> Int64Array:
    """Return the least point each point is connected with, through any number of pairs.

    Args:
        n_points: points are 0..n_points - 1.
        first: int64, shape (P,).
        second: int64, shape (P,): the other ends.

    Returns:
        int64, shape (n_points,): a point without pairs has itself.
    """
    root = np.arange(n_points)
    for p in range(len(first)):
        a, b = first[p], second[p]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        # The lesser one stays on top, so that every parent is less than its children.
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for i in range(n_points):
        root[i] = root[root[i]]
    return root
