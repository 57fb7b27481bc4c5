"""The `images` section of a COCO file: one frame each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import frame_batch
from shoal.formats.coco_elements import gathered, image_shape, note_dropped_keys, report_rejected
from shoal.formats.faults import shorten
from shoal.formats.frame_lookup import FrameLookup, base_name
from shoal.formats.image_location import ImageFolder, OutsideRootError
from shoal.formats.image_rows import ImageRows
from shoal.formats.json_errors import Rejected
from shoal.formats.json_file import JsonFile, Section
from shoal.formats.json_shape import ElementShape
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

    Attributes:
        n_seen: images read so far.
    """

    def __init__(self, file: str, notes: Notes, frame_id_from: FrameIdFrom, root: Path | None) -> None:
        self._file = file
        self._notes = notes
        self._from = frame_id_from
        self._folder = None if root is None else ImageFolder(root, notes)
        self.n_seen = 0
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
        for items, indices in gathered(blocks, lambda rejected: self._reject(rejected, problems)):
            frames = self._frames(items, indices, problems)
            self.n_seen += len(items)
            kept = [item for item, frame in zip(items, frames, strict=True) if frame]
            named = [frame for frame in frames if frame]
            self._image_ids += shape.column(kept, "id") or []
            self._frame_ids += [frame_id for frame_id, _ in named]
            user = user_columns(shape.learnt_values(kept), self._notes)
            yield frame_batch(self._values(kept, named, shape), user, len(kept))
        note_dropped_keys(shape, "images", self._notes)

    def _reject(self, rejected: Sequence[Rejected], problems: ProblemLog) -> None:
        self.n_seen += len(rejected)
        report_rejected(rejected, "images", self._file, problems)

    def rows(self, frames: FrameLookup) -> ImageRows:
        """Return the table from image ids of this file to rows of `frames`."""
        return ImageRows(self._image_ids, frames.rows(self._frame_ids, ("frame_id",)))

    def _frames(
        self, items: Sequence[Any], indices: Sequence[int], problems: ProblemLog
    ) -> list[tuple[str, str | None] | None]:
        """Return frame id and address of every item, `None` for those that a problem was added for."""
        frames: list[tuple[str, str | None] | None] = []
        for item, index in zip(items, indices, strict=True):
            try:
                frame_id = self._frame_id(item)
                self._check_unique(item, frame_id, index)
                _check_size(item)
                frames.append((frame_id, self._url(item)))
            except _FaultyImageError as fault:
                place = f"images[{index}]"
                problems.add(Problem(self._file, place, fault.key, fault.expected, fault.found, fault.hint))
                frames.append(None)
        return frames

    def _frame_id(self, item: Any) -> str:
        if self._from is FrameIdFrom.ID:
            return str(item.id)
        name: str | None = getattr(item, "file_name", None)
        if not name:
            hint = "Or take the image ids as frame ids: frame_id_from='id'."
            raise _FaultyImageError("file_name", "a file name", shorten(name), hint)
        return name if self._from is FrameIdFrom.PATH else base_name(name)

    def _check_unique(self, item: Any, frame_id: str, index: int) -> None:
        first = self._seen_images.setdefault(str(item.id), index)
        if first != index:
            found = f"{item.id!r} again, first in images[{first}]"
            raise _FaultyImageError("id", "an image id that occurs once", found)
        first = self._seen_frames.setdefault(frame_id, index)
        if first != index:
            found = f"{item.file_name!r}: the frame id {frame_id!r} is taken by images[{first}]"
            is_flat = self._from is FrameIdFrom.FILE_NAME and "/" in item.file_name.replace("\\", "/")
            hint = "Keep the folders in frame ids: frame_id_from='path'." if is_flat else ""
            raise _FaultyImageError("file_name", "a file name that occurs once", found, hint)

    def _url(self, item: Any) -> str | None:
        name: str | None = getattr(item, "file_name", None)
        if self._folder is None or not name:
            url: str | None = getattr(item, "coco_url", None)
            return url if url and url.startswith(("http://", "https://")) else None
        try:
            return self._folder.url(name)
        except OutsideRootError:
            expected = f"a file inside {self._folder.root}"
            raise _FaultyImageError("file_name", expected, repr(name)) from None

    def _values(
        self, items: Sequence[Any], frames: Sequence[tuple[str, str | None]], shape: ElementShape
    ) -> dict[str, Any]:
        values: dict[str, Any] = {
            key: shape.column(items, key)
            for key in ("file_name", "width", "height", "device_id", "latitude", "longitude")
        }
        dates = shape.column(items, "date_captured")
        return values | {
            "frame_id": [frame_id for frame_id, _ in frames],
            "source_id": [str(value) for value in shape.column(items, "id") or []],
            "url": [url for _, url in frames],
            "date_captured": dates and [self._date(value) for value in dates],
        }

    def _date(self, value: Any) -> datetime | None:
        if value in (None, "", 0):
            return None
        moment = parse_date(value) if isinstance(value, str) else None
        if moment is None:
            self._notes.add("A date_captured is not an ISO date; left out.")
        return moment


class _FaultyImageError(Exception):
    def __init__(self, key: str, expected: str, found: str, hint: str = "") -> None:
        super().__init__(key)
        self.key, self.expected, self.found, self.hint = key, expected, found, hint


def _check_size(item: Any) -> None:
    for key in ("width", "height"):
        size = getattr(item, key, None)
        if size is not None and not (1 <= size < 1 << 31 and size == int(size)):
            raise _FaultyImageError(key, "a whole number of pixels above 0", shorten(size))
