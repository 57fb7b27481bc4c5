"""Points in polygons as the slow twin finds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shoal.errors import ShapeError
from shoal.kernels.polygon import points_in_polygon
from twins.maps import distance_to_border, is_inside

halves = st.integers(-6, 6).map(lambda n: n / 2)
corners = st.lists(st.tuples(halves, halves), min_size=3, max_size=9)
parts = st.integers(-(1 << 18), 1 << 18).map(lambda n: n / (1 << 16))
"""Numbers whose products of differences are exact in float64: none is nearly on a border."""
reals = st.floats(-4, 4, width=32)


@settings(deadline=None, max_examples=300)
@given(corners, st.lists(st.tuples(halves, halves), max_size=30))
def test_on_a_lattice_where_borders_and_corners_are_hit(
    polygon: list[tuple[float, float]], points: list[tuple[float, float]]
) -> None:
    found = points_in_polygon(np.array(points, np.float32).reshape(-1, 2), np.array(polygon))
    assert found.tolist() == [is_inside(point, polygon) for point in points]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(parts, parts), min_size=3, max_size=40), st.lists(st.tuples(parts, parts)))
def test_anywhere(polygon: list[tuple[float, float]], points: list[tuple[float, float]]) -> None:
    found = points_in_polygon(np.array(points, np.float32).reshape(-1, 2), np.array(polygon))
    assert found.tolist() == [is_inside(point, polygon) for point in points]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(reals, reals), min_size=3, max_size=20), st.lists(st.tuples(reals, reals)))
@example([(0.0, 0.0), (0.0, 0.0), (1.0, 1.0)], [(0.0, 3.961784852545176e-17)])
def test_rounding_counts_for_no_more_than_the_border(
    polygon: list[tuple[float, float]], points: list[tuple[float, float]]
) -> None:
    found = points_in_polygon(np.array(points, np.float32).reshape(-1, 2), np.array(polygon))
    for point, is_found in zip(points, found.tolist(), strict=True):
        assert is_found == is_inside(point, polygon) or distance_to_border(point, polygon) < 1e-13


@settings(deadline=None)
@given(st.lists(st.tuples(reals, reals), min_size=2, max_size=20), st.lists(st.tuples(reals, reals)))
def test_a_line_walked_there_and_back_holds_nothing(
    line: list[tuple[float, float]], points: list[tuple[float, float]]
) -> None:
    there_and_back = line + line[::-1]
    found = points_in_polygon(np.array(points, np.float32).reshape(-1, 2), np.array(there_and_back))
    for point, is_found in zip(points, found.tolist(), strict=True):
        assert not is_found or distance_to_border(point, there_and_back) < 1e-13


def test_many_points_are_the_same_on_all_threads() -> None:
    points = np.random.default_rng(0).normal(size=(450_000, 2)).astype(np.float32)
    polygon = np.random.default_rng(1).normal(size=(200, 2))
    found = points_in_polygon(points, polygon)
    parts = [points_in_polygon(part, polygon) for part in np.array_split(points, 9)]
    assert found.any()
    assert (found == np.concatenate(parts)).all()


def test_points_that_are_nowhere_are_outside_and_shapes_are_checked() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    nowhere = np.array([(np.nan, 0.5), (0.5, np.nan), (np.inf, 0.5)], np.float32)
    assert not points_in_polygon(nowhere, square).any()
    assert points_in_polygon(np.empty((0, 2), np.float32), square).shape == (0,)
    with pytest.raises(ShapeError):
        points_in_polygon(np.zeros((3, 3), np.float32), square)
    with pytest.raises(ShapeError):
        points_in_polygon(np.zeros((3, 2), np.float32), square[:2])
