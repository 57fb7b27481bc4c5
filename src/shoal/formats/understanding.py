"""A dry run: what a table file was taken for, before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from shoal.errors import ProblemLog
from shoal.formats.boxes import BoxFormat
from shoal.formats.cells import to_texts
from shoal.formats.column_plan import ColumnPlan, Role, is_nested_name, nested_column, plan_columns
from shoal.formats.faults import listed, shorten
from shoal.formats.nested_rows import flattened
from shoal.formats.table_chunks import Chunk, read_chunks, table_format
from shoal.formats.text_columns import column_kinds
from shoal.formats.user_columns import user_array, user_name


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column of a file.

    Attributes:
        column: as the file names it.
        meaning: the field it fills, the user column it becomes, or `ignored`.
        type: of its values.
        n_missing: empty cells among the rows looked at.
        example: the first value, shortened.
    """

    column: str
    meaning: str
    type: str
    n_missing: int
    example: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the first rows of a file were taken for.

    Attributes:
        file: the file's name.
        format: csv, jsonl, json or parquet.
        role: what the rows are.
        layout: `one row per object`, `one row per frame` or `one row per frame, objects nested`.
        n_rows: rows (of objects, when nested) that were looked at.
        columns: each column, in the file's order.
        box_format: how boxes are read; `None` without boxes.
        classes: class names in order of appearance.
        sample: the first rows.
        problems: what would be refused already, as text.
    """

    file: str
    format: str
    role: str
    layout: str
    n_rows: int
    columns: tuple[ColumnUse, ...]
    box_format: str | None
    classes: tuple[str, ...]
    sample: tuple[Mapping[str, Any], ...]
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        head = f"{self.file}: {self.format}, {self.role}, {self.layout}; looked at {self.n_rows:,} rows"
        rows = [("column", "taken for", "type", "missing", "example")]
        rows += [(c.column, c.meaning, c.type, str(c.n_missing), c.example) for c in self.columns]
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = [head, ""]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        if self.box_format:
            lines += ["", f"boxes: {self.box_format}"]
        if self.classes:
            lines += [f"classes: {listed(self.classes, 20)}"]
        lines += [f"problem: {problem}" for problem in self.problems]
        return "\n".join(line.rstrip() for line in lines)


def understand(
    path: Path | str, role: Role | str, *, box_format: BoxFormat | str | None = None
) -> Understanding:
    """Return what the first rows (up to 20,000) of a table would be taken for; nothing is stored.

    Args:
        role: frames, labels, inferences or metadata.
        box_format: overrides how boxes are read.
    """
    path, role = Path(path), Role(role)
    wanted = None if box_format is None else BoxFormat(box_format)
    problems = ProblemLog()
    chunk = next(read_chunks(path, path.name, problems), Chunk({}, 0, str))
    nested = nested_column(chunk.columns, role)
    layout = "one row per object" if role in (Role.LABELS, Role.INFERENCES) else "one row per frame"
    if nested is not None:
        layout = "one row per frame, objects nested"
        plan = plan_columns(chunk.columns, Role.METADATA)
        chunk = flattened(chunk, nested, plan, path.name, problems)
    plan = plan_columns(chunk.columns, role, wanted)
    class_column = plan.fields.get("class")
    names = to_texts(chunk.columns[class_column]) if class_column is not None else []
    return Understanding(
        file=path.name,
        format=table_format(path),
        role=role.value,
        layout=layout,
        n_rows=chunk.n_rows,
        columns=_uses(chunk, plan, is_text=table_format(path) == "csv"),
        box_format=plan.box_format.value if plan.has_boxes else None,
        classes=tuple(dict.fromkeys(name for name in names if name is not None)),
        sample=tuple(_row(chunk.columns, i) for i in range(min(3, chunk.n_rows))),
        problems=tuple(str(problem) for problem in problems.problems),
    )


def _uses(chunk: Chunk, plan: ColumnPlan, *, is_text: bool) -> tuple[ColumnUse, ...]:
    meaning = {column: field for field, column in plan.fields.items()}
    meaning |= {name: f"box {i + 1} of {plan.box_format.value}" for i, name in enumerate(plan.box_columns)}
    kinds = column_kinds([chunk.columns]) if is_text else {}
    uses = []
    for name, values in chunk.columns.items():
        array = None if is_text else user_array(values)
        kind = kinds[name].name.lower() if name in kinds else _type_name(array)
        user = "ignored" if (array is None and not is_text) or is_nested_name(name) else user_name(name)
        present = [value for value in values if value is not None]
        example = shorten(present[0], 30) if present else ""
        uses.append(ColumnUse(name, meaning.get(name, user), kind, len(values) - len(present), example))
    return tuple(uses)


def _type_name(array: pa.Array | None) -> str:
    return "other" if array is None else str(array.type)


def _row(columns: Mapping[str, Sequence[Any]], i: int) -> dict[str, Any]:
    return {name: values[i] for name, values in columns.items()}
