"""Pedestrians and cyclists."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shoal.demo.camera import Camera, Point
from shoal.demo.shapes import Colour, Shape, disc, limb, mix, oval, ring, scaled

Spot = Callable[[float, float], Point]

SKINS: tuple[Colour, ...] = ((240, 200, 170), (222, 172, 136), (176, 124, 90), (120, 82, 60), (92, 62, 48))
HAIRS: tuple[Colour, ...] = ((40, 32, 30), (78, 54, 40), (132, 92, 56), (196, 160, 100), (150, 146, 142))
COATS: tuple[Colour, ...] = (
    (204, 78, 64),
    (58, 98, 148),
    (232, 178, 76),
    (86, 128, 104),
    (72, 76, 88),
    (148, 92, 124),
    (226, 214, 196),
    (44, 50, 66),
    (110, 152, 168),
)
TROUSERS: tuple[Colour, ...] = ((48, 56, 78), (40, 42, 48), (96, 88, 78), (70, 86, 112), (126, 112, 94))
UMBRELLAS: tuple[Colour, ...] = ((196, 62, 70), (52, 96, 140), (236, 190, 72), (60, 62, 72), (92, 146, 126))
HELMETS: tuple[Colour, ...] = ((236, 236, 232), (226, 92, 62), (70, 128, 170), (60, 62, 68))


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody looks.

    Attributes:
        height: metres.
        skin: colour of face and hands.
        hair: colour of the hair, or of the helmet.
        coat: colour of the upper body.
        trousers: colour of the legs.
        umbrella: colour of an umbrella, or `None`.
        bag: whether a bag hangs from the shoulder.
        frame: colour of the bicycle.
    """

    height: float
    skin: Colour
    hair: Colour
    coat: Colour
    trousers: Colour
    umbrella: Colour | None
    bag: bool
    frame: Colour


def dress(rng: np.random.Generator, *, rain: bool, dark: bool, cyclist: bool) -> Person:
    """Return somebody dressed for the weather; at night most wear dark clothes."""

    def pick(palette: tuple[Colour, ...]) -> Colour:
        return palette[int(rng.integers(len(palette)))]

    child = rng.random() < 0.12 and not cyclist
    coat = pick(COATS)
    if dark and rng.random() < 0.6:
        coat = mix(coat, (44, 46, 56), 0.6)
    return Person(
        height=float(rng.uniform(1.1, 1.4) if child else rng.uniform(1.58, 1.9)),
        skin=pick(SKINS),
        hair=pick(HELMETS) if cyclist else pick(HAIRS),
        coat=coat,
        trousers=pick(TROUSERS),
        umbrella=pick(UMBRELLAS) if rain and not child and rng.random() < 0.45 else None,
        bag=bool(rng.random() < 0.35),
        frame=pick(COATS),
    )


def pedestrian_shapes(
    person: Person, camera: Camera, x: float, z: float, *, facing: float, stride: float
) -> list[Shape]:
    """Return somebody on foot.

    Args:
        person: how they look.
        camera: where they are seen from.
        x: where they stand, metres right of the lane.
        z: how far along the street.
        facing: 0 walks away, pi towards the camera, pi / 2 to the right, -pi / 2 to the left.
        stride: phase of the step, radians.
    """
    foot = camera.spot(x, 0.0, z)
    unit = camera.scale(z) * person.height
    sideways = math.sin(facing)

    def at(right: float, up: float) -> Point:
        return foot[0] + right * unit, foot[1] - up * unit

    drawn: list[Shape] = []
    if abs(sideways) > 0.5:
        _walk_sideways(drawn, person, at, unit, math.copysign(1.0, sideways), stride)
    else:
        _walk_along(drawn, person, at, unit, stride, towards=math.cos(facing) < 0)
    if person.umbrella:
        drawn.extend(_umbrella(person.umbrella, at))
    return drawn


def _walk_sideways(drawn: list[Shape], p: Person, spot: Spot, unit: float, way: float, stride: float) -> None:
    swing = math.sin(stride)
    far_leg, near_leg = scaled(p.trousers, 0.78), p.trousers
    hip, shoulder = spot(0.0, 0.5), spot(0.015 * way, 0.8)
    for colour, side in ((far_leg, -swing), (near_leg, swing)):
        knee = spot(way * (0.11 * side + 0.03), 0.27)
        foot = spot(way * (0.17 * side - 0.03 * (side < 0)), 0.025 + 0.05 * max(0.0, -side))
        toe = (foot[0] + way * 0.05 * unit, foot[1])
        drawn += limb(hip, knee, 0.085 * unit, colour)
        drawn += limb(knee, foot, 0.07 * unit, colour)
        drawn += limb(foot, toe, 0.045 * unit, (40, 38, 40))
    far_hand = spot(way * 0.13 * swing, 0.5)
    drawn += limb(shoulder, far_hand, 0.055 * unit, scaled(p.coat, 0.72))
    drawn += limb(spot(0.0, 0.5), spot(0.01 * way, 0.78), 0.155 * unit, p.coat)
    near_hand = spot(-way * 0.14 * swing, 0.49)
    elbow = spot(-way * (0.06 * swing + 0.02), 0.65)
    drawn += limb(shoulder, elbow, 0.06 * unit, scaled(p.coat, 0.88))
    drawn += limb(elbow, near_hand, 0.05 * unit, scaled(p.coat, 0.88))
    drawn.append(disc(near_hand, 0.026 * unit, p.skin))
    if p.bag:
        drawn += limb(spot(-0.07 * way, 0.62), spot(-0.08 * way, 0.74), 0.11 * unit, scaled(p.frame, 0.8))
    drawn += limb(spot(0.015 * way, 0.84), spot(0.02 * way, 0.88), 0.06 * unit, p.skin)
    head = spot(0.025 * way, 0.93)
    drawn.append(disc(spot(0.005 * way, 0.945), 0.066 * unit, p.hair))
    drawn.append(oval(head, 0.052 * unit, 0.06 * unit, p.skin))
    drawn.append(oval(spot(0.0, 0.968), 0.058 * unit, 0.034 * unit, p.hair))


def _walk_along(
    drawn: list[Shape], p: Person, spot: Spot, unit: float, stride: float, *, towards: bool
) -> None:
    lift = math.sin(stride)
    for side in (-1.0, 1.0):
        raised = max(0.0, lift * side) * 0.06
        hip, foot = spot(0.05 * side, 0.5), spot(0.055 * side, 0.03 + raised)
        shade = p.trousers if raised == 0 else scaled(p.trousers, 0.85)
        drawn += limb(hip, foot, 0.09 * unit, shade)
        drawn += limb(foot, (foot[0], foot[1] + 0.008 * unit), 0.075 * unit, (40, 38, 40))
    for side in (-1.0, 1.0):
        hand = spot(0.165 * side, 0.48 + 0.03 * lift * side)
        drawn += limb(spot(0.115 * side, 0.79), hand, 0.06 * unit, scaled(p.coat, 0.84))
        drawn.append(disc(hand, 0.027 * unit, p.skin))
    torso = [
        spot(-0.12, 0.82),
        spot(0.12, 0.82),
        spot(0.135, 0.77),
        spot(0.1, 0.47),
        spot(-0.1, 0.47),
        spot(-0.135, 0.77),
    ]
    drawn.append(Shape(torso, p.coat))
    if p.bag and not towards:
        drawn.append(
            Shape(
                [spot(-0.085, 0.78), spot(0.085, 0.78), spot(0.09, 0.56), spot(-0.09, 0.56)],
                scaled(p.frame, 0.85),
            )
        )
    elif towards:
        drawn.append(
            Shape(
                [spot(-0.008, 0.82), spot(0.008, 0.82), spot(0.006, 0.48), spot(-0.006, 0.48)],
                scaled(p.coat, 0.7),
            )
        )
    drawn += limb(spot(0.0, 0.83), spot(0.0, 0.88), 0.06 * unit, p.skin)
    drawn.append(disc(spot(0.0, 0.94), 0.064 * unit, p.hair))
    if towards:
        drawn.append(oval(spot(0.0, 0.925), 0.05 * unit, 0.054 * unit, p.skin))


def _umbrella(colour: Colour, spot: Spot) -> list[Shape]:
    angles = [math.pi * step / 10 for step in range(11)]
    dome = [spot(-0.34 * math.cos(angle), 1.0 + 0.2 * math.sin(angle)) for angle in angles]
    rim = [spot(0.34 - 0.68 * step / 8, 1.0 + (0.025 if step % 2 else 0.0)) for step in range(9)]
    half = [spot(0.0, 1.2), *dome[5:], *rim[1:5]]
    stick = [spot(-0.006, 1.22), spot(0.006, 1.22), spot(0.006, 0.6), spot(-0.006, 0.6)]
    return [
        Shape(stick, (60, 60, 66), solid=False),
        Shape([*dome, *rim], colour, solid=False),
        Shape(half, scaled(colour, 0.84), solid=False),
    ]


def cyclist_shapes(
    person: Person, camera: Camera, x: float, z: float, *, facing: float, stride: float, lamps: float
) -> list[Shape]:
    """Return somebody on a bicycle; `lamps` is how bright the bicycle's lamp is, 0 to 1."""
    ground = camera.spot(x, 0.0, z)
    unit = camera.scale(z)
    sideways = math.sin(facing)

    def at(right: float, up: float) -> Point:
        return ground[0] + right * unit, ground[1] - up * unit

    drawn: list[Shape] = []
    if abs(sideways) > 0.5:
        _ride_sideways(drawn, person, at, unit, math.copysign(1.0, sideways), stride)
    else:
        _ride_along(drawn, person, at, unit, stride, towards=math.cos(facing) < 0, lamps=lamps)
    return drawn


def _ride_sideways(drawn: list[Shape], p: Person, spot: Spot, unit: float, way: float, stride: float) -> None:
    tyre: Colour = (36, 37, 42)
    back, fore, crank = spot(-0.53 * way, 0.34), spot(0.53 * way, 0.34), spot(-0.05 * way, 0.3)
    saddle, stem = spot(-0.2 * way, 0.92), spot(0.4 * way, 0.98)
    for centre in (back, fore):
        drawn.append(ring(centre, 0.34 * unit, 0.055 * unit, tyre))
        drawn.append(disc(centre, 0.04 * unit, (130, 132, 138)))
    joint = spot(-0.15 * way, 0.76)
    for start, end in (
        (back, crank),
        (back, joint),
        (crank, joint),
        (joint, stem),
        (crank, stem),
        (stem, fore),
    ):
        drawn += limb(start, end, 0.04 * unit, p.frame)
    drawn += limb(joint, saddle, 0.04 * unit, (50, 50, 56))
    drawn += limb(spot(-0.3 * way, 0.94), spot(-0.1 * way, 0.94), 0.06 * unit, (40, 40, 44))
    hip, shoulder, hand = spot(-0.18 * way, 1.0), spot(0.16 * way, 1.44), spot(0.46 * way, 1.04)
    for phase, colour in ((stride + math.pi, scaled(p.trousers, 0.75)), (stride, p.trousers)):
        foot = (crank[0] + way * 0.16 * unit * math.cos(phase), crank[1] + 0.16 * unit * math.sin(phase))
        knee = spot(way * (0.17 + 0.07 * math.cos(phase)), 0.74 - 0.1 * math.sin(phase))
        drawn += limb(hip, knee, 0.14 * unit, colour)
        drawn += limb(knee, foot, 0.11 * unit, colour)
        drawn += limb(foot, (foot[0] + way * 0.1 * unit, foot[1]), 0.07 * unit, (40, 38, 40))
    drawn += limb(hip, shoulder, 0.25 * unit, p.coat)
    drawn += limb(shoulder, spot(0.3 * way, 1.2), 0.1 * unit, scaled(p.coat, 0.84))
    drawn += limb(spot(0.3 * way, 1.2), hand, 0.085 * unit, scaled(p.coat, 0.84))
    drawn += limb(hand, spot(0.4 * way, 0.98), 0.05 * unit, (50, 50, 56))
    drawn.append(oval(spot(0.27 * way, 1.63), 0.095 * unit, 0.115 * unit, p.skin))
    helmet = [
        spot(way * (0.25 + 0.14 * math.cos(math.pi * s / 8)), 1.66 + 0.12 * math.sin(math.pi * s / 8))
        for s in range(9)
    ]
    drawn.append(Shape(helmet, p.hair))


def _ride_along(
    drawn: list[Shape], p: Person, spot: Spot, unit: float, stride: float, *, towards: bool, lamps: float
) -> None:
    drawn += limb(spot(0.0, 0.04), spot(0.0, 0.66), 0.07 * unit, (34, 35, 40))
    if towards:
        drawn += limb(spot(0.0, 0.5), spot(0.0, 1.0), 0.05 * unit, p.frame)
    for side in (-1.0, 1.0):
        pedal = 0.3 + 0.16 * math.sin(stride) * side
        hip, knee, foot = (
            spot(0.1 * side, 0.95),
            spot(0.15 * side, (0.95 + pedal) / 2 + 0.06),
            spot(0.12 * side, pedal),
        )
        drawn += limb(hip, knee, 0.15 * unit, p.trousers)
        drawn += limb(knee, foot, 0.11 * unit, scaled(p.trousers, 0.88))
        drawn += limb(foot, (foot[0], foot[1] + 0.02 * unit), 0.1 * unit, (40, 38, 40))
    for side in (-1.0, 1.0):
        drawn += limb(spot(0.2 * side, 1.4), spot(0.29 * side, 1.08), 0.1 * unit, scaled(p.coat, 0.82))
    drawn += limb(spot(-0.3, 1.05), spot(0.3, 1.05), 0.045 * unit, (50, 50, 56))
    torso = [
        spot(-0.2, 1.46),
        spot(0.2, 1.46),
        spot(0.23, 1.38),
        spot(0.15, 0.9),
        spot(-0.15, 0.9),
        spot(-0.23, 1.38),
    ]
    drawn.append(Shape(torso, p.coat))
    if p.bag and not towards:
        drawn.append(
            Shape(
                [spot(-0.14, 1.4), spot(0.14, 1.4), spot(0.14, 1.05), spot(-0.14, 1.05)], scaled(p.frame, 0.8)
            )
        )
    drawn.append(oval(spot(0.0, 1.6), 0.1 * unit, 0.125 * unit, p.skin if towards else scaled(p.skin, 0.8)))
    helmet = [
        spot(0.13 * math.cos(math.pi * s / 8), 1.62 + 0.14 * math.sin(math.pi * s / 8)) for s in range(9)
    ]
    drawn.append(Shape(helmet, p.hair))
    glow: Colour = (255, 248, 225) if towards else (255, 40, 30)
    lamp = spot(0.0, 0.98) if towards else spot(0.0, 0.8)
    drawn.append(
        disc(lamp, 0.05 * unit, mix(glow, (120, 120, 120), 0.3), scaled(glow, lamps) if lamps else None)
    )
