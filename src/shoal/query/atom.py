"""From one atom of the text to the field or the value it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shoal.errors import QuerySyntaxError
from shoal.query.ast import Field, Number, Pattern, Range, Scalar, Text, Value, Word, is_reference
from shoal.query.tokens import Piece, is_number, is_word, pieces, range_position

MAXIMUM_STARS: Final = 20
"""Wildcards one value may have."""

_LARGEST_INTEGER: Final = 2**63 - 1


def read_field(atom: str, offset: int) -> Field:
    """Read an atom as a field: `split`, `frame.split`, `recall@yolo_v8`, `user__"two words"`.

    Raises:
        QuerySyntaxError: a part of the name is empty, or it has a second `@`.
    """
    return _field(pieces(atom), offset)


def read_value(atom: str, offset: int) -> Value | Field:
    """Read an atom on the right of an operator.

    Raises:
        QuerySyntaxError: a range without ends or with too many, a number too large, or quotes inside a word.
    """
    dots = range_position(atom)
    if dots is None:
        return _single(pieces(atom), offset)
    if atom == "..":
        raise _error(
            "A range needs at least one end.",
            offset,
            hint="Write 10..20, 10.. or ..20, without spaces around the dots.",
        )
    return Range(_end(atom[:dots], offset), _end(atom[dots + 2 :], offset + dots + 2), offset)


def _end(atom: str, offset: int) -> Scalar | None:
    if not atom:
        return None
    value = _single(pieces(atom), offset) if range_position(atom) is None else None
    if isinstance(value, Word | Text | Number):
        return value
    raise _error("Expected a number, a date or text at each end of a range.", offset)


def _single(parts: Sequence[Piece], offset: int) -> Word | Text | Number | Pattern | Field:
    if any("*" in piece.text for piece in parts if not piece.quoted):
        return _pattern(parts, offset)
    if len(parts) > 1:
        return _reference(parts, offset)
    piece = parts[0]
    if piece.quoted:
        return Text(piece.text, offset)
    if is_number(piece.text):
        return _number(piece.text, offset)
    if "@" in piece.text or is_reference(tuple(piece.text.split("."))):
        return _field(parts, offset)
    return Word(piece.text, offset) if is_word(piece.text) else Text(piece.text, offset)


def _reference(parts: Sequence[Piece], offset: int) -> Field:
    found = _field(parts, offset)
    if found.at is None and not is_reference(found.parts):
        raise _error(
            "A quote begins or ends in the middle of a word.",
            offset,
            hint='Put the whole value between double quotes: "two words".',
        )
    return found


def _number(text: str, offset: int) -> Number:
    value: int | float = float(text)
    if value in (float("inf"), float("-inf")):
        raise _error("The number is too large.", offset)
    if len(text) <= 20 and text.lstrip("+-").isdigit() and abs(int(text)) <= _LARGEST_INTEGER:
        value = int(text)
    return Number(value, offset, text)


def _pattern(parts: Sequence[Piece], offset: int) -> Pattern:
    literals = [""]
    for piece in parts:
        first, *others = [piece.text] if piece.quoted else piece.text.split("*")
        literals[-1] += first
        literals += others
    if len(literals) > MAXIMUM_STARS + 1:
        raise _error(f"A value has at most {MAXIMUM_STARS} wildcards.", offset)
    inside = [literal for literal in literals[1:-1] if literal]
    return Pattern((literals[0], *inside, literals[-1]), offset)


def _field(parts: Sequence[Piece], offset: int) -> Field:
    names = [[""]]
    for piece in parts:
        if piece.quoted:
            names[-1][-1] += piece.text
            continue
        first, *others = piece.text.split("@")
        _append(names[-1], first)
        for other in others:
            names.append([""])
            _append(names[-1], other)
    if len(names) > 2 or any(not part for name in names for part in name):
        raise _error(
            "A name is incomplete here.",
            offset,
            hint='Names with dots or @ in odd places go between double quotes: "a.b.".',
        )
    return Field(tuple(names[0]), tuple(names[1]) if len(names) == 2 else None, offset)


def _append(name: list[str], text: str) -> None:
    first, *others = text.split(".")
    name[-1] += first
    name += others


def _error(message: str, offset: int, *, hint: str = "") -> QuerySyntaxError:
    return QuerySyntaxError(f"{message} (character {offset + 1})", hint=hint, location={"offset": offset})
