"""A pinhole camera above the road: metres in the world to pixels on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Point = tuple[float, float]

SUPERSAMPLE = 2
"""Canvas pixels per image pixel, each way; pictures are drawn large and reduced."""

NEAREST_M = 1.0
"""Points nearer than this are moved to this depth, so that nothing wraps around behind the camera."""

CAMERA_HEIGHT_M = 1.55

SIDEWAYS = {"front": 0.5, "front_left": 0.74, "front_right": 0.24}
"""Where the street's vanishing point lies across the picture, for each camera of the car."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the street is seen from; x to the right, y up, z along the street, all in metres.

    Attributes:
        width: canvas width in canvas pixels.
        height: canvas height.
        focal: focal length in canvas pixels.
        centre_x: canvas column of the vanishing point.
        horizon: canvas row of the horizon.
        z: how far along the street the camera is.
    """

    width: int
    height: int
    focal: float
    centre_x: float
    horizon: float
    z: float

    @staticmethod
    def mounted(position: str, image_size: tuple[int, int], z: float) -> Camera:
        """Return the camera called `position` for pictures of `image_size` pixels."""
        width, height = image_size[0] * SUPERSAMPLE, image_size[1] * SUPERSAMPLE
        return Camera(width, height, 0.86 * width, SIDEWAYS[position] * width, 0.47 * height, z)

    def project(self, points: FloatArray) -> FloatArray:
        """Return canvas positions, shape (N, 2), of world points, shape (N, 3)."""
        depth = np.maximum(points[:, 2] - self.z, NEAREST_M)
        scale = self.focal / depth
        return np.stack(
            [self.centre_x + points[:, 0] * scale, self.horizon + (CAMERA_HEIGHT_M - points[:, 1]) * scale],
            axis=1,
        )

    def spot(self, x: float, y: float, z: float) -> Point:
        """Return the canvas position of one world point."""
        scale = self.scale(z)
        return self.centre_x + x * scale, self.horizon + (CAMERA_HEIGHT_M - y) * scale

    def outline(self, points: Sequence[tuple[float, float, float]]) -> list[Point]:
        """Return the canvas positions of a few world points."""
        return [self.spot(*point) for point in points]

    def scale(self, z: float) -> float:
        """Return canvas pixels per metre at a depth along the street."""
        return self.focal / max(z - self.z, NEAREST_M)

    def depth(self, z: float) -> float:
        """Return how far ahead of the camera something at `z` is."""
        return z - self.z
