"""`segment:name`: membership of a row, of its frame, or of something in it."""

from __future__ import annotations

from shoal.model.segment import ElementKind
from shoal.query.ast import Field, Measure, Operator, Pattern, Text, Value, ValueList, Word
from shoal.query.near import did_you_mean
from shoal.query.pattern import fits
from shoal.query.predicate import FRAMES, LABELS, AnyOf, InSegment, Lifted, Negation, Predicate, Rows, Some
from shoal.query.resolve import chosen_set, type_error
from shoal.query.types import Schema, Table


def segment_test(
    field: Field, operator: Operator, right: Value | ValueList | Measure, scope: Rows, schema: Schema
) -> Predicate:
    """Return the condition of being in a segment, on the rows of `scope`.

    A frame is in a segment of crops when one of its labels or inferences is; a crop is in a segment of
    frames, or of crops of the other kind, when its frame is,
    and so is an inference of another set than the segment's.

    Raises:
        QueryTypeError: the operator is none of `:`, `=`, `!=`, or no segment has the name.
    """
    if operator not in (Operator.HAS, Operator.EQUAL, Operator.NOT_EQUAL):
        raise type_error(f"{operator} cannot compare segments.", field.offset, 'Write segment:"name".')
    values = right.values if isinstance(right, ValueList) else (right,)
    names = [name for value in values for name in _names(value, field, schema)]
    tests = [_member(name, field.offset, scope, schema) for name in dict.fromkeys(names)]
    test = tests[0] if len(tests) == 1 else AnyOf(tuple(tests))
    return Negation(test) if operator is Operator.NOT_EQUAL else test


def _names(value: Value | Measure, field: Field, schema: Schema) -> list[str]:
    match value:
        case Word(text, offset) | Text(text, offset):
            if text in schema.segments:
                return [text]
            raise type_error(
                f"There is no segment named {text!r}.", offset, did_you_mean(text, schema.segments)
            )
        case Pattern(parts, offset):
            names = [name for name in schema.segments if fits(name, parts)]
            if names:
                return names
            raise type_error("No segment has a name like that.", offset)
        case _:
            raise type_error("Expected the name of a segment.", field.offset, 'Write segment:"name".')


def _member(name: str, offset: int, scope: Rows, schema: Schema) -> Predicate:
    kind = schema.segments[name]
    if kind is ElementKind.FRAMES:
        test = InSegment(FRAMES, name)
        return test if scope == FRAMES else Lifted(FRAMES, test)
    if kind is ElementKind.LABELS:
        rows = LABELS
    else:
        owner = schema.segment_sets.get(name)
        rows = Rows(Table.INFERENCES, owner or chosen_set(None, "segment", offset, schema))
    if scope == rows:
        return InSegment(rows, name)
    some = Some(FRAMES, rows, InSegment(rows, name))
    return some if scope == FRAMES else Lifted(FRAMES, some)
