"""The slow twin of query execution: one row at a time, plain Python, straight from the parsed tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shoal.model.segment import ElementKind
from shoal.query.ast import (
    Aggregate,
    And,
    Comparison,
    Count,
    Everything,
    Exists,
    Field,
    Flipped,
    Node,
    Not,
    Number,
    ObjectKind,
    Objects,
    Or,
    Pattern,
    Range,
    Similar,
    ValueList,
    Word,
)
from shoal.query.types import FieldType, Table
from twins.query_world import SCORE_COLUMNS, Row, World

Truth = bool | None


@dataclass(frozen=True)
class Place:
    """One row of one table."""

    table: Table
    inference_set: str | None
    index: int


class UnknownNameError(Exception):
    """No field of that name here."""


def selected(node: Node, world: World, elements: ElementKind) -> list[bool]:
    """Return for each element whether the query is true of it."""
    twin = _Twin(world)
    inference_set = world.schema.inference_set if elements is ElementKind.INFERENCES else None
    table = Table(elements.value)
    places = [Place(table, inference_set, i) for i in range(len(twin.rows(table, inference_set)))]
    return [twin.truth(node, place) is True for place in places]


def kleene_and(values: list[Truth]) -> Truth:
    return False if False in values else None if None in values else True


class _Twin:
    def __init__(self, world: World) -> None:
        self.world = world

    def rows(self, table: Table, inference_set: str | None) -> list[Row]:
        match table:
            case Table.FRAMES:
                return self.world.frames
            case Table.LABELS:
                return self.world.labels
            case Table.INFERENCES:
                return self.world.inferences[inference_set or ""]
            case Table.OUTCOMES:
                return self.world.outcomes[inference_set or ""]

    def row(self, place: Place) -> Row:
        return self.rows(place.table, place.inference_set)[place.index]

    def frame(self, place: Place) -> Place:
        if place.table is Table.FRAMES:
            return place
        return Place(Table.FRAMES, None, self.row(place)["frame"])

    def truth(self, node: Node, place: Place) -> Truth:
        match node:
            case Everything():
                return True
            case And(terms):
                return kleene_and([self.truth(term, place) for term in terms])
            case Or(terms):
                return negate(kleene_and([negate(self.truth(term, place)) for term in terms]))
            case Not(term):
                return negate(self.truth(term, place))
            case Exists(field):
                return self.value(field, place)[0] is not None
            case Objects():
                return bool(self.objects(node, place))
            case Flipped(baseline, candidate):
                frame = self.frame(place).index
                right = self.world.scores[baseline][frame].get("right")
                wrong = negate(self.world.scores[candidate][frame].get("right"))
                return kleene_and([right, wrong])
            case Similar():
                rows = self.rows(place.table, place.inference_set)
                space = node.space or self.world.schema.spaces[place.table, place.inference_set][0]
                return place.index in self.world.similar(place.table, rows, node.ids, node.count, space)
            case Comparison():
                return self.comparison(node, place)

    def comparison(self, node: Comparison, place: Place) -> Truth:
        if isinstance(node.left, Field) and node.left.parts == ("segment",):
            truth: Truth = any(self.in_segment(name, place) for name in names(node.right))
            return negate(truth) if node.operator == "!=" else truth
        left, kind = self.value(node.left, place)
        if isinstance(node.right, Field | Count | Aggregate):
            return compare(left, node.operator, self.value(node.right, place)[0])
        values = node.right.values if isinstance(node.right, ValueList) else (node.right,)
        if left is None:
            if len(values) == 1 and isinstance(values[0], Word) and kind is FieldType.NUMBER:
                self.value(Field((values[0].text,)), place)
            return None
        operator = "=" if node.operator in (":", "!=") else node.operator
        results = [self.test(left, kind, operator, value, place) for value in values]
        truth = negate(kleene_and([negate(result) for result in results]))
        return negate(truth) if node.operator == "!=" else truth

    def test(self, left: Any, kind: FieldType, operator: str, value: Any, place: Place) -> Truth:
        if kind is FieldType.LIST:
            return any(
                self.test(item, FieldType.STRING, "=", value, place) for item in left if item is not None
            )
        if isinstance(value, Range):
            low = value.low is None or self.test(left, kind, ">=", value.low, place)
            high = value.high is None or self.test(left, kind, "<=", value.high, place)
            return kleene_and([low, high])
        if isinstance(value, Pattern):
            return re.fullmatch(".*".join(map(re.escape, value.parts)), left, re.DOTALL) is not None
        if kind is FieldType.DATE:
            return date_test(left, operator, value.text)
        if isinstance(value, Number):
            return compare(left, operator, value.value)
        if kind is FieldType.BOOLEAN and value.text.lower() in ("true", "false"):
            return compare(left, operator, value.text.lower() == "true")
        if kind is FieldType.NUMBER and isinstance(value, Word):
            return compare(left, operator, self.value(Field((value.text,)), place)[0])
        return compare(left, operator, value.text)

    def value(self, measure: Field | Count | Aggregate, place: Place) -> tuple[Any, FieldType]:
        if isinstance(measure, Count):
            return len(self.objects(measure.objects, place)), FieldType.NUMBER
        if isinstance(measure, Aggregate):
            found = self.objects(objects_of(measure), place)
            tail = measure.field.at[1] if measure.field.at else measure.field.parts[1]
            values = [self.own(tail, each)[0] for each in found]
            return summary(
                measure.function, [value for value in values if value is not None]
            ), FieldType.NUMBER
        parts = measure.parts
        if parts[0] == "frame":
            place, parts = self.frame(place), parts[1:]
        if measure.at is not None:
            return self.score(parts[0], measure.at[0], place), FieldType.NUMBER
        if place.table is Table.OUTCOMES and parts[0] in ("label", "inference"):
            return self.linked(parts, place)
        for candidate in dict.fromkeys((place, self.frame(place))):
            try:
                return self.own(parts[0], candidate)
            except UnknownNameError:
                continue
        assert self.world.schema.inference_set is not None
        return self.score(parts[0], self.world.schema.inference_set, place), FieldType.NUMBER

    def linked(self, parts: tuple[str, ...], place: Place) -> tuple[Any, FieldType]:
        table = Table(f"{parts[0]}s")
        index = self.row(place)[f"{parts[0]}_row"]
        inference_set = place.inference_set if table is Table.INFERENCES else None
        if index < 0:
            return None, self.own_type(parts[1], table)[1]
        return self.own(parts[1], Place(table, inference_set, index))

    def own_type(self, name: str, table: Table) -> tuple[str, FieldType]:
        types = self.world.column_types(table)
        name = {"id": {"labels": "label_id", "frames": "frame_id"}.get(table, "inference_id")}.get(name, name)
        for column in (name, f"user__{name}"):
            if column in types:
                return column, types[column]
        raise UnknownNameError

    def own(self, name: str, place: Place) -> tuple[Any, FieldType]:
        column, kind = self.own_type(name, place.table)
        value = self.row(place).get(column)
        return (None if value != value else value), kind

    def score(self, name: str, inference_set: str, place: Place) -> Any:
        assert name in SCORE_COLUMNS, name
        value = self.world.scores[inference_set][self.frame(place).index].get(name)
        return None if value != value else value

    def objects(self, node: Objects, place: Place) -> list[Place]:
        table = Table(f"{node.kind}s")
        inference_set = (
            None if table is Table.LABELS else node.inference_set or self.world.schema.inference_set
        )
        link = {Table.LABELS: "label_row", Table.INFERENCES: "inference_row"}.get(place.table, "frame")
        if table is not Table.OUTCOMES or link == "frame":
            link, place = "frame", self.frame(place)
        rows = self.rows(table, inference_set)
        mine = [Place(table, inference_set, i) for i, row in enumerate(rows) if row[link] == place.index]
        return [each for each in mine if self.truth(node.where, each) is True]

    def in_segment(self, name: str, place: Place) -> bool:
        mask = self.world.segments[name]
        table = Table(self.world.schema.segments[name].value)
        if place.table is table:
            return mask[place.index]
        frame = self.frame(place).index
        if table is Table.FRAMES:
            return mask[frame]
        rows = self.rows(table, self.world.schema.inference_set)
        return any(inside for inside, row in zip(mask, rows, strict=True) if row["frame"] == frame)


def negate(value: Truth) -> Truth:
    return None if value is None else not value


def names(value: Any) -> list[str]:
    items: Any = value.values if isinstance(value, ValueList) else [value]
    return [item.text for item in items]


def objects_of(measure: Aggregate) -> Objects:
    at = measure.field.at[0] if measure.field.at else None
    return Objects(ObjectKind(measure.field.parts[0]), at, measure.where)


def summary(function: str, values: list[float]) -> float | None:
    if function == "sum":
        return sum(values)
    if not values:
        return None
    return {"min": min(values), "max": max(values), "mean": sum(values) / len(values)}[function]


def compare(left: Any, operator: str, right: Any) -> Truth:
    if left is None or right is None:
        return None
    match operator:
        case ":" | "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def date_test(left: datetime, operator: str, text: str) -> Truth:
    start = datetime.fromisoformat(text)
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    if len(text) > 10:
        return compare(left, operator, start)
    following = start + timedelta(days=1)
    before, after = left < start, left >= following
    match operator:
        case "<":
            return before
        case "<=":
            return not after
        case ">":
            return after
        case ">=":
            return not before
        case _:
            return not before and not after
