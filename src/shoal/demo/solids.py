"""Solid bodies of flat faces, with details painted on them; vehicles are built of these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from shoal.demo.camera import CAMERA_HEIGHT_M, Camera, FloatArray, Point
from shoal.demo.shapes import Colour, Shape, scaled

Corner = tuple[float, float, float]
"""A point of a body: right, up and ahead of its middle on the ground, metres."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A patch painted on a face: a window, a lamp, a number plate."""

    corners: tuple[Corner, ...]
    colour: Colour
    glow: Colour | None = None
    shaded: bool = True


@dataclass(frozen=True, slots=True)
class Face:
    """One flat side of a part, seen only from outside."""

    corners: tuple[Corner, ...]
    colour: Colour
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A convex piece of a body."""

    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class _Patch:
    """A face or a detail inside the flat point array of a solid."""

    first: int
    last: int
    face: int
    colour: Colour
    glow: Colour | None
    shaded: bool


@dataclass(frozen=True)
class Solid:
    """A body ready to be drawn from anywhere: all its points in one array.

    Attributes:
        parts: convex pieces; nearer ones are painted over farther ones.
    """

    parts: tuple[Part, ...]
    _points: FloatArray = field(init=False, repr=False)
    _normals: FloatArray = field(init=False, repr=False)
    _anchors: FloatArray = field(init=False, repr=False)
    _middles: FloatArray = field(init=False, repr=False)
    _patches: tuple[tuple[_Patch, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points: list[Corner] = []
        normals: list[FloatArray] = []
        anchors, middles, patches = [], [], []
        for part in self.parts:
            middle = np.mean([corner for face in part.faces for corner in face.corners], axis=0)
            middles.append(middle)
            own: list[_Patch] = []
            for face in part.faces:
                corners = np.asarray(face.corners, dtype=np.float64)
                anchor = corners.mean(axis=0)
                normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
                normal /= np.linalg.norm(normal) or 1.0
                if normal @ (anchor - middle) < 0:
                    normal = -normal
                number = len(normals)
                normals.append(normal)
                anchors.append(anchor)
                for patch in (Detail(face.corners, face.colour), *face.details):
                    first = len(points)
                    points.extend(patch.corners)
                    own.append(_Patch(first, len(points), number, patch.colour, patch.glow, patch.shaded))
            patches.append(tuple(own))
        object.__setattr__(self, "_points", np.asarray(points, dtype=np.float64))
        object.__setattr__(self, "_normals", np.asarray(normals))
        object.__setattr__(self, "_anchors", np.asarray(anchors))
        object.__setattr__(self, "_middles", np.asarray(middles))
        object.__setattr__(self, "_patches", tuple(patches))

    def shapes(self, camera: Camera, x: float, z: float, heading: float, *, lamps: float) -> list[Shape]:
        """Return the faces that can be seen, far ones first.

        Args:
            camera: where it is seen from.
            x: where its middle stands, metres right of the lane.
            z: how far along the street.
            heading: 0 drives away from the camera, pi towards it, pi / 2 to the right.
            lamps: how bright its lamps are, 0 to 1.
        """
        turn = _turn(heading)
        place = np.array([x, 0.0, z])
        eye = np.array([0.0, CAMERA_HEIGHT_M, camera.z])
        normals = self._normals @ turn
        anchors = self._anchors @ turn + place
        visible = np.einsum("ij,ij->i", normals, eye - anchors) > 0
        spots: list[Point] = [(p[0], p[1]) for p in camera.project(self._points @ turn + place).tolist()]
        # Daylight falls from above left and a little from behind the camera.
        shade = 0.84 + 0.2 * normals[:, 1] - 0.13 * normals[:, 0] - 0.07 * normals[:, 2]
        far_first = np.argsort(-np.linalg.norm(self._middles @ turn + place - eye, axis=1), kind="stable")
        drawn: list[Shape] = []
        for part in far_first.tolist():
            for patch in self._patches[part]:
                if visible[patch.face]:
                    colour = scaled(patch.colour, float(shade[patch.face])) if patch.shaded else patch.colour
                    glow = scaled(patch.glow, lamps) if patch.glow and lamps else None
                    drawn.append(Shape(spots[patch.first : patch.last], colour, glow))
        return drawn

    def footprint(self, camera: Camera, x: float, z: float, heading: float) -> list[Point]:
        """Return the canvas outline of the ground it covers, for its shadow."""
        half_x, half_z = float(np.abs(self._points[:, 0]).max()), float(np.abs(self._points[:, 2]).max())
        rim = [(math.cos(a / 12 * math.tau), math.sin(a / 12 * math.tau)) for a in range(12)]
        oval = np.array([(_squared(c) * half_x * 1.1, 0.0, _squared(s) * half_z * 1.03) for c, s in rim])
        return [(p[0], p[1]) for p in camera.project(oval @ _turn(heading) + np.array([x, 0.0, z])).tolist()]


def _turn(heading: float) -> FloatArray:
    c, s = math.cos(heading), math.sin(heading)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def _squared(value: float) -> float:
    """Push a point of a circle outwards, towards a rounded rectangle."""
    return math.copysign(abs(value) ** 0.45, value)


def block(
    x: tuple[float, float],
    y: tuple[float, float],
    z: tuple[float, float],
    colour: Colour,
    details: dict[str, Sequence[Detail]] | None = None,
) -> Part:
    """Return a box part; `details` go by face: rear, front, left, right, top."""
    (x0, x1), (y0, y1), (z0, z1) = x, y, z
    corners: dict[str, tuple[Corner, ...]] = {
        "rear": ((x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)),
        "front": ((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)),
        "left": ((x0, y0, z0), (x0, y0, z1), (x0, y1, z1), (x0, y1, z0)),
        "right": ((x1, y0, z0), (x1, y0, z1), (x1, y1, z1), (x1, y1, z0)),
        "top": ((x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)),
    }
    painted = details or {}
    return Part(tuple(Face(corners[name], colour, tuple(painted.get(name, ()))) for name in corners))


def across(
    z: float,
    x: tuple[float, float],
    y: tuple[float, float],
    colour: Colour,
    glow: Colour | None = None,
    *,
    shaded: bool = True,
) -> Detail:
    """Return an upright rectangle on a rear or front face."""
    return Detail(((x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)), colour, glow, shaded)


def along(
    x: float, z: tuple[float, float], y: tuple[float, float], colour: Colour, glow: Colour | None = None
) -> Detail:
    """Return an upright rectangle on a left or right face."""
    return Detail(((x, y[0], z[0]), (x, y[0], z[1]), (x, y[1], z[1]), (x, y[1], z[0])), colour, glow)


def wheel(x: float, z: float, radius: float) -> list[Detail]:
    """Return a wheel on a left or right face: tyre, rim and hub."""

    def circle(r: float) -> tuple[Corner, ...]:
        steps = [step / 14 * math.tau for step in range(14)]
        return tuple((x, radius + r * math.sin(a), z + r * math.cos(a)) for a in steps)

    return [
        Detail(circle(radius * 1.14), (26, 27, 31)),
        Detail(circle(radius), (38, 39, 44)),
        Detail(circle(radius * 0.6), (168, 172, 178)),
        Detail(circle(radius * 0.22), (92, 95, 101)),
    ]
