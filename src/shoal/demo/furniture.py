"""Trees, lamps, posts and traffic lights."""

from __future__ import annotations

import math

import numpy as np

from shoal.demo.camera import Camera
from shoal.demo.shapes import Colour, Shape, disc, limb, oval, scaled
from shoal.demo.street import Lamp, Post, Tree

LAMP_HEIGHT_M = 6.6
LAMP_REACH_M = 1.7
LAMP_LIGHT: Colour = (255, 214, 150)
_METAL: Colour = (74, 80, 86)
_HOUSING: Colour = (36, 38, 42)
SIGNAL_COLOURS: dict[str, Colour] = {"red": (255, 58, 48), "amber": (255, 186, 50), "green": (64, 232, 140)}


def tree_shapes(tree: Tree, camera: Camera) -> list[Shape]:
    """Return trunk and crown; the same tree is drawn alike in every frame."""
    unit = camera.scale(tree.z) * tree.size
    base = camera.spot(tree.x, 0.0, tree.z)

    def at(right: float, up: float) -> tuple[float, float]:
        return base[0] + right * unit, base[1] - up * unit

    bark: Colour = (98, 78, 64)
    trunk = [at(-0.16, 0), at(0.16, 0), at(0.1, 2.4), at(-0.1, 2.4)]
    shapes = [Shape(trunk, bark), *limb(at(0, 2.0), at(0.7, 3.1), 0.12 * unit, bark)]
    shapes += limb(at(0, 2.0), at(-0.6, 3.0), 0.12 * unit, bark)
    rng = np.random.default_rng(tree.shape)
    n_tufts = 11
    angles = np.arange(n_tufts) / n_tufts * math.tau + rng.uniform(-0.3, 0.3, n_tufts)
    reach, radii = rng.uniform(0.7, 1.15, n_tufts), rng.uniform(0.62, 0.95, n_tufts)
    for shade, dx, dy, size in ((0.74, 0.1, -0.12, 1.0), (0.92, -0.08, 0.08, 0.86), (1.1, -0.28, 0.3, 0.52)):
        leaves = scaled(tree.leaves, shade)
        shapes.append(disc(at(dx, 3.7 + dy), 1.05 * size * unit, leaves))
        for angle, far, radius in zip(angles.tolist(), reach.tolist(), radii.tolist(), strict=True):
            spot = at(dx + math.cos(angle) * far * size, 3.7 + dy + math.sin(angle) * far * 0.86 * size)
            shapes.append(disc(spot, radius * size * unit, leaves))
    return shapes


def lamp_shapes(lamp: Lamp, camera: Camera, *, lit: float) -> list[Shape]:
    """Return a lamp post with its arm over the road; `lit` is how bright it is, 0 to 1."""
    unit = camera.scale(lamp.z)
    reach = -math.copysign(LAMP_REACH_M, lamp.x)
    foot, top = camera.spot(lamp.x, 0.0, lamp.z), camera.spot(lamp.x, LAMP_HEIGHT_M - 0.5, lamp.z)
    bend = camera.spot(lamp.x + reach * 0.35, LAMP_HEIGHT_M, lamp.z)
    tip = camera.spot(lamp.x + reach, LAMP_HEIGHT_M, lamp.z)
    shapes = [
        *limb(foot, (foot[0], foot[1] - 0.9 * unit), 0.24 * unit, _METAL),
        *limb(foot, top, 0.14 * unit, _METAL),
        *limb(top, bend, 0.11 * unit, _METAL),
        *limb(bend, tip, 0.1 * unit, _METAL),
    ]
    glow = scaled(LAMP_LIGHT, lit) if lit else None
    colour: Colour = (236, 230, 214) if lit else (206, 208, 206)
    shapes.append(oval((tip[0], tip[1] + 0.06 * unit), 0.42 * unit, 0.13 * unit, _METAL))
    shapes.append(oval((tip[0], tip[1] + 0.13 * unit), 0.34 * unit, 0.09 * unit, colour, glow))
    return shapes


def lamp_head(lamp: Lamp) -> tuple[float, float, float]:
    """Return where the light of a lamp comes from, in the world."""
    return lamp.x - math.copysign(LAMP_REACH_M, lamp.x), LAMP_HEIGHT_M - 0.15, lamp.z


def post_shapes(post: Post, camera: Camera) -> list[Shape]:
    """Return a pillar, a bin or a sign on the pavement."""
    unit = camera.scale(post.z)
    base = camera.spot(post.x, 0.0, post.z)

    def at(right: float, up: float) -> tuple[float, float]:
        return base[0] + right * unit, base[1] - up * unit

    if post.kind == "sign":
        face = [at(-0.3, 2.1), at(0.3, 2.1), at(0.3, 2.7), at(-0.3, 2.7)]
        return [
            *limb(at(0, 0), at(0, 2.4), 0.08 * unit, _METAL),
            Shape(face, (52, 98, 160)),
            disc(at(0, 2.4), 0.2 * unit, (240, 240, 238)),
        ]
    if post.kind == "bin":
        body = [at(-0.24, 0.1), at(0.24, 0.1), at(0.28, 0.95), at(-0.28, 0.95)]
        return [
            Shape(body, scaled(post.colour, 0.75)),
            oval(at(0, 0.97), 0.3 * unit, 0.08 * unit, scaled(post.colour, 0.5)),
        ]
    body = [at(-0.27, 0.0), at(0.27, 0.0), at(0.27, 1.5), at(-0.27, 1.5)]
    return [
        Shape(body, post.colour),
        Shape([at(0.1, 0.0), at(0.27, 0.0), at(0.27, 1.5), at(0.1, 1.5)], scaled(post.colour, 0.8)),
        oval(at(0, 1.5), 0.33 * unit, 0.16 * unit, scaled(post.colour, 0.9)),
        Shape([at(-0.16, 1.2), at(0.16, 1.2), at(0.16, 1.28), at(-0.16, 1.28)], (30, 30, 34)),
    ]


def signal_shapes(x: float, y: float, z: float, state: str, camera: Camera) -> list[Shape]:
    """Return the housing of a traffic light whose lower edge hangs at height `y`."""
    unit = camera.scale(z)
    base = camera.spot(x, y, z)

    def at(right: float, up: float) -> tuple[float, float]:
        return base[0] + right * unit, base[1] - up * unit

    shapes = [
        Shape([at(-0.25, 0), at(0.25, 0), at(0.25, 1.22), at(-0.25, 1.22)], (22, 23, 26)),
        Shape([at(-0.22, 0.03), at(0.22, 0.03), at(0.22, 1.19), at(-0.22, 1.19)], _HOUSING),
    ]
    for name, up in (("green", 0.22), ("amber", 0.61), ("red", 1.0)):
        colour = SIGNAL_COLOURS[name]
        on = name == state
        shapes.append(
            disc(at(0, up), 0.155 * unit, colour if on else scaled(colour, 0.25), colour if on else None)
        )
    return shapes


def signal_mount_shapes(x: float, y: float, z: float, pole_x: float, camera: Camera) -> list[Shape]:
    """Return the pole a traffic light hangs on, with an arm when the light is not above its foot."""
    unit = camera.scale(z)
    if abs(pole_x - x) < 0.5:
        return limb(camera.spot(pole_x, 0.0, z), camera.spot(pole_x, y + 0.2, z), 0.13 * unit, _METAL)
    corner = camera.spot(pole_x, y + 1.0, z)
    return [
        *limb(camera.spot(pole_x, 0.0, z), corner, 0.17 * unit, _METAL),
        *limb(corner, camera.spot(x, y + 1.0, z), 0.12 * unit, _METAL),
    ]
