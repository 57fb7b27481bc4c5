"""The words of the query language: how a line of text splits into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shoal.errors import QuerySyntaxError

KEYWORDS: Final = frozenset({"and", "or", "not"})

_DATETIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_PLAIN = r'[^\s():=!<>,"]'
_ATOM: Final = re.compile(rf"(?:{_DATETIME}|{_QUOTED}|{_PLAIN})++", re.DOTALL)
_SIGN: Final = re.compile(r"<=|>=|!=|[:=<>(),]")
_SPACE: Final = re.compile(r"\s*")
_QUOTED_PIECE: Final = re.compile(_QUOTED, re.DOTALL)
_QUOTED_OR_DOTS: Final = re.compile(rf"{_QUOTED}|\.\.", re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\])')
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")


class TokenType(StrEnum):
    """What a token is; the values are the terminals of the grammar (`_` marks those it drops)."""

    ATOM = "ATOM"
    CALL = "CALL"
    OPERATOR = "OPERATOR"
    AND = "_AND"
    OR = "_OR"
    NOT = "_NOT"
    OPEN = "_OPEN"
    CLOSE = "_CLOSE"
    COMMA = "_COMMA"


_BRACKETS: Final = {"(": TokenType.OPEN, ")": TokenType.CLOSE, ",": TokenType.COMMA}
_WORDS: Final = {"and": TokenType.AND, "or": TokenType.OR, "not": TokenType.NOT}


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text.

    Attributes:
        type: what it is.
        text: the characters as written; of a call, the name and its opening parenthesis.
        offset: where it begins, counted in characters from 0.
    """

    type: TokenType
    text: str
    offset: int

    @property
    def end(self) -> int:
        """The offset just past the token."""
        return self.offset + len(self.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an atom, between quotes or not; `text` is without quotes and escapes."""

    text: str
    quoted: bool


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a query in order; linear in the length of the text.

    Raises:
        QuerySyntaxError: a quote is never closed, or a character has no meaning where it stands.
    """
    position = 0
    while True:
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        if position == len(text):
            return
        token = _token_at(text, position)
        yield token
        position = token.end


def _token_at(text: str, position: int) -> Token:
    sign = _SIGN.match(text, position)
    if sign:
        return Token(_BRACKETS.get(sign[0], TokenType.OPERATOR), sign[0], position)
    if text[position] == "'":
        raise QuerySyntaxError(
            f"Found a single quote at character {position + 1}.",
            hint='Text with spaces goes between double quotes: "two words".',
            location={"offset": position},
        )
    atom = _ATOM.match(text, position)
    if atom is None:
        raise _character_error(text, position)
    keyword = _WORDS.get(atom[0].lower())
    if keyword:
        return Token(keyword, atom[0], position)
    if text.startswith("(", atom.end()):
        return Token(TokenType.CALL, atom[0] + "(", position)
    return Token(TokenType.ATOM, atom[0], position)


def _character_error(text: str, position: int) -> QuerySyntaxError:
    if text[position] == '"':
        return QuerySyntaxError(
            f"The quote at character {position + 1} is never closed.",
            hint='Add a closing ", or write \\" for a quote inside quotes.',
            location={"offset": position},
        )
    return QuerySyntaxError(
        f"Found {text[position]!r} at character {position + 1}, which means nothing there.",
        hint="Not equal is written !=, negation NOT; put text with such characters between double quotes.",
        location={"offset": position},
    )


def pieces(atom: str) -> tuple[Piece, ...]:
    """Split an atom into its quoted and unquoted pieces, in order; empty unquoted ones are left out."""
    found: list[Piece] = []
    position = 0
    for quoted in _QUOTED_PIECE.finditer(atom):
        if quoted.start() > position:
            found.append(Piece(atom[position : quoted.start()], quoted=False))
        found.append(Piece(_ESCAPE.sub(r"\1", quoted[0][1:-1]), quoted=True))
        position = quoted.end()
    if position < len(atom):
        found.append(Piece(atom[position:], quoted=False))
    return tuple(found)


def range_position(atom: str) -> int | None:
    """Return where the first unquoted `..` of an atom stands, or `None`."""
    for found in _QUOTED_OR_DOTS.finditer(atom):
        if found[0] == "..":
            return found.start()
    return None


def quote(text: str) -> str:
    """Return text between double quotes, with quotes and backslashes inside escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_number(text: str) -> bool:
    """Whether the text reads as a number, such as `-3`, `.5` or `1e-3`."""
    return _NUMBER.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Whether the text can stand as a value without quotes and be read back as the same text."""
    atom = _ATOM.fullmatch(text)
    return (
        atom is not None
        and '"' not in text
        and "*" not in text
        and ".." not in text
        and text[0] not in ".'"
        and text[-1] != "."
        and text.lower() not in KEYWORDS
        and not is_number(text)
    )
