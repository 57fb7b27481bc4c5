"""`similar(id:"000123", 50)`: the elements nearest to others in an embedding space."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from shoal.errors import QuerySyntaxError
from shoal.query.ast import (
    MAXIMUM_SIMILAR,
    Aggregate,
    Comparison,
    Count,
    Field,
    Number,
    Operator,
    Pattern,
    Range,
    Similar,
    Text,
    ValueList,
    Word,
)
from shoal.query.near import did_you_mean
from shoal.query.predicate import Predicate, Rows, SimilarTo
from shoal.query.resolve import type_error
from shoal.query.types import Schema, Table

_EXAMPLE = 'Write for instance similar(id:"000123", 50) or similar(id:(a, b), 50, space:clip).'


def read_similar(arguments: Sequence[object], offset: int) -> Similar:
    """Read the arguments of a call: seeds, how many, and perhaps a space.

    Raises:
        QuerySyntaxError: they are others.
    """
    if len(arguments) not in (2, 3):
        raise _error("similar(...) takes ids and a number, and perhaps a space.", offset)
    ids = [_text(value, "an id") for value in _values(arguments[0], "id", "ids", offset)]
    space = None
    if len(arguments) == 3:
        (name,) = _values(arguments[2], "space", "the name of a space", offset, single=True)
        space = _text(name, "the name of a space")
    return Similar(
        tuple(text for text, _ in ids),
        _count(arguments[1], offset),
        space[0] if space else None,
        offset,
        tuple(place for _, place in ids),
        space[1] if space else offset,
    )


def _values(argument: object, name: str, what: str, offset: int, *, single: bool = False) -> Sequence[object]:
    if isinstance(argument, Comparison) and isinstance(argument.left, Field):
        left, right = argument.left, argument.right
        values = right.values if isinstance(right, ValueList) else (right,)
        is_equal = argument.operator in (Operator.HAS, Operator.EQUAL)
        if left.parts == (name,) and left.at is None and is_equal and not (single and len(values) > 1):
            return values
        offset = left.offset
    raise _error(f"Expected {what}, as in {name}:value, in similar(...).", offset)


def _text(value: object, what: str) -> tuple[str, int]:
    match value:
        case Word(text, offset) | Text(text, offset):
            return text, offset
        case Number():
            return value.written or repr(value.value), value.offset
        case Count(objects):
            offset = objects.offset
        case Pattern() | Range() | Field() | Aggregate():
            offset = value.offset
        case _:
            offset = 0
    raise _error(f"Expected {what} in similar(...), between double quotes if it is no plain word.", offset)


def _count(argument: object, offset: int) -> int:
    if isinstance(argument, Field) and argument.at is None and len(argument.parts) == 1:
        text, offset = argument.parts[0], argument.offset
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAXIMUM_SIMILAR and len(text) < 9:
            return int(text)
    raise _error(f"Expected a number from 1 to {MAXIMUM_SIMILAR:,} of elements in similar(...).", offset)


def similar_test(node: Similar, scope: Rows, schema: Schema) -> Predicate:
    """Return the condition of being among the nearest, on the rows of `scope`.

    Raises:
        QueryTypeError: there is no such space, or none, or several and none is named.
    """
    places: dict[str, int] = {}
    for name, offset in zip_longest(node.ids, node.id_offsets, fillvalue=node.offset):
        places.setdefault(str(name), int(offset))
    space = meant_space(node, scope, schema)
    return SimilarTo(scope, tuple(places), node.count, space, tuple(places.values()))


def meant_space(node: Similar, scope: Rows, schema: Schema) -> str:
    """Return the name of the space a call means; errors as for `similar_test`."""
    if scope.table is Table.OUTCOMES:
        raise type_error(
            "Outcomes have no vectors.", node.offset, "Use similar(...) on frames, labels or inferences."
        )
    known = schema.spaces.get((scope.table, scope.inference_set), ())
    whose = f"{scope.table} of {scope.inference_set}" if scope.inference_set else scope.table
    if not known:
        hint = "Compute one with the default descriptor, or upload vectors."
        raise type_error(f"There is no embedding space for {whose}.", node.offset, hint)
    if node.space is None:
        if len(known) == 1:
            return known[0]
        hint = f"Name one: similar(…, {node.count}, space:{known[0]})."
        raise type_error(f"There are several embedding spaces for {whose}.", node.offset, hint)
    if node.space not in known:
        hint = did_you_mean(node.space, known) or f"Known: {', '.join(known)}."
        raise type_error(f"There is no embedding space {node.space!r} for {whose}.", node.space_offset, hint)
    return node.space


def _error(message: str, offset: int) -> QuerySyntaxError:
    return QuerySyntaxError(f"{message} (character {offset + 1})", hint=_EXAMPLE, location={"offset": offset})
