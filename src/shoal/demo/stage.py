"""One sequence made ready to be filmed, and what the camera sees of it at a moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from shoal.demo.camera import SUPERSAMPLE, Camera
from shoal.demo.canvas import draw_shape
from shoal.demo.conditions import SequencePlan
from shoal.demo.furniture import lamp_shapes, post_shapes, signal_mount_shapes, signal_shapes, tree_shapes
from shoal.demo.people import Person, cyclist_shapes, pedestrian_shapes
from shoal.demo.shapes import Shape, extent
from shoal.demo.sky import ATMOSPHERES, Atmosphere
from shoal.demo.solids import Solid
from shoal.demo.street import WALL_LEFT, WALL_RIGHT, House, Street, lay_out_street
from shoal.demo.traffic import CLASSES, FRAME_S, Actor, Play, cast

Box = tuple[float, float, float, float]
"""Left, top, width and height in image pixels."""

MAX_OCCLUSION = 0.8
"""Objects covered more than this get no label, as a person drawing boxes would leave them out."""

_MIN_WIDTH, _MIN_HEIGHT = 3.0, 8.0
_FARTHEST_M = 120.0
_MAX_HAZE = 0.86
_SCENERY = 255


@dataclass(frozen=True)
class Stage:
    """A sequence's street, traffic and light."""

    plan: SequencePlan
    street: Street
    play: Play
    atmosphere: Atmosphere
    image_size: tuple[int, int]
    seed: int

    def camera(self, frame: int) -> Camera:
        """Return the camera at a frame of the sequence."""
        z, _ = self.play.drive.state(frame * FRAME_S)
        return Camera.mounted(self.plan.camera, self.image_size, z)


@dataclass(frozen=True, slots=True)
class Seen:
    """Something on the picture.

    Attributes:
        depth: metres ahead of the camera.
        order: larger is painted earlier.
        shapes: what is painted of the thing itself.
        mount: what else is painted with it and is not part of its box: the pole of a traffic light.
        actor: who it is; `None` for scenery.
        contact: canvas row where it touches the ground.
        house: the house, painted its own way; `None` otherwise.
    """

    depth: float
    order: float
    shapes: list[Shape]
    contact: float
    mount: list[Shape]
    actor: Actor | None = None
    house: House | None = None


@dataclass(frozen=True, slots=True)
class SceneLabel:
    """A ground-truth object of one frame.

    Attributes:
        class_index: position in `CLASSES`.
        box: full extent within the image, hidden parts included.
        occlusion: hidden share of its silhouette, 0 to 1.
        difficulty: of its actor.
        track: of its actor.
    """

    class_index: int
    box: Box
    occlusion: float
    difficulty: float
    track: int


def set_stage(plan: SequencePlan, image_size: tuple[int, int], seed: int) -> Stage:
    """Return the sequence of a plan; the same for the same seed."""
    play = cast(plan, np.random.default_rng([seed, plan.index, 1]))
    rng = np.random.default_rng([seed, plan.index, 2])
    street = lay_out_street(plan.city, play.crossings, play.length_m, rng)
    return Stage(plan, street, play, ATMOSPHERES[plan.time_of_day, plan.weather], image_size, seed)


def look(stage: Stage, frame: int) -> list[Seen]:
    """Return everything on the picture of a frame, farthest first."""
    camera = stage.camera(frame)
    things = [*_see_scenery(stage, camera), *_see_actors(stage, camera, frame * FRAME_S)]
    return sorted(things, key=lambda thing: -thing.order)


def _order(x: float, z: float) -> float:
    """Return a painting order: along any line of sight both `z` and `|x|` grow with distance."""
    return z + 1.5 * abs(x)


def _see_scenery(stage: Stage, camera: Camera) -> Iterator[Seen]:
    street, lights = stage.street, stage.atmosphere.lights
    for house in street.houses:
        wall = WALL_RIGHT if house.side > 0 else WALL_LEFT
        near = max(house.z0, camera.z + 1.2)
        if house.z1 > near:
            corners = [
                (wall, 0, near),
                (wall, 0, house.z1),
                (wall, house.height, house.z1),
                (wall, house.height, near),
            ]
            front = [Shape(camera.outline(corners), house.wall)]
            yield Seen(camera.depth(house.z1), _order(wall, house.z1), front, 0.0, [], house=house)
    for tree in street.trees:
        if 2.5 < camera.depth(tree.z) < 200.0:
            yield _scenery(camera, tree.x, tree.z, tree_shapes(tree, camera))
    for lamp in street.lamps:
        if 2.0 < camera.depth(lamp.z) < 200.0:
            yield _scenery(
                camera, lamp.x, lamp.z, lamp_shapes(lamp, camera, lit=lights if lights > 0.6 else 0.0)
            )
    for post in street.posts:
        if 2.5 < camera.depth(post.z) < 120.0:
            yield _scenery(camera, post.x, post.z, post_shapes(post, camera))


def _scenery(camera: Camera, x: float, z: float, shapes: list[Shape]) -> Seen:
    return Seen(camera.depth(z), _order(x, z), shapes, camera.spot(x, 0.0, z)[1], [])


def _see_actors(stage: Stage, camera: Camera, t: float) -> Iterator[Seen]:
    lamps = stage.atmosphere.lights
    for actor in stage.play.actors:
        x, z = actor.position(t)
        depth = camera.depth(z)
        reach = actor.half_length * abs(math.cos(actor.heading))
        if not (depth - reach > 1.6 and depth < _FARTHEST_M) or abs(x) > 30.0:
            continue
        mount: list[Shape] = []
        if isinstance(actor.body, Solid):
            shapes = actor.body.shapes(camera, x, z, actor.heading, lamps=lamps)
        elif isinstance(actor.body, Person):
            shapes = _person_shapes(actor, actor.body, camera, x, z, t, lamps)
        else:
            shapes = signal_shapes(x, actor.lift, z, actor.state, camera)
            mount = signal_mount_shapes(x, actor.lift, z, actor.pole_x, camera)
        left, _, right, _ = extent(shapes)
        if right > 0 and left < camera.width:
            yield Seen(depth, _order(x, z), shapes, camera.spot(x, 0.0, z)[1], mount, actor=actor)


def _person_shapes(
    actor: Actor, person: Person, camera: Camera, x: float, z: float, t: float, lamps: float
) -> list[Shape]:
    pace = abs(actor.vx) + abs(actor.vz)
    if actor.class_name == "cyclist":
        stride = actor.phase + pace * t * 1.5
        return cyclist_shapes(person, camera, x, z, facing=actor.heading, stride=stride, lamps=lamps)
    stride = actor.phase + pace * t * 4.2
    return pedestrian_shapes(person, camera, x, z, facing=actor.heading, stride=stride)


def label_scene(stage: Stage, seen: list[Seen]) -> list[SceneLabel]:
    """Return the labels of what is seen: large enough, near enough, and not hidden."""
    camera = stage.camera(0)
    size = (camera.width, camera.height)
    cover, scratch = Image.new("L", size, 0), Image.new("L", size, 0)
    draw, lone = ImageDraw.Draw(cover), ImageDraw.Draw(scratch)
    numbered: list[tuple[Actor, Box, int]] = []
    for thing in seen:
        box = _image_box(stage, thing)
        number = _SCENERY
        if thing.actor is not None and box is not None and len(numbered) < _SCENERY - 1:
            number = len(numbered) + 1
            numbered.append((thing.actor, box, _pixels_alone(thing.shapes, scratch, lone)))
        for shape in thing.mount:
            draw_shape(draw, shape, _SCENERY)
        for shape in thing.shapes:
            if shape.solid:
                draw_shape(draw, shape, number)
    counts = cover.histogram()
    labels = []
    for number, (actor, box, alone) in enumerate(numbered, start=1):
        occlusion = 1.0 - counts[number] / max(alone, 1)
        if alone and occlusion <= MAX_OCCLUSION:
            index = CLASSES.index(actor.class_name)
            labels.append(
                SceneLabel(index, box, round(max(occlusion, 0.0), 3), actor.difficulty, actor.track)
            )
    return labels


def _pixels_alone(shapes: list[Shape], scratch: Image.Image, draw: ImageDraw.ImageDraw) -> int:
    """Return how many canvas pixels a silhouette has by itself; leaves `scratch` black."""
    left, top, right, bottom = extent(shapes)
    window = (
        max(int(left) - 1, 0),
        max(int(top) - 1, 0),
        min(int(right) + 2, scratch.width),
        min(int(bottom) + 2, scratch.height),
    )
    for shape in shapes:
        if shape.solid:
            draw_shape(draw, shape, 1)
    count = scratch.crop(window).histogram()[1]
    draw.rectangle((0, 0, scratch.width, scratch.height) if count == 0 else window, fill=0)
    return count


def _image_box(stage: Stage, thing: Seen) -> Box | None:
    """Return the box in image pixels, or `None` where no person would draw one."""
    if thing.actor is None or 1.0 - math.exp(-thing.depth * stage.atmosphere.density) > _MAX_HAZE:
        return None
    left, top, right, bottom = (edge / SUPERSAMPLE for edge in extent(thing.shapes))
    width, height = stage.image_size
    x0, y0, x1, y1 = max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height))
    if x1 - x0 < _MIN_WIDTH or y1 - y0 < _MIN_HEIGHT:
        return None
    if (x1 - x0) * (y1 - y0) < 0.25 * (right - left) * (bottom - top):
        return None
    return round(x0, 2), round(y0, 2), round(x1 - x0, 2), round(y1 - y0, 2)
