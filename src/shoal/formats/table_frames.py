"""Rows of a table as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import frame_batch
from shoal.formats.cells import to_floats, to_texts
from shoal.formats.column_plan import ColumnPlan, Role, is_nested_name, plan_columns
from shoal.formats.faults import report_rows, shorten
from shoal.formats.frame_lookup import base_name
from shoal.formats.image_location import ImageFolder, OutsideRootError, is_remote
from shoal.formats.notes import Notes
from shoal.formats.table_chunks import Chunk
from shoal.formats.text_columns import TextKind, convert
from shoal.formats.user_columns import parse_date, user_columns

_DERIVED = ("frame_id", "file_name", "url", "image_width", "image_height")


class FrameRows:
    """Turns chunks into batches of frames; frame ids are unique over all of them.

    Args:
        file: the file's name, for problems.
        folder: where images lie, when known.
        keep_folders: whether a frame id taken from a file name keeps its folders.
        kinds: types of columns that the file only has as text.
    """

    def __init__(
        self,
        file: str,
        problems: ProblemLog,
        notes: Notes,
        *,
        folder: ImageFolder | None,
        keep_folders: bool,
        kinds: Mapping[str, TextKind],
    ) -> None:
        self._file = file
        self._problems = problems
        self._notes = notes
        self._folder = folder
        self._keep_folders = keep_folders
        self._kinds = kinds
        self._first: dict[str, str] = {}

    def batch(self, chunk: Chunk) -> pa.RecordBatch | None:
        """Return the good rows of a chunk as frames; `None` when the table names no frames."""
        plan = plan_columns(chunk.columns, Role.FRAMES)
        names = chunk.columns.get(plan.fields.get("file_name", ""))
        file_names = to_texts(names) if names is not None else [None] * chunk.n_rows
        frame_ids = self._frame_ids(chunk, plan, file_names)
        if frame_ids is None:
            expected = "a column frame_id or file_name"
            self._problems.add(Problem(self._file, "", "frame_id", expected, _columns_found(chunk)))
            return None
        values: dict[str, Any] = {"frame_id": frame_ids, "file_name": file_names}
        good = self._unique(frame_ids, chunk)
        for key in ("source_id", "device_id"):
            if key in plan.fields:
                values[key] = to_texts(chunk.columns[plan.fields[key]])
        for key in ("width", "height", "latitude", "longitude"):
            if key in plan.fields:
                values[key] = self._numbers(chunk, plan.fields[key], is_size=key in ("width", "height"))
        values["url"] = self._urls(chunk, plan, file_names)
        if "date_captured" in plan.fields:
            values["date_captured"] = self._dates(chunk, plan.fields["date_captured"])
        user = {
            name: convert(chunk.columns[name], self._kinds.get(name, TextKind.TEXT))
            for name in plan.user
            if not is_nested_name(name)
        }
        batch = frame_batch(values, user_columns(user, self._notes), chunk.n_rows)
        return batch if all(good) else batch.filter(pa.array(good))

    def unseen(self, chunk: Chunk, plan: ColumnPlan, *, with_user: bool = False) -> Chunk:
        """Return the first row of every frame of a chunk of objects that no earlier chunk had.

        A chunk without a column that names frames comes back as it is.

        Args:
            chunk: rows with one object each.
            plan: what its columns are.
            with_user: whether user columns are about the frame, as with one row per frame.
        """
        if plan.frame_key is None:
            return chunk
        fresh: dict[str, int] = {}
        for i, name in enumerate(to_texts(chunk.columns[plan.frame_key])):
            frame_id = self._as_id(name, plan) if name is not None else None
            if frame_id is not None and frame_id not in self._first:
                fresh.setdefault(frame_id, i)
        rows = list(fresh.values())
        columns: dict[str, Sequence[Any]] = {}
        for field in _DERIVED:
            if field in plan.fields:
                values = chunk.columns[plan.fields[field]]
                columns[field] = [values[i] for i in rows]
        for name in plan.user if with_user else ():
            columns[name] = [chunk.columns[name][i] for i in rows]
        return Chunk(columns, len(rows), lambda i: chunk.place(rows[i]))

    def _as_id(self, name: str, plan: ColumnPlan) -> str:
        return name if "frame_id" in plan.fields or self._keep_folders else base_name(name)

    def _frame_ids(
        self, chunk: Chunk, plan: ColumnPlan, file_names: Sequence[str | None]
    ) -> list[str | None] | None:
        column = plan.fields.get("frame_id")
        if column is None and "file_name" not in plan.fields:
            column = plan.fields.get("source_id")
        if column is not None:
            return to_texts(chunk.columns[column])
        if "file_name" not in plan.fields:
            return None
        if self._keep_folders:
            return list(file_names)
        return [None if name is None else base_name(name) for name in file_names]

    def _unique(self, frame_ids: Sequence[str | None], chunk: Chunk) -> list[bool]:
        good: list[bool] = []
        for i, frame_id in enumerate(frame_ids):
            place = chunk.place(i)
            first = place if frame_id is None else self._first.setdefault(frame_id, place)
            if frame_id is None:
                self._problems.add(Problem(self._file, place, "frame_id", "a frame id", "nothing"))
            elif first != place:
                expected, found = "a frame id that occurs once", f"{frame_id!r} again, first in {first}"
                self._problems.add(Problem(self._file, place, "frame_id", expected, found))
            good.append(frame_id is not None and first == place)
        return good

    def _numbers(self, chunk: Chunk, column: str, *, is_size: bool) -> pa.Array:
        cells = chunk.columns[column]
        numbers, bad = to_floats(cells)
        expected = "a number"
        if is_size:
            expected = "a whole number of pixels above 0"
            present = ~np.isnan(numbers)
            with np.errstate(invalid="ignore"):
                bad |= present & ~((numbers >= 1) & (numbers < 1 << 31) & (np.floor(numbers) == numbers))
        report_rows(
            self._problems,
            bad,
            lambda i: Problem(self._file, chunk.place(i), column, expected, shorten(cells[i])),
        )
        return pa.array(numbers, mask=np.isnan(numbers) | bad)

    def _urls(
        self, chunk: Chunk, plan: ColumnPlan, file_names: Sequence[str | None]
    ) -> list[str | None] | None:
        if "url" in plan.fields:
            urls = to_texts(chunk.columns[plan.fields["url"]])
            return [url if is_remote(url) else None for url in urls]
        if self._folder is None:
            return None
        found: list[str | None] = []
        for i, name in enumerate(file_names):
            try:
                found.append(None if name is None else self._folder.url(name))
            except OutsideRootError:
                expected = f"a file inside {self._folder.root}"
                column = plan.fields["file_name"]
                self._problems.add(Problem(self._file, chunk.place(i), column, expected, repr(name)))
                found.append(None)
        return found

    def _dates(self, chunk: Chunk, column: str) -> list[Any]:
        dates: list[Any] = []
        for i, cell in enumerate(chunk.columns[column]):
            date = parse_date(cell) if isinstance(cell, str) and cell.strip() else cell
            if isinstance(date, int | float) or (date is None and cell not in (None, "")):
                expected = "an ISO date, such as 2026-01-31T08:30:00Z"
                self._problems.add(Problem(self._file, chunk.place(i), column, expected, shorten(cell)))
                date = None
            dates.append(date or None)
        return dates


def _columns_found(chunk: Chunk) -> str:
    return f"the columns {', '.join(chunk.columns)}" if chunk.columns else "no columns"
