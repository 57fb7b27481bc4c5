"""Reading metadata: more user columns for frames that exist."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.cells import to_texts
from shoal.formats.column_plan import ColumnPlan, Role, plan_columns
from shoal.formats.faults import listed, shorten
from shoal.formats.frame_lookup import AMBIGUOUS, FrameLookup
from shoal.formats.notes import Notes
from shoal.formats.table_chunks import Chunk
from shoal.formats.tabular import TableFile
from shoal.formats.text_columns import TextKind, convert
from shoal.formats.user_columns import conform, merge_schemas, user_columns


class TabularMetadata:
    """A table (CSV, JSONL, JSON, Parquet) with one row per frame, joined by `frame_id` or `file_name`.

    When a table has both, the file name decides where the id is not a frame's.

    Args:
        allow_unknown: whether rows of frames the dataset does not have are noted instead of refused.
        name: what problems call the file; its own name if not given.
    """

    def __init__(self, path: Path | str, *, allow_unknown: bool = False, name: str | None = None) -> None:
        self.notes = Notes()
        self._table = TableFile(path, name)
        self._allow_unknown = allow_unknown

    def metadata(self, frames: FrameLookup, problems: ProblemLog) -> pa.Table:
        """Return `frame_row` (int32, unique, in the file's order) and the user columns."""
        kinds = self._table.kinds(Role.METADATA)
        first: dict[int, str] = {}
        batches: list[pa.RecordBatch] = []
        for chunk in self._table.chunks(problems):
            plan = plan_columns(chunk.columns, Role.METADATA)
            if plan.frame_key is None:
                found = f"the columns {', '.join(chunk.columns)}" if chunk.columns else "no columns"
                expected = "a column frame_id or file_name"
                problems.add(Problem(self._table.name, "", "frame_id", expected, found))
                break
            rows = self._rows(chunk, plan, frames, problems)
            kept = self._first_ones(rows, chunk, plan, first, problems)
            batches.append(self._batch(chunk, plan, rows, kept, kinds))
        schema = merge_schemas([pa.schema([("frame_row", pa.int32())]), *(b.schema for b in batches)])
        return pa.Table.from_batches([conform(batch, schema) for batch in batches], schema=schema)

    def _rows(self, chunk: Chunk, plan: ColumnPlan, frames: FrameLookup, problems: ProblemLog) -> list[int]:
        key = plan.frame_key or ""
        names = to_texts(chunk.columns[key])
        rows = frames.rows([name or "" for name in names], plan.frame_key_kinds)
        if key != plan.fields.get("file_name", key):
            files = to_texts(chunk.columns[plan.fields["file_name"]])
            by_file = frames.rows([name or "" for name in files], ("file_name", "frame_id"))
            rows = np.where(rows < 0, by_file, rows)
        for i in np.flatnonzero(rows < 0).tolist():
            if self._allow_unknown and rows[i] != AMBIGUOUS:
                self.notes.add("A row is about a frame the dataset does not have; left out.")
                continue
            expected = f"a frame of the dataset, such as {listed(frames.examples())}"
            if rows[i] == AMBIGUOUS:
                expected = "the name of one frame, not of several"
            problems.add(Problem(self._table.name, chunk.place(i), key, expected, shorten(names[i])))
        result: list[int] = rows.tolist()
        return result

    def _first_ones(
        self, rows: list[int], chunk: Chunk, plan: ColumnPlan, first: dict[int, str], problems: ProblemLog
    ) -> list[int]:
        kept: list[int] = []
        for i, row in enumerate(rows):
            if row < 0:
                continue
            place = chunk.place(i)
            if first.setdefault(row, place) == place:
                kept.append(i)
            else:
                key = plan.frame_key or ""
                found = f"{shorten(chunk.columns[key][i])} again, first in {first[row]}"
                problems.add(Problem(self._table.name, place, key, "one row per frame", found))
        return kept

    def _batch(
        self,
        chunk: Chunk,
        plan: ColumnPlan,
        rows: list[int],
        kept: list[int],
        kinds: dict[str, TextKind],
    ) -> pa.RecordBatch:
        user: dict[str, Sequence[Any]] = {}
        for name in plan.user:
            values = convert(chunk.columns[name], kinds.get(name, TextKind.TEXT))
            user[name] = [values[i] for i in kept]
        columns = user_columns(user, self.notes)
        frame_rows = pa.array([rows[i] for i in kept], pa.int32())
        return pa.RecordBatch.from_arrays([frame_rows, *columns.values()], names=["frame_row", *columns])
