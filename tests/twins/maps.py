"""Polygons and layouts, slow and obvious."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import FloatArray, Int32Array

Point = tuple[float, float]


def is_inside(point: Point, polygon: list[Point]) -> bool:
    """Whether a point lies in a polygon by the even-odd rule, border included; exact."""
    if any(value != value for value in point):
        return False
    x, y = (Fraction(value) for value in point)
    corners = [(Fraction(a), Fraction(b)) for a, b in polygon]
    crossings = 0
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if side == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay > y) != (by > y) and ax + (y - ay) * (bx - ax) / (by - ay) > x:
            crossings += 1
    return crossings % 2 == 1


def distance_to_border(point: Point, polygon: list[Point]) -> float:
    """The distance of a point to the nearest edge of a polygon."""
    x, y = point
    nearest = math.inf
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length if length else 0.0
        along = min(max(along, 0.0), 1.0)
        nearest = min(nearest, math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y))
    return nearest


def loss(
    points: FloatArray,
    near: Int32Array,
    middle: Int32Array,
    far: Int32Array,
    weights: tuple[float, float, float],
) -> float:
    """The loss of PaCMAP."""
    total = 0.0
    for partners, weight, kind in ((near, weights[0], 0), (middle, weights[1], 1), (far, weights[2], 2)):
        for i, row in enumerate(partners):
            for j in row:
                d = 1.0 + float(((points[i] - points[j]) ** 2).sum())
                total += weight * (d / (10 + d), d / (10_000 + d), 1 / (1 + d))[kind]
    return total


def numeric_gradient(
    points: Float32Array,
    near: Int32Array,
    middle: Int32Array,
    far: Int32Array,
    weights: tuple[float, float, float],
) -> FloatArray:
    """The gradient of the loss by small differences."""
    exact = points.astype(np.float64)
    gradient = np.zeros_like(exact)
    for place in np.ndindex(exact.shape):
        up, down = exact.copy(), exact.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        gradient[place] = (
            loss(up, near, middle, far, weights) - loss(down, near, middle, far, weights)
        ) / 2e-5
    return gradient
