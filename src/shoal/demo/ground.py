"""Road, lane marks, pavements and crossings."""

from __future__ import annotations

import itertools
import math

from shoal.demo.camera import Camera
from shoal.demo.canvas import Canvas
from shoal.demo.shapes import Colour, mix, scaled
from shoal.demo.street import (
    CROSSING_HALF_M,
    KERB_LEFT,
    KERB_RIGHT,
    LANE_LEFT,
    LANE_RIGHT,
    ONCOMING_LEFT,
    STOP_LINE_M,
    WALL_LEFT,
    WALL_RIGHT,
    Street,
)

ASPHALT: Colour = (104, 108, 116)
PAVEMENT: Colour = (176, 170, 162)
MARK: Colour = (232, 230, 222)
_NEAR_M = 1.1
_BANDS = tuple(1.1 * 1.22**step for step in range(31))


def paint_ground(canvas: Canvas, camera: Camera, street: Street, *, wet: bool) -> None:
    """Paint everything flat, from the farthest band to the nearest."""
    asphalt = scaled(ASPHALT, 0.8) if wet else ASPHALT
    pavement = scaled(PAVEMENT, 0.82) if wet else PAVEMENT
    for near, far in reversed(tuple(itertools.pairwise(_BANDS))):
        z0, z1 = camera.z + near, camera.z + far
        _patch(canvas, camera, (WALL_LEFT - 40.0, WALL_RIGHT + 40.0), (z0, z1), pavement)
        _patch(canvas, camera, (KERB_LEFT, KERB_RIGHT), (z0, z1), asphalt)
        # A lighter band down each lane, where tyres polish the asphalt.
        for middle in (0.0, -3.5):
            _patch(canvas, camera, (middle - 1.1, middle + 1.1), (z0, z1), scaled(asphalt, 1.05))
        _patch(canvas, camera, (KERB_RIGHT, KERB_RIGHT + 0.28), (z0, z1), mix(pavement, MARK, 0.5))
        _patch(canvas, camera, (KERB_LEFT - 0.28, KERB_LEFT), (z0, z1), mix(pavement, MARK, 0.5))
    _paint_slabs(canvas, camera, pavement)
    _paint_lanes(canvas, camera)
    for crossing in reversed(street.crossings):
        _paint_crossing(canvas, camera, crossing, asphalt)


def _patch(
    canvas: Canvas, camera: Camera, x: tuple[float, float], z: tuple[float, float], colour: Colour
) -> None:
    near = max(z[0], camera.z + _NEAR_M)
    if z[1] <= near:
        return
    corners = [(x[0], 0.0, near), (x[1], 0.0, near), (x[1], 0.0, z[1]), (x[0], 0.0, z[1])]
    canvas.paint_ground(camera.outline(corners), colour, camera.depth((near + z[1]) / 2))


def _paint_slabs(canvas: Canvas, camera: Camera, pavement: Colour) -> None:
    """Paint joints of paving stones close to the camera."""
    joint = scaled(pavement, 0.9)
    first = math.floor(camera.z / 1.5)
    for row in range(first + 22, first, -1):
        z = row * 1.5
        for x in ((KERB_RIGHT + 0.28, WALL_RIGHT), (WALL_LEFT, KERB_LEFT - 0.28)):
            _patch(canvas, camera, x, (z, z + 0.06), joint)


def _paint_lanes(canvas: Canvas, camera: Camera) -> None:
    first = math.floor(camera.z / 9.0) - 1
    for step in range(first + 14, first, -1):
        z = step * 9.0
        _patch(canvas, camera, (LANE_LEFT - 0.07, LANE_LEFT + 0.07), (z, z + 4.0), MARK)
    for z in range(math.floor(camera.z) + 72, math.floor(camera.z) - 1, -6):
        snapped = z - z % 6
        for x in (LANE_RIGHT + 0.55, ONCOMING_LEFT - 0.3):
            _patch(canvas, camera, (x - 0.05, x + 0.05), (snapped, snapped + 6.0), mix(MARK, ASPHALT, 0.35))


def _paint_crossing(canvas: Canvas, camera: Camera, middle: float, asphalt: Colour) -> None:
    z0, z1 = middle - CROSSING_HALF_M, middle + CROSSING_HALF_M
    if camera.depth(z1 + 5.0) < _NEAR_M or camera.depth(z0) > 150.0:
        return
    _patch(canvas, camera, (WALL_LEFT - 60.0, WALL_RIGHT + 60.0), (z0, z1), asphalt)
    _patch(canvas, camera, (KERB_LEFT, KERB_RIGHT), (middle - STOP_LINE_M, z1 + 5.0), asphalt)
    for start in (z1 + 1.2, z0 - 4.2):
        x = KERB_LEFT + 0.4
        while x < KERB_RIGHT - 0.5:
            _patch(canvas, camera, (x, x + 0.55), (start, start + 3.0), MARK)
            x += 1.15
    _patch(
        canvas,
        camera,
        (LANE_LEFT + 0.1, LANE_RIGHT + 0.3),
        (middle - STOP_LINE_M, middle - STOP_LINE_M + 0.45),
        MARK,
    )
