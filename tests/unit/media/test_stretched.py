"""Parts of images as models take them: upright, RGB, all of one size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shoal.errors import UnreadableImageError
from shoal.store.media import Crop, stretched

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 200, 30), (30, 30, 220), (128, 128, 128)
TURNS = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: p.swapaxes(0, 1)[::-1],
    7: lambda p: p.swapaxes(0, 1)[::-1, ::-1],
    8: lambda p: p.swapaxes(0, 1)[:, ::-1],
}


@pytest.mark.parametrize("scale", [1, 8])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_and_crops_are_cut_from_the_upright_image(
    tmp_path: Path, orientation: int, scale: int
) -> None:
    """Red, green over blue, grey; large ones are decoded at a fraction of their size."""
    width, height = 160 * scale, 96 * scale
    upright = np.empty((height, width, 3), np.uint8)
    upright[: height // 2, : width // 2], upright[: height // 2, width // 2 :] = RED, GREEN
    upright[height // 2 :, : width // 2], upright[height // 2 :, width // 2 :] = BLUE, GREY
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / "image.jpg"
    Image.fromarray(np.ascontiguousarray(TURNS[orientation](upright))).save(path, exif=exif, quality=95)
    corner = Crop(width * 0.6, 0, width * 0.3, height * 0.4)
    lower = Crop(width * 0.1, height * 0.6, width * 0.2, height * 0.3)
    whole, green, blue, outside = stretched(
        path, path.name, [None, corner, lower, Crop(width + 5, 0, 9, 9)], (48, 40)
    )
    assert outside is None
    assert whole is not None
    assert green is not None
    assert blue is not None
    assert whole.shape == (40, 48, 3)
    for (y, x), colour in {(8, 8): RED, (8, 40): GREEN, (32, 8): BLUE, (32, 40): GREY}.items():
        assert np.abs(whole[y, x].astype(int) - colour).max() <= 12
    assert np.abs(green.astype(int) - GREEN).max() <= 12
    assert np.abs(blue.astype(int) - BLUE).max() <= 12


def test_a_margin_lets_the_surroundings_in(tmp_path: Path) -> None:
    pixels = np.full((60, 60, 3), 250, np.uint8)
    pixels[20:40, 20:40] = 0
    path = tmp_path / "image.png"
    Image.fromarray(pixels).save(path)
    tight, wide = stretched(path, path.name, [Crop(20, 20, 20, 20), Crop(20, 20, 20, 20, 0.5)], (40, 40))
    assert tight is not None
    assert wide is not None
    assert tight.max() == 0
    assert (wide < 125).mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("image.tif" if mode in ("CMYK", "I;16") else "image.png")
    Image.new(mode, (30, 20)).save(path)
    (found,) = stretched(path, path.name, [None], (8, 8))
    assert found is not None
    assert found.shape == (8, 8, 3)
    assert found.dtype == np.uint8


def test_what_is_transparent_is_grey() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(stream, "PNG")
    stream.seek(0)
    (found,) = stretched(stream, "an image", [None], (8, 8))
    assert found is not None
    assert np.unique(found).tolist() == [127]


def test_broken_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 nothing")
    with pytest.raises(UnreadableImageError, match=r"broken\.jpg"):
        stretched(path, path.name, [None], (8, 8))
