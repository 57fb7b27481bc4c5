"""Elements of COCO files: their keys and types, and the columns that objects share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import BATCH_ROWS
from shoal.formats.faults import report_rows, shorten
from shoal.formats.json_errors import Rejected
from shoal.formats.json_file import Block
from shoal.formats.json_shape import ElementShape
from shoal.formats.masks import MaskExtent, mask_extent
from shoal.formats.notes import Notes

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

_NO_SEGMENTATION: Final = msgspec.Raw(b"")
_EMPTY: Final = (b"", b"null", b"[]")

_EXPECTED: Final[dict[str, str]] = {
    "id": "a number or a text",
    "image_id": "the id of an image, a number or a text",
    "category_id": "the id of a category, a whole number",
    "bbox": "four finite numbers [x, y, width, height]",
    "score": "a confidence from 0 to 1",
    "area": "a number",
    "iscrowd": "0 or 1",
    "file_name": "a text",
    "width": "a number of pixels",
    "height": "a number of pixels",
    "name": "a text",
}


def image_shape() -> ElementShape:
    """Return the shape of an element of `images`."""
    return ElementShape(
        {"id": int | str},
        {
            "file_name": (str | None, None),
            "width": (int | float | None, None),
            "height": (int | float | None, None),
            "coco_url": (str | None, None),
            "flickr_url": (Any, None),
            "license": (Any, None),
            "date_captured": (Any, None),
            "device_id": (str | None, None),
            "latitude": (float | None, None),
            "longitude": (float | None, None),
        },
    )


def annotation_shape() -> ElementShape:
    """Return the shape of an element of `annotations`."""
    return ElementShape(
        {"image_id": int | str, "category_id": int},
        {
            "id": (int | str | None, None),
            "bbox": (Box | None, None),
            "area": (float | None, None),
            "iscrowd": (int | bool | None, None),
            "segmentation": (msgspec.Raw, _NO_SEGMENTATION),
        },
    )


def result_shape() -> ElementShape:
    """Return the shape of an element of a results file."""
    return ElementShape(
        {"image_id": int | str, "category_id": int, "score": float},
        {
            "id": (Any, None),
            "bbox": (Box | None, None),
            "area": (float | None, None),
            "segmentation": (msgspec.Raw, _NO_SEGMENTATION),
        },
    )


def report_rejected(rejected: Sequence[Rejected], section: str, file: str, problems: ProblemLog) -> None:
    """Add a problem for every element that does not fit its shape."""
    for one in rejected:
        expected = one.expected or _EXPECTED.get(one.field, "another type" if one.field else "an object")
        place = f"{section}[{one.index}]"
        problems.add(Problem(file, place, one.field, expected, shorten(one.found)))


def gathered(
    blocks: Iterator[Block], on_rejected: Callable[[Sequence[Rejected]], None]
) -> Iterator[tuple[list[Any], Sequence[int]]]:
    """Join blocks to about `BATCH_ROWS` elements: yield items and the position of each in its section."""
    items: list[Any] = []
    indices: list[range | list[int]] = []
    for block in blocks:
        if block.rejected:
            on_rejected(block.rejected)
        items += block.items
        indices.append(block.indices)
        if len(items) >= BATCH_ROWS:
            yield items, _joined(indices)
            items, indices = [], []
    if items:
        yield items, _joined(indices)


def note_dropped_keys(shape: ElementShape, section: str, notes: Notes) -> None:
    """Say so when elements have keys that were not kept."""
    if shape.is_full:
        notes.add(f"Some keys of {section} are left out: there are too many, or their names are odd.")


def _joined(parts: list[range | list[int]]) -> Sequence[int]:
    if all(isinstance(part, range) for part in parts):
        first, last = parts[0], parts[-1]
        if (
            isinstance(first, range)
            and isinstance(last, range)
            and last.stop - first.start == sum(map(len, parts))
        ):
            return range(first.start, last.stop)
    return list(chain.from_iterable(parts))


def integers(values: Sequence[int | None]) -> npt.NDArray[np.int64]:
    """Return whole numbers, shape (N,); `None` is 0, those beyond 64 bits become the smallest there is."""
    try:
        return np.fromiter(values, np.int64, len(values))
    except (OverflowError, TypeError):
        low = -(1 << 63)
        plain = [value or 0 for value in values]
        return np.asarray([value if low < value < 1 << 63 else low for value in plain], np.int64)


def floats(values: Sequence[float | None]) -> FloatArray:
    """Return numbers, shape (N,); `None` becomes NaN."""
    try:
        return np.fromiter(values, np.float64, len(values))
    except TypeError:
        return np.asarray([np.nan if value is None else value for value in values], np.float64)


def segmentation_texts(items: Sequence[Any], shape: ElementShape) -> list[str | None] | None:
    """Return the JSON text of every segmentation, `None` for none; nothing at all when no item has one."""
    raws = shape.column(items, "segmentation")
    if raws is None:
        return None
    texts = [bytes(raw) for raw in raws]
    return [text.decode("utf-8", "replace") if text not in _EMPTY else None for text in texts]


def boxes_and_areas(
    items: Sequence[Any],
    shape: ElementShape,
    segmentations: Sequence[str | None] | None,
    report_missing: Callable[[BoolArray], None],
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return boxes (N, 4), areas (N,) and which boxes exist; absent boxes are taken from segmentations.

    Args:
        report_missing: called with a mask, shape (N,), of items that have neither, when there are any.
    """
    areas = floats(shape.column(items, "area") or [None] * len(items))
    boxes = shape.column(items, "bbox") or [None] * len(items)
    try:
        flat = np.fromiter(chain.from_iterable(boxes), np.float64, 4 * len(items))
        return flat.reshape(-1, 4), areas, np.ones(len(items), dtype=np.bool_)
    except TypeError:
        pass
    for position in [i for i, box in enumerate(boxes) if box is None]:
        extent = _extent(segmentations[position]) if segmentations else None
        if extent is not None:
            boxes[position] = extent.box
            if np.isnan(areas[position]):
                areas[position] = extent.area_px
    missing = np.asarray([box is None for box in boxes], dtype=np.bool_)
    if missing.any():
        report_missing(missing)
    # A stand-in that passes every check: these have been reported.
    return np.asarray([box or (0.0, 0.0, 2.0, 2.0) for box in boxes], np.float64), areas, ~missing


def _extent(segmentation: str | None) -> MaskExtent | None:
    return None if segmentation is None else mask_extent(msgspec.json.decode(segmentation))


def report_values(
    problems: ProblemLog,
    faulty: BoolArray,
    file: str,
    place: Callable[[int], str],
    key: str,
    values: Sequence[Any],
    expected: str,
    hint: str = "",
) -> None:
    """Add a problem for every item whose value of `key` is marked as faulty, shape (N,)."""
    if faulty.any():
        report_rows(
            problems, faulty, lambda i: Problem(file, place(i), key, expected, shorten(values[i]), hint)
        )
