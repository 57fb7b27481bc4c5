"""Flat shapes: what everything in a picture is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from shoal.demo.camera import Point

Colour = tuple[float, float, float]


class Shape(NamedTuple):
    """One filled area on the canvas.

    Attributes:
        points: outline in canvas pixels; of an ellipse, its two corners.
        colour: red, green, blue, 0-255, as seen in full daylight.
        glow: light the area gives off by itself; `None` for none.
        ellipse: whether `points` are the corners of an ellipse.
        solid: whether the area belongs to the object's silhouette, and so to its box.
    """

    points: Sequence[Point]
    colour: Colour
    glow: Colour | None = None
    ellipse: bool = False
    solid: bool = True


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from `first` to `second`."""
    keep = 1.0 - share
    return (
        first[0] * keep + second[0] * share,
        first[1] * keep + second[1] * share,
        first[2] * keep + second[2] * share,
    )


def scaled(colour: Colour, factor: float) -> Colour:
    """Return the colour brightened or darkened by `factor`, at most white."""
    return min(colour[0] * factor, 255.0), min(colour[1] * factor, 255.0), min(colour[2] * factor, 255.0)


def disc(centre: Point, radius: float, colour: Colour, glow: Colour | None = None) -> Shape:
    """Return a filled circle."""
    x, y = centre
    return Shape([(x - radius, y - radius), (x + radius, y + radius)], colour, glow, ellipse=True)


def oval(
    centre: Point,
    across: float,
    down: float,
    colour: Colour,
    glow: Colour | None = None,
    *,
    solid: bool = True,
) -> Shape:
    """Return a filled upright ellipse with the two radii given."""
    x, y = centre
    return Shape([(x - across, y - down), (x + across, y + down)], colour, glow, ellipse=True, solid=solid)


def limb(start: Point, end: Point, width: float, colour: Colour) -> list[Shape]:
    """Return a line of some width with round ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    ox, oy = -dy / length * width / 2, dx / length * width / 2
    quad = [
        (start[0] + ox, start[1] + oy),
        (end[0] + ox, end[1] + oy),
        (end[0] - ox, end[1] - oy),
        (start[0] - ox, start[1] - oy),
    ]
    return [Shape(quad, colour), disc(start, width / 2, colour), disc(end, width / 2, colour)]


def ring(centre: Point, radius: float, width: float, colour: Colour) -> Shape:
    """Return a circle's rim, open in the middle."""
    outer, inner = [], []
    for step in range(19):
        angle = step / 18 * math.tau
        c, s = math.cos(angle), math.sin(angle)
        outer.append((centre[0] + radius * c, centre[1] + radius * s))
        inner.append((centre[0] + (radius - width) * c, centre[1] + (radius - width) * s))
    return Shape([*outer, *reversed(inner)], colour)


def extent(shapes: Sequence[Shape]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the solid shapes together, in canvas pixels."""
    xs = [point[0] for shape in shapes if shape.solid for point in shape.points]
    ys = [point[1] for shape in shapes if shape.solid for point in shape.points]
    return min(xs), min(ys), max(xs), max(ys)
