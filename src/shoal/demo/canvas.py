"""Layers a picture is painted on: colours, lights, wet ground and its reflections."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from shoal.demo.camera import Point
from shoal.demo.shapes import Colour, Shape, mix, scaled


def _whole(colour: Colour) -> tuple[int, int, int]:
    return int(colour[0]), int(colour[1]), int(colour[2])


def draw_shape(draw: ImageDraw.ImageDraw, shape: Shape, fill: tuple[int, int, int] | int) -> None:
    """Fill one shape on an image."""
    if shape.ellipse:
        (x0, y0), (x1, y1) = shape.points
        draw.ellipse((x0, y0, max(x0, x1), max(y0, y1)), fill=fill)
    else:
        draw.polygon(shape.points, fill=fill)


class Canvas:
    """Painted from far to near; what is nearer covers colours and lights behind it.

    Args:
        size: width and height in canvas pixels.
        air: colour far things fade into.
        density: share of light lost per metre of air.
        wet: whether lights are mirrored by the ground.
    """

    def __init__(self, size: tuple[int, int], *, air: Colour, density: float, wet: bool) -> None:
        self.colours = Image.new("RGB", size, (0, 0, 0))
        self.lights = Image.new("RGB", size, (0, 0, 0))
        self.ground = Image.new("L", size, 0)
        self.mirrored = Image.new("RGB", size, (0, 0, 0))
        self.air = air
        self.density = density
        self.wet = wet
        self._colours = ImageDraw.Draw(self.colours)
        self._lights = ImageDraw.Draw(self.lights)
        self._ground = ImageDraw.Draw(self.ground)
        self._mirrored = ImageDraw.Draw(self.mirrored)

    def haze(self, depth: float) -> float:
        """Return how much of the air's colour covers something `depth` metres away, 0 to 1."""
        return 1.0 - math.exp(-max(depth, 0.0) * self.density)

    def paint(self, shapes: Iterable[Shape], depth: float, *, contact: float | None = None) -> None:
        """Paint shapes `depth` metres away; with `contact`, a canvas row, wet ground mirrors their lights."""
        haze = self.haze(depth)
        for shape in shapes:
            draw_shape(self._colours, shape, _whole(mix(shape.colour, self.air, haze)))
            glow = _whole(scaled(shape.glow, 1.0 - 0.75 * haze)) if shape.glow else (0, 0, 0)
            draw_shape(self._lights, shape, glow)
            if self.wet:
                draw_shape(self._ground, shape, 0)
                if contact is not None and shape.glow:
                    self._mirror(shape, glow, contact)

    def paint_ground(self, points: Sequence[Point], colour: Colour, depth: float) -> None:
        """Paint a patch of road or pavement; it mirrors when wet."""
        haze = self.haze(depth)
        self._colours.polygon(points, fill=_whole(mix(colour, self.air, haze)))
        if self.wet:
            self._ground.polygon(points, fill=255)

    def _mirror(self, shape: Shape, glow: tuple[int, int, int], contact: float) -> None:
        """Draw a light's reflection: as wide as the light, drawn out along the ground."""
        xs = [point[0] for point in shape.points]
        ys = [point[1] for point in shape.points]
        left, right = min(xs), max(xs)
        top = 2 * contact - max(ys)
        bottom = 2 * contact - min(ys) + (right - left) * 2.5
        self._mirrored.ellipse((left, top, right, max(bottom, top + 1)), fill=glow)
