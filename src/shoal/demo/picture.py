"""Painting one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from shoal.demo.camera import Camera
from shoal.demo.canvas import Canvas
from shoal.demo.ground import ASPHALT, PAVEMENT, paint_ground
from shoal.demo.houses import paint_house
from shoal.demo.lighting import Float32Array, camera_noise, develop
from shoal.demo.shapes import Shape, mix, scaled
from shoal.demo.sky import paint_sky, skyline, stars, sun
from shoal.demo.solids import Solid
from shoal.demo.stage import Seen, Stage
from shoal.demo.street import KERB_LEFT, KERB_RIGHT
from shoal.demo.traffic import FRAME_S

_SKYLINE_M = 420.0


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What all pictures of a sequence share: the sky and the camera's noise."""

    sky: Image.Image
    noise: Float32Array


def paint_backdrop(stage: Stage) -> Backdrop:
    """Return the backdrop of a sequence."""
    rng = np.random.default_rng([stage.seed, stage.plan.index, 3])
    sky = paint_sky(stage.atmosphere, stage.camera(0), rng)
    return Backdrop(sky, camera_noise(stage.image_size, stage.atmosphere.noise, rng))


def paint_frame(stage: Stage, frame: int, seen: list[Seen], backdrop: Backdrop) -> Image.Image:
    """Return the picture of a frame.

    Args:
        stage: the sequence.
        frame: position in the sequence.
        seen: what `look` found, farthest first.
        backdrop: the sequence's.
    """
    air, plan = stage.atmosphere, stage.plan
    camera = stage.camera(frame)
    canvas = Canvas(backdrop.sky.size, air=air.air, density=air.density, wet=plan.weather == "rain")
    canvas.colours.paste(backdrop.sky)
    _paint_far_away(stage, canvas, camera)
    paint_ground(canvas, camera, stage.street, wet=canvas.wet)
    _paint_shadows(stage, canvas, camera, frame, seen)
    for thing in seen:
        if thing.house is not None:
            paint_house(canvas, camera, thing.house, glass=air.glass, lights=air.lights)
        else:
            canvas.paint(thing.mount, thing.depth)
            canvas.paint(thing.shapes, thing.depth, contact=thing.contact)
    rng = np.random.default_rng([stage.seed, plan.index, 5, frame])
    lamps = list(stage.street.lamps)
    return develop(canvas, camera, air, lamps, weather=plan.weather, noise=backdrop.noise, rng=rng)


def _paint_far_away(stage: Stage, canvas: Canvas, camera: Camera) -> None:
    plan, air = stage.plan, stage.atmosphere
    rng = np.random.default_rng([stage.seed, plan.index, 4])
    if plan.weather == "clear" and plan.time_of_day == "night":
        canvas.paint(stars(camera, rng), 0.0)
    if plan.weather == "clear" and plan.time_of_day == "dusk":
        canvas.paint(sun(camera, rng), 0.0)
    roofs = mix((92, 104, 122), air.air, 0.45)
    canvas.paint(skyline(camera, roofs, rng, lights=air.lights), _SKYLINE_M)


def _paint_shadows(stage: Stage, canvas: Canvas, camera: Camera, frame: int, seen: list[Seen]) -> None:
    strength = 0.62 if stage.plan.weather == "clear" else 0.76
    shapes: list[tuple[Shape, float]] = []
    for thing in seen:
        actor = thing.actor
        if actor is None or actor.body is None:
            continue
        x, z = actor.position(frame * FRAME_S)
        on_road = KERB_LEFT < x < KERB_RIGHT
        shade = scaled(ASPHALT if on_road else PAVEMENT, strength * (0.8 if canvas.wet else 1.0))
        if isinstance(actor.body, Solid):
            shapes.append((Shape(actor.body.footprint(camera, x, z, actor.heading), shade), thing.depth))
        else:
            reach = 0.55 if actor.class_name == "cyclist" else 0.32
            spots = [(x - reach, 0.0, z), (x, 0.0, z + 0.22), (x + reach * 1.5, 0.0, z), (x, 0.0, z - 0.22)]
            shapes.append((Shape(camera.outline(spots), shade), thing.depth))
    for shape, depth in shapes:
        canvas.paint([shape], depth)
