"""Types of columns that a file only has as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

from shoal.formats.cells import NULL_TEXTS
from shoal.formats.user_columns import parse_date

_INTEGER: Final = re.compile(r"[+-]?(0|[1-9]\d{0,17})")
_NUMBER: Final = re.compile(r"[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d+)?")
_DATE: Final = re.compile(r"\d{4}[-/]\d\d[-/]\d\d([T ]\d\d:\d\d.*)?")
_FLAGS: Final = {"true": True, "false": False, "yes": True, "no": False}


class TextKind(IntEnum):
    """What a column of texts holds; a column is the widest kind any of its cells needs."""

    FLAG = 0
    INTEGER = 1
    NUMBER = 2
    DATE = 3
    TEXT = 4


def kind_of(text: str) -> TextKind:
    """Return the kind of one text; codes with leading zeros are texts, not numbers."""
    plain = text.strip()
    if plain.casefold() in _FLAGS:
        return TextKind.FLAG
    if _INTEGER.fullmatch(plain):
        return TextKind.INTEGER
    if _NUMBER.fullmatch(plain) and any(character.isdigit() for character in plain):
        return TextKind.NUMBER
    if _DATE.fullmatch(plain) and parse_date(plain) is not None:
        return TextKind.DATE
    return TextKind.TEXT


def joined_kind(a: TextKind, b: TextKind) -> TextKind:
    """Return the narrowest kind that holds both: integers are numbers, everything else is text."""
    if a == b:
        return a
    return TextKind.NUMBER if {a, b} == {TextKind.INTEGER, TextKind.NUMBER} else TextKind.TEXT


def column_kinds(chunks: Iterable[Mapping[str, Sequence[Any]]]) -> dict[str, TextKind]:
    """Return the kind of every column that holds a text, over all chunks of a file."""
    kinds: dict[str, TextKind] = {}
    for chunk in chunks:
        for name, values in chunk.items():
            if kinds.get(name) is TextKind.TEXT:
                continue
            for value in _hashable_texts(values):
                if value.strip().casefold() not in NULL_TEXTS:
                    kind = kind_of(value)
                    kinds[name] = joined_kind(kinds.get(name, kind), kind)
    return kinds


def _hashable_texts(values: Sequence[Any]) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def convert(values: Sequence[Any], kind: TextKind) -> list[Any]:
    """Return texts as values of a kind; missing ones are `None`, and so is empty text."""
    if kind is TextKind.TEXT:
        return [None if value == "" else value for value in values]
    known: dict[str, Any] = {}
    for text in _hashable_texts(values):
        known[text] = None if text.strip().casefold() in NULL_TEXTS else _value(text.strip(), kind)
    return [known[value] if isinstance(value, str) else value for value in values]


def _value(text: str, kind: TextKind) -> Any:
    if kind is TextKind.FLAG:
        return _FLAGS[text.casefold()]
    if kind is TextKind.INTEGER:
        return int(text)
    return float(text) if kind is TextKind.NUMBER else parse_date(text)
