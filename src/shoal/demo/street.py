"""A street that stands still: houses, trees, lamps, posts and crossings along the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.demo.shapes import Colour, mix

# Across the street, metres to the right of the camera's lane.
LANE_LEFT, LANE_RIGHT = -1.75, 1.75
ONCOMING_LEFT = -5.25
KERB_LEFT, KERB_RIGHT = -7.6, 4.1
WALL_LEFT, WALL_RIGHT = -12.0, 8.4

CROSSING_HALF_M = 6.0
STOP_LINE_M = 12.0
"""How far before the middle of a crossing its stop line is."""

_WALLS: dict[str, tuple[Colour, ...]] = {
    "berlin": (
        (226, 214, 190),
        (204, 190, 168),
        (188, 176, 164),
        (214, 200, 178),
        (172, 118, 92),
        (196, 204, 200),
    ),
    "lisbon": (
        (244, 214, 148),
        (236, 176, 156),
        (244, 238, 224),
        (168, 200, 208),
        (240, 200, 112),
        (226, 150, 122),
    ),
    "oslo": ((170, 70, 60), (214, 164, 84), (234, 230, 220), (110, 132, 142), (188, 176, 154), (92, 110, 98)),
    "porto": (
        (120, 160, 182),
        (236, 226, 206),
        (206, 124, 92),
        (98, 138, 132),
        (238, 206, 142),
        (182, 96, 96),
    ),
}
_ROOFS: dict[str, Colour] = {
    "berlin": (150, 84, 70),
    "lisbon": (196, 104, 76),
    "oslo": (86, 84, 92),
    "porto": (184, 98, 72),
}
_AWNINGS: tuple[Colour, ...] = ((196, 62, 60), (58, 112, 104), (232, 178, 70), (66, 92, 140), (236, 232, 220))
_LEAVES: tuple[Colour, ...] = ((104, 150, 82), (128, 164, 80), (84, 134, 90), (150, 166, 76), (206, 142, 62))


@dataclass(frozen=True, slots=True)
class House:
    """One front of the street.

    Attributes:
        side: -1 on the left, 1 on the right.
        z0: where it begins along the street, metres.
        z1: where it ends.
        height: of its wall, metres.
        wall: colour of the wall.
        roof: colour of the roof; `None` is a flat roof.
        floors: rows of windows above the ground floor.
        bays: columns of windows.
        lit: by bay and floor, how bright the room behind is at night, 0 to 1; floor 0 is the shop.
        awning: colour of the shop's awning; `None` is a plain ground floor.
        exposed: whether a crossing lies before it, so that its end wall shows.
    """

    side: int
    z0: float
    z1: float
    height: float
    wall: Colour
    roof: Colour | None
    floors: int
    bays: int
    lit: tuple[tuple[float, ...], ...]
    awning: Colour | None
    exposed: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """A street tree: where it stands, how big it is, its leaves, and the number its shape is drawn from."""

    x: float
    z: float
    size: float
    leaves: Colour
    shape: int


@dataclass(frozen=True, slots=True)
class Lamp:
    """A street lamp whose arm reaches over the road."""

    x: float
    z: float


@dataclass(frozen=True, slots=True)
class Post:
    """A thing on the pavement a detector may take for a person: a `pillar`, a `bin` or a `sign`."""

    x: float
    z: float
    kind: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class Street:
    """Everything that does not move in one sequence; `crossings` are the middles of crossings."""

    houses: tuple[House, ...]
    trees: tuple[Tree, ...]
    lamps: tuple[Lamp, ...]
    posts: tuple[Post, ...]
    crossings: tuple[float, ...]


def lay_out_street(
    city: str, crossings: tuple[float, ...], length_m: float, rng: np.random.Generator
) -> Street:
    """Return a street of `length_m` metres in the manner of a city, open at its crossings."""
    houses = [house for side in (-1, 1) for house in _houses(city, side, crossings, length_m, rng)]
    trees: list[Tree] = []
    lamps: list[Lamp] = []
    posts: list[Post] = []
    leaves = _LEAVES[int(rng.integers(len(_LEAVES)))]
    leafy = rng.random() < 0.75
    for side, kerb in ((-1, KERB_LEFT), (1, KERB_RIGHT)):
        z = float(rng.uniform(2, 14))
        while z < min(length_m, 190.0):
            if not _near_crossing(z, crossings, 4.0):
                lamps.append(Lamp(kerb + side * 0.45, z))
            for step in (8.0, 16.0):
                if leafy and rng.random() < 0.7 and not _near_crossing(z + step, crossings, 6.0):
                    size = float(rng.uniform(0.8, 1.25))
                    hue = mix(leaves, _LEAVES[int(rng.integers(len(_LEAVES)))], 0.3)
                    trees.append(Tree(kerb + side * 1.0, z + step, size, hue, int(rng.integers(1 << 30))))
            if rng.random() < 0.6:
                posts.append(_post(kerb, side, z + float(rng.uniform(2, 20)), rng))
            z += float(rng.uniform(22, 27))
    return Street(tuple(houses), tuple(trees), tuple(lamps), tuple(posts), crossings)


def _near_crossing(z: float, crossings: tuple[float, ...], room: float) -> bool:
    return any(abs(z - crossing) < CROSSING_HALF_M + room for crossing in crossings)


def _post(kerb: float, side: int, z: float, rng: np.random.Generator) -> Post:
    kind = ("pillar", "bin", "sign")[int(rng.integers(3))]
    colour = _AWNINGS[int(rng.integers(4))]
    return Post(kerb + side * float(rng.uniform(0.7, 2.6)), z, kind, colour)


def _houses(
    city: str, side: int, crossings: tuple[float, ...], length_m: float, rng: np.random.Generator
) -> list[House]:
    houses: list[House] = []
    z, exposed = -30.0, False
    while z < length_m:
        gap = next(
            (c for c in crossings if c - CROSSING_HALF_M - 3.0 <= z + 7.0 and z < c + CROSSING_HALF_M), None
        )
        if gap is not None:
            z, exposed = gap + CROSSING_HALF_M + 3.0, True
            continue
        end = z + float(rng.uniform(10, 19))
        ahead = [c - CROSSING_HALF_M - 3.0 for c in crossings if z < c - CROSSING_HALF_M - 3.0 < end + 4.0]
        if ahead:
            end = ahead[0]
        houses.append(_house(city, side, z, end, rng, exposed=exposed))
        z, exposed = end, False
    return houses


def _house(city: str, side: int, z0: float, z1: float, rng: np.random.Generator, *, exposed: bool) -> House:
    walls = _WALLS[city]
    floors = int(rng.integers(2, 5)) + (1 if city == "berlin" else 0)
    bays = max(1, round((z1 - z0) / 3.0))
    lit = rng.random((bays, floors + 1))
    bright = np.where(lit < 0.38, 0.35 + lit * 1.6, 0.0)
    shop = rng.random() < 0.55
    if shop:
        bright[:, 0] = rng.uniform(0.5, 0.78)
    return House(
        side=side,
        z0=z0,
        z1=z1,
        height=3.9 + floors * 3.1 + 0.6,
        wall=mix(walls[int(rng.integers(len(walls)))], (236, 232, 224), float(rng.uniform(0, 0.25))),
        roof=_ROOFS[city] if rng.random() < 0.75 else None,
        floors=floors,
        bays=bays,
        lit=tuple(tuple(row) for row in bright.tolist()),
        awning=_AWNINGS[int(rng.integers(len(_AWNINGS)))] if shop else None,
        exposed=exposed,
    )
