"""From image files to upright pictures of the size asked for."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from shoal.errors import InvalidInputError, UnreadableImageError

MAX_PIXELS: Final = 100_000_000
"""Larger images are refused: a small file can unpack to any size."""

SHOWN: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
}
"""Formats every browser shows, by their names in Pillow."""

_READ: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM", "JPEG2000")
# Decoders meet hostile bytes: whatever they stumble over, the file is at fault.
_FAULTS: Final = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MAX_PROFILE_BYTES: Final = 4096
_FULL_COLOUR_PX: Final = 128


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of an upright image, in its pixels.

    Attributes:
        x: left edge.
        y: upper edge.
        width: above 0.
        height: above 0.
        margin: room on every side, as a share of the longer side.
    """

    x: float
    y: float
    width: float
    height: float
    margin: float = 0.0

    def region(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, upper, right, lower in whole pixels, outwards, cut at the borders of the image.

        Raises:
            InvalidInputError: nothing of the image is in it.
        """
        room = self.margin * max(self.width, self.height)
        left, upper = max(0, math.floor(self.x - room)), max(0, math.floor(self.y - room))
        right = min(width, math.ceil(self.x + self.width + room))
        lower = min(height, math.ceil(self.y + self.height + room))
        if left >= right or upper >= lower:
            raise InvalidInputError(
                f"Expected a box in the image of {width} × {height} pixels, found "
                f"{self.x:g},{self.y:g},{self.width:g},{self.height:g}.",
                location={"field": "box"},
            )
        return left, upper, right, lower


def shown_as(path: Path, name: str) -> str | None:
    """Return the media type of a file that browsers show upright as it is, else `None`; reads the head.

    Raises:
        UnreadableImageError: not an image, or too large.
    """
    with _opened(path, name) as image:
        return SHOWN.get(image.format or "") if _orientation(image) == 1 else None


def rendition(path: Path, name: str, size: int | None, crop: Crop | None, *, quality: int) -> bytes:
    """Return an image, or a part of it, upright and as JPEG; as WebP when it is transparent.

    Args:
        path: the file.
        name: what messages call it.
        size: the longer side of the result at most, pixels; smaller images are not blown up.
        crop: the part.
        quality: of the encoder, 1 to 95.

    Raises:
        InvalidInputError: the part is outside of the image.
        UnreadableImageError: not an image, broken or too large.
    """
    with _opened(path, name) as image:
        return _encoded(_scaled(image, size, crop), quality)


def stretched(
    path: Path | IO[bytes], name: str, parts: Sequence[Crop | None], size: tuple[int, int]
) -> list[NDArray[np.uint8] | None]:
    """Return an image, or parts of it, upright and each stretched to one size; the file is read once.

    Args:
        path: the file, or its bytes as one.
        name: what messages call it.
        parts: the parts; `None` is the whole image.
        size: width and height of each result, pixels.

    Returns:
        uint8 (height, width, 3) each, RGB, in the order asked; what is transparent is grey.  `None` where a
        part is outside of the image.

    Raises:
        UnreadableImageError: not an image, broken or too large.
    """
    with _opened(path, name) as image:
        turn = 1 if image.format == "TIFF" else _orientation(image)
        width, height = image.size if turn < 5 else image.size[::-1]
        regions = [_region_in(part, width, height) for part in parts]
        extents = [(right - left, lower - upper) for left, upper, right, lower in regions if right]
        scale = max((max(size[0] / w, size[1] / h) for w, h in extents), default=1.0)
        if scale < 1:
            image.draft(image.mode, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
        picture = _opaque(_displayable(image))
        if turn in _TURNS:
            picture = picture.transpose(_TURNS[turn])
        return [_stretch(picture, region, (width, height), size) for region in regions]


def _region_in(part: Crop | None, width: int, height: int) -> tuple[int, int, int, int]:
    """Return a part's region, all zeros where nothing of the image is in it."""
    try:
        return part.region(width, height) if part else (0, 0, width, height)
    except InvalidInputError:
        return 0, 0, 0, 0


def _stretch(
    picture: Image.Image, region: tuple[int, int, int, int], whole: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.uint8] | None:
    if region[2] == 0:
        return None
    if picture.size == whole:
        # Cut first: a resized box would have a little of its surroundings at the edges.
        return np.asarray(picture.crop(region).resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))
    across, down = picture.width / whole[0], picture.height / whole[1]
    box = (region[0] * across, region[1] * down, region[2] * across, region[3] * down)
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0))


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", picture.size, (127, 127, 127)), picture).convert("RGB")


def media_type(encoded: bytes) -> str:
    """Return the media type of a rendition."""
    return "image/webp" if encoded[:4] == b"RIFF" else "image/jpeg"


@contextmanager
def _opened(path: Path | IO[bytes], name: str) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=_READ) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_large(name, f"{image.width} × {image.height}")
            yield image
    except UnidentifiedImageError as error:
        raise UnreadableImageError(
            f"{name} is not an image.",
            hint=f"Known formats: {', '.join(_READ)}.",
            location={"image": name},
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "more") from error
    except _FAULTS as error:
        raise UnreadableImageError(
            f"The image {name} is broken: it cannot be decoded.",
            hint="Replace the file; the next request reads it again.",
            location={"image": name},
        ) from error


def _too_large(name: str, found: str) -> UnreadableImageError:
    return UnreadableImageError(
        f"The image {name} is too large: at most {MAX_PIXELS:,} pixels are decoded, found {found}.",
        hint="Store a smaller copy of it.",
        location={"image": name, "limit": MAX_PIXELS},
    )


def _orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; 1 when there is none or it makes no sense."""
    try:
        # The base class reads what the head holds; PNG's own would decode all pixels first.
        value = Image.Image.getexif(image).get(_ORIENTATION, 1)
    except _FAULTS:
        return 1
    return value if value in _TURNS else 1


def _scaled(image: Image.Image, size: int | None, crop: Crop | None) -> Image.Image:
    turn = 1 if image.format == "TIFF" else _orientation(image)  # Pillow turns TIFF itself
    width, height = image.size if turn < 5 else image.size[::-1]
    left, upper, right, lower = crop.region(width, height) if crop else (0, 0, width, height)
    longer = max(right - left, lower - upper)
    scale = 1.0 if size is None else min(1.0, size / longer)
    if scale < 1:
        # JPEG decodes straight to a half, a quarter or an eighth, as long as that is large enough.
        image.draft(image.mode, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    picture = _displayable(image)
    if turn in _TURNS:
        picture = picture.transpose(_TURNS[turn])
    wanted = (max(1, round((right - left) * scale)), max(1, round((lower - upper) * scale)))
    across, down = picture.width / width, picture.height / height
    region = (left * across, upper * down, right * across, lower * down)
    if picture.size == wanted and crop is None:
        return picture
    return picture.resize(wanted, Image.Resampling.BICUBIC, box=region, reducing_gap=2.0)


def _displayable(image: Image.Image) -> Image.Image:
    """Return the image as L, RGB or RGBA."""
    if image.mode in ("L", "RGB", "RGBA"):
        if "transparency" in image.info:
            return image.convert("RGBA")
        image.load()
        return image
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        return _stretched(image)
    has_alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    converted = image.convert("RGBA" if has_alpha else "RGB")
    if image.mode in ("CMYK", "LAB", "LA", "1"):
        converted.info.pop("icc_profile", None)  # it describes colours that are no longer there
    return converted


def _stretched(image: Image.Image) -> Image.Image:
    """Return an image of more than 8 bits in grey from its lowest to its highest finite value."""
    values = np.asarray(image, dtype=np.float32)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    grey = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(np.nan_to_num(grey, posinf=255, neginf=0).clip(0, 255).astype(np.uint8))


def _encoded(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode != "L" else None
    if profile is not None and len(profile) > _MAX_PROFILE_BYTES:
        profile = None
    if image.mode == "RGBA":
        image.save(stream, "WEBP", quality=quality, method=2, icc_profile=profile)
    else:
        # Halving colours saves bytes where there are many, and smears a crop of a few dozen pixels.
        subsampling = "4:4:4" if max(image.size) <= _FULL_COLOUR_PX else "4:2:0"
        image.save(stream, "JPEG", quality=quality, subsampling=subsampling, icc_profile=profile)
    return stream.getvalue()
