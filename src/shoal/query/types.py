"""What a query may speak of: fields and their types, classes, segments, inference sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shoal.model.class_map import BACKGROUND
from shoal.model.segment import ElementKind


class FieldType(StrEnum):
    """What a field holds; a list holds strings."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"

    @property
    def plural(self) -> str:
        """The type as messages name it."""
        return _PLURALS[self]


_PLURALS: Final = {
    FieldType.STRING: "text",
    FieldType.NUMBER: "numbers",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "dates",
    FieldType.LIST: "lists of text",
}


class Table(StrEnum):
    """The four tables a field can belong to."""

    FRAMES = "frames"
    LABELS = "labels"
    INFERENCES = "inferences"
    OUTCOMES = "outcomes"

    @property
    def qualifier(self) -> str:
        """The word before the dot that names the table, such as `label`."""
        return self.value[:-1]


OUTCOME_KINDS: Final = ("true_positive", "confusion", "false_positive", "false_negative")
SCORES: Final = ("precision", "recall", "f1", "n_errors")
"""Scores of one frame under one inference set."""

_STRING, _NUMBER, _BOOLEAN = FieldType.STRING, FieldType.NUMBER, FieldType.BOOLEAN
_BOX: Final = {"x": _NUMBER, "y": _NUMBER, "w": _NUMBER, "h": _NUMBER, "area_px": _NUMBER}

BUILT_IN: Final[Mapping[Table, Mapping[str, FieldType]]] = MappingProxyType(
    {
        Table.FRAMES: {
            "frame_id": _STRING,
            "source_id": _STRING,
            "file_name": _STRING,
            "url": _STRING,
            "width": _NUMBER,
            "height": _NUMBER,
            "date_captured": FieldType.DATE,
            "device_id": _STRING,
            "latitude": _NUMBER,
            "longitude": _NUMBER,
            "n_labels": _NUMBER,
            "n_inferences": _NUMBER,
        },
        Table.LABELS: {
            "label_id": _STRING,
            "class": _STRING,
            **_BOX,
            "iscrowd": _BOOLEAN,
            "difficult": _BOOLEAN,
        },
        Table.INFERENCES: {"inference_id": _STRING, "class": _STRING, **_BOX, "confidence": _NUMBER},
        Table.OUTCOMES: {
            "truth": _STRING,
            "predicted": _STRING,
            "kind": _STRING,
            "confidence": _NUMBER,
            "iou": _NUMBER,
            "weight": _NUMBER,
        },
    }
)
"""Columns every dataset has, by table."""

ALIASES: Final[Mapping[Table, Mapping[str, str]]] = MappingProxyType(
    {
        Table.FRAMES: {"id": "frame_id"},
        Table.LABELS: {"id": "label_id"},
        Table.INFERENCES: {"id": "inference_id"},
        Table.OUTCOMES: {},
    }
)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of one table.

    Attributes:
        table: the table it belongs to.
        name: as a query names it without qualifier, such as `id` or `user__split`.
        column: its column, such as `frame_id`.
        type: what it holds.
        choices: the only values it can have, or `None` when any is possible.
        ignores_case: values are compared without case, as evaluation classes are.
    """

    table: Table
    name: str
    column: str
    type: FieldType
    choices: tuple[str, ...] | None = None
    ignores_case: bool = False

    @property
    def qualified_name(self) -> str:
        """The name with its table, such as `label.class`."""
        return f"{self.table.qualifier}.{self.name}"


@dataclass(frozen=True, slots=True)
class Schema:
    """The names a dataset offers to queries.

    Attributes:
        user_fields: by table, the uploaded columns with their `user__` prefix; absent tables have none.
        classes: class names of labels and inferences.
        evaluation_classes: class names of outcomes, without background.
        segments: what each segment holds, by name.
        segment_sets: the inference set that each segment of inferences is about, by the segment's name.
        inference_sets: names of all inference sets.
        spaces: names of the embedding spaces of the rows of a table, with inferences those of a set.
        inference_set: the chosen one, which `inference(...)`, `outcome(...)`, `f1` and `n_inferences` mean
            without `@`; `None` when none is chosen.
    """

    user_fields: Mapping[Table, Mapping[str, FieldType]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    evaluation_classes: tuple[str, ...] = ()
    segments: Mapping[str, ElementKind] = field(default_factory=dict)
    segment_sets: Mapping[str, str] = field(default_factory=dict)
    inference_sets: tuple[str, ...] = ()
    spaces: Mapping[tuple[Table, str | None], tuple[str, ...]] = field(default_factory=dict)
    inference_set: str | None = None

    def find(self, table: Table, name: str) -> FieldInfo | None:
        """Look a field up by its unqualified name: built-in first, then `user__`; `None` when unknown."""
        column = ALIASES[table].get(name, name)
        built_in = BUILT_IN[table].get(column)
        if built_in is not None:
            choices, ignores_case = self._choices(table, column)
            return FieldInfo(table, name, column, built_in, choices, ignores_case)
        own = self.user_fields.get(table, {})
        for candidate in (name, f"user__{name}"):
            if candidate in own and candidate.startswith("user__"):
                return FieldInfo(table, name, candidate, own[candidate])
        return None

    def fields(self, table: Table) -> Iterator[FieldInfo]:
        """Yield every field of a table under its shortest name that is not hidden by another."""
        hidden = set(ALIASES[table].values())
        names = [*ALIASES[table], *(column for column in BUILT_IN[table] if column not in hidden)]
        names += [self._shortest(table, column) for column in self.user_fields.get(table, {})]
        for name in names:
            found = self.find(table, name)
            if found is not None:
                yield found

    def _shortest(self, table: Table, column: str) -> str:
        short = column.removeprefix("user__")
        found = self.find(table, short)
        return short if found is not None and found.column == column else column

    def _choices(self, table: Table, column: str) -> tuple[tuple[str, ...] | None, bool]:
        if column == "class":
            return self.classes, False
        if column in ("truth", "predicted") and table is Table.OUTCOMES:
            return (*self.evaluation_classes, BACKGROUND), True
        if column == "kind" and table is Table.OUTCOMES:
            return OUTCOME_KINDS, False
        return None, False
