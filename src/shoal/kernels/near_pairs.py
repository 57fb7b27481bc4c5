"""Pairs of points that lie near each other: found in products of matrices, counted into groups."""

from __future__ import annotations

import numpy as np
from numba import njit

from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array, UInt64Array


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


@njit(cache=True, nogil=True)
def links_across(
    offsets: Int64Array,
    members: Int64Array,
    sets: UInt64Array,
    first: Int64Array,
    second: Int64Array,
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Link members of near classes that are in different sets, every such member at least once.

    Two points are in different sets when one set holds the one, and another set the other.

    Args:
        offsets: int64, shape (C + 1,): where the members of each class begin.
        members: int64, shape (N,): points, class after class.
        sets: uint64, shape (points,): a bit for each set a point is in.
        first: int64, shape (P,): classes that are near ...
        second: int64, shape (P,): ... to these, or the same.

    Returns:
        three int64 arrays: points, the first member of the other class each is linked with, and the pair of
        classes it comes from.  Links may repeat, also the other way round.
    """
    most = 0
    for p in range(len(first)):
        most += offsets[first[p] + 1] - offsets[first[p]] + offsets[second[p] + 1] - offsets[second[p]]
    points, others, pairs = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    place = 0
    for p in range(len(first)):
        for here, there in ((first[p], second[p]), (second[p], first[p])):
            for m in range(offsets[here], offsets[here + 1]):
                mask = sets[members[m]]
                for o in range(offsets[there], offsets[there + 1]):
                    other = sets[members[o]]
                    is_one_set = mask == other and mask & (mask - np.uint64(1)) == 0
                    if mask != 0 and other != 0 and not is_one_set and members[m] != members[o]:
                        points[place], others[place], pairs[place] = members[m], members[o], p
                        place += 1
                        break
    return points[:place], others[:place], pairs[:place]
