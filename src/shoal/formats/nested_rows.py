"""Tables with one row per frame, whose objects are lists in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shoal.errors import Problem, ProblemLog
from shoal.formats.column_plan import ColumnPlan
from shoal.formats.faults import shorten
from shoal.formats.table_chunks import Chunk


def flattened(chunk: Chunk, column: str, plan: ColumnPlan, file: str, problems: ProblemLog) -> Chunk:
    """Return a chunk with one row per object: the object's keys and the columns that name its frame.

    A frame without objects keeps one row with nothing but its name, so that it is listed.

    Args:
        column: holds a list of objects per row; null counts as an empty list.
        plan: of the chunk's own columns.
    """
    owners: list[int] = []
    objects: list[dict[str, Any]] = []
    places: list[str] = []
    for i, cell in enumerate(chunk.columns[column]):
        if cell is None or cell == []:
            owners.append(i)
            objects.append({})
            places.append(chunk.place(i))
        elif not isinstance(cell, list):
            problems.add(Problem(file, chunk.place(i), column, "a list of objects", shorten(cell)))
        for j, one in enumerate(cell if isinstance(cell, list) else ()):
            place = f"{chunk.place(i)}: {column}[{j}]"
            if isinstance(one, dict):
                owners.append(i)
                objects.append(one)
                places.append(place)
            else:
                problems.add(Problem(file, place, "", "an object", shorten(one)))
    keys = dict.fromkeys(key for one in objects for key in one)
    columns: dict[str, Sequence[Any]] = {key: [one.get(key) for one in objects] for key in keys}
    for field in ("frame_id", "file_name"):
        if field in plan.fields:
            values = chunk.columns[plan.fields[field]]
            columns[field] = [values[i] for i in owners]
    return Chunk(columns, len(objects), lambda i: places[i], is_listing=not keys)
