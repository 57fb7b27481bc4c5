"""Seeds that depend on the question alone, and the bootstrap over groups for small samples."""

from __future__ import annotations

import hashlib
import math
from typing import Final

import numpy as np

from shoal.kernels.linearisation import scores
from shoal.kernels.objects import FloatArray, Int64Array
from shoal.kernels.quantiles import normal_probability, student_quantile

N_RESAMPLES: Final = 4_000
"""Resamples of one bootstrap."""


def seed_of(*parts: str) -> int:
    """Return a seed made from names, such as a segment version and the two inference sets.

    The same parts in the same order always give the same seed, on any machine; `("ab", "c")` and
    `("a", "bc")` give different ones.

    Returns:
        An integer in [0, 2**63).
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return int.from_bytes(digest.digest()[:8], "little") >> 1


def resample_counts(n_groups: int, n_resamples: int, seed: int) -> Int64Array:
    """Return how often each group is drawn in each resample, with replacement.

    Uses the raw output of PCG64, whose stream is fixed for ever, so results never change with NumPy.

    Args:
        n_groups: G ≥ 1.
        n_resamples: B.
        seed: from `seed_of`.

    Returns:
        int64, shape (B, G); every row sums to G.
    """
    raw = np.random.PCG64(seed).random_raw(n_resamples * n_groups)
    drawn = ((raw >> np.uint64(32)) * np.uint64(n_groups) >> np.uint64(32)).astype(np.int64)
    row = np.repeat(np.arange(n_resamples, dtype=np.int64), n_groups)
    flat = np.bincount(row * n_groups + drawn, minlength=n_resamples * n_groups)
    return flat.reshape(n_resamples, n_groups)


def bootstrap_differences(
    candidate: FloatArray, baseline: FloatArray, average: int, seed: int, n_resamples: int = N_RESAMPLES
) -> FloatArray:
    """Return the difference of scores in resamples of groups, both sets resampled together.

    Args:
        candidate: float64, shape (G, K, 3), totals of each group.
        baseline: the same for the other set, groups in the same order.
        average: code of the average.
        seed: from `seed_of`.
        n_resamples: B.

    Returns:
        float64, shape (B, 3), candidate − baseline; NaN where a resample leaves a score undefined.

    Source: Field & Welsh 2007 (resampling whole clusters).
    """
    n_groups, n_columns, _ = candidate.shape
    weights = resample_counts(n_groups, n_resamples, seed).astype(np.float64)
    shape = (n_resamples, n_columns, 3)
    resampled = [(weights @ side.reshape(n_groups, -1)).reshape(shape) for side in (candidate, baseline)]
    return scores(resampled[0], average) - scores(resampled[1], average)


def expanded_percentiles(replicates: FloatArray, n_groups: int, alpha: float = 0.05) -> tuple[float, float]:
    """Return the percentile interval of bootstrap replicates, widened for few groups.

    A plain percentile interval is too short by the factor between the normal quantile and
    `sqrt(n/(n-1))` times Student's: the percentiles are moved out by that much.

    Args:
        replicates: float64, shape (B,), without NaN.
        n_groups: n ≥ 2, the groups that were resampled.
        alpha: 1 − confidence.

    Source: Hesterberg 2015, The American Statistician 69:371, "expanded percentile interval".
    """
    stretched = student_quantile(alpha / 2.0, n_groups - 1.0) * math.sqrt(n_groups / (n_groups - 1.0))
    tail = normal_probability(stretched)
    low, high = np.quantile(replicates, [tail, 1.0 - tail])
    return float(low), float(high)
