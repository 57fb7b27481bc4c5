"""From tree to text: the inverse of the parser."""

from __future__ import annotations

import re
from typing import Final

from shoal.query.ast import (
    USER_PREFIX,
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
    Number,
    Objects,
    Operator,
    Or,
    Pattern,
    Range,
    Similar,
    Text,
    Value,
    ValueList,
    Word,
    is_reference,
)
from shoal.query.tokens import KEYWORDS, is_number, is_word, quote

_PLAIN_PART: Final = re.compile(r"[\w-]+")
_PLAIN_LITERAL: Final = re.compile(r"[\w-]*")


def to_text(node: Node) -> str:
    """Return the query in its plainest spelling; `parse` of it equals `node`.

    AND is not written, parentheses only where they are needed, quotes only where a word could be misread.
    """
    match node:
        case Everything():
            return ""
        case Or(terms):
            return " OR ".join(_within(term, Or) for term in terms)
        case And(terms):
            return " ".join(_within(term, And, Or) for term in terms)
        case Not(term):
            return f"NOT {_within(term, And, Or)}"
        case Comparison(left, operator, right):
            return _comparison(left, operator, right)
        case Exists(field):
            return f"exists({field_text(field)})"
        case Flipped(baseline, candidate):
            return f"flipped({name_text(baseline)}, {name_text(candidate)})"
        case Objects():
            return _objects(node)
        case Similar():
            return _similar(node)


def _similar(node: Similar) -> str:
    ids = ", ".join(text_value(one) for one in node.ids)
    seeds = f"({ids})" if len(node.ids) > 1 else ids
    space = "" if node.space is None else f", space:{text_value(node.space)}"
    return f"similar(id:{seeds}, {node.count}{space})"


def _within(term: Node, *loose: type[And] | type[Or]) -> str:
    text = to_text(term)
    return f"({text})" if isinstance(term, loose) else text


def _comparison(left: Measure, operator: Operator, right: Value | ValueList | Measure) -> str:
    space = "" if operator is Operator.HAS else " "
    return f"{_measure(left)}{space}{operator}{space}{_right(right)}"


def _right(right: Value | ValueList | Measure) -> str:
    match right:
        case ValueList(values):
            return f"({', '.join(value_text(value) for value in values)})"
        case Field() | Count() | Aggregate():
            return _measure(right)
        case _:
            return value_text(right)


def _measure(measure: Measure) -> str:
    match measure:
        case Field():
            return field_text(measure)
        case Count(objects):
            return f"count({_objects(objects)})"
        case Aggregate(function, field, where):
            condition = to_text(where)
            return f"{function}({field_text(field)}{', ' if condition else ''}{condition})"


def _objects(objects: Objects) -> str:
    at = "" if objects.inference_set is None else f"@{name_text(objects.inference_set)}"
    return f"{objects.kind}{at}({to_text(objects.where)})"


def value_text(value: Value) -> str:
    """Return one value as it stands in a query."""
    match value:
        case Word(text):
            return text
        case Text(text):
            return quote(text)
        case Number(number):
            return repr(number)
        case Pattern(parts):
            return "*".join(part if _PLAIN_LITERAL.fullmatch(part) else quote(part) for part in parts)
        case Range(low, high):
            ends = ["" if end is None else value_text(end) for end in (low, high)]
            return "..".join(ends)


def text_value(text: str) -> str:
    """Return text as the value it is in a query, with quotes only where needed."""
    plain = is_word(text) and "@" not in text and not is_reference(tuple(text.split(".")))
    return text if plain else quote(text)


def field_text(field: Field) -> str:
    """Return a field's name as it stands in a query, with quotes where needed."""
    name = ".".join(_part(part) for part in field.parts)
    return name if field.at is None else f"{name}@{'.'.join(_part(part) for part in field.at)}"


def name_text(name: str) -> str:
    """Return the name of an inference set, with quotes where needed; dots belong to it."""
    plain = all(_PLAIN_PART.fullmatch(part) for part in name.split("."))
    return name if plain and name.lower() not in KEYWORDS and not is_number(name) else quote(name)


def _part(part: str) -> str:
    if _PLAIN_PART.fullmatch(part) and part.lower() not in KEYWORDS and not is_number(part):
        return part
    if part.startswith(USER_PREFIX) and len(part) > len(USER_PREFIX):
        return USER_PREFIX + quote(part[len(USER_PREFIX) :])
    return quote(part)
