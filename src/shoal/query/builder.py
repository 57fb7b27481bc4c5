"""What the parser does at each rule: build the tree bottom up, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from shoal.errors import QuerySyntaxError
from shoal.query.ast import (
    Aggregate,
    And,
    Comparison,
    Count,
    Everything,
    Exists,
    Field,
    Flipped,
    Function,
    Measure,
    Node,
    ObjectKind,
    Objects,
    Operator,
    Or,
    Range,
    Similar,
    ValueList,
)
from shoal.query.ast import Not as Negation
from shoal.query.ast import Value as ScalarValue
from shoal.query.atom import read_field, read_value
from shoal.query.near import did_you_mean
from shoal.query.similarity import read_similar

FUNCTIONS = (
    "label",
    "inference",
    "outcome",
    "count",
    "min",
    "max",
    "mean",
    "sum",
    "exists",
    "flipped",
    "similar",
)
"""Names that may stand before a parenthesis."""

Argument: TypeAlias = "Node | Field"
Called: TypeAlias = "Objects | Count | Aggregate | Exists | Flipped | Similar"


class SourceToken(Protocol):
    """A lark token, as far as it is used here."""

    value: str
    start_pos: int


class Builder:
    """One method per rule of the grammar; each gets the results of the rule's parts."""

    def start(self, parts: Sequence[Node]) -> Node:
        """Return the whole query; no text at all means no condition."""
        return parts[0] if parts else Everything()

    def disjunction(self, parts: Sequence[Node]) -> Node:
        """Join terms with OR."""
        return Or(tuple(parts))

    def conjunction(self, parts: Sequence[Node]) -> Node:
        """Join terms with AND, written or not."""
        return And(tuple(parts))

    def negation(self, parts: Sequence[Node]) -> Node:
        """Negate a term."""
        return Negation(parts[0])

    def field(self, parts: Sequence[SourceToken]) -> Field:
        """Read a name."""
        return read_field(parts[0].value, parts[0].start_pos)

    def value(self, parts: Sequence[SourceToken]) -> ScalarValue | Field:
        """Read what stands on the right of an operator."""
        return read_value(parts[0].value, parts[0].start_pos)

    def values(self, parts: Sequence[SourceToken]) -> ValueList:
        """Read a list of values."""
        found: list[ScalarValue] = []
        for part in parts:
            value = read_value(part.value, part.start_pos)
            if isinstance(value, Field):
                raise _error(
                    f"Expected a value in the list, found the field {value.name}.",
                    part.start_pos,
                    "If text is meant, put it between double quotes.",
                )
            found.append(value)
        return ValueList(tuple(found), parts[0].start_pos)

    def comparison(self, parts: Sequence[object]) -> Node:
        """Compare the left side with the right."""
        left, sign, right = parts
        assert isinstance(left, Measure)
        assert isinstance(right, ScalarValue | ValueList | Measure)
        operator = Operator(str(sign))
        ordered = operator not in (Operator.HAS, Operator.EQUAL, Operator.NOT_EQUAL)
        if ordered and isinstance(right, Range | ValueList):
            what = "a range" if isinstance(right, Range) else "a list of values"
            raise _error(
                f"{operator} cannot compare with {what}.",
                right.offset,
                "Ranges and lists go with : or = or !=.",
            )
        return Comparison(left, operator, right)

    def condition(self, parts: Sequence[Called]) -> Node:
        """Take a call as a condition."""
        called = parts[0]
        if isinstance(called, Count | Aggregate):
            raise _error(
                "Expected an operator and a number after a count or summary.",
                _offset(called),
                "Write for instance count(label(class:car)) >= 10.",
            )
        return called

    def measure(self, parts: Sequence[Called]) -> Measure:
        """Take a call as a number."""
        called = parts[0]
        if isinstance(called, Count | Aggregate):
            return called
        hint = "Count them: count(label(...)) > 3." if isinstance(called, Objects) else ""
        raise _error("A condition cannot be compared with a value.", _offset(called), hint)

    def call(self, parts: Sequence[object]) -> Called:
        """Read a call by its name."""
        token, *arguments = parts
        return _call(token, arguments)  # type: ignore[arg-type]


def _call(token: SourceToken, arguments: list[Argument]) -> Called:
    offset = token.start_pos
    function = read_field(token.value[:-1], offset)
    name = ".".join(function.parts).lower()
    if name not in FUNCTIONS:
        raise _error(
            f"There is no function named {name!r}.",
            offset,
            did_you_mean(name, FUNCTIONS) or "Put a space before the parenthesis if no function is meant.",
        )
    if function.at is not None and name not in tuple(ObjectKind):
        raise _error(f"{name} takes no @.", offset, "Write count(inference@name(...)).")
    if name in tuple(ObjectKind):
        inference_set = ".".join(function.at) if function.at else None
        return _objects(ObjectKind(name), inference_set, arguments, offset)
    if name in tuple(Function):
        return _aggregate(Function(name), arguments, offset)
    calls: dict[str, Callable[[list[Argument], int], Called]] = {
        "count": _count,
        "exists": _exists,
        "flipped": _flipped,
        "similar": read_similar,
    }
    return calls[name](arguments, offset)


def _objects(kind: ObjectKind, inference_set: str | None, arguments: list[Argument], offset: int) -> Objects:
    if kind is ObjectKind.LABEL and inference_set is not None:
        raise _error("Labels belong to no inference set.", offset, "Write label(...) without @.")
    if len(arguments) > 1:
        raise _error(
            f"{kind}(...) takes one condition.",
            offset,
            "Join conditions with a space or AND, not with commas.",
        )
    where = _where(arguments, str(kind), offset)
    return Objects(kind, inference_set, where, offset)


def _where(arguments: Sequence[Argument], name: str, offset: int) -> Node:
    if not arguments:
        return Everything()
    where = arguments[0]
    if isinstance(where, Field):
        raise _error(
            f"Expected a condition in {name}(...), found only the name {where.name}.",
            where.offset,
            f"Write for instance {name}({where.name}:value).",
        )
    return where


def _count(arguments: list[Argument], offset: int) -> Count:
    if len(arguments) == 1:
        objects = arguments[0]
        if isinstance(objects, Objects):
            return Count(objects)
        if isinstance(objects, Field) and objects.parts[0] in tuple(ObjectKind) and len(objects.parts) == 1:
            inference_set = ".".join(objects.at) if objects.at else None
            return Count(_objects(ObjectKind(objects.parts[0]), inference_set, [], objects.offset))
    raise _error(
        "count(...) takes labels, inferences or outcomes.",
        offset,
        "Write for instance count(label(class:car)) >= 10.",
    )


def _aggregate(function: Function, arguments: list[Argument], offset: int) -> Aggregate:
    if arguments and len(arguments) <= 2:
        over = arguments[0]
        if isinstance(over, Field):
            return Aggregate(function, over, _where(arguments[1:], str(function), offset), offset)
    raise _error(
        f"{function}(...) takes a field of labels, inferences or outcomes, and perhaps a condition.",
        offset,
        f"Write for instance {function}(label.area_px) > 99 or {function}(label.area_px, class:car) > 99.",
    )


def _exists(arguments: list[Argument], offset: int) -> Exists:
    if len(arguments) == 1 and isinstance(arguments[0], Field):
        return Exists(arguments[0])
    raise _error("exists(...) takes the name of one field.", offset, "Write for instance exists(weather).")


def _flipped(arguments: list[Argument], offset: int) -> Flipped:
    names = [argument for argument in arguments if isinstance(argument, Field) and argument.at is None]
    if len(arguments) == 2 and len(names) == 2:
        return Flipped(".".join(names[0].parts), ".".join(names[1].parts), offset)
    raise _error(
        "flipped(...) takes two inference sets: the baseline, then the candidate.",
        offset,
        "Write for instance flipped(yolo_v7, yolo_v8).",
    )


def _offset(called: Called) -> int:
    match called:
        case Count(objects):
            return objects.offset
        case Exists(field):
            return field.offset
        case _:
            return called.offset


def _error(message: str, offset: int, hint: str = "") -> QuerySyntaxError:
    return QuerySyntaxError(f"{message} (character {offset + 1})", hint=hint, location={"offset": offset})
