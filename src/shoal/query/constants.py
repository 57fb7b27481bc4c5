"""From the values in a query to conditions on a field, by the field's type."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from shoal.query.ast import Number, Operator, Pattern, Range, Scalar, Text, Value, Word
from shoal.query.near import did_you_mean
from shoal.query.predicate import AllOf, Compare, Constant, ListHas, Matches, Negation, Operand, Predicate
from shoal.query.resolve import Resolved, type_error
from shoal.query.tokens import quote
from shoal.query.types import FieldType

_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_DAY: Final = timedelta(days=1)
_EQUALS: Final = (Operator.HAS, Operator.EQUAL)


def value_test(resolved: Resolved, name: str, operator: Operator, value: Value) -> Predicate:
    """Return the condition `field operator value` on the field's own rows.

    Args:
        resolved: the field.
        name: as the query names it, for messages.
        operator: ranges and patterns take only `:`, `=` and `!=`.
        value: as written.

    Raises:
        QueryTypeError: the value or operator does not fit the type of the field.
    """
    if resolved.operand.type is FieldType.LIST:
        return _list_test(resolved, name, operator, value)
    if operator is Operator.NOT_EQUAL:
        return Negation(_test(resolved, name, Operator.EQUAL, value))
    return _test(resolved, name, operator, value)


def _test(resolved: Resolved, name: str, operator: Operator, value: Value) -> Predicate:
    if isinstance(value, Range):
        return _range(resolved, name, value)
    if isinstance(value, Pattern):
        return _pattern(resolved, name, operator, value)
    if resolved.operand.type is FieldType.DATE:
        return _date_test(resolved.operand, name, operator, value)
    constant = _constant(resolved, name, operator, value)
    sign = Operator.EQUAL if operator is Operator.HAS else operator
    return Compare(resolved.operand, sign, constant)


def _range(resolved: Resolved, name: str, value: Range) -> Predicate:
    if resolved.operand.type is FieldType.BOOLEAN:
        raise type_error(f"{name} holds true or false, which has no ranges.", value.offset)
    ends = ((Operator.GREATER_OR_EQUAL, value.low), (Operator.LESS_OR_EQUAL, value.high))
    tests = [_test(resolved, name, operator, end) for operator, end in ends if end is not None]
    if len(tests) == 1:
        return tests[0]
    low, high = tests
    if _is_upside_down(low, high):
        raise type_error("The range begins after its end and would match nothing.", value.offset)
    return AllOf((low, high))


def _is_upside_down(low: Predicate, high: Predicate) -> bool:
    if not (isinstance(low, Compare) and isinstance(high, Compare)):
        return False
    match low.right, high.right:
        case (datetime() as first, datetime() as last):
            return first > last or (first == last and high.operator is Operator.LESS)
        case (str(first), str(last)):
            return first > last
        case (int() | float() as first, int() | float() as last):
            return first > last
        case _:
            return False


def _pattern(resolved: Resolved, name: str, operator: Operator, value: Pattern) -> Predicate:
    if resolved.operand.type is not FieldType.STRING:
        raise type_error(
            f"{name} holds {resolved.operand.type.plural}; the wildcard * is for text.",
            value.offset,
            "Compare with < and >, or give a range such as 10..20.",
        )
    if operator not in _EQUALS:
        raise type_error(f"{operator} cannot compare with a wildcard.", value.offset, "Use : or = or !=.")
    return Matches(resolved.operand, value.parts)


def _list_test(resolved: Resolved, name: str, operator: Operator, value: Value) -> Predicate:
    if operator is not Operator.HAS:
        raise type_error(
            f"{name} holds lists of text, which {operator} cannot compare.",
            value.offset if hasattr(value, "offset") else 0,
            f"Write {name}:value for lists that contain a value, NOT {name}:value for those that do not.",
        )
    match value:
        case Word(text) | Text(text):
            return ListHas(resolved.operand, (text,))
        case Pattern(parts):
            return ListHas(resolved.operand, parts)
        case _:
            raise type_error(
                f"{name} holds lists of text, found {_found(value)}.", value.offset, _quote_hint(value)
            )


def _constant(resolved: Resolved, name: str, operator: Operator, value: Scalar) -> Constant:
    kind = resolved.operand.type
    if kind is FieldType.BOOLEAN and operator not in (*_EQUALS, Operator.NOT_EQUAL):
        raise type_error(f"{name} holds true or false, which {operator} cannot compare.", value.offset)
    match kind, value:
        case FieldType.NUMBER, Number(number):
            return number
        case FieldType.BOOLEAN, Word(text) if text.lower() in ("true", "false"):
            return text.lower() == "true"
        case FieldType.STRING, Word(text) | Text(text):
            return _choice(resolved, name, operator, value, text)
    raise type_error(f"{name} holds {kind.plural}, found {_found(value)}.", value.offset, _hint(kind, value))


def _choice(resolved: Resolved, name: str, operator: Operator, value: Scalar, text: str) -> str:
    info = resolved.info
    if info is None or info.choices is None or operator not in _EQUALS:
        return text
    if text in info.choices:
        return text
    if info.ignores_case:
        for choice in info.choices:
            if choice.casefold() == text.casefold():
                return choice
    hint = did_you_mean(text, info.choices)
    raise type_error(f"{name} is never {text!r}.", value.offset, hint or _some(info.choices))


def _some(choices: tuple[str, ...]) -> str:
    if not choices:
        return "The class map is empty."
    more = f" and {len(choices) - 10} more" if len(choices) > 10 else ""
    return f"It is one of {', '.join(choices[:10])}{more}."


def _date_test(operand: Operand, name: str, operator: Operator, value: Scalar) -> Predicate:
    start, end = _instants(name, value)
    match operator:
        case Operator.LESS | Operator.GREATER_OR_EQUAL:
            return Compare(operand, operator, start)
        case Operator.LESS_OR_EQUAL:
            return Compare(operand, *_up_to(start, end))
        case Operator.GREATER:
            return Negation(Compare(operand, *_up_to(start, end)))
        case _ if end is None:
            return Compare(operand, Operator.EQUAL, start)
        case _:
            return AllOf(
                (Compare(operand, Operator.GREATER_OR_EQUAL, start), Compare(operand, *_up_to(start, end)))
            )


def _up_to(start: datetime, end: datetime | None) -> tuple[Operator, datetime]:
    return (Operator.LESS_OR_EQUAL, start) if end is None else (Operator.LESS, end)


def _instants(name: str, value: Scalar) -> tuple[datetime, datetime | None]:
    """Return the instant of a date with time, or the bounds of a day; in UTC."""
    text = value.written if isinstance(value, Number) else value.text
    found = _DATE.fullmatch(text)
    if found is None:
        raise type_error(
            f"{name} holds dates, found {_found(value)}.",
            value.offset,
            "Write 2026-01-31, or 2026-01-31T18:30 with a time (UTC unless it says otherwise, as in +02:00).",
        )
    try:
        start = datetime.fromisoformat(text)
        start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    except (ValueError, OverflowError):
        raise type_error(f"{text!r} is not a day of the calendar.", value.offset) from None
    if found["time"] is not None:
        return start, None
    last_day = start.date() == datetime.max.date()
    return start, datetime.max.replace(tzinfo=UTC) if last_day else start + _DAY


def _found(value: Value) -> str:
    match value:
        case Number(number, _, written):
            return f"the number {written or number}"
        case Word(text) | Text(text):
            return f"the text {text[:80]!r}"
        case Pattern():
            return "a wildcard"
        case Range():
            return "a range"


def _hint(kind: FieldType, value: Value) -> str:
    match kind, value:
        case FieldType.STRING, Number():
            return _quote_hint(value)
        case FieldType.NUMBER, Text():
            return "Write the number without quotes."
        case FieldType.BOOLEAN, _:
            return "Write true or false."
        case _:
            return ""


def _quote_hint(value: Value) -> str:
    if isinstance(value, Number):
        return f"If text is meant, put it between double quotes: {quote(value.written or str(value.value))}."
    return ""
