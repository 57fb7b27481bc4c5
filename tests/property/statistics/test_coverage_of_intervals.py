"""Simulations: 95 % intervals hold the truth 95 times in 100, and tests raise false alarms 5 times in 100.

Clusters of frames with a quality of their own, several labels a frame, two models that share most of their
hits; the seeds are fixed, so the tests are as certain as any other.
"""

from __future__ import annotations

import numpy as np
import pytest

from shoal.kernels.intervals import paired_differences, segment_intervals
from shoal.kernels.objects import FloatArray, Int64Array
from shoal.kernels.tally import FrameCounts

FRAMES_PER_GROUP = 3


def simulated(
    random: np.random.Generator, n_groups: int, level: float, drop: float
) -> tuple[FrameCounts, FrameCounts, Int64Array]:
    """Return candidate, baseline and groups; recall is about expit(level), the candidate's `drop` lower."""
    groups = np.repeat(np.arange(n_groups), FRAMES_PER_GROUP)
    n_frames = len(groups)
    quality = level + random.normal(0.0, 0.7, n_groups)[groups][:, None]
    support = random.poisson(2.0, (n_frames, 2))
    hits = random.binomial(support, expit(np.broadcast_to(quality, support.shape)))
    retaken = random.binomial(support, expit(np.broadcast_to(quality - drop, support.shape)))
    is_kept = random.random((n_frames, 2)) < 0.6
    alarms = random.poisson(0.7, (2, n_frames, 2))
    own_alarms = np.where(is_kept, alarms[0], alarms[1])
    sides = ((np.where(is_kept, hits, retaken), own_alarms), (hits, alarms[0]))
    candidate, baseline = (dense(tp, tp + extra, support) for tp, extra in sides)
    return candidate, baseline, groups


def expit(x: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def dense(tp: Int64Array, predicted: Int64Array, support: Int64Array) -> FrameCounts:
    n_frames, n_classes = tp.shape
    flat = [column.astype(np.float64).ravel() for column in (tp, predicted, support)]
    classes = np.tile(np.arange(n_classes, dtype=np.int32), n_frames)
    return FrameCounts(np.arange(n_frames + 1, dtype=np.int64) * n_classes, classes, *flat)


@pytest.fixture(scope="module")
def population() -> tuple[FloatArray, FloatArray]:
    """Scores and difference of a population so large that they count as true."""
    candidate, baseline, groups = simulated(np.random.default_rng(1), 100_000, 1.0, 0.5)
    found = paired_differences(candidate, baseline, np.arange(len(groups)), groups, "micro", 2, seed=1)
    return found.candidate, found.delta


@pytest.mark.parametrize("n_groups", [6, 15, 60])
def test_intervals_hold_the_truth_in_95_of_100_samples(
    population: tuple[FloatArray, FloatArray], n_groups: int
) -> None:
    random = np.random.default_rng(2026)
    n_samples = 700
    holds, holds_delta = np.zeros(3), np.zeros(3)
    for sample in range(n_samples):
        candidate, baseline, groups = simulated(random, n_groups, 1.0, 0.5)
        every = np.arange(len(groups))
        score = segment_intervals(candidate, every, groups, "micro", 2)
        holds += (score.low <= population[0]) & (population[0] <= score.high)
        pair = paired_differences(candidate, baseline, every, groups, "micro", 2, seed=sample)
        holds_delta += (pair.low <= population[1]) & (population[1] <= pair.high)
    for share in (holds / n_samples, holds_delta / n_samples):
        assert (share >= 0.93).all(), share
        assert (share <= 0.97).all(), share


def test_ignoring_the_groups_would_cover_too_little(population: tuple[FloatArray, FloatArray]) -> None:
    random = np.random.default_rng(2026)
    holds = np.zeros(3)
    for _ in range(400):
        candidate, _, groups = simulated(random, 60, 1.0, 0.5)
        score = segment_intervals(candidate, np.arange(len(groups)), None, "micro", 2)
        holds += (score.low <= population[0]) & (population[0] <= score.high)
    assert holds[1] / 400 < 0.93


@pytest.mark.parametrize("n_groups", [15, 60])
def test_permutation_test_raises_false_alarms_in_5_of_100(n_groups: int) -> None:
    random = np.random.default_rng(7)
    n_samples = 600
    alarms = np.zeros(3)
    for sample in range(n_samples):
        candidate, baseline, groups = simulated(random, n_groups, 1.0, 0.0)
        found = paired_differences(
            candidate, baseline, np.arange(len(groups)), groups, "micro", 2, seed=sample
        )
        alarms += found.p <= 0.05
    assert (alarms / n_samples >= 0.03).all(), alarms
    assert (alarms / n_samples <= 0.07).all(), alarms
