"""Rows of a table as labels or inferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import box_values, inference_batch, label_batch
from shoal.formats.boxes import BoxCheck, BoxFormat, check_confidence
from shoal.formats.cells import to_boxes, to_flags, to_floats, to_texts
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.column_plan import ColumnPlan, Role
from shoal.formats.duplicates import DuplicateIds, DuplicateIntegers
from shoal.formats.faults import listed, report_rows, shorten
from shoal.formats.frame_lookup import AMBIGUOUS, FrameLookup
from shoal.formats.notes import Notes
from shoal.formats.table_chunks import Chunk
from shoal.formats.text_columns import TextKind, convert
from shoal.formats.user_columns import as_text, user_columns
from shoal.model.task import Task

BoolArray = npt.NDArray[np.bool_]


class ObjectRows:
    """Turns chunks with one row per object into batches, and remembers what must hold over all of them.

    Args:
        role: labels or inferences.
        file: the file's name, for problems.
        kinds: types of columns that the file only has as text.

    Attributes:
        listed: shape (len(frames),), which frames occurred, with or without an object.
    """

    def __init__(
        self,
        role: Role,
        file: str,
        frames: FrameLookup,
        classes: ClassResolver,
        task: Task,
        problems: ProblemLog,
        notes: Notes,
        kinds: Mapping[str, TextKind],
    ) -> None:
        self._role = role
        self._file = file
        self._frames = frames
        self._classes = classes
        self._task = task
        self._problems = problems
        self._notes = notes
        self._kinds = kinds
        self._boxes: BoxCheck | None = None
        self._ids = DuplicateIds()
        self._frames_seen = DuplicateIntegers()
        self._places: list[str] = []
        self._n_rows = 0
        self.listed = np.zeros(len(frames), dtype=np.bool_)

    def has_needed_columns(self, plan: ColumnPlan) -> bool:
        """Whether a plan has what this role and task need; what is missing becomes a problem."""
        needed = {"frame_id or file_name": plan.frame_key is not None}
        needed["class"] = "class" in plan.fields or "class_id" in plan.fields
        if self._task.has_boxes:
            needed["bbox, or x, y, w, h, or x1, y1, x2, y2"] = plan.has_boxes
            if self._role is Role.INFERENCES:
                needed["confidence"] = "confidence" in plan.fields
        for name, is_there in needed.items():
            if not is_there:
                columns = [*plan.fields.values(), *plan.box_columns, *plan.user]
                found = f"the columns {', '.join(columns)}" if columns else "no columns"
                self._problems.add(Problem(self._file, "", "", f"a column {name}", found))
        return all(needed.values())

    def batch(self, chunk: Chunk, plan: ColumnPlan) -> pa.RecordBatch:
        """Return the good rows of a chunk; rows with nothing but a frame only list the frame."""
        chunk = self._with_objects(chunk, plan)
        rows = self.rows(chunk, plan)
        class_index = self._class_indices(chunk, plan)
        good = (rows >= 0) & (class_index >= 0)
        values: dict[str, Any] = {"frame_row": rows, "class_index": class_index}
        if self._task.has_boxes:
            good &= self._add_boxes(values, chunk, plan)
        else:
            self._frames_seen.add(rows[good].astype(np.int64), self._remembered(chunk, good))
        if "segmentation" in plan.fields:
            values["segmentation"] = [as_text(v) for v in chunk.columns[plan.fields["segmentation"]]]
        user = {name: self._converted(chunk, name) for name in plan.user}
        if self._role is Role.INFERENCES:
            good &= self._add_confidence(values, chunk, plan)
            values["inference_id"] = self._object_ids(chunk, plan)
            batch = inference_batch(values, user_columns(user, self._notes), chunk.n_rows)
        else:
            for key in ("iscrowd", "difficult"):
                values[key] = self._flags(chunk, plan.fields.get(key))
            values["label_id"] = self._object_ids(chunk, plan)
            batch = label_batch(values, user_columns(user, self._notes), chunk.n_rows)
        self._n_rows += chunk.n_rows
        return batch if good.all() else batch.filter(pa.array(good))

    def rows(self, chunk: Chunk, plan: ColumnPlan) -> npt.NDArray[np.int32]:
        """Return the frame row of every row of a chunk; unknown frames become problems."""
        key = plan.frame_key
        assert key is not None
        names = to_texts(chunk.columns[key])
        rows = self._frames.rows([name or "" for name in names], plan.frame_key_kinds)
        self.listed[rows[rows >= 0]] = True

        def describe(i: int) -> Problem:
            examples = self._frames.examples()
            expected = f"a frame of the dataset{f', such as {listed(examples)}' if examples else ''}"
            if rows[i] == AMBIGUOUS:
                expected = "the name of one frame, not of several"
            return Problem(self._file, chunk.place(i), key or "", expected, shorten(names[i]))

        report_rows(self._problems, rows < 0, describe)
        return rows

    def finish(self) -> None:
        """Report what only all rows together show."""
        if self._boxes is not None:
            self._boxes.finish()
        word = "label" if self._role is Role.LABELS else "inference"
        self._ids.report(self._problems, self._file, f"{word}_id", lambda i: self._place_of(i))
        for _, index in self._frames_seen.repeated():
            hint = "Classification has one class per frame: keep the one that counts."
            place = self._places[index]
            self._problems.add(Problem(self._file, place, "", f"one {word} per frame", "another", hint))
        self._classes.report(self._problems, self._file)

    def _place_of(self, position: int) -> str:
        return self._places[position] if position < len(self._places) else ""

    def _remembered(self, chunk: Chunk, good: BoolArray) -> range:
        start = len(self._places)
        self._places += [chunk.place(int(i)) for i in np.flatnonzero(good)]
        return range(start, len(self._places))

    def _with_objects(self, chunk: Chunk, plan: ColumnPlan) -> Chunk:
        told = [plan.fields[key] for key in ("class", "class_id", "confidence", "bbox") if key in plan.fields]
        columns = [chunk.columns[name] for name in (*told, *plan.box_columns) if name in chunk.columns]
        empty = [all(value is None or value == "" for value in row) for row in zip(*columns, strict=True)]
        if not any(empty):
            return chunk
        kept = [i for i, is_empty in enumerate(empty) if not is_empty]
        self.rows(_picked(chunk, [i for i, is_empty in enumerate(empty) if is_empty]), plan)
        return _picked(chunk, kept)

    def _class_indices(self, chunk: Chunk, plan: ColumnPlan) -> npt.NDArray[np.int32]:
        by_name = "class" in plan.fields
        column = plan.fields["class"] if by_name else plan.fields["class_id"]
        names = to_texts(chunk.columns[column])
        where: dict[str, list[int]] = {}
        for i, name in enumerate(names):
            where.setdefault(name or "", []).append(i)
        found = np.full(len(names), -1, dtype=np.int32)
        for name, positions in where.items():
            index = self._class_index(name, by_name=by_name)
            if index is not None:
                found[positions] = index
            elif name:
                self._classes.reject(
                    name, times=len(positions), place=chunk.place(positions[0]), field=column
                )
            else:
                problem = Problem(self._file, chunk.place(positions[0]), column, "a class", "nothing")
                self._problems.add(problem, times=len(positions))
        return found

    def _class_index(self, name: str, *, by_name: bool) -> int | None:
        if by_name:
            return self._classes.index(name)
        return self._classes.index_of_id(int(name)) if name.isdecimal() else None

    def _add_boxes(self, values: dict[str, Any], chunk: Chunk, plan: ColumnPlan) -> BoolArray:
        column = plan.fields.get("bbox", ", ".join(plan.box_columns))
        if plan.box_columns:
            parts = [to_floats(chunk.columns[name]) for name in plan.box_columns]
            boxes = np.stack([numbers for numbers, _ in parts], axis=1)
            bad = np.logical_or.reduce([mask for _, mask in parts])
        else:
            boxes, bad = to_boxes(chunk.columns[column])
        names = plan.box_columns or (column,)

        def describe(i: int) -> Problem:
            found = ", ".join(shorten(chunk.columns[name][i]) for name in names)
            return Problem(self._file, chunk.place(i), column, "four finite numbers", found)

        report_rows(self._problems, bad, describe)
        check = self._box_check(plan.box_format, column)
        xywh, good = check.check(boxes, np.where(bad, -1, values["frame_row"]), chunk.place)
        areas = xywh[:, 2] * xywh[:, 3]
        if "area" in plan.fields:
            given, bad_area = to_floats(chunk.columns[plan.fields["area"]])
            bad_area |= given < 0
            self._report_cells(chunk, plan.fields["area"], bad_area, "an area of 0 or more")
            areas = np.where(np.isnan(given), areas, given)
        values |= box_values(xywh) | {"area_px": areas}
        return good

    def _box_check(self, box_format: BoxFormat, column: str) -> BoxCheck:
        if self._boxes is None:
            self._boxes = BoxCheck(
                box_format, self._frames, self._file, self._problems, self._notes, key=column
            )
        return self._boxes

    def _add_confidence(self, values: dict[str, Any], chunk: Chunk, plan: ColumnPlan) -> BoolArray:
        column = plan.fields.get("confidence")
        if column is None:
            self._notes.add("There is no column confidence; every inference counts as certain (1.0).")
            values["confidence"] = np.ones(chunk.n_rows)
            return np.ones(chunk.n_rows, dtype=np.bool_)
        confidence, bad = to_floats(chunk.columns[column])
        self._report_cells(chunk, column, bad, "a confidence from 0 to 1")
        values["confidence"] = confidence
        good = np.ones(chunk.n_rows, dtype=np.bool_)
        known = np.flatnonzero(~bad)
        good[known] = check_confidence(
            confidence[known], self._file, column, self._problems, lambda i: chunk.place(int(known[i]))
        )
        return good & ~bad

    def _flags(self, chunk: Chunk, column: str | None) -> BoolArray:
        if column is None:
            return np.zeros(chunk.n_rows, dtype=np.bool_)
        flags, bad = to_flags(chunk.columns[column])
        self._report_cells(chunk, column, bad, "yes or no: true, false, 1 or 0")
        return flags

    def _report_cells(self, chunk: Chunk, column: str, bad: BoolArray, expected: str) -> None:
        cells = chunk.columns[column]
        report_rows(
            self._problems,
            bad,
            lambda i: Problem(self._file, chunk.place(i), column, expected, shorten(cells[i])),
        )

    def _object_ids(self, chunk: Chunk, plan: ColumnPlan) -> list[str]:
        column = plan.fields.get("id")
        if column is None:
            return [str(i) for i in range(self._n_rows, self._n_rows + chunk.n_rows)]
        ids = to_texts(chunk.columns[column])
        absent = np.asarray([value is None for value in ids], dtype=np.bool_)
        self._report_cells(chunk, column, absent, "an id")
        present = [value for value in ids if value is not None]
        self._ids.add(present, self._remembered(chunk, ~absent))
        return [value or "" for value in ids]

    def _converted(self, chunk: Chunk, name: str) -> Sequence[Any]:
        values = chunk.columns.get(name)
        if values is None:
            return [None] * chunk.n_rows
        return convert(values, self._kinds.get(name, TextKind.TEXT))


def _picked(chunk: Chunk, rows: Sequence[int]) -> Chunk:
    columns: dict[str, Sequence[Any]] = {
        name: [values[i] for i in rows] for name, values in chunk.columns.items()
    }
    return Chunk(columns, len(rows), lambda i: chunk.place(rows[i]))
