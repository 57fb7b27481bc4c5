"""Cars, trucks and buses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.demo.shapes import Colour, mix, scaled
from shoal.demo.solids import Corner, Detail, Face, Part, Solid, across, along, block, wheel

GLASS: Colour = (62, 80, 98)
GLASS_FRONT: Colour = (84, 108, 128)
DARK: Colour = (34, 35, 40)
PLATE: Colour = (236, 236, 228)
RED_LAMP: Colour = (205, 44, 44)
RED_LIGHT: Colour = (255, 46, 34)
WHITE_LAMP: Colour = (244, 244, 232)
WHITE_LIGHT: Colour = (255, 244, 214)

CAR_PAINTS: tuple[Colour, ...] = (
    (226, 229, 232),
    (196, 201, 206),
    (74, 80, 90),
    (44, 48, 56),
    (178, 54, 50),
    (52, 98, 156),
    (88, 140, 176),
    (226, 178, 66),
    (94, 132, 104),
    (188, 124, 84),
    (236, 226, 206),
)
TRUCK_PAINTS: tuple[Colour, ...] = (
    (206, 72, 58),
    (58, 104, 150),
    (238, 190, 74),
    (86, 142, 118),
    (232, 232, 228),
)
BUS_PAINTS: dict[str, Colour] = {
    "berlin": (240, 198, 54),
    "lisbon": (232, 146, 44),
    "oslo": (196, 58, 54),
    "porto": (62, 128, 148),
}


@dataclass(frozen=True, slots=True)
class _CarShape:
    """A car's outline in metres: heights of sill, shoulder and roof, and where the cabin bends."""

    half_length: float
    half_width: float
    shoulder: float
    roof: float
    rear_glass: float
    roof_start: float
    roof_end: float
    windscreen: float


_HATCHBACK = _CarShape(2.0, 0.88, 0.93, 1.46, -1.92, -1.5, 0.2, 0.95)
_SALOON = _CarShape(2.3, 0.9, 0.92, 1.42, -1.72, -1.02, 0.32, 1.05)
_OFF_ROADER = _CarShape(2.25, 0.95, 1.08, 1.72, -2.16, -1.92, 0.3, 0.98)
_CAR_SHAPES = (_HATCHBACK, _SALOON, _OFF_ROADER)


def build_vehicle(class_name: str, city: str, rng: np.random.Generator) -> Solid:
    """Return a car, truck or bus in a colour of its own."""
    if class_name == "bus":
        return _bus(BUS_PAINTS[city], rng)
    if class_name == "truck":
        return _truck(TRUCK_PAINTS[int(rng.integers(len(TRUCK_PAINTS)))], rng)
    shape = _CAR_SHAPES[int(rng.integers(len(_CAR_SHAPES)))]
    return _car(shape, CAR_PAINTS[int(rng.integers(len(CAR_PAINTS)))])


def _car(s: _CarShape, paint: Colour) -> Solid:
    return Solid((Part((*_car_ends(s, paint), *_car_sides(s, paint))), Part(_car_cabin(s, paint))))


def _strip(
    s: _CarShape, low: tuple[float, float], high: tuple[float, float], width: float
) -> tuple[Corner, ...]:
    """Return a rectangle across the car between two (z, y) edges."""
    w = s.half_width * width
    return ((-w, low[1], low[0]), (w, low[1], low[0]), (w, high[1], high[0]), (-w, high[1], high[0]))


def _car_ends(s: _CarShape, paint: Colour) -> tuple[Face, ...]:
    length, w, top = s.half_length, s.half_width, s.shoulder
    back, front = -length, length
    tyres = [
        across(z, (side * w - 0.13 - side * 0.14, side * w + 0.13 - side * 0.14), (0.0, 0.36), (24, 25, 28))
        for z in (back,)
        for side in (-1, 1)
    ]
    rear = Face(
        _strip(s, (back, 0.28), (back, top), 1.0),
        paint,
        (
            *tyres,
            across(back, (-w, w), (0.24, 0.45), DARK),
            across(back, (-w + 0.03, -w + 0.36), (top - 0.26, top - 0.08), RED_LAMP, RED_LIGHT, shaded=False),
            across(back, (w - 0.36, w - 0.03), (top - 0.26, top - 0.08), RED_LAMP, RED_LIGHT, shaded=False),
            across(back, (-0.26, 0.26), (0.54, 0.66), PLATE),
            across(back, (-w + 0.42, w - 0.42), (top - 0.12, top - 0.1), scaled(paint, 0.7)),
        ),
    )
    nose = top - 0.16
    fore = Face(
        _strip(s, (front, 0.26), (front, nose), 1.0),
        paint,
        (
            *(Detail(tuple((c[0], c[1], front) for c in tyre.corners), tyre.colour) for tyre in tyres),
            across(front, (-w, w), (0.22, 0.4), DARK),
            across(front, (-w + 0.4, w - 0.4), (0.5, 0.66), (46, 48, 54)),
            across(front, (-w + 0.04, -w + 0.36), (0.54, 0.72), WHITE_LAMP, WHITE_LIGHT, shaded=False),
            across(front, (w - 0.36, w - 0.04), (0.54, 0.72), WHITE_LAMP, WHITE_LIGHT, shaded=False),
            across(front, (-0.26, 0.26), (0.4, 0.5), PLATE),
        ),
    )
    deck = Face(_strip(s, (back, top), (s.windscreen, top + 0.01), 1.0), paint)
    bonnet = Face(_strip(s, (front, nose), (s.windscreen, top), 1.0), scaled(paint, 1.04))
    return rear, fore, deck, bonnet


def _car_sides(s: _CarShape, paint: Colour) -> tuple[Face, ...]:
    length, top, nose = s.half_length, s.shoulder, s.shoulder - 0.16
    outline = [(-length, 0.28), (-length, top), (s.windscreen, top), (length, nose), (length, 0.26)]
    faces = []
    for x in (-s.half_width, s.half_width):
        axle = length - 0.82
        details = (
            along(x, (-length, length), (0.26, 0.42), scaled(paint, 0.62)),
            along(x, (-0.02, 0.0), (0.4, top), scaled(paint, 0.7)),
            *wheel(x, -axle, 0.32),
            *wheel(x, axle, 0.32),
        )
        faces.append(Face(tuple((x, y, z) for z, y in outline), paint, details))
    return tuple(faces)


def _car_cabin(s: _CarShape, paint: Colour) -> tuple[Face, ...]:
    top, roof, narrow = s.shoulder, s.roof, 0.78
    w0, w1 = s.half_width * 0.97, s.half_width * narrow

    def slope(z0: float, z1: float, glass: Colour) -> Face:
        corners = ((-w0, top, z0), (w0, top, z0), (w1, roof, z1), (-w1, roof, z1))
        return Face(corners, scaled(paint, 0.9), (_inset(corners, 0.09, glass),))

    faces = [
        slope(s.rear_glass, s.roof_start, GLASS),
        slope(s.windscreen, s.roof_end, GLASS_FRONT),
        Face(
            (
                (-w1, roof, s.roof_start),
                (w1, roof, s.roof_start),
                (w1, roof, s.roof_end),
                (-w1, roof, s.roof_end),
            ),
            paint,
        ),
    ]
    for side in (-1, 1):
        corners = (
            (side * w0, top, s.rear_glass),
            (side * w0, top, s.windscreen),
            (side * w1, roof, s.roof_end),
            (side * w1, roof, s.roof_start),
        )
        pillar = Detail(
            (
                (side * w0, top, -0.12),
                (side * w0, top, -0.02),
                (side * w1, roof, -0.14),
                (side * w1, roof, -0.24),
            ),
            scaled(paint, 0.9),
        )
        faces.append(Face(corners, scaled(paint, 0.92), (_inset(corners, 0.1, GLASS), pillar)))
    return tuple(faces)


def _inset(corners: tuple[Corner, ...], share: float, colour: Colour) -> Detail:
    """Return a patch that leaves a frame of the face around it."""
    n = len(corners)
    middle = tuple(sum(corner[axis] for corner in corners) / n for axis in range(3))
    return Detail(
        tuple(
            (
                corner[0] + (middle[0] - corner[0]) * share,
                corner[1] + (middle[1] - corner[1]) * share * 1.6,
                corner[2] + (middle[2] - corner[2]) * share,
            )
            for corner in corners
        ),
        colour,
    )


def _truck(paint: Colour, rng: np.random.Generator) -> Solid:
    box = (236, 236, 232) if paint != (232, 232, 228) else (206, 212, 216)
    w, z0, z1, y0 = 1.2, -3.7, 1.5, 0.95
    y1 = float(rng.uniform(3.1, 3.6))
    band = (y0 + 0.75, y0 + 1.45)
    side = {
        name: (
            along(x, (z0, z1), (y0, y0 + 0.12), (120, 124, 128)),
            along(x, (z0 + 0.7, z1 - 0.7), band, paint),
        )
        for name, x in (("left", -w), ("right", w))
    }
    doors = (
        across(z0, (-0.02, 0.02), (y0 + 0.1, y1 - 0.1), (140, 144, 148)),
        across(z0, (-w, w), (y0, y0 + 0.1), (120, 124, 128)),
        across(z0, (-0.62, -0.58), (y0 + 0.2, y1 - 0.2), (176, 180, 184)),
        across(z0, (0.58, 0.62), (y0 + 0.2, y1 - 0.2), (176, 180, 184)),
        across(z0, (-w + 0.1, w - 0.1), band, mix(box, paint, 0.9)),
    )
    cargo = block((-w, w), (y0, y1), (z0, z1), box, {"rear": doors, **side})
    return Solid((_truck_chassis(w, z0), cargo, _truck_cab(paint, w)))


def _truck_chassis(w: float, z0: float) -> Part:
    rear = (
        across(z0, (-w + 0.05, -w + 0.5), (0.0, 0.7), (24, 25, 28)),
        across(z0, (w - 0.5, w - 0.05), (0.0, 0.7), (24, 25, 28)),
        across(z0, (-w, w), (0.62, 0.82), (70, 72, 78)),
        across(z0, (-w + 0.06, -w + 0.4), (0.64, 0.8), RED_LAMP, RED_LIGHT, shaded=False),
        across(z0, (w - 0.4, w - 0.06), (0.64, 0.8), RED_LAMP, RED_LIGHT, shaded=False),
        across(z0, (-0.26, 0.26), (0.65, 0.78), PLATE),
    )
    sides = {
        name: tuple(d for z in (-2.6, 2.5) for d in wheel(x, z, 0.46))
        for name, x in (("left", -w), ("right", w))
    }
    return block((-w, w), (0.45, 0.95), (z0, 3.5), (52, 54, 60), {"rear": rear, **sides})


def _truck_cab(paint: Colour, w: float) -> Part:
    z = 3.6
    front = (
        across(z, (-w + 0.12, w - 0.12), (1.75, 2.6), GLASS_FRONT),
        across(z, (-w + 0.25, w - 0.25), (1.0, 1.5), (44, 46, 52)),
        across(z, (-w, w), (0.4, 0.85), (60, 62, 68)),
        across(z, (-w + 0.08, -w + 0.48), (0.6, 0.8), WHITE_LAMP, WHITE_LIGHT, shaded=False),
        across(z, (w - 0.48, w - 0.08), (0.6, 0.8), WHITE_LAMP, WHITE_LIGHT, shaded=False),
        across(z, (-w + 0.05, -w + 0.42), (0.0, 0.4), (24, 25, 28)),
        across(z, (w - 0.42, w - 0.05), (0.0, 0.4), (24, 25, 28)),
    )
    sides = {
        name: (along(x, (2.3, 3.45), (1.75, 2.55), GLASS), *wheel(x, 2.6, 0.46))
        for name, x in (("left", -w), ("right", w))
    }
    return block((-w, w), (0.4, 2.85), (1.7, z), paint, {"front": front, **sides})


def _bus(paint: Colour, rng: np.random.Generator) -> Solid:
    w, z0, z1, top = 1.25, -5.4, 5.4, 3.05
    lit: Colour = (150, 138, 96)
    skirt = scaled(paint, 0.72)
    sides = {}
    for name, x in (("left", -w), ("right", w)):
        panes = [
            along(x, (z0 + 0.35 + i * 1.52, z0 + 0.35 + i * 1.52 + 1.4), (1.45, 2.6), GLASS, lit)
            for i in range(7)
        ]
        wheels = [*wheel(x, -2.9, 0.48), *wheel(x, 3.0, 0.48)]
        sides[name] = (along(x, (z0, z1), (0.32, 0.8), skirt), *panes, *wheels)
    sign: Colour = (255, 176, 40)
    rear = (
        across(z0, (-w + 0.14, w - 0.14), (1.6, 2.6), GLASS, scaled(lit, 0.7)),
        across(z0, (-w, w), (0.32, 0.75), skirt),
        across(z0, (-w + 0.06, -w + 0.32), (0.85, 1.35), RED_LAMP, RED_LIGHT, shaded=False),
        across(z0, (w - 0.32, w - 0.06), (0.85, 1.35), RED_LAMP, RED_LIGHT, shaded=False),
        across(z0, (-0.26, 0.26), (0.8, 0.94), PLATE),
        across(z0, (-w + 0.1, -w + 0.42), (0.0, 0.34), (24, 25, 28)),
        across(z0, (w - 0.42, w - 0.1), (0.0, 0.34), (24, 25, 28)),
    )
    front = (
        across(z1, (-w + 0.1, w - 0.1), (1.15, 2.5), GLASS_FRONT, scaled(lit, 0.4)),
        across(z1, (-0.85, 0.85), (2.62, 2.92), (30, 30, 34)),
        across(z1, (-0.6, 0.6), (2.69, 2.85), sign, sign, shaded=False),
        across(z1, (-w, w), (0.32, 0.62), skirt),
        across(z1, (-w + 0.08, -w + 0.44), (0.68, 0.88), WHITE_LAMP, WHITE_LIGHT, shaded=False),
        across(z1, (w - 0.44, w - 0.08), (0.68, 0.88), WHITE_LAMP, WHITE_LIGHT, shaded=False),
        across(z1, (-w + 0.08, -w + 0.42), (0.0, 0.34), (24, 25, 28)),
        across(z1, (w - 0.42, w - 0.08), (0.0, 0.34), (24, 25, 28)),
    )
    painted = mix(paint, (255, 255, 255), float(rng.uniform(0.0, 0.12)))
    return Solid((block((-w, w), (0.32, top), (z0, z1), painted, {"rear": rear, "front": front, **sides}),))
