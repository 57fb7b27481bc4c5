"""Permutation test of two models on shared frames: swap their counts inside whole groups.

Under the null hypothesis the two models are exchangeable in every group, so swapping their counts in any
subset of groups is as likely as what was seen.  The scores are computed afresh from the swapped totals, and
precision, recall and F1 share the swaps.  Only groups where the models differ matter.

Sources: Yeh 2000 (approximate randomisation for F1); Phipson & Smyth 2010 (p-values are never zero);
Steele, Lea & Flood 2014 (SplitMix64, used by counter).
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from shoal.kernels.linearisation import (
    Slice,
    gradients,
    group_influences,
    read_only_arrays,
    score_totals,
    segment_totals,
)
from shoal.kernels.objects import FloatArray, Int32Array, Int64Array, UInt64Array
from shoal.kernels.tally import FrameCounts

N_PERMUTATIONS: Final = 2_000
"""Permutations every test gets; also the bound below which all swaps are enumerated."""

N_PERMUTATIONS_REFINED: Final = 20_000
"""Permutations where a p-value is small, so that it survives a correction over hundreds of segments."""

N_EXCEEDANCES: Final = 100
"""A p-value resting on fewer exceedances than this is refined."""

WORK_LIMIT: Final = 40_000_000
"""Steps one test may cost (about 50 ms); the normal approximation takes over beyond."""


@dataclass(frozen=True, slots=True)
class DifferingCells:
    """Where the two models' counts differ, group by group.

    Attributes:
        offsets: int64, shape (D + 1,); the cells of the d-th differing group are `offsets[d]:offsets[d + 1]`.
        columns: int32, shape (nnz,), column of the totals.
        values: float64, shape (nnz, 3), baseline − candidate: true positives, predicted, support.
        times: int64, shape (D,), how many groups differ in just this way; see `merged`.
    """

    offsets: Int64Array
    columns: Int32Array
    values: FloatArray
    times: Int64Array

    def merged(self) -> DifferingCells:
        """Return the same with groups that differ alike put together: most frames differ by one object.

        Groups are compared by a 64-bit hash of their cells.
        """
        if len(self.times) == 0:
            return self
        bits = np.column_stack([self.columns.astype(np.float64), self.values]) + 0.0
        word = np.full(len(bits), 0x9E3779B97F4A7C15, np.uint64)
        for column in bits.T:
            word = _mixed(word ^ np.ascontiguousarray(column).view(np.uint64))
        keys = np.add.reduceat(word, self.offsets[:-1])
        _, firsts, times = np.unique(keys, return_index=True, return_counts=True)
        order = np.argsort(firsts)
        firsts, times = firsts[order], times[order]
        sizes = np.diff(self.offsets)[firsts]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        rows = np.repeat(self.offsets[firsts] - offsets[:-1], sizes) + np.arange(offsets[-1])
        return DifferingCells(offsets, self.columns[rows], self.values[rows], times.astype(np.int64))


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """p-values of precision, recall and F1.

    Attributes:
        p: float64, shape (3,), in (0, 1]; NaN where a score is undefined for either model.
        method: `exact` (all swaps), `permutation` (random swaps, p = (1 + hits) / (1 + swaps)) or `normal`.
        n_permutations: how many swaps were looked at; 0 for `normal`.
    """

    p: FloatArray
    method: str
    n_permutations: int


def permutation_test(
    candidate: FrameCounts,
    baseline: FrameCounts,
    part: Slice,
    seed: int,
    *,
    work_limit: int = WORK_LIMIT,
) -> PermutationTest:
    """Test whether two models differ on a segment.

    The statistic is |candidate − baseline| of the actual score.  All 2^D swaps are enumerated when there are
    at most 2,000 of them (D groups differ); otherwise 2,000 are drawn, and up to 20,000 when fewer than 100
    of these were as extreme as the data.  A swap that leaves a score undefined counts as extreme.  When
    2,000 swaps would cost more than `work_limit` steps, the normal approximation of the statistic,
    linearised at the mean of both totals, takes over: its variance under swapping is the sum of the squared
    contributions of the groups' differences.

    Args:
        candidate: counts of one model, all frames of the dataset.
        baseline: counts of the other.
        part: the segment; both models cover its frames.
        seed: from `seed_of`; the same seed gives the same answer.
        work_limit: steps allowed, about one for each way in which groups differ and swap.
    """
    totals = segment_totals(candidate, part), segment_totals(baseline, part)
    observed = _statistic(totals[0], totals[1], part.average)
    cells = differing_cells(candidate, baseline, part)
    n_differing = len(cells.times)
    if n_differing <= 1:
        return PermutationTest(np.where(np.isnan(observed), np.nan, 1.0), "exact", 1 << n_differing)
    if n_differing < 63 and (1 << n_differing) <= N_PERMUTATIONS:
        n_swaps = 1 << n_differing
        hits = _count_hits(cells, totals, part.average, seed, 0, n_swaps, True)
        return PermutationTest(np.where(np.isnan(observed), np.nan, hits / n_swaps), "exact", n_swaps)
    cells = cells.merged()
    n_steps = len(cells.columns) + len(cells.times) + n_differing // 64
    if n_steps * N_PERMUTATIONS > work_limit:
        return PermutationTest(_normal_p(candidate, baseline, part, totals, observed), "normal", 0)
    n_swaps = N_PERMUTATIONS
    hits = _count_hits(cells, totals, part.average, seed, 0, n_swaps, False)
    n_refined = min(N_PERMUTATIONS_REFINED, work_limit // n_steps)
    p = (1.0 + hits) / (1.0 + n_swaps)
    is_refined = (hits < N_EXCEEDANCES) & ~np.isnan(observed)
    if is_refined.any() and n_refined > n_swaps:
        hits = hits + _count_hits(cells, totals, part.average, seed, n_swaps, n_refined, False)
        p = np.where(is_refined, (1.0 + hits) / (1.0 + n_refined), p)
        n_swaps = n_refined
    return PermutationTest(np.where(np.isnan(observed), np.nan, p), "permutation", n_swaps)


def differing_cells(candidate: FrameCounts, baseline: FrameCounts, part: Slice) -> DifferingCells:
    """Return baseline − candidate of every group and column, where not zero."""
    order = np.argsort(part.codes, kind="stable")
    starts = np.zeros(part.n_groups + 1, np.int64)
    np.cumsum(np.bincount(part.codes, minlength=part.n_groups), out=starts[1:])
    frames = part.frames[order]
    left, right = read_only_arrays(candidate), read_only_arrays(baseline)
    nowhere = (np.empty(0, np.int64), np.empty(0, np.int32), np.empty((0, 3)))
    sizes = _gather_differences(*left, *right, part.columns, part.n_columns, frames, starts, *nowhere, False)
    offsets = np.zeros(sizes[0] + 1, np.int64)
    columns, values = np.empty(sizes[1], np.int32), np.empty((sizes[1], 3))
    _gather_differences(
        *left, *right, part.columns, part.n_columns, frames, starts, offsets, columns, values, True
    )
    return DifferingCells(offsets, columns, values, np.ones(sizes[0], np.int64))


def _statistic(candidate: FloatArray, baseline: FloatArray, average: int) -> FloatArray:
    pair = np.empty((2, 3))
    score_totals(candidate, average, pair[0])
    score_totals(baseline, average, pair[1])
    return np.asarray(np.abs(pair[0] - pair[1]))


def _count_hits(
    cells: DifferingCells,
    totals: tuple[FloatArray, FloatArray],
    average: int,
    seed: int,
    first: int,
    last: int,
    is_exact: bool,
) -> FloatArray:
    hits = _swap_and_count(
        cells.offsets,
        cells.columns,
        cells.values,
        cells.times,
        *totals,
        average,
        np.uint64(seed),
        first,
        last,
        is_exact,
    )
    return np.asarray(hits, np.float64)


def _normal_p(
    candidate: FrameCounts,
    baseline: FrameCounts,
    part: Slice,
    totals: tuple[FloatArray, FloatArray],
    observed: FloatArray,
) -> FloatArray:
    slopes = gradients((totals[0] + totals[1]) / 2.0, part.average)
    left, right = (group_influences(side, part, slopes)[0] for side in (candidate, baseline))
    deviations = np.sqrt(np.square(left - right).sum(axis=0))
    p = np.full(3, np.nan)
    for metric in range(3):
        if np.isfinite(observed[metric]):
            is_flat = observed[metric] == 0.0 or deviations[metric] == 0.0
            p[metric] = 1.0 if is_flat else _two_sided(observed[metric] / deviations[metric])
    return p


def _two_sided(z: float) -> float:
    return max(math.erfc(z / math.sqrt(2.0)), sys.float_info.min)


def _mixed(word: UInt64Array) -> UInt64Array:
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def _gather_differences(
    offsets_a: Int64Array,
    classes_a: Int32Array,
    tp_a: FloatArray,
    predicted_a: FloatArray,
    support_a: FloatArray,
    offsets_b: Int64Array,
    classes_b: Int32Array,
    tp_b: FloatArray,
    predicted_b: FloatArray,
    support_b: FloatArray,
    class_columns: Int32Array,
    n_columns: int,
    frames: Int64Array,
    starts: Int64Array,
    out_offsets: Int64Array,
    out_columns: Int32Array,
    out_values: FloatArray,
    is_filling: bool,
) -> tuple[int, int]:
    sums = np.zeros((n_columns, 3))
    is_seen = np.zeros(n_columns, np.bool_)
    seen = np.empty(n_columns, np.int32)
    n_groups, n_cells = 0, 0
    for group in range(len(starts) - 1):
        n_seen = 0
        for position in range(starts[group], starts[group + 1]):
            frame = frames[position]
            for sign, offsets, classes, tp, predicted, support in (
                (-1.0, offsets_a, classes_a, tp_a, predicted_a, support_a),
                (1.0, offsets_b, classes_b, tp_b, predicted_b, support_b),
            ):
                for cell in range(offsets[frame], offsets[frame + 1]):
                    column = class_columns[classes[cell]]
                    if column < 0:
                        continue
                    if not is_seen[column]:
                        is_seen[column] = True
                        seen[n_seen] = column
                        n_seen += 1
                    sums[column, 0] += sign * tp[cell]
                    sums[column, 1] += sign * predicted[cell]
                    sums[column, 2] += sign * support[cell]
        before = n_cells
        for index in range(n_seen):
            column = seen[index]
            if sums[column, 0] != 0.0 or sums[column, 1] != 0.0 or sums[column, 2] != 0.0:
                if is_filling:
                    out_columns[n_cells] = column
                    out_values[n_cells] = sums[column]
                n_cells += 1
            sums[column] = 0.0
            is_seen[column] = False
        if n_cells > before:
            n_groups += 1
            if is_filling:
                out_offsets[n_groups] = n_cells
    return n_groups, n_cells


@njit(cache=True, nogil=True)
def _random_word(seed: np.uint64, index: int) -> np.uint64:
    word = seed + np.uint64(index + 1) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def _n_ones(word: np.uint64) -> np.uint64:
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True)
def _swap_and_count(
    offsets: Int64Array,
    columns: Int32Array,
    values: FloatArray,
    times: Int64Array,
    candidate: FloatArray,
    baseline: FloatArray,
    average: int,
    seed: np.uint64,
    first: int,
    last: int,
    is_exact: bool,
) -> Int64Array:
    n_words = ((times + 63) // 64).sum()
    both = candidate + baseline
    left = np.empty_like(candidate)
    score_left, score_right = np.empty(3), np.empty(3)
    score_totals(candidate, average, score_left)
    score_totals(baseline, average, score_right)
    observed = np.abs(score_left - score_right) - 1e-12
    hits = np.zeros(3, np.int64)
    for swap in range(first, last):
        left[:] = candidate
        index = swap * n_words
        for kind in range(len(times)):
            n_swapped = np.uint64(swap >> kind) & np.uint64(1)
            if not is_exact:
                n_swapped = np.uint64(0)
                for start in range(0, times[kind], 64):
                    word = _random_word(seed, index)
                    n_left = times[kind] - start
                    if n_left < 64:
                        word >>= np.uint64(64 - n_left)
                    n_swapped += _n_ones(word)
                    index += 1
            share = np.float64(n_swapped)
            for cell in range(offsets[kind], offsets[kind + 1]):
                for count in range(3):
                    left[columns[cell], count] += share * values[cell, count]
        score_totals(left, average, score_left)
        score_totals(both - left, average, score_right)
        for metric in range(3):
            hits[metric] += not (np.abs(score_left[metric] - score_right[metric]) < observed[metric])
    return hits
