"""What may come next at the cursor: pure, and at home in the middle of broken text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from shoal.model.segment import ElementKind
from shoal.query.ast import USER_PREFIX, Field
from shoal.query.completion_context import Context, Expecting, context_at, unquoted
from shoal.query.grammar import MAXIMUM_LENGTH
from shoal.query.printer import field_text, name_text, text_value
from shoal.query.types import SCORES, FieldInfo, FieldType, Schema, Table

MAXIMUM_ITEMS = 50
"""Proposals returned at most."""


class CompletionKind(StrEnum):
    """What a proposal is."""

    FIELD = "field"
    VALUE = "value"
    OPERATOR = "operator"
    KEYWORD = "keyword"
    FUNCTION = "function"
    SEGMENT = "segment"
    INFERENCE_SET = "inference_set"
    EMBEDDING_SPACE = "embedding_space"


@dataclass(frozen=True, slots=True)
class Completion:
    """One proposal.

    Attributes:
        kind: what it is.
        text: what to put in place of the characters from `start` to `end`.
        detail: a word on it: a type, a count, a meaning.
    """

    kind: CompletionKind
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Completions:
    """Proposals for the characters from `start` up to `end`, best first, at most 50."""

    start: int
    end: int
    items: tuple[Completion, ...]


ValueSource: TypeAlias = Callable[[FieldInfo, str], Sequence[tuple[str, int]]]
"""Given a field and the beginning of a value: values that begin so and how often, most frequent first."""

_FUNCTION_MEANINGS = {
    "label(": "frames with such a label",
    "inference(": "frames with such an inference",
    "outcome(": "frames with such an outcome",
    "count(": "number of labels, inferences or outcomes",
    "min(": "smallest value",
    "max(": "largest value",
    "mean(": "mean value",
    "sum(": "sum of values",
    "exists(": "the field has a value",
    "flipped(": "baseline right, candidate wrong",
    "similar(": "nearest to others by their vectors",
}
_FUNCTIONS = tuple(
    Completion(CompletionKind.FUNCTION, name, meaning) for name, meaning in _FUNCTION_MEANINGS.items()
)
_OPERATORS = {
    FieldType.STRING: (":", "=", "!="),
    FieldType.NUMBER: (":", "=", "!=", "<", "<=", ">", ">="),
    FieldType.BOOLEAN: (":", "="),
    FieldType.DATE: (":", "<", "<=", ">", ">="),
    FieldType.LIST: (":",),
}
_MEANINGS = {
    ":": "is, or contains",
    "=": "is",
    "!=": "is not",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}


def complete(
    text: str,
    cursor: int,
    schema: Schema,
    values: ValueSource,
    elements: ElementKind = ElementKind.FRAMES,
) -> Completions:
    """Propose fields, values with counts, operators, functions, segments and inference sets.

    Args:
        text: the query as far as it is written; need not be one.
        cursor: where to complete, counted in characters; brought into the text if outside.
        schema: the names on offer.
        values: asked once at most, and only for the value of a field.
        elements: what the query selects.

    Raises:
        Nothing of its own; linear in the length of the text.
    """
    if len(text) > MAXIMUM_LENGTH:
        return Completions(0, 0, ())
    cursor = min(max(cursor, 0), len(text))
    context = context_at(text, cursor, elements)
    proposals = _proposals(context, schema, values)
    if text[cursor : context.end].endswith("("):
        proposals = [item for item in proposals if item.text.endswith("(")]
    prefix = context.prefix.casefold()
    names = [unquoted(item.text.removeprefix(context.lead)).casefold() for item in proposals]
    first = [item for item, name in zip(proposals, names, strict=True) if name.startswith(prefix)]
    later = [item for item, name in zip(proposals, names, strict=True) if prefix and prefix in name[1:]]
    found = tuple(dict.fromkeys((*first, *later)))
    return Completions(context.start, context.end, found[:MAXIMUM_ITEMS])


def _proposals(context: Context, schema: Schema, values: ValueSource) -> list[Completion]:
    match context.expecting:
        case Expecting.CONDITION:
            return [*_fields(context, schema), *_FUNCTIONS, *_keywords("NOT")]
        case Expecting.OPERATOR:
            return list(_operators(context, schema))
        case Expecting.VALUE:
            return _values(context, schema, values)
        case Expecting.CONNECTIVE:
            return [*_keywords("AND", "OR"), *_fields(context, schema), *_FUNCTIONS, *_keywords("NOT")]
        case Expecting.FIELD:
            return list(_fields(context, schema))
        case Expecting.OBJECT:
            return [item for item in _FUNCTIONS if item.text in ("label(", "inference(", "outcome(")]
        case Expecting.OBJECT_FIELD:
            return list(_object_fields(schema))
        case Expecting.INFERENCE_SET:
            return list(_inference_sets(context, schema))
        case Expecting.SEEDS:
            return [Completion(CompletionKind.FIELD, "id", "what to be near to")]
        case Expecting.SPACE:
            return [_space(context, f"space:{text_value(name)}") for name in _spaces(context, schema)]
        case Expecting.SPACE_NAME:
            return [_space(context, text_value(name)) for name in _spaces(context, schema)]
        case Expecting.NOTHING:
            return []


def _space(context: Context, text: str) -> Completion:
    return Completion(CompletionKind.EMBEDDING_SPACE, text, f"vectors of {context.table}")


def _spaces(context: Context, schema: Schema) -> list[str]:
    found = [names for (table, _), names in schema.spaces.items() if table is context.table]
    return sorted({name for names in found for name in names})


def _fields(context: Context, schema: Schema) -> Iterator[Completion]:
    tables = dict.fromkeys((context.table, Table.FRAMES))
    in_full = context.prefix.casefold().startswith(USER_PREFIX)
    seen: set[str] = set()
    for table in tables:
        for info in schema.fields(table):
            is_short = info.column.startswith(USER_PREFIX) and not info.name.startswith(USER_PREFIX)
            text = _field_name(f"{USER_PREFIX}{info.name}" if in_full and is_short else info.name)
            if text in seen:
                text = f"{table.qualifier}.{text}"
            seen.add(text)
            detail = info.type.value if table is context.table else f"{info.type.value}, of the frame"
            yield Completion(CompletionKind.FIELD, text, detail)
    if schema.inference_sets:
        for score in SCORES:
            yield Completion(CompletionKind.FIELD, score, "number, of the frame under an inference set")
    if schema.segments:
        yield Completion(CompletionKind.FIELD, "segment", "membership")


def _object_fields(schema: Schema) -> Iterator[Completion]:
    for table in (Table.LABELS, Table.INFERENCES, Table.OUTCOMES):
        for info in schema.fields(table):
            if info.type is FieldType.NUMBER:
                text = f"{table.qualifier}.{_field_name(info.name)}"
                yield Completion(CompletionKind.FIELD, text, info.type.value)


def _keywords(*words: str) -> list[Completion]:
    return [Completion(CompletionKind.KEYWORD, word) for word in words]


def _operators(context: Context, schema: Schema) -> Iterator[Completion]:
    info = context.field_info(schema)
    if context.field == "segment":
        signs: Iterable[str] = (":", "!=")
    else:
        signs = _OPERATORS[info.type if info else FieldType.NUMBER]
    for sign in signs:
        yield Completion(CompletionKind.OPERATOR, sign, _MEANINGS[sign])


def _values(context: Context, schema: Schema, values: ValueSource) -> list[Completion]:
    if context.field == "segment":
        return [
            Completion(CompletionKind.SEGMENT, text_value(name), kind.value)
            for name, kind in schema.segments.items()
        ]
    info = context.field_info(schema)
    if info is None:
        return []
    if info.type is FieldType.BOOLEAN:
        known = dict(values(info, context.prefix))
        return [_value(word, known.get(word)) for word in ("true", "false")]
    if info.type is FieldType.NUMBER:
        return [
            Completion(CompletionKind.VALUE, value, f"{n:,}") for value, n in values(info, context.prefix)
        ]
    found = [_value(value, n) for value, n in values(info, context.prefix)]
    listed = {item.text for item in found}
    others = [_value(choice, None) for choice in info.choices or ()]
    return found + [item for item in others if item.text not in listed]


def _value(value: str, n: int | None) -> Completion:
    return Completion(CompletionKind.VALUE, text_value(value), "" if n is None else f"{n:,}")


def _inference_sets(context: Context, schema: Schema) -> Iterator[Completion]:
    opening = "(" if context.lead in ("inference@", "outcome@") else ""
    for name in schema.inference_sets:
        detail = "chosen" if name == schema.inference_set else ""
        text = f"{context.lead}{name_text(name)}{opening}"
        yield Completion(CompletionKind.INFERENCE_SET, text, detail)


def _field_name(name: str) -> str:
    parts = tuple(name.split("."))
    plain = field_text(Field(parts)) if all(parts) else field_text(Field((name,)))
    return field_text(Field((name,))) if '"' in plain else plain
