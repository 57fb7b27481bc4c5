"""The `images` section of a COCO file: one frame each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import frame_batch
from shoal.formats.coco_elements import column, gathered, image_shape, report_rejected
from shoal.formats.faults import shorten
from shoal.formats.frame_lookup import FrameLookup, base_name, integer_index, search_integers
from shoal.formats.image_location import ImageFolder, OutsideRootError, is_remote
from shoal.formats.json_file import JsonFile, Section
from shoal.formats.notes import Notes
from shoal.formats.user_columns import parse_date, user_columns


class FrameIdFrom(StrEnum):
    """What becomes the frame id: the file name without folders, with folders, or the image id."""

    FILE_NAME = "file_name"
    PATH = "path"
    ID = "id"


class CocoImages:
    """Reads frames, and remembers which image id is which frame.

    Args:
        file: the file's name, for problems.
        root: the folder the images lie in; without it only `http(s)` addresses of the file are kept.
    """

    def __init__(self, file: str, notes: Notes, frame_id_from: FrameIdFrom, root: Path | None) -> None:
        self._file = file
        self._notes = notes
        self._from = frame_id_from
        self._folder = None if root is None else ImageFolder(root, notes)
        self._image_ids: list[int | str] = []
        self._frame_ids: list[str] = []
        self._seen_images: dict[str, int] = {}
        self._seen_frames: dict[str, int] = {}

    def batches(
        self, json_file: JsonFile, section: Section, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield batches of frames; elements at fault become problems and are left out."""
        shape = image_shape()
        blocks = json_file.blocks(section, shape)
        for items, indices in gathered(
            blocks, lambda rejected: report_rejected(rejected, "images", self._file, problems)
        ):
            frame_ids = self._identify(items, indices, problems)
            kept = [(item, frame_id) for item, frame_id in zip(items, frame_ids, strict=True) if frame_id]
            items, ids = [item for item, _ in kept], [frame_id for _, frame_id in kept]
            self._image_ids += column(items, "id")
            self._frame_ids += ids
            user = user_columns(shape.learnt_values(items), self._notes)
            yield frame_batch(self._values(items, ids), user, len(items))
        if shape.is_full:
            self._notes.add("The images have too many different keys; only the first are kept.")

    def rows(self, frames: FrameLookup) -> ImageRows:
        """Return the table from image ids of this file to rows of `frames`."""
        return ImageRows(self._image_ids, frames.rows(self._frame_ids, ("frame_id",)))

    def _identify(
        self, items: Sequence[Any], indices: Sequence[int], problems: ProblemLog
    ) -> list[str | None]:
        """Return a frame id for every item, `None` for those that a problem was added for."""
        frame_ids: list[str | None] = []
        for item, index in zip(items, indices, strict=True):
            frame_id, fault = self._frame_id(item)
            fault = fault or self._duplicate(item, frame_id, index) or self._bad_size(item)
            if fault is not None:
                key, expected, found, hint = fault
                problems.add(Problem(self._file, f"images[{index}]", key, expected, found, hint))
            frame_ids.append(None if fault else frame_id)
        return frame_ids

    def _frame_id(self, item: Any) -> tuple[str, tuple[str, str, str, str] | None]:
        if self._from is FrameIdFrom.ID:
            return str(item.id), None
        if not item.file_name:
            hint = "Or take the image ids as frame ids: frame_id_from='id'."
            return "", ("file_name", "a file name", shorten(item.file_name), hint)
        return item.file_name if self._from is FrameIdFrom.PATH else base_name(item.file_name), None

    def _duplicate(self, item: Any, frame_id: str, index: int) -> tuple[str, str, str, str] | None:
        first = self._seen_images.setdefault(str(item.id), index)
        if first != index:
            found = f"{item.id!r} again, first in images[{first}]"
            return "id", "an image id that occurs once", found, ""
        first = self._seen_frames.setdefault(frame_id, index)
        if first == index:
            return None
        found = f"{item.file_name!r}: the frame id {frame_id!r} is taken by images[{first}]"
        hint = (
            "Keep the folders in frame ids: frame_id_from='path'."
            if self._from is FrameIdFrom.FILE_NAME
            else ""
        )
        return "file_name", "a file name that occurs once", found, hint

    def _bad_size(self, item: Any) -> tuple[str, str, str, str] | None:
        for key in ("width", "height"):
            size = getattr(item, key)
            if size is not None and not (1 <= size < 1 << 31 and size == int(size)):
                return key, "a whole number of pixels above 0", shorten(size), ""
        if self._folder is not None and item.file_name:
            try:
                self._folder.url(item.file_name)
            except OutsideRootError:
                return "file_name", f"a file inside {self._folder.root}", repr(item.file_name), ""
        return None

    def _values(self, items: Sequence[Any], frame_ids: list[str]) -> dict[str, Any]:
        return {
            "frame_id": frame_ids,
            "source_id": [str(value) for value in column(items, "id")],
            "file_name": column(items, "file_name"),
            "url": [self._url(item) for item in items],
            "width": [None if size is None else int(size) for size in column(items, "width")],
            "height": [None if size is None else int(size) for size in column(items, "height")],
            "date_captured": [self._date(value) for value in column(items, "date_captured")],
            "device_id": column(items, "device_id"),
            "latitude": column(items, "latitude"),
            "longitude": column(items, "longitude"),
        }

    def _url(self, item: Any) -> str | None:
        if self._folder is not None and item.file_name:
            return self._folder.url(item.file_name)
        url: str | None = item.coco_url
        return url if is_remote(url) else None

    def _date(self, value: Any) -> Any:
        if value in (None, "", 0):
            return None
        moment = parse_date(value) if isinstance(value, str) else None
        if moment is None:
            self._notes.add("A date_captured is not an ISO date; left out.")
        return moment


class ImageRows:
    """Rows of frames by image ids of one file.

    Args:
        image_ids: one per image, unique.
        rows: shape (len(image_ids),), the frame row of each.
    """

    def __init__(self, image_ids: Sequence[int | str], rows: npt.NDArray[np.int32]) -> None:
        self._texts: dict[str, int] | None = None
        self._index = (np.empty(0, np.int64), np.empty(0, np.int32))
        self._image_ids, self._rows = image_ids, rows
        numbers = _all_integers(image_ids)
        if numbers is not None:
            self._index = integer_index(numbers, rows)

    def of(self, image_ids: Sequence[int | str]) -> npt.NDArray[np.int32]:
        """Return frame rows, shape (N,), -1 for images the file does not have; `1` and `"1"` are the same."""
        numbers = _all_integers(image_ids)
        if numbers is not None and len(self._index[0]):
            return search_integers(self._index, numbers)
        if self._texts is None:
            self._texts = {str(i): int(row) for i, row in zip(self._image_ids, self._rows, strict=True)}
        return np.asarray([self._texts.get(str(value), -1) for value in image_ids], dtype=np.int32)


def _all_integers(values: Sequence[int | str]) -> npt.NDArray[np.int64] | None:
    if not all(type(value) is int for value in values):
        return None
    try:
        return np.fromiter(values, np.int64, len(values))
    except OverflowError:
        return None
