"""Skies, far skylines, and the colours of air and light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shoal.demo.camera import Camera
from shoal.demo.shapes import Colour, Shape, mix

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Atmosphere:
    """How the air of a time of day and weather looks.

    Attributes:
        top: colour of the sky overhead.
        low: colour of the sky at the horizon.
        air: colour far things fade into.
        density: share of light lost per metre of air.
        ambient: light that falls on everything, by channel.
        clouds: how much of the sky clouds cover, 0 to 1.
        cloud: colour of the clouds.
        glass: what windows mirror.
        lights: how bright lamps look against the day, 0 to 1.
        noise: standard deviation of the camera's noise, 0-255.
    """

    top: Colour
    low: Colour
    air: Colour
    density: float
    ambient: Colour
    clouds: float
    cloud: Colour
    glass: Colour
    lights: float
    noise: float


_NIGHT: Colour = (0.25, 0.29, 0.43)
_DUSK: Colour = (0.88, 0.71, 0.74)

ATMOSPHERES: dict[tuple[str, str], Atmosphere] = {
    ("day", "clear"): Atmosphere(
        (92, 160, 216),
        (214, 232, 238),
        (206, 222, 232),
        1 / 900,
        (1.0, 0.99, 0.96),
        0.35,
        (250, 250, 248),
        (134, 166, 188),
        0.0,
        1.6,
    ),
    ("day", "rain"): Atmosphere(
        (134, 148, 164),
        (196, 204, 210),
        (184, 194, 202),
        1 / 240,
        (0.8, 0.84, 0.9),
        0.8,
        (168, 178, 190),
        (132, 148, 162),
        0.35,
        3.0,
    ),
    ("day", "fog"): Atmosphere(
        (206, 212, 216),
        (222, 225, 225),
        (218, 221, 222),
        1 / 48,
        (0.93, 0.95, 0.96),
        0.0,
        (220, 224, 226),
        (158, 170, 178),
        0.4,
        2.4,
    ),
    ("dusk", "clear"): Atmosphere(
        (96, 104, 168),
        (255, 206, 150),
        (238, 190, 168),
        1 / 520,
        _DUSK,
        0.45,
        (240, 150, 142),
        (196, 150, 150),
        0.75,
        2.6,
    ),
    ("dusk", "rain"): Atmosphere(
        (112, 108, 146),
        (214, 176, 172),
        (180, 158, 172),
        1 / 230,
        (0.66, 0.58, 0.68),
        0.75,
        (146, 130, 160),
        (140, 124, 144),
        0.85,
        3.6,
    ),
    ("dusk", "fog"): Atmosphere(
        (186, 166, 184),
        (240, 206, 186),
        (226, 192, 184),
        1 / 50,
        (0.82, 0.7, 0.72),
        0.0,
        (220, 190, 190),
        (170, 148, 158),
        0.8,
        3.4,
    ),
    ("night", "clear"): Atmosphere(
        (46, 56, 98),
        (142, 142, 178),
        (112, 116, 150),
        1 / 420,
        _NIGHT,
        0.25,
        (112, 112, 150),
        (70, 82, 116),
        1.0,
        4.5,
    ),
    ("night", "rain"): Atmosphere(
        (58, 62, 92),
        (130, 124, 146),
        (116, 114, 138),
        1 / 200,
        (0.22, 0.25, 0.35),
        0.6,
        (100, 98, 124),
        (66, 74, 104),
        1.0,
        6.0,
    ),
}


def paint_sky(air: Atmosphere, camera: Camera, rng: np.random.Generator) -> Image.Image:
    """Return a sky with clouds, and stars at night, as large as the canvas."""
    rows, columns = 96, 160
    horizon = camera.horizon / camera.height * rows
    height = np.clip(np.arange(rows, dtype=np.float32) / horizon, 0, 1)[:, None, None]
    blend = height**1.35
    sky = np.asarray(air.top, np.float32) * (1 - blend) + np.asarray(air.low, np.float32) * blend
    sky = np.repeat(sky, columns, axis=1)
    if air.clouds > 0:
        cover = _clouds(rows, columns, air.clouds, rng) * (1 - 0.55 * height[..., 0])
        sky += (np.asarray(air.cloud, np.float32) - sky) * cover[..., None]
    small = Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8))
    return small.resize((camera.width, camera.height), Image.Resampling.BICUBIC)


def _clouds(rows: int, columns: int, cover: float, rng: np.random.Generator) -> Float32Array:
    """Return how thick the clouds are, shape (rows, columns), 0 to 1."""
    total = np.zeros((rows, columns), np.float32)
    for cells, weight in ((5, 1.0), (11, 0.5), (23, 0.28), (47, 0.14)):
        seed = rng.random((cells * 2, cells), dtype=np.float32)
        layer = Image.fromarray((seed * 255).astype(np.uint8)).resize(
            (columns, rows), Image.Resampling.BICUBIC
        )
        total += np.asarray(layer, np.float32) / 255.0 * weight
    total /= 1.92
    edge = 0.62 - 0.3 * cover
    cloud: Float32Array = np.clip((total - edge) / 0.22, 0, 1) * np.float32(min(1.0, 0.55 + 0.5 * cover))
    return cloud


def stars(camera: Camera, rng: np.random.Generator) -> list[Shape]:
    """Return stars and a moon for a clear night; they shine by themselves."""
    shapes = []
    for x, y, size in rng.random((60, 3)).tolist():
        spot = (x * camera.width, y * camera.horizon * 0.8)
        radius = 0.7 + size
        glow = mix((120, 126, 150), (220, 220, 225), size)
        shapes.append(
            Shape(
                [(spot[0] - radius, spot[1] - radius), (spot[0] + radius, spot[1] + radius)],
                (200, 200, 210),
                glow,
                ellipse=True,
            )
        )
    x, y = float(rng.uniform(0.2, 0.8)) * camera.width, float(rng.uniform(0.08, 0.24)) * camera.height
    r = camera.width * 0.017
    shapes.append(Shape([(x - r, y - r), (x + r, y + r)], (240, 238, 220), (236, 232, 208), ellipse=True))
    return shapes


def sun(camera: Camera, rng: np.random.Generator) -> list[Shape]:
    """Return the low sun of a clear dusk."""
    x = camera.centre_x + float(rng.uniform(-0.1, 0.1)) * camera.width
    r = camera.width * 0.03
    y = camera.horizon - r * 2.2
    return [Shape([(x - r, y - r), (x + r, y + r)], (255, 236, 190), (255, 196, 120), ellipse=True)]


def skyline(camera: Camera, colour: Colour, rng: np.random.Generator, *, lights: float) -> list[Shape]:
    """Return the roofs of the far end of town, where the street runs out."""
    shapes = []
    x = -0.02 * camera.width
    base = camera.horizon + 3
    while x < camera.width:
        width = camera.width * float(rng.uniform(0.02, 0.055))
        height = camera.height * float(rng.uniform(0.035, 0.1))
        shapes.append(
            Shape([(x, base), (x, base - height), (x + width, base - height), (x + width, base)], colour)
        )
        if rng.random() < 0.3:
            middle = x + width / 2
            peak = base - height * 1.45
            shapes.append(Shape([(x, base - height), (middle, peak), (x + width, base - height)], colour))
        if lights > 0.5:
            for _ in range(4):
                u, v = x + width * float(rng.uniform(0.1, 0.9)), base - height * float(rng.uniform(0.2, 0.9))
                shapes.append(Shape([(u, v), (u + 3, v), (u + 3, v + 3), (u, v + 3)], colour, (190, 150, 90)))
        x += width * float(rng.uniform(0.8, 1.15))
    return shapes
