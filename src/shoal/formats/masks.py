"""Boxes and areas of masks, where a file has a segmentation but no box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class MaskExtent:
    """The smallest box around a mask, `(x, y, w, h)` in pixels, and the mask's area in pixels."""

    box: tuple[float, float, float, float]
    area_px: float


def mask_extent(segmentation: Any) -> MaskExtent | None:
    """Return the extent of a COCO segmentation: polygons, compressed or uncompressed run lengths.

    Polygons give the box around their points and the sum of their shoelace areas.  An empty mask, or a value
    that is not a COCO segmentation, gives `None`.
    """
    if isinstance(segmentation, dict):
        return _run_length_extent(segmentation)
    if isinstance(segmentation, list) and segmentation:
        return _polygon_extent(segmentation)
    return None


def decode_run_lengths(text: str) -> npt.NDArray[np.int64]:
    """Return the counts of a compressed run-length string, shape (R,), starting with zeros' run.

    Five bits a character, offset 48, the sixth bit says that more follow; from the fourth count on, each is
    the difference to the one two before.  Source: pycocotools `rleFrString`.

    Raises:
        ValueError: a character outside the code, or the string ends within a number.
    """
    counts: list[int] = []
    value = shift = 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64:
            raise ValueError(f"character {character!r} is not part of a run-length string")
        value |= (code & 31) << shift
        shift += 5
        if code & 32:
            continue
        if code & 16:
            value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        counts.append(value)
        value = shift = 0
    if shift:
        raise ValueError("the run-length string ends within a number")
    return np.asarray(counts, dtype=np.int64)


def run_lengths_extent(counts: npt.NDArray[np.int64], height: int, width: int) -> MaskExtent | None:
    """Return the extent of column-major run lengths, shape (R,), zeros first; `None` for an empty mask.

    Raises:
        ValueError: a run is negative, or the runs do not add up to `height * width`.
    """
    ends = np.cumsum(counts)
    if (counts < 0).any() or (int(ends[-1]) if len(ends) else 0) != height * width:
        raise ValueError(f"runs must add up to {height} × {width} pixels")
    starts, stops = (ends - counts)[1::2], ends[1::2]
    filled = stops > starts
    starts, last = starts[filled], stops[filled] - 1
    if not len(starts):
        return None
    left, right = int(starts[0] // height), int(last[-1] // height)
    spans_columns = (starts // height) != (last // height)
    top = 0 if spans_columns.any() else int((starts % height).min())
    bottom = height - 1 if spans_columns.any() else int((last % height).max())
    area = float((last - starts + 1).sum())
    return MaskExtent((float(left), float(top), float(right - left + 1), float(bottom - top + 1)), area)


def _run_length_extent(segmentation: dict[str, Any]) -> MaskExtent | None:
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if not (isinstance(size, Sequence) and len(size) == 2 and all(type(side) is int for side in size)):
        return None
    try:
        if isinstance(counts, str):
            runs = decode_run_lengths(counts)
        else:
            runs = np.asarray(counts, dtype=np.int64)
        return run_lengths_extent(runs, size[0], size[1]) if runs.ndim == 1 else None
    except (ValueError, TypeError, OverflowError):
        return None


def _polygon_extent(polygons: list[Any]) -> MaskExtent | None:
    rings = polygons if isinstance(polygons[0], list) else [polygons]
    try:
        points = [np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in rings]
    except (ValueError, TypeError):
        return None
    everything = np.concatenate(points)
    if not len(everything) or not np.isfinite(everything).all():
        return None
    low, high = everything.min(axis=0), everything.max(axis=0)
    area = sum(_shoelace(ring) for ring in points)
    return MaskExtent((float(low[0]), float(low[1]), *(float(v) for v in high - low)), area)  # type: ignore[arg-type]


def _shoelace(ring: npt.NDArray[np.float64]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))
