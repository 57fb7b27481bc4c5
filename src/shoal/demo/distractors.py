"""Things on a picture that a detector may take for an object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.demo.camera import SUPERSAMPLE, Camera
from shoal.demo.stage import Box, Stage
from shoal.demo.traffic import CLASSES

_PEDESTRIAN, _BUS, _TRUCK = CLASSES.index("pedestrian"), CLASSES.index("bus"), CLASSES.index("truck")
_TRAFFIC_LIGHT = CLASSES.index("traffic light")
_KIND_STRIDE = 1000


@dataclass(frozen=True, slots=True)
class Distractor:
    """A thing that resembles an object.

    Attributes:
        class_index: the class it resembles, a position in `CLASSES`.
        box: where it is, image pixels.
        track: its number in its sequence, the same in every frame.
    """

    class_index: int
    box: Box
    track: int


def find_distractors(stage: Stage, frame: int) -> list[Distractor]:
    """Return pillars, bins and trunks that look like people, signs like traffic lights, shops like buses."""
    camera = stage.camera(frame)
    found = []
    for class_index, track, corner, size in _candidates(stage):
        depth = camera.depth(corner[2])
        box = _box(camera, corner, size, stage.image_size) if 4.0 < depth < 60.0 else None
        if box is not None:
            found.append(Distractor(class_index, box, track))
    return found


def _candidates(
    stage: Stage,
) -> Iterator[tuple[int, int, tuple[float, float, float], tuple[float, float]]]:
    """Yield class, track, the middle of the lower edge, and width and height in metres."""
    street = stage.street
    for number, post in enumerate(street.posts):
        lift, size = (2.0, (0.6, 0.75)) if post.kind == "sign" else (0.0, (0.62, 1.6))
        kind = _TRAFFIC_LIGHT if post.kind == "sign" else _PEDESTRIAN
        yield kind, number, (post.x, lift, post.z), size
    for number, tree in enumerate(street.trees):
        yield _PEDESTRIAN, _KIND_STRIDE + number, (tree.x, 0.0, tree.z), (0.5, 2.2 * tree.size)
    for number, house in enumerate(street.houses):
        if house.exposed and house.awning is not None:
            kind = _BUS if number % 2 else _TRUCK
            yield kind, 2 * _KIND_STRIDE + number, (house.side * 14.0, 0.3, house.z0), (9.0, 3.0)


def _box(
    camera: Camera,
    corner: tuple[float, float, float],
    size: tuple[float, float],
    image_size: tuple[int, int],
) -> Box | None:
    x, y = camera.spot(*corner)
    unit = camera.scale(corner[2])
    left, right = (x - size[0] * unit / 2) / SUPERSAMPLE, (x + size[0] * unit / 2) / SUPERSAMPLE
    top, bottom = (y - size[1] * unit) / SUPERSAMPLE, y / SUPERSAMPLE
    x0, x1 = max(left, 0.0), min(right, float(image_size[0]))
    y0, y1 = max(top, 0.0), min(bottom, float(image_size[1]))
    if x1 - x0 < 4.0 or y1 - y0 < 8.0:
        return None
    return x0, y0, x1 - x0, y1 - y0
