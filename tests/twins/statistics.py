"""Statistics as one would write them with nothing but loops: slow twins of intervals, tests, corrections."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from shoal.kernels.objects import Int64Array
from shoal.kernels.tally import FrameCounts

Frame: TypeAlias = dict[int, tuple[float, float, float]]
"""Class → true positives, predicted, support."""

Totals: TypeAlias = list[list[float]]


def frame_counts(frames: Sequence[Frame]) -> FrameCounts:
    """Return the arrays of frames given as dictionaries."""
    rows = [(name, *frame[name]) for frame in frames for name in sorted(frame)]
    table = np.array(rows, np.float64).reshape(-1, 4)
    offsets = np.concatenate([[0], np.cumsum([len(frame) for frame in frames])]).astype(np.int64)
    columns = [np.ascontiguousarray(table[:, i]) for i in (1, 2, 3)]
    return FrameCounts(offsets, table[:, 0].astype(np.int32), *columns)


def totals_of(frames: Sequence[Frame], n_classes: int) -> Totals:
    totals = [[0.0, 0.0, 0.0] for _ in range(n_classes)]
    for frame in frames:
        for name, counts in frame.items():
            for kind in range(3):
                totals[name][kind] += counts[kind]
    return totals


def score(totals: Totals, metric: int, average: str, class_index: int | None = None) -> float:
    """Return one score, NaN where undefined."""
    if average == "class":
        assert class_index is not None
        return _class_score(totals[class_index], metric)
    n_support = sum(row[2] for row in totals)
    if n_support == 0:
        return math.nan
    if average == "micro":
        summed = [sum(row[kind] for row in totals) for kind in range(3)]
        return _or_zero(_class_score(summed, metric))
    each = [_or_zero(_class_score(row, metric)) for row in totals]
    if average == "macro":
        return sum(each) / len(each)
    return sum(row[2] * value for row, value in zip(totals, each, strict=True)) / n_support


def _class_score(row: Sequence[float], metric: int) -> float:
    tp, predicted, support = row
    numerator, denominator = ((tp, predicted), (tp, support), (2 * tp, predicted + support))[metric]
    return numerator / denominator if denominator else math.nan


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def influence(
    frames: Sequence[Frame],
    part: Sequence[Frame],
    metric: int,
    average: str,
    n_classes: int,
    class_index: int | None,
) -> float:
    """Return the derivative of the score when the weight of `part` grows, by central differences."""
    step = 1e-5
    whole, extra = totals_of(frames, n_classes), totals_of(part, n_classes)

    def moved(by: float) -> float:
        totals = [[a + by * b for a, b in zip(*rows, strict=True)] for rows in zip(whole, extra, strict=True)]
        return score(totals, metric, average, class_index)

    return (moved(step) - moved(-step)) / (2 * step)


def standard_error(
    groups: Sequence[list[Frame]],
    metric: int,
    average: str,
    n_classes: int,
    class_index: int | None,
    is_touched: Callable[[list[Frame]], bool],
) -> float:
    """Return the delta-method standard error over the groups that are touched."""
    frames = [frame for group in groups for frame in group]
    moves = [influence(frames, group, metric, average, n_classes, class_index) for group in groups]
    n = sum(is_touched(group) for group in groups)
    return math.sqrt(n / (n - 1) * sum(move**2 for move in moves)) if n >= 2 else math.nan


def permutation_p(
    candidate: Sequence[Sequence[Frame]],
    baseline: Sequence[Sequence[Frame]],
    metric: int,
    average: str,
    n_classes: int,
    class_index: int | None,
) -> float:
    """Return the p-value over all swaps of all groups; undefined counts as extreme."""
    pairs = list(zip(candidate, baseline, strict=True))
    differences = []
    for swaps in itertools.product((False, True), repeat=len(pairs)):
        sides: tuple[list[Frame], list[Frame]] = ([], [])
        for (left, right), is_swapped in zip(pairs, swaps, strict=True):
            sides[0].extend(right if is_swapped else left)
            sides[1].extend(left if is_swapped else right)
        values = [score(totals_of(side, n_classes), metric, average, class_index) for side in sides]
        differences.append(abs(values[0] - values[1]))
    if math.isnan(differences[0]):
        return math.nan
    return sum(not d < differences[0] - 1e-12 for d in differences) / len(differences)


def holm(p_values: Sequence[float]) -> list[float]:
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    result, highest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, (len(p_values) - rank) * p_values[i])
        result[i] = min(1.0, highest)
    return result


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    n = len(p_values)
    ranked = sorted(p_values)
    by_rank = [p * n / (rank + 1) for rank, p in enumerate(ranked)]
    return [min(1.0, *(q for q, other in zip(by_rank, ranked, strict=True) if other >= p)) for p in p_values]


def grouped(frames: Sequence[Frame], codes: Int64Array) -> list[list[Frame]]:
    """Return frames by group, groups in rising order of code."""
    return [
        [frame for frame, own in zip(frames, codes.tolist(), strict=True) if own == code]
        for code in sorted(set(codes.tolist()))
    ]
