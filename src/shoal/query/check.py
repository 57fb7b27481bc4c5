"""The check of a query against the data: names are looked up, types compared."""

from __future__ import annotations

from shoal.errors import QueryTypeError
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
    Measure,
    Node,
    Not,
    Objects,
    Operator,
    Or,
    Range,
    Similar,
    Value,
    ValueList,
    Word,
)
from shoal.query.constants import value_test
from shoal.query.membership import segment_test
from shoal.query.predicate import (
    FRAMES,
    LABELS,
    AllOf,
    AnyOf,
    Anything,
    CheckedQuery,
    Column,
    Compare,
    FlippedFrame,
    Lifted,
    Negation,
    OneOf,
    Predicate,
    Present,
    Rows,
    Some,
    Summary,
)
from shoal.query.resolve import (
    Resolved,
    chosen_set,
    known_set,
    lift,
    object_field,
    object_rows,
    resolve,
    type_error,
)
from shoal.query.similarity import similar_test
from shoal.query.types import FieldType, Schema, Table


def check(node: Node, schema: Schema, elements: ElementKind = ElementKind.FRAMES) -> CheckedQuery:
    """Resolve every name of a query and check every comparison.

    Args:
        node: what `parse` returned.
        schema: the names the dataset offers.
        elements: what is to be selected; unqualified names are fields of those first, then of their frame.

    Raises:
        QueryTypeError: a name is unknown or types do not fit; `location["offset"]` is the character, the
            hint lists near names.
    """
    elements = ElementKind(elements)
    if elements is ElementKind.FRAMES:
        rows = FRAMES
    elif elements is ElementKind.LABELS:
        rows = LABELS
    else:
        rows = Rows(Table.INFERENCES, chosen_set(None, "inference", 0, schema))
    return CheckedQuery(rows, _Check(schema).predicate(node, rows))


def check_outcomes(node: Node, schema: Schema, inference_set: str) -> CheckedQuery:
    """Do the same for a condition on each outcome of an inference set, as it stands inside `outcome(...)`.

    Raises:
        QueryTypeError: as `check`.
    """
    rows = Rows(Table.OUTCOMES, inference_set)
    return CheckedQuery(rows, _Check(schema).predicate(node, rows))


class _Check:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def predicate(self, node: Node, scope: Rows) -> Predicate:
        """Check a condition on the rows of `scope`."""
        match node:
            case Everything():
                return Anything()
            case And(terms):
                return AllOf(tuple([self.predicate(term, scope) for term in terms]))
            case Or(terms):
                return AnyOf(tuple([self.predicate(term, scope) for term in terms]))
            case Not(term):
                return Negation(self.predicate(term, scope))
            case Comparison():
                return self._comparison(node, scope)
            case Exists(field):
                return self._exists(field, scope)
            case Objects():
                return self._objects(node, scope)
            case Flipped():
                return self._flipped(node, scope)
            case Similar():
                return similar_test(node, scope, self._schema)

    def _flipped(self, node: Flipped, scope: Rows) -> Predicate:
        names = [known_set(name, node.offset, self._schema) for name in (node.baseline, node.candidate)]
        return _lifted(FlippedFrame(*names), FRAMES, scope)

    def _exists(self, field: Field, scope: Rows) -> Predicate:
        if field.name in ("gps", "frame.gps") and self._schema.find(Table.FRAMES, "gps") is None:
            position = [Present(Column(FRAMES, name, FieldType.NUMBER)) for name in ("latitude", "longitude")]
            return _lifted(AllOf(tuple(position)), FRAMES, scope)
        operand = resolve(field, scope, self._schema).operand
        if operand.rows == FRAMES:
            return _lifted(Present(operand), FRAMES, scope)
        return Present(lift(operand, scope))

    def _objects(self, node: Objects, scope: Rows) -> Predicate:
        rows, per = self._object_rows(node, scope)
        where = self.predicate(node.where, rows)
        return _lifted(Some(per, rows, where), per, scope)

    def _object_rows(self, node: Objects, scope: Rows) -> tuple[Rows, Rows]:
        table = Table(f"{node.kind}s")
        rows = object_rows(table, node.inference_set, node.offset, self._schema)
        return rows, _owner(rows, scope, node.offset)

    def _comparison(self, node: Comparison, scope: Rows) -> Predicate:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Field) and left.name in ("segment", "frame.segment"):
            rows = FRAMES if left.parts[0] == "frame" else scope
            return _lifted(segment_test(left, operator, right, rows, self._schema), rows, scope)
        resolved = self._measure(left, scope)
        name = _measure_name(left)
        if isinstance(right, ValueList):
            test = _list_test(resolved, name, operator, right)
            return _lifted(test, resolved.operand.rows, scope)
        other = self._right_measure(resolved, name, right, scope)
        if other is None:
            assert isinstance(right, Value)
            return _lifted(value_test(resolved, name, operator, right), resolved.operand.rows, scope)
        return _operands_test(resolved, name, operator, other, _offset(right), scope)

    def _measure(self, measure: Measure, scope: Rows) -> Resolved:
        match measure:
            case Field():
                return resolve(measure, scope, self._schema)
            case Count(objects):
                rows, per = self._object_rows(objects, scope)
                return Resolved(Summary(per, rows, None, None, self.predicate(objects.where, rows)))
            case Aggregate():
                return self._aggregate(measure, scope)

    def _aggregate(self, node: Aggregate, scope: Rows) -> Resolved:
        found = object_field(node.field, self._schema)
        if found is None:
            raise type_error(
                f"{node.function} takes a field of labels, inferences or outcomes, not {node.field.name!r}.",
                node.field.offset,
                f"Write for instance {node.function}(label.area_px).",
            )
        rows, info = found
        if info.type is not FieldType.NUMBER:
            raise type_error(
                f"{node.function} needs numbers; {info.name} holds {info.type.plural}.", node.field.offset
            )
        per = _owner(rows, scope, node.offset)
        where = self.predicate(node.where, rows)
        return Resolved(Summary(per, rows, node.function, Column(rows, info.column, info.type), where))

    def _right_measure(
        self, left: Resolved, name: str, right: Value | Measure, scope: Rows
    ) -> Resolved | None:
        """Return the field or count on the right; `None` when there is a value."""
        if isinstance(right, Field | Count | Aggregate):
            return self._measure(right, scope)
        if not isinstance(right, Word) or left.operand.type in (FieldType.STRING, FieldType.LIST):
            return None
        if left.operand.type is FieldType.BOOLEAN and right.text.lower() in ("true", "false"):
            return None
        if left.operand.type is FieldType.DATE and right.text[0].isdigit():
            return None
        field = Field(tuple(right.text.split(".")), None, right.offset)
        try:
            return resolve(field, scope, self._schema)
        except QueryTypeError as unknown:
            message = f"{name} holds {left.operand.type.plural}, found the text {right.text[:80]!r}."
            raise type_error(message, right.offset, unknown.hint) from None


def _owner(rows: Rows, scope: Rows, offset: int) -> Rows:
    """Return whose objects are meant: a label's or inference's own outcomes, else the frame's."""
    if rows.table is Table.OUTCOMES and scope.table is Table.LABELS:
        return scope
    if rows.table is Table.OUTCOMES and scope.table is Table.INFERENCES:
        if rows.inference_set != scope.inference_set:
            raise type_error(
                f"Inferences of {scope.inference_set} have no outcomes of {rows.inference_set}.",
                offset,
                f"Write outcome@{scope.inference_set}(...), or select frames.",
            )
        return scope
    return FRAMES


def _lifted(predicate: Predicate, rows: Rows, scope: Rows) -> Predicate:
    return predicate if rows == scope else Lifted(rows, predicate)


def _list_test(resolved: Resolved, name: str, operator: Operator, values: ValueList) -> Predicate:
    if operator is Operator.NOT_EQUAL and resolved.operand.type is not FieldType.LIST:
        return Negation(_list_test(resolved, name, Operator.EQUAL, values))
    tests = [value_test(resolved, name, operator, value) for value in values.values]
    constants = [test.right for test in tests if isinstance(test, Compare)]
    if len(constants) == len(tests) > 1 and not any(isinstance(value, Range) for value in values.values):
        texts = tuple(value for value in constants if isinstance(value, str))
        numbers = tuple(value for value in constants if type(value) in (int, float))
        for group in (texts, numbers):
            if len(group) == len(tests):
                return OneOf(resolved.operand, group)  # type: ignore[arg-type]
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _operands_test(
    left: Resolved, name: str, operator: Operator, right: Resolved, offset: int, scope: Rows
) -> Predicate:
    kind, other = left.operand.type, right.operand.type
    ordered = operator not in (Operator.HAS, Operator.EQUAL, Operator.NOT_EQUAL)
    if kind is not other or kind is FieldType.LIST:
        raise type_error(f"{name} holds {kind.plural} and cannot be compared with {other.plural}.", offset)
    if ordered and kind is FieldType.BOOLEAN:
        raise type_error(f"{name} holds true or false, which {operator} cannot compare.", offset)
    sign = Operator.EQUAL if operator is Operator.HAS else operator
    if left.operand.rows == right.operand.rows:
        return _lifted(Compare(left.operand, sign, right.operand), left.operand.rows, scope)
    return Compare(lift(left.operand, scope), sign, lift(right.operand, scope))


def _measure_name(measure: Measure) -> str:
    match measure:
        case Field():
            return measure.name
        case Count():
            return "count(...)"
        case Aggregate(function):
            return f"{function}(...)"


def _offset(value: Value | Measure) -> int:
    return value.objects.offset if isinstance(value, Count) else value.offset
