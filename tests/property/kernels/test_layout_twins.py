"""The layout of neighbours: its forces are the gradient of its loss, its pairs are what they should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels.neighbour_layout import further, mid_near, pull, push, step
from twins.maps import numeric_gradient


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**16), st.integers(5, 12))
def test_forces_are_the_gradient_of_the_loss(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(scale=3, size=(n, 2)).astype(np.float32)
    near, middle, far = (rng.integers(0, n, (n, k)).astype(np.int32) for k in (2, 1, 3))
    weights = (2.0, 500.0, 1.0)
    gradient = np.zeros_like(points)
    pull(points, near, weights[0], 10.0, gradient)
    pull(points, middle, weights[1], 10_000.0, gradient)
    push(points, far, weights[2], gradient)
    assert gradient == pytest.approx(numeric_gradient(points, near, middle, far, weights), abs=2e-3)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**16), st.integers(30, 60))
def test_pairs_are_others_each_once_and_do_not_depend_on_ranges(seed: int, n: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32)
    middle = mid_near(vectors, 4, 0, n, seed)
    parts = [mid_near(vectors, 4, first, min(first + 7, n), seed) for first in range(0, n, 7)]
    assert (np.concatenate(parts) == middle).all()
    near = np.argsort(((vectors[:, None] - vectors) ** 2).sum(axis=2), axis=1)[:, 1:6].astype(np.int32)
    far = further(near, 8, seed)
    for i in range(n):
        assert len({*middle[i].tolist()} - {i}) == 4
        assert len({*far[i].tolist()} - {i, *near[i].tolist()}) == 8


def test_partners_of_mid_distance_are_nearer_than_chance_and_farther_than_neighbours() -> None:
    vectors = np.random.default_rng(3).normal(size=(400, 3)).astype(np.float32)
    middle = mid_near(vectors, 5, 0, 400, 9)
    apart = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    rank = np.argsort(np.argsort(apart, axis=1), axis=1)
    ranks = np.take_along_axis(rank, middle.astype(np.int64), axis=1) / 400
    assert ranks.mean() == pytest.approx(2 / 7, abs=0.02)


def test_steps_go_down() -> None:
    points = np.array([[4.0, -3.0]], np.float32)
    mean, square = np.zeros_like(points), np.zeros_like(points)
    for number in range(60):
        step(points, 2 * points, mean, square, 0.1, number)
    assert np.abs(points).max() < 1
