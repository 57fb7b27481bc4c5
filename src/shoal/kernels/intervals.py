"""Confidence intervals of scores, and of differences between two models on shared frames.

Sources: Brown, Cai & DasGupta 2001 (intervals of proportions); Clopper & Pearson 1934 (exact bound);
Miller 2024, arXiv 2411.00640 (clustered and paired errors); Newcombe 1998 (difference from two intervals);
Field & Welsh 2007 (cluster bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from shoal.kernels.linearisation import (
    Slice,
    gradients,
    group_influences,
    group_totals,
    scores,
    segment_slice,
    segment_totals,
    standard_errors,
    touched_groups,
)
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array
from shoal.kernels.permutation import permutation_test
from shoal.kernels.quantiles import beta_quantile, student_quantile
from shoal.kernels.resampling import bootstrap_differences, expanded_percentiles
from shoal.kernels.tally import FrameCounts

ALPHA: Final = 0.05
"""1 − confidence of every interval, and the level of every test."""

POWER: Final = 0.8
"""Power at which the minimum detectable difference is given."""

BOOTSTRAP_FROM: Final = 8
"""Groups below which a bootstrap has too few distinct resamples; Student's t is used instead."""

BOOTSTRAP_BELOW: Final = 30
"""Groups from which the linearised interval of a difference is trusted."""

_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Intervals:
    """Precision, recall and F1 of one segment with their 95 % intervals.

    Attributes:
        value: float64, shape (3,), NaN where undefined.
        low: float64, shape (3,), in [0, 1]; NaN where no interval can be given.
        high: float64, shape (3,).
        se: float64, shape (3,), linearised standard error; NaN below 2 groups.
        n_groups: int64, shape (3,), groups that hold something the score is made of.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    se: FloatArray
    n_groups: Int64Array


@dataclass(frozen=True, slots=True)
class Differences:
    """Candidate − baseline of precision, recall and F1 on shared frames.

    Attributes:
        candidate: float64, shape (3,), the candidate's scores on these frames; NaN where undefined.
        baseline: float64, shape (3,), the baseline's.
        delta: float64, shape (3,), in [-1, 1]; NaN where either score is undefined.
        low: float64, shape (3,), lower bound of the 95 % interval; NaN where none can be given.
        high: float64, shape (3,).
        p: float64, shape (3,), p-value of "no difference"; NaN where delta is.
        se: float64, shape (3,), paired linearised standard error; NaN below 2 groups.
        minimum_detectable: float64, shape (3,), the true difference a test at 5 % finds in 80 of 100 cases.
        n_groups: int64, shape (3,), groups that hold something either score is made of.
        interval_methods: for each metric `identical`, `linearised`, `bootstrap`, `combined` or `none`.
        p_method: `exact`, `permutation` or `normal`.
    """

    candidate: FloatArray
    baseline: FloatArray
    delta: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    se: FloatArray
    minimum_detectable: FloatArray
    n_groups: Int64Array
    interval_methods: tuple[str, str, str]
    p_method: str


def segment_intervals(
    counts: FrameCounts,
    frames: Int64Array,
    groups: Int64Array | None,
    average: str,
    n_classes: int,
    class_index: int | None = None,
) -> Intervals:
    """Return precision, recall and F1 of a segment with 95 % intervals.

    Linearised standard error over groups, Student's t with (groups − 1) degrees of freedom, on the logit
    scale.  Where the groups show no spread at all, at 0 and 1 above all, the Clopper-Pearson interval with
    n = groups and x = value · n: a group counts as one observation however many labels it holds, since
    labels of one frame are not independent.  One group gives an interval only at 0 or 1.

    Args:
        counts: of one inference set, all frames of the dataset.
        frames: integers, shape (n,), positions of the segment's covered frames, each at most once.
        groups: integers ≥ 0, shape (F,), group of every frame of the dataset; `None`: each frame is its own.
        average: `weighted`, `macro`, `micro` or `class`.
        n_classes: number of evaluation classes; macro divides by it.
        class_index: the class when `average` is `class`.

    Raises:
        ShapeError: an unknown average or class.

    Cost: linear in the cells of the frames.
    """
    part = segment_slice(frames, groups, average, n_classes, class_index)
    return _intervals(counts, part)


def _intervals(counts: FrameCounts, part: Slice) -> Intervals:
    totals = segment_totals(counts, part)
    value = scores(totals[None], part.average)[0]
    influences, holds = group_influences(counts, part, gradients(totals, part.average))
    se, n_groups = standard_errors(influences, touched_groups(holds, part.average))
    bounds = [score_bounds(value[m], se[m], int(n_groups[m])) for m in range(3)]
    low, high = np.array(bounds).T
    return Intervals(value, low, high, np.where(np.isnan(value), np.nan, se), n_groups)


def score_bounds(value: float, se: float, n_groups: int, alpha: float = ALPHA) -> tuple[float, float]:
    """Return the interval of one score from its standard error.

    Args:
        value: in [0, 1] or NaN.
        se: standard error, NaN below 2 groups.
        n_groups: groups the score is made of.
        alpha: 1 − confidence.

    Returns:
        Low and high, `0 ≤ low ≤ value ≤ high ≤ 1`; NaN twice when the value is undefined, when no group
        is behind it (macro precision where nothing was predicted), or when one group gives a value other
        than 0 and 1.
    """
    is_extreme = value <= _NO_SPREAD or value >= 1.0 - _NO_SPREAD
    if np.isnan(value) or n_groups < 1 or (np.isnan(se) and not is_extreme):
        return np.nan, np.nan
    if is_extreme or se <= _NO_SPREAD:
        return exact_bounds(value * n_groups, float(n_groups), alpha)
    spread = value * (1.0 - value)
    reach = student_quantile(1.0 - alpha / 2.0, n_groups - 1.0) * se / spread
    centre = np.log(value / (1.0 - value))
    return _expit(centre - reach), _expit(centre + reach)


def exact_bounds(successes: float, n: float, alpha: float = ALPHA) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a proportion.

    Args:
        successes: from 0 to n; need not be whole.
        n: observations, above 0.
        alpha: 1 − confidence.

    Returns:
        Low and high; low is 0 when there are no successes, high is 1 when there are no failures.

    Source: Clopper & Pearson 1934, through the beta quantiles of Brown, Cai & DasGupta 2001.
    """
    successes = min(max(successes, 0.0), n)
    failures = n - successes
    has_none, has_all = successes <= _NO_SPREAD * n, failures <= _NO_SPREAD * n
    low = 0.0 if has_none else beta_quantile(alpha / 2.0, successes, failures + 1.0)
    high = 1.0 if has_all else beta_quantile(1.0 - alpha / 2.0, successes + 1.0, failures)
    return low, high


def _expit(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-x))) if x >= 0.0 else float(np.exp(x) / (1.0 + np.exp(x)))


def paired_differences(
    candidate: FrameCounts,
    baseline: FrameCounts,
    frames: Int64Array,
    groups: Int64Array | None,
    average: str,
    n_classes: int,
    class_index: int | None = None,
    *,
    seed: int,
) -> Differences:
    """Return candidate − baseline of precision, recall and F1 with intervals and p-values.

    Intervals, by the number of groups n that hold something either score is made of:

    - `identical`: no group's counts differ; the difference is 0 with an interval of no width.
    - `linearised`: paired linearised estimate, Student's t with n − 1 degrees of freedom, raw scale;
      from 30 groups, and below 8, where a bootstrap has too few distinct resamples.
    - `bootstrap`: 8 to 29 groups; whole groups resampled, expanded percentiles, and never narrower than the
      linearised interval on either side: percentiles alone cover too little when few groups differ.
    - `combined`: the models differ and yet no group's contribution varies (every group all right against
      all wrong); the two scores' own exact intervals are combined as by Newcombe.
    - `none`: below 2 groups, or a score is undefined; bounds are NaN.

    The p-value is that of `permutation_test`; the minimum detectable difference is
    (t_{0.975, n−1} + t_{0.8, n−1}) · standard error.

    Args:
        candidate: counts, all frames of the dataset.
        baseline: counts over the same frames and classes.
        frames: integers, shape (n,), frames **both** sets cover, each at most once.
        groups: integers ≥ 0, shape (F,), group of every frame of the dataset; `None`: each frame is its own.
        average: `weighted`, `macro`, `micro` or `class`.
        n_classes: number of evaluation classes.
        class_index: the class when `average` is `class`.
        seed: `seed_of(segment version, baseline, candidate)`: the same question has the same answer.

    Raises:
        ShapeError: an unknown average or class.
    """
    part = segment_slice(frames, groups, average, n_classes, class_index)
    left, right = _side(candidate, part), _side(baseline, part)
    delta = left.value - right.value
    difference = left.influences - right.influences
    touched = touched_groups(left.holds | right.holds, part.average)
    se, n_groups = standard_errors(difference, touched)
    se = np.where(np.isnan(delta), np.nan, se)
    test = permutation_test(candidate, baseline, part, seed)
    is_identical = test.n_permutations == 1
    low, high, methods = np.full(3, np.nan), np.full(3, np.nan), ["none"] * 3
    for metric in range(3):
        if np.isnan(delta[metric]):
            continue
        if is_identical:
            low[metric], high[metric], methods[metric] = 0.0, 0.0, "identical"
        elif n_groups[metric] >= 2:
            spread = _Spread(delta[metric], se[metric], touched[:, metric], metric)
            low[metric], high[metric], methods[metric] = _difference_bounds(
                candidate, baseline, part, spread, (left.value[metric], right.value[metric]), seed
            )
    return Differences(
        left.value,
        right.value,
        delta,
        low,
        high,
        test.p,
        se,
        minimum_detectable_difference(se, n_groups),
        n_groups,
        (methods[0], methods[1], methods[2]),
        test.method,
    )


def minimum_detectable_difference(se: FloatArray, n_groups: Int64Array) -> FloatArray:
    """Return the smallest true difference that a two-sided test at 5 % finds with power 80 %.

    Args:
        se: float64, shape (N,), paired standard errors; NaN stays NaN.
        n_groups: int64, the same shape.

    Returns:
        float64, the same shape, ≥ 0; NaN below 2 groups.

    Source: Bloom 1995, Evaluation Review 19:547, with Student's quantiles.
    """
    reaches = [
        student_quantile(1.0 - ALPHA / 2.0, n - 1.0) + student_quantile(POWER, n - 1.0) if n >= 2 else np.nan
        for n in n_groups.tolist()
    ]
    return np.array(reaches, np.float64) * se


@dataclass(frozen=True, slots=True)
class _Side:
    value: FloatArray
    influences: FloatArray
    holds: BoolArray


@dataclass(frozen=True, slots=True)
class _Spread:
    delta: float
    se: float
    touched: BoolArray
    metric: int

    @property
    def n_groups(self) -> int:
        return int(self.touched.sum())


def _side(counts: FrameCounts, part: Slice) -> _Side:
    totals = segment_totals(counts, part)
    value = scores(totals[None], part.average)[0]
    return _Side(value, *group_influences(counts, part, gradients(totals, part.average)))


def _difference_bounds(
    candidate: FrameCounts,
    baseline: FrameCounts,
    part: Slice,
    spread: _Spread,
    values: tuple[float, float],
    seed: int,
) -> tuple[float, float, str]:
    n_groups = spread.n_groups
    if spread.se <= _NO_SPREAD and abs(spread.delta) > _NO_SPREAD:
        return (*_combined_bounds(values, n_groups), "combined")
    reach = student_quantile(1.0 - ALPHA / 2.0, n_groups - 1.0) * spread.se
    low, high, method = spread.delta - reach, spread.delta + reach, "linearised"
    if BOOTSTRAP_FROM <= n_groups < BOOTSTRAP_BELOW:
        replicates = _replicates(candidate, baseline, part, spread, seed)
        if not np.isnan(replicates).any():
            resampled = expanded_percentiles(replicates, n_groups)
            low, high, method = min(low, resampled[0]), max(high, resampled[1]), "bootstrap"
    return max(low, -1.0), min(high, 1.0), method


def _combined_bounds(values: tuple[float, float], n_groups: int) -> tuple[float, float]:
    (low, high), (low_baseline, high_baseline) = (exact_bounds(v * n_groups, float(n_groups)) for v in values)
    value, value_baseline = values
    delta = value - value_baseline
    below = np.hypot(value - low, high_baseline - value_baseline)
    above = np.hypot(high - value, value_baseline - low_baseline)
    return max(float(delta - below), -1.0), min(float(delta + above), 1.0)


def _replicates(
    candidate: FrameCounts, baseline: FrameCounts, part: Slice, spread: _Spread, seed: int
) -> FloatArray:
    codes = np.where(spread.touched, np.cumsum(spread.touched) - 1, -1)[part.codes]
    touched = Slice(part.frames, codes, spread.n_groups, part.columns, part.n_columns, part.average)
    totals = [group_totals(side, touched) for side in (candidate, baseline)]
    return bootstrap_differences(totals[0], totals[1], part.average, seed)[:, spread.metric]
