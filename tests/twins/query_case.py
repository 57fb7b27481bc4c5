"""Reading the Markdown cases of `docs/query`: prose, tables of data, queries and what each selects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shoal.model.segment import ElementKind
from shoal.query.types import BUILT_IN, FieldType, Schema, Table
from twins.query_world import Row, World

_CAPTION = re.compile(r"^(Frames|Labels|Inferences|Outcomes|Scores|Segments|Vectors)(?: of `([^`]+)`)?:$")
_SELECTS = re.compile(r"^Selects (nothing|everything|`.*`)\.$")
_FAILS = re.compile(r"^Fails with `(\w+)` at character (\d+): (.+)$")
_QUERY = re.compile(r"^```query ?(\w*)$")
_LIST = FieldType.LIST


@dataclass
class Case:
    """One query with the world it runs in and what is expected."""

    name: str
    text: str
    elements: ElementKind
    world: World
    selects: list[str] | None = None
    code: str = ""
    character: int = 0
    message: str = ""


@dataclass
class Tables:
    """The tables in force while a file is read."""

    user_fields: dict[Table, dict[str, FieldType]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def world(self) -> World:
        frames = self.rows.get(("Frames", ""), [])
        labels = self._linked("Labels", "")
        sets = list(dict.fromkeys(name for kind, name in self.rows if kind == "Inferences"))
        inferences = {name: self._linked("Inferences", name) for name in sets}
        outcomes = {name: self._outcomes(name, labels, inferences[name]) for name in sets}
        scores = {name: self._scores(name) for name in sets}
        kinds, masks = self._segments(frames, labels, inferences.get(sets[0], []) if sets else [])
        classes = {
            row["class"]: None for rows in (labels, *inferences.values()) for row in rows if "class" in row
        }
        schema = Schema(
            user_fields={table: dict(types) for table, types in self.user_fields.items()},
            classes=tuple(classes),
            evaluation_classes=tuple(classes),
            segments=kinds,
            inference_sets=tuple(sets),
            spaces=self._spaces(frames, labels, inferences),
            inference_set=sets[0] if sets else None,
        )
        return World(schema, frames, labels, inferences, outcomes, scores, masks, self._vectors())

    def _vectors(self) -> dict[str, dict[str, list[float]]]:
        """Vectors by the id of their element, by space."""
        return {
            name: {row["id"]: [float(number) for number in row["vector"].split()] for row in rows}
            for (kind, name), rows in self.rows.items()
            if kind == "Vectors"
        }

    def _spaces(
        self, frames: list[Row], labels: list[Row], inferences: dict[str, list[Row]]
    ) -> dict[tuple[Table, str | None], tuple[str, ...]]:
        """Names of spaces by the rows whose ids they name."""
        rows: dict[tuple[Table, str | None], set[str]] = {
            (Table.FRAMES, None): {row["frame_id"] for row in frames},
            (Table.LABELS, None): {row["label_id"] for row in labels},
            **{
                (Table.INFERENCES, name): {row["inference_id"] for row in found}
                for name, found in inferences.items()
            },
        }
        found = {
            key: tuple(space for space, vectors in self._vectors().items() if set(vectors) & ids)
            for key, ids in rows.items()
        }
        return {key: names for key, names in found.items() if names}

    def _frame_index(self) -> dict[str, int]:
        return {row["frame_id"]: i for i, row in enumerate(self.rows.get(("Frames", ""), []))}

    def _linked(self, kind: str, name: str) -> list[Row]:
        index = self._frame_index()
        return [{**row, "frame": index[row["frame"]]} for row in self.rows.get((kind, name), [])]

    def _outcomes(self, name: str, labels: list[Row], inferences: list[Row]) -> list[Row]:
        label_index = {row["label_id"]: i for i, row in enumerate(labels)}
        inference_index = {row["inference_id"]: i for i, row in enumerate(inferences)}
        return [
            {
                **row,
                "label_row": label_index.get(row.get("label", ""), -1),
                "inference_row": inference_index.get(row.get("inference", ""), -1),
            }
            for row in self._linked("Outcomes", name)
        ]

    def _scores(self, name: str) -> list[Row]:
        by_frame = {row["frame"]: row for row in self.rows.get(("Scores", name), [])}
        return [by_frame.get(frame, {}) for frame in self._frame_index()]

    def _segments(
        self, frames: list[Row], labels: list[Row], inferences: list[Row]
    ) -> tuple[dict[str, ElementKind], dict[str, list[bool]]]:
        ids = {
            ElementKind.FRAMES: [row["frame_id"] for row in frames],
            ElementKind.LABELS: [row["label_id"] for row in labels],
            ElementKind.INFERENCES: [row["inference_id"] for row in inferences],
        }
        kinds, masks = {}, {}
        for row in self.rows.get(("Segments", ""), []):
            kinds[row["name"]] = ElementKind(row["holds"])
            members = row.get("elements", "").split()
            masks[row["name"]] = [element in members for element in ids[kinds[row["name"]]]]
        return kinds, masks


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of one file in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    tables = Tables()
    heading, position, pending = "", 0, None
    while position < len(lines):
        line = lines[position]
        position += 1
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif caption := _CAPTION.match(line):
            position = _read_table(lines, position, caption[1], caption[2] or "", tables)
        elif query := _QUERY.match(line):
            assert pending is None, f"{path}:{position}: the query before has no expectation"
            end = lines.index("```", position)
            text = "\n".join(lines[position:end])
            elements = ElementKind(query[1] or "frames")
            pending = Case(f"{path.stem}: {heading}: {text[:60]}", text, elements, tables.world())
            position = end + 1
        elif pending is not None and line.strip():
            _expect(pending, line, f"{path}:{position}")
            yield pending
            pending = None
    assert pending is None, f"{path}: the last query has no expectation"


def _expect(case: Case, line: str, place: str) -> None:
    if selects := _SELECTS.match(line):
        found = selects[1]
        key = {"frames": "frame_id", "labels": "label_id", "inferences": "inference_id"}[case.elements]
        rows = {
            ElementKind.FRAMES: case.world.frames,
            ElementKind.LABELS: case.world.labels,
            ElementKind.INFERENCES: case.world.inferences.get(case.world.schema.inference_set or "", []),
        }[case.elements]
        everything = [row[key] for row in rows]
        case.selects = (
            []
            if found == "nothing"
            else everything
            if found == "everything"
            else re.findall(r"`([^`]+)`", found)
        )
    elif fails := _FAILS.match(line):
        case.code, case.character, case.message = fails[1], int(fails[2]), fails[3].replace("`", "")
    else:
        raise AssertionError(f"{place}: expected 'Selects …' or 'Fails with …', found {line!r}")


def _read_table(lines: list[str], position: int, kind: str, name: str, tables: Tables) -> int:
    while not lines[position].startswith("|"):
        position += 1
    header = _cells(lines[position])
    columns = [_column(cell, kind, tables) for cell in header]
    position += 2
    rows: list[Row] = []
    while position < len(lines) and lines[position].startswith("|"):
        cells = zip(columns, _cells(lines[position]), strict=True)
        rows.append({column: _value(cell, type_) for (column, type_), cell in cells if cell})
        position += 1
    tables.rows[kind, name] = rows
    return position


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _column(cell: str, kind: str, tables: Tables) -> tuple[str, FieldType]:
    name, _, type_name = cell.partition(": ")
    if kind in ("Scores", "Segments", "Vectors"):
        types = {
            "id": "string",
            "vector": "string",
            "frame": "string",
            "name": "string",
            "holds": "string",
            "elements": "string",
            "right": "boolean",
        }
        return name, FieldType(types.get(name, "number"))
    table = Table(kind.lower())
    if name == "frame" or (table is Table.OUTCOMES and name in ("label", "inference")):
        return name, FieldType.STRING
    column = {Table.LABELS: "label_id", Table.INFERENCES: "inference_id"}.get(table, "frame_id")
    column = column if name == "id" else name
    if column in BUILT_IN[table]:
        return column, BUILT_IN[table][column]
    own = tables.user_fields.setdefault(table, {})
    column = f"user__{name.removeprefix('user__')}"
    own[column] = FieldType(type_name or "string")
    return column, own[column]


def _value(cell: str, type_: FieldType) -> Any:
    match type_:
        case FieldType.NUMBER:
            return float(cell)
        case FieldType.BOOLEAN:
            return cell == "true"
        case FieldType.DATE:
            return datetime.fromisoformat(cell).replace(tzinfo=UTC)
        case FieldType.LIST:
            return [] if cell == "[]" else cell.split(" ")
        case FieldType.STRING:
            return cell
