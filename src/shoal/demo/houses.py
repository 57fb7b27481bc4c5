"""House fronts in perspective, with windows, shops and roofs."""

from __future__ import annotations

from shoal.demo.camera import Camera
from shoal.demo.canvas import Canvas
from shoal.demo.shapes import Colour, Shape, mix, scaled
from shoal.demo.street import WALL_LEFT, WALL_RIGHT, House

_SHADE = {-1: 0.86, 1: 1.0}
_NEAR_M = 1.2
_WARM: tuple[Colour, ...] = ((255, 206, 130), (255, 222, 166), (250, 190, 110), (214, 222, 236))


def paint_house(canvas: Canvas, camera: Camera, house: House, *, glass: Colour, lights: float) -> None:
    """Paint a house.

    Args:
        canvas: what to paint on.
        camera: where it is seen from.
        house: the house.
        glass: what its windows mirror by day.
        lights: how bright lit rooms look from outside, 0 to 1.
    """
    if house.z1 - camera.z < _NEAR_M:
        return
    x = WALL_RIGHT if house.side > 0 else WALL_LEFT
    wall = scaled(house.wall, _SHADE[house.side])
    _paint_roof(canvas, camera, house, x)
    if house.z0 - camera.z > _NEAR_M:
        _paint_end(canvas, camera, house, x, glass=glass, lights=lights)
    width = (house.z1 - house.z0) / house.bays
    for bay in range(house.bays - 1, -1, -1):
        far = house.z0 + (bay + 1) * width
        near = max(house.z0 + bay * width, camera.z + _NEAR_M)
        if far <= near:
            continue
        shapes = [_upright(camera, x, near, far, 0.0, house.height, wall)]
        shapes.append(
            _upright(camera, x, near, far, house.height - 0.45, house.height, mix(wall, (255, 255, 255), 0.3))
        )
        depth = camera.depth((near + far) / 2)
        if depth < 150.0:
            shapes += _ground_floor(camera, house, bay, x, near, far, glass, lights)
            shapes += _windows(camera, house, bay, x, near, far, wall, glass, lights, fine=depth < 55.0)
        canvas.paint(shapes, depth)


def _upright(
    camera: Camera,
    x: float,
    z0: float,
    z1: float,
    y0: float,
    y1: float,
    colour: Colour,
    glow: Colour | None = None,
) -> Shape:
    return Shape(camera.outline([(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)]), colour, glow)


def _room(brightness: float, lights: float, pick: int) -> Colour | None:
    if brightness <= 0.0 or lights <= 0.0:
        return None
    return scaled(_WARM[pick % len(_WARM)], brightness * lights)


def _windows(
    camera: Camera,
    house: House,
    bay: int,
    x: float,
    near: float,
    far: float,
    wall: Colour,
    glass: Colour,
    lights: float,
    *,
    fine: bool,
) -> list[Shape]:
    shapes = []
    margin = (far - near) * 0.29
    z0, z1 = near + margin, far - margin
    trim = mix(wall, (255, 255, 255), 0.45)
    for floor in range(house.floors):
        y = 4.4 + floor * 3.1
        if fine:
            shapes.append(_upright(camera, x, z0 - 0.14, z1 + 0.14, y - 0.16, y + 1.86, trim))
        glow = _room(house.lit[bay][floor + 1], lights, bay * 3 + floor)
        shapes.append(_upright(camera, x, z0, z1, y, y + 1.72, glass, glow))
        if fine:
            middle = (z0 + z1) / 2
            shapes.append(_upright(camera, x, middle - 0.04, middle + 0.04, y, y + 1.72, trim))
            shapes.append(_upright(camera, x, z0 - 0.2, z1 + 0.2, y - 0.22, y - 0.08, scaled(wall, 0.8)))
    return shapes


def _ground_floor(
    camera: Camera, house: House, bay: int, x: float, near: float, far: float, glass: Colour, lights: float
) -> list[Shape]:
    base = scaled(house.wall, 0.68 * _SHADE[house.side])
    shapes = [_upright(camera, x, near, far, 0.0, 0.5, base)]
    gap = (far - near) * 0.1
    glow = _room(house.lit[bay][0], lights, bay)
    if house.awning is None:
        door = bay == house.bays // 2
        shapes.append(
            _upright(
                camera,
                x,
                near + gap * 3,
                far - gap * 3,
                0.1 if door else 1.2,
                2.9,
                (104, 76, 58) if door else glass,
            )
        )
        return shapes
    shapes.append(_upright(camera, x, near, far, 0.0, 3.5, scaled(house.wall, 0.6 * _SHADE[house.side])))
    pane = mix(glass, (250, 226, 180), 0.25)
    shapes.append(_upright(camera, x, near + gap, far - gap, 0.5, 2.75, pane, glow))
    if camera.depth(near) < 60.0:
        shapes += _goods(camera, house, bay, x, near + gap, far - gap, glass, glow)
    hang = -house.side * 1.1
    stripes = 4
    for stripe in range(stripes):
        z0 = near + gap * 0.5 + (far - near - gap) * stripe / stripes
        z1 = near + gap * 0.5 + (far - near - gap) * (stripe + 1) / stripes
        colour = house.awning if stripe % 2 == 0 else (240, 236, 226)
        corners = [(x, 3.25, z0), (x, 3.25, z1), (x + hang, 2.65, z1), (x + hang, 2.65, z0)]
        shapes.append(Shape(camera.outline(corners), colour))
    return shapes


def _goods(
    camera: Camera,
    house: House,
    bay: int,
    x: float,
    near: float,
    far: float,
    glass: Colour,
    glow: Colour | None,
) -> list[Shape]:
    """Return what stands in a shop window, dark against its light, and the glass's upper pane."""
    shapes = []
    step = (far - near) / 5
    dim = scaled(glow, 0.45) if glow else None
    for place in range(5):
        tall = 0.25 + 0.85 * house.lit[(bay + place) % house.bays][1 + place % house.floors]
        z0, z1 = near + (place + 0.15) * step, near + (place + 0.85) * step
        shapes.append(_upright(camera, x, z0, z1, 0.5, 0.62 + tall, scaled(glass, 0.7), dim))
    bright = scaled(glow, 1.2) if glow else None
    shapes.append(_upright(camera, x, near, far, 2.35, 2.75, mix(glass, (255, 255, 255), 0.35), bright))
    shapes.append(_upright(camera, x, near, far, 2.31, 2.37, scaled(house.wall, 0.5)))
    return shapes


def _paint_roof(canvas: Canvas, camera: Camera, house: House, x: float) -> None:
    if house.roof is None:
        return
    near = max(house.z0, camera.z + _NEAR_M)
    h, back = house.height, x + house.side * 3.0
    corners = [(x, h, near), (x, h, house.z1), (back, h + 2.6, house.z1), (back, h + 2.6, near)]
    shapes = [Shape(camera.outline(corners), scaled(house.roof, _SHADE[house.side]))]
    canvas.paint(shapes, camera.depth((near + house.z1) / 2))


def _paint_end(
    canvas: Canvas, camera: Camera, house: House, x: float, *, glass: Colour, lights: float
) -> None:
    """Paint the wall that faces the camera, seen over lower neighbours and across crossings."""
    z, h = house.z0, house.height
    far_x = x + house.side * 11.0
    wall = scaled(house.wall, 0.93)
    outline = [(x, 0.0, z), (x, h, z), (far_x, h, z), (far_x, 0.0, z)]
    if house.roof is not None:
        outline[2:2] = [(x + house.side * 3.0, h + 2.6, z), (far_x - house.side * 3.0, h + 2.6, z)]
    shapes = [Shape(camera.outline(outline), wall)]
    if house.exposed and camera.depth(z) < 110.0:
        trim = mix(wall, (255, 255, 255), 0.45)
        for column in range(3):
            a = x + house.side * (1.4 + column * 3.2)
            b = a + house.side * 1.3
            for floor in range(house.floors):
                y = 4.4 + floor * 3.1
                edge = house.side * 0.12
                frame = [
                    (a - edge, y - 0.14, z),
                    (a - edge, y + 1.84, z),
                    (b + edge, y + 1.84, z),
                    (b + edge, y - 0.14, z),
                ]
                pane = [(a, y, z), (a, y + 1.72, z), (b, y + 1.72, z), (b, y, z)]
                glow = _room(house.lit[column % house.bays][floor + 1], lights, column + floor)
                shapes += [Shape(camera.outline(frame), trim), Shape(camera.outline(pane), glass, glow)]
        if house.awning is not None:
            pane = [(x + house.side * d, y, z) for d, y in ((1.0, 0.5), (1.0, 2.8), (9.0, 2.8), (9.0, 0.5))]
            shapes.append(
                Shape(
                    camera.outline(pane), mix(glass, (250, 226, 180), 0.25), _room(house.lit[0][0], lights, 0)
                )
            )
            for d in (3.0, 5.0, 7.0):
                bar = [
                    (x + house.side * e, y, z)
                    for e, y in ((d, 0.5), (d, 2.8), (d + 0.1, 2.8), (d + 0.1, 0.5))
                ]
                shapes.append(Shape(camera.outline(bar), scaled(wall, 0.5)))
            band = [(x + house.side * d, y, z) for d, y in ((0.7, 2.9), (0.7, 3.5), (9.3, 3.5), (9.3, 2.9))]
            shapes.append(Shape(camera.outline(band), house.awning))
    canvas.paint(shapes, camera.depth(z))
