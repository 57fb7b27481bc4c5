"""From painted layers to a photograph: light, glow, wet ground, rain, noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from shoal.demo.camera import SUPERSAMPLE, Camera
from shoal.demo.canvas import Canvas
from shoal.demo.furniture import LAMP_LIGHT, lamp_head
from shoal.demo.sky import Atmosphere
from shoal.demo.street import Lamp

Float32Array = NDArray[np.float32]
_CELL = 8
"""Canvas pixels per cell of the coarse grids that light and glow are computed on."""

NOISE_MARGIN_PX = 96
"""How much larger than a picture the camera's noise is."""


def develop(
    canvas: Canvas,
    camera: Camera,
    atmosphere: Atmosphere,
    lamps: list[Lamp],
    *,
    weather: str,
    noise: Float32Array,
    rng: np.random.Generator,
) -> Image.Image:
    """Return the finished picture, `SUPERSAMPLE` times smaller than the canvas."""
    colours = _array(canvas.colours.reduce(SUPERSAMPLE))
    lights = canvas.lights.reduce(SUPERSAMPLE)
    size = lights.size
    picture = colours * _upscaled(_light_map(camera, atmosphere, lamps), size)
    picture = np.maximum(picture, _array(lights))
    if canvas.wet:
        _mirror(picture, canvas, camera, atmosphere)
    picture += _glow(lights, atmosphere, foggy=weather == "fog")
    if weather == "rain":
        picture += _rain(size, atmosphere, rng)
    picture *= _vignette(size)
    picture += _part_of(noise, size, rng)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def _array(image: Image.Image) -> Float32Array:
    return np.asarray(image, dtype=np.float32)


def _upscaled(grid: Float32Array, size: tuple[int, int]) -> Float32Array:
    """Return a coarse grid of factors 0 to 2, shape (rows, columns, 3), at picture size."""
    small = Image.fromarray(np.clip(grid * 127.5, 0, 255).astype(np.uint8))
    return _array(small.resize(size, Image.Resampling.BICUBIC)) / np.float32(127.5)


def _light_map(camera: Camera, atmosphere: Atmosphere, lamps: list[Lamp]) -> Float32Array:
    """Return the light that falls on each cell: ambient, street lamps, and the own headlights."""
    rows, columns = camera.height // _CELL, camera.width // _CELL
    y = ((np.arange(rows, dtype=np.float32) + 0.5) * _CELL)[:, None]
    x = ((np.arange(columns, dtype=np.float32) + 0.5) * _CELL)[None, :]
    grid = np.empty((rows, columns, 3), np.float32)
    grid[:] = np.asarray(atmosphere.ambient, np.float32)
    if atmosphere.lights < 0.6:
        return grid
    warm = np.asarray(LAMP_LIGHT, np.float32) / 255 * atmosphere.lights
    lit = np.zeros((rows, columns), np.float32)
    for lamp in lamps:
        head_x, head_y, z = lamp_head(lamp)
        depth = camera.depth(z)
        if not 3.0 < depth < 130.0:
            continue
        unit = camera.scale(z)
        ground_x, ground_y = camera.spot(head_x, 0.0, z)
        top = camera.spot(head_x, head_y, z)[1]
        flat = max(unit * 7.0 / depth, 6.0)
        lit += 0.62 * np.exp(-(((x - ground_x) / (5.2 * unit)) ** 2) - ((y - ground_y) / flat) ** 2)
        middle, tall = (ground_y + top) / 2, (ground_y - top) / 1.7
        lit += 0.3 * np.exp(-(((x - ground_x) / (3.4 * unit)) ** 2) - ((y - middle) / tall) ** 2)
    ahead = np.exp(
        -(((x - camera.centre_x) / (0.3 * camera.width)) ** 2)
        - ((y - camera.horizon - 0.17 * camera.height) / (0.15 * camera.height)) ** 2
    )
    grid += np.minimum(lit, 1.0)[..., None] * warm
    grid += (0.42 * atmosphere.lights * ahead)[..., None] * np.asarray((1.0, 0.97, 0.88), np.float32)
    return grid


def _glow(lights: Image.Image, atmosphere: Atmosphere, *, foggy: bool) -> Float32Array:
    """Return the haze of light around lamps: a tight one and a wide one."""
    small = lights.reduce(4)
    tight = small.filter(ImageFilter.GaussianBlur(1.6))
    wide = small.filter(ImageFilter.GaussianBlur(7.0 if foggy else 5.5))
    strength = 0.2 + 0.8 * atmosphere.lights**2
    total = _array(tight) * 0.5 + _array(wide) * (1.0 if foggy else 0.6)
    merged = Image.fromarray(np.clip(total * strength, 0, 255).astype(np.uint8))
    return _array(merged.resize(lights.size, Image.Resampling.BICUBIC))


def _mirror(picture: Float32Array, canvas: Canvas, camera: Camera, atmosphere: Atmosphere) -> None:
    """Lay the mirrored street and its lights over wet ground, in place."""
    height, width, _ = picture.shape
    horizon = int(camera.horizon / SUPERSAMPLE)
    depth = height - horizon
    wet = np.asarray(canvas.ground.reduce(SUPERSAMPLE), np.float32)[horizon:, :, None] / 255
    above = Image.fromarray(np.clip(picture[:horizon][::-1], 0, 255).astype(np.uint8))
    smeared = above.resize((width // 3, max(depth // 14, 1)), Image.Resampling.BOX).resize(
        (width, depth), Image.Resampling.BICUBIC
    )
    below = picture[horizon:]
    below += (_array(smeared) - below) * wet * np.float32(0.34)
    streaks = canvas.mirrored.reduce(SUPERSAMPLE * 2).filter(ImageFilter.BoxBlur((1, 7)))
    full = _array(streaks.resize((width, height), Image.Resampling.BICUBIC))[horizon:]
    below += full * wet * np.float32(0.35 + 0.4 * atmosphere.lights)


def _rain(size: tuple[int, int], atmosphere: Atmosphere, rng: np.random.Generator) -> Float32Array:
    """Return streaks of rain, shape (rows, columns, 1), to be added."""
    width, height = size
    layer = Image.new("L", size, 0)
    draw = ImageDraw.Draw(layer)
    for x, y, near in rng.random((260, 3)).tolist():
        length = (0.02 + 0.055 * near) * height
        left, top = x * width * 1.1, y * (height + length) - length
        draw.line((left, top, left - length * 0.18, top + length), fill=int(24 + 42 * near), width=1)
    soft = layer.filter(ImageFilter.BoxBlur((0, 1)))
    strength = np.float32(0.85 - 0.35 * atmosphere.lights)
    return np.asarray(soft, np.float32)[..., None] * strength


def _vignette(size: tuple[int, int]) -> Float32Array:
    width, height = size
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    falloff: Float32Array = np.float32(1.03) - np.float32(0.1) * (x * x * 0.8 + y * y * 0.7)
    return falloff[..., None]


def camera_noise(image_size: tuple[int, int], deviation: float, rng: np.random.Generator) -> Float32Array:
    """Return noise to be added to pictures, a little larger than they are: mostly brightness, some colour.

    Each frame takes another part of it, which looks like new noise and costs next to nothing.
    """
    rows, columns = image_size[1] + NOISE_MARGIN_PX, image_size[0] + NOISE_MARGIN_PX
    shared = rng.standard_normal((rows, columns, 1), dtype=np.float32)
    colour = rng.standard_normal((rows // 2 + 1, columns // 2 + 1, 3), dtype=np.float32)
    coarse = np.repeat(np.repeat(colour, 2, axis=0), 2, axis=1)[:rows, :columns]
    noise: Float32Array = (shared * np.float32(0.85) + coarse * np.float32(0.4)) * np.float32(deviation)
    return noise


def _part_of(noise: Float32Array, size: tuple[int, int], rng: np.random.Generator) -> Float32Array:
    down, right = rng.integers(NOISE_MARGIN_PX, size=2).tolist()
    return noise[down : down + size[1], right : right + size[0]]
