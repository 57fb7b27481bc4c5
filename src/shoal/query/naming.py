"""Naming the chosen inference set in a query, so that its text alone says what it means."""

from __future__ import annotations

from dataclasses import replace

from shoal.query.ast import (
    Aggregate,
    And,
    Comparison,
    Count,
    Exists,
    Field,
    Measure,
    Node,
    Not,
    ObjectKind,
    Objects,
    Or,
    Similar,
    Value,
    ValueList,
    Word,
)
from shoal.query.predicate import FRAMES, LABELS, Rows
from shoal.query.resolve import is_summary, object_field, resolve
from shoal.query.similarity import meant_space
from shoal.query.types import SCORES, FieldType, Schema, Table


def name_chosen_set(node: Node, schema: Schema, scope: Rows = FRAMES) -> Node:
    """Return the query with the chosen set named wherever it is meant: `f1 < 0.5` becomes `f1@yolo < 0.5`.

    The embedding space of `similar(...)` is named likewise.

    Args:
        node: a query that `check` accepts on the rows of `scope`.
        schema: the names the dataset offers; without a chosen set none is named.
        scope: frames or labels.
    """
    return _Naming(schema, schema.inference_set).condition(node, scope)


def name_spaces(node: Node, schema: Schema, scope: Rows) -> Node:
    """Return the query with the embedding space of each `similar(...)` named, and nothing else.

    Args:
        node: a query that `check` accepts on the rows of `scope`.
        schema: the names the dataset offers.
        scope: frames, labels or inferences of a set.
    """
    return _Naming(schema, None).condition(node, scope)


class _Naming:
    def __init__(self, schema: Schema, name: str | None) -> None:
        self._schema = schema
        self._name = name
        self._at = tuple(name.split(".")) if name is not None else None

    def condition(self, node: Node, scope: Rows) -> Node:
        match node:
            case And(terms):
                return And(tuple(self.condition(term, scope) for term in terms))
            case Or(terms):
                return Or(tuple(self.condition(term, scope) for term in terms))
            case Not(term):
                return Not(self.condition(term, scope))
            case Comparison(left, operator, right):
                return Comparison(self._measure(left, scope), operator, self._right(left, right, scope))
            case Exists(field):
                return Exists(self._field(field, scope))
            case Objects():
                return self._objects(node)
            case Similar():
                return replace(node, space=meant_space(node, scope, self._schema))
            case _:
                return node

    def _objects(self, node: Objects) -> Objects:
        if node.kind is ObjectKind.LABEL:
            return replace(node, where=self.condition(node.where, LABELS))
        name = node.inference_set or self._name
        rows = Rows(Table(f"{node.kind}s"), name or self._schema.inference_set)
        return Objects(node.kind, name, self.condition(node.where, rows), node.offset)

    def _measure(self, measure: Measure, scope: Rows) -> Measure:
        match measure:
            case Field():
                return self._field(measure, scope)
            case Count(objects):
                return Count(self._objects(objects))
            case Aggregate(function, field, where):
                found = object_field(field, self._schema)
                rows = found[0] if found is not None else LABELS
                return Aggregate(
                    function, self._object_field(field), self.condition(where, rows), measure.offset
                )

    def _object_field(self, field: Field) -> Field:
        if field.at is not None or field.parts[0] == Table.LABELS.qualifier:
            return field
        if self._at is None:
            return field
        return Field(field.parts[:1], (*self._at, *field.parts[1:]), field.offset)

    def _field(self, field: Field, scope: Rows) -> Field:
        if field.at is not None or self._at is None:
            return field
        parts = field.parts[1:] if field.parts[0] == "frame" and len(field.parts) > 1 else field.parts
        if is_summary(parts):
            return self._object_field(replace(field, parts=parts))
        name = ".".join(parts)
        tables = {FRAMES.table} if parts != field.parts else {FRAMES.table, scope.table}
        is_column = any(self._schema.find(table, name) for table in tables)
        if name == "n_inferences" or (name in SCORES and not is_column):
            return Field(parts, self._at, field.offset)
        return field

    def _right(
        self, left: Measure, right: Value | ValueList | Measure, scope: Rows
    ) -> Value | ValueList | Measure:
        if isinstance(right, Field | Count | Aggregate):
            return self._measure(right, scope)
        if isinstance(right, Word) and self._holds_numbers(left, scope):
            word = Field(tuple(right.text.split(".")), None, right.offset)
            named = self._field(word, scope)
            return right if named == word else named
        return right

    def _holds_numbers(self, measure: Measure, scope: Rows) -> bool:
        if not isinstance(measure, Field):
            return True
        if measure.name in ("segment", "frame.segment"):
            return False
        return resolve(measure, scope, self._schema).operand.type is FieldType.NUMBER
