"""Upright, scaled, cut, encoded; hostile files."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, features

from shoal.errors import InvalidInputError, UnreadableImageError
from shoal.store.media.pictures import Crop, media_type, rendition, shown_as

Pixels = npt.NDArray[np.uint8]
RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 200, 30), (30, 30, 220), (128, 128, 128)


def quarters(width: int = 160, height: int = 96) -> Pixels:
    """Red, green over blue, grey."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = GREY
    return pixels


def as_stored(upright: Pixels, orientation: int) -> Pixels:
    """Turn pixels so that row 0 and column 0 are where EXIF 2.32, tag 274, says they are."""
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: upright.swapaxes(0, 1)[::-1],
        7: upright.swapaxes(0, 1)[::-1, ::-1],
        8: upright.swapaxes(0, 1)[:, ::-1],
    }
    return np.ascontiguousarray(turned[orientation])


def write(path: Path, pixels: Pixels, orientation: int = 1) -> Path:
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(pixels).save(path, exif=exif, quality=95)
    return path


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colours(image: Image.Image) -> list[str]:
    names = {RED: "red", GREEN: "green", BLUE: "blue", GREY: "grey"}
    rgb = np.asarray(image.convert("RGB"), dtype=np.int64)
    h, w = rgb.shape[:2]
    spots = [
        rgb[h // 4, w // 4],
        rgb[h // 4, 3 * w // 4],
        rgb[3 * h // 4, w // 4],
        rgb[3 * h // 4, 3 * w // 4],
    ]
    return [names[min(names, key=lambda c: int(np.abs(spot - c).sum()))] for spot in spots]


def made(path: Path, size: int | None = None, crop: Crop | None = None) -> Image.Image:
    return decoded(rendition(path, path.name, size, crop, quality=90))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}", as_stored(quarters(), orientation), orientation)
    for size, shape in ((None, (160, 96)), (64, (64, 38))):
        image = made(path, size)
        assert image.size == shape
        assert colours(image) == ["red", "green", "blue", "grey"]
        assert image.getexif().get(274, 1) == 1
    is_shown = orientation == 1 and suffix != ".tif"
    assert (shown_as(path, "a") is not None) == is_shown


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_is_given_in_upright_pixels(tmp_path: Path, orientation: int) -> None:
    path = write(tmp_path / "a.jpg", as_stored(quarters(800, 480), orientation), orientation)
    image = made(path, 64, Crop(500, 40, 200, 100))
    assert image.size == (64, 32)
    assert set(colours(image)) == {"green"}


def test_margins_end_at_the_borders() -> None:
    assert Crop(10, 20, 40, 20, 0.25).region(100, 100) == (0, 10, 60, 50)
    assert Crop(90.2, 95.5, 20, 3, 0.2).region(100, 100) == (86, 91, 100, 100)
    assert Crop(0.4, 0.4, 0.1, 0.1).region(1, 1) == (0, 0, 1, 1)
    for outside in (Crop(100, 0, 5, 5), Crop(-10, 0, 5, 5), Crop(0, -7, 5, 5), Crop(0, 200, 5, 5)):
        with pytest.raises(InvalidInputError, match="in the image of 100 × 100"):
            outside.region(100, 100)


def test_small_images_and_crops_are_not_blown_up(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", quarters(20, 12))
    assert made(path, 256).size == (20, 12)
    assert made(path, 256, Crop(0, 0, 5, 5)).size == (5, 5)


def test_long_thin_images_keep_a_pixel(tmp_path: Path) -> None:
    path = tmp_path / "line.png"
    Image.new("RGB", (5000, 1)).save(path)
    assert made(path, 64).size == (64, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_pixel(tmp_path: Path, mode: str) -> None:
    grey = np.linspace(0, 255, 64 * 48).reshape(48, 64).astype(np.uint8)
    if mode in ("I;16", "I", "F"):
        kinds: dict[str, type] = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
        image = Image.fromarray((grey.astype(np.float64) * 100).astype(kinds[mode]))
    else:
        image = Image.fromarray(grey).convert(mode)
    path = tmp_path / "a.tif"
    image.save(path)
    picture = made(path, 64)
    assert picture.size == (64, 48)
    values = np.asarray(picture.convert("L"))
    assert values[-4:].mean() > 180
    assert values[:4].mean() < 75


def test_transparency_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(path)
    content = rendition(path, "a", 64, None, quality=80)
    assert media_type(content) == "image/webp"
    assert decoded(content).convert("RGBA").getpixel((32, 32))[3] == 0  # type: ignore[index]
    path = tmp_path / "palette.gif"
    Image.new("P", (30, 30), 0).save(path, transparency=0)
    assert media_type(rendition(path, "a", 64, None, quality=80)) == "image/webp"


def test_avif_where_pillow_has_it(tmp_path: Path) -> None:
    if not features.check("avif"):
        pytest.skip("this Pillow reads no AVIF")
    Image.fromarray(quarters()).save(tmp_path / "a.avif")
    assert shown_as(tmp_path / "a.avif", "a") == "image/avif"
    assert made(tmp_path / "a.avif", 64).size == (64, 38)


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_100, 30_000, 2**31 - 1])
def test_bombs_are_refused_by_their_head(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side))
    for ask in (lambda: shown_as(path, "bomb.png"), lambda: made(path, 64)):
        with pytest.raises(UnreadableImageError, match=r"bomb\.png is too large: at most 100,000,000 pixels"):
            ask()


def test_what_is_no_image(tmp_path: Path) -> None:
    for name, content in {
        "empty.jpg": b"",
        "text.jpg": b"<html><script>alert(1)</script>",
        "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "script.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "head.png": b"\x89PNG\r\n\x1a\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        for ask in (shown_as, lambda path, name: rendition(path, name, 64, None, quality=80)):
            with pytest.raises(UnreadableImageError, match=name):
                ask(tmp_path / name, name)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tif", ".bmp"])
def test_cut_and_flipped_files_never_surprise(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(quarters()).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    for n in range(60):
        broken = bytearray(whole[: int(rng.integers(1, len(whole)))] if n % 2 else whole)
        for at in rng.integers(0, len(broken), 5):
            broken[at] = int(rng.integers(256))
        path.write_bytes(broken)
        with suppress(UnreadableImageError):
            shown_as(path, "a")
            assert max(made(path, 64).size) <= 64
