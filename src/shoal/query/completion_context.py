"""What the cursor stands in: read from the tokens before it, never failing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shoal.errors import QuerySyntaxError
from shoal.model.segment import ElementKind
from shoal.query.atom import read_field
from shoal.query.tokens import Token, TokenType, tokenize
from shoal.query.types import FieldInfo, Schema, Table


class Expecting(StrEnum):
    """What may stand at the cursor."""

    CONDITION = "condition"
    OPERATOR = "operator"
    VALUE = "value"
    CONNECTIVE = "connective"
    FIELD = "field"
    OBJECT = "object"
    OBJECT_FIELD = "object_field"
    INFERENCE_SET = "inference_set"
    SEEDS = "seeds"
    SPACE = "space"
    SPACE_NAME = "space_name"
    NOTHING = "nothing"


_INSIDE = {
    "label": Expecting.CONDITION,
    "inference": Expecting.CONDITION,
    "outcome": Expecting.CONDITION,
    "exists": Expecting.FIELD,
    "count": Expecting.OBJECT,
    "min": Expecting.OBJECT_FIELD,
    "max": Expecting.OBJECT_FIELD,
    "mean": Expecting.OBJECT_FIELD,
    "sum": Expecting.OBJECT_FIELD,
    "flipped": Expecting.INFERENCE_SET,
    "similar": Expecting.SEEDS,
}
_WORDS = (TokenType.ATOM, TokenType.AND, TokenType.OR, TokenType.NOT)
_TABLES = {"label": Table.LABELS, "inference": Table.INFERENCES, "outcome": Table.OUTCOMES}


@dataclass(frozen=True, slots=True)
class Context:
    """The place of the cursor.

    Attributes:
        expecting: what may stand there.
        table: whose fields come first.
        start: where the word at the cursor begins.
        end: where it ends.
        prefix: what of it stands before the cursor, without quotes; of `recall@yo`, `yo`.
        lead: what of it stays: of `recall@yo`, `recall@`.
        field: the field an operator or value belongs to, as written.
    """

    expecting: Expecting
    table: Table
    start: int
    end: int
    prefix: str = ""
    lead: str = ""
    field: str = ""

    def field_info(self, schema: Schema) -> FieldInfo | None:
        """Look the field up; `None` when it is unknown or no column."""
        try:
            parts = read_field(self.field, 0).parts
        except QuerySyntaxError:
            return None
        tables = [self.table, Table.FRAMES]
        named = {table.qualifier: table for table in Table}.get(parts[0])
        if named is not None and len(parts) > 1:
            parts, tables = parts[1:], [named]
        found = (schema.find(table, ".".join(parts)) for table in tables)
        return next((info for info in found if info is not None), None)


@dataclass(slots=True)
class _Level:
    """One open parenthesis: what it belongs to, and what may stand next inside it."""

    expecting: Expecting
    table: Table
    opener: str = ""
    field: str = ""
    n_arguments: int = 1


def context_at(text: str, cursor: int, elements: ElementKind) -> Context:
    """Return what the cursor stands in; `cursor` lies within the text."""
    tokens, start = _tokens_before(text[:cursor])
    levels = [_Level(Expecting.CONDITION, Table(ElementKind(elements).value))]
    for token in tokens:
        _advance(levels, token)
    level = levels[-1]
    end = _word_end(text, start, cursor) if start < cursor else cursor
    word = text[start:cursor]
    lead, at, name = word.rpartition("@")
    if at and level.expecting not in (Expecting.OPERATOR, Expecting.NOTHING):
        return Context(Expecting.INFERENCE_SET, level.table, start, end, unquoted(name), lead + at)
    return Context(level.expecting, level.table, start, end, unquoted(word), "", level.field)


def unquoted(text: str) -> str:
    """Return text without the signs of quoting, for comparing beginnings."""
    return text.replace('"', "").replace("\\", "")


def _tokens_before(text: str) -> tuple[list[Token], int]:
    """Return the whole tokens of a text that may break off anywhere, and where its last word begins."""
    tokens, quote = _lenient(text)
    start = len(text) if quote is None else quote
    if tokens and tokens[-1].end == start and tokens[-1].type in _WORDS:
        start = tokens.pop().offset
    return tokens, start


def _word_end(text: str, start: int, cursor: int) -> int:
    tokens, _ = _lenient(text[start:])
    if tokens and tokens[0].offset == 0 and tokens[0].type in (*_WORDS, TokenType.CALL):
        return max(start + tokens[0].end, cursor)
    return cursor


def _lenient(text: str) -> tuple[list[Token], int | None]:
    """Return the tokens, passing over characters that belong to none, and where an open quote begins."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        rest = text[position:]
        try:
            tokens.extend(Token(found.type, found.text, found.offset + position) for found in tokenize(rest))
            break
        except QuerySyntaxError as error:
            position += int(error.location["offset"])
        if text[position] == '"':
            return tokens, position
        position += 1
    return tokens, None


def _advance(levels: list[_Level], token: Token) -> None:
    level = levels[-1]
    match token.type:
        case TokenType.CALL:
            name = token.text[:-1].partition("@")[0].lower()
            inside = _INSIDE.get(name, Expecting.CONDITION)
            levels.append(_Level(inside, _TABLES.get(name, level.table), name))
        case TokenType.OPEN if level.expecting is Expecting.VALUE:
            levels.append(_Level(Expecting.VALUE, level.table, "values", level.field))
        case TokenType.OPEN:
            levels.append(_Level(Expecting.CONDITION, level.table))
        case TokenType.CLOSE if len(levels) > 1:
            _close(levels)
        case TokenType.OPERATOR if level.opener == "similar" and level.n_arguments > 1:
            level.expecting = Expecting.SPACE_NAME if level.field == "space" else Expecting.NOTHING
        case TokenType.OPERATOR:
            level.expecting = Expecting.VALUE
        case TokenType.AND | TokenType.OR | TokenType.NOT:
            level.expecting, level.field = Expecting.CONDITION, ""
        case TokenType.COMMA:
            _next_argument(level)
        case TokenType.ATOM:
            _after_word(level, token)


def _close(levels: list[_Level]) -> None:
    closed = levels.pop()
    level = levels[-1]
    if level.expecting is Expecting.OBJECT or level.opener == "similar":
        level.expecting = Expecting.NOTHING
    elif closed.opener in ("count", "min", "max", "mean", "sum") and level.expecting is not Expecting.VALUE:
        level.expecting, level.field = Expecting.OPERATOR, ""
    else:
        level.expecting = Expecting.CONNECTIVE


def _next_argument(level: _Level) -> None:
    level.n_arguments += 1
    if level.opener == "similar":
        level.expecting = Expecting.SPACE if level.n_arguments == 3 else Expecting.NOTHING
        level.field = ""
    if level.opener in ("min", "max", "mean", "sum"):
        qualifier = level.field.partition(".")[0].partition("@")[0]
        level.table = _TABLES.get(qualifier, level.table)
        level.expecting, level.field = Expecting.CONDITION, ""


def _after_word(level: _Level, token: Token) -> None:
    match level.expecting:
        case Expecting.VALUE if level.opener == "values":
            pass
        case Expecting.VALUE | Expecting.SPACE_NAME if level.opener == "similar":
            level.expecting = Expecting.NOTHING
        case Expecting.VALUE:
            level.expecting = Expecting.CONNECTIVE
        case Expecting.INFERENCE_SET:
            pass
        case Expecting.NOTHING if level.opener == "similar":
            pass
        case Expecting.OBJECT | Expecting.OBJECT_FIELD | Expecting.FIELD:
            level.expecting, level.field = Expecting.NOTHING, token.text
        case _:
            level.expecting, level.field = Expecting.OPERATOR, token.text
