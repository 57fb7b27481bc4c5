"""From text to tree."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.errors import QuerySyntaxError
from shoal.query.ast import Node
from shoal.query.grammar import MAXIMUM_LENGTH, lark_parser

_CONDITION = "a condition such as split:training"
_OPERATOR = "an operator (: = != < <= > >=)"


def parse(text: str) -> Node:
    """Read a query; blank text is `Everything`.

    Time and memory are linear in the length of the text, at most 10,000 characters.

    Raises:
        QuerySyntaxError: the text is no query; `location["offset"]` is the character it stopped at.
    """
    _check_text(text)
    from lark.exceptions import UnexpectedToken

    try:
        node: Node = lark_parser().parse(text)  # type: ignore[assignment]
    except UnexpectedToken as unexpected:
        raise _unexpected(text, unexpected.token.type, unexpected.token, unexpected.expected) from None
    return node


def _check_text(text: str) -> None:
    if len(text) > MAXIMUM_LENGTH:
        raise QuerySyntaxError(
            f"A query has at most {MAXIMUM_LENGTH} characters, this one has {len(text)}.",
            hint='Save part of it as a segment and name that: segment:"…".',
            location={"offset": MAXIMUM_LENGTH},
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as broken:
        raise QuerySyntaxError(
            f"Character {broken.start + 1} is half of a surrogate pair, not text.",
            location={"offset": broken.start},
        ) from None


def _unexpected(text: str, kind: str, token: object, expected: Iterable[str]) -> QuerySyntaxError:
    at_end = kind == "$END"
    offset = len(text) if at_end else int(getattr(token, "start_pos", 0) or 0)
    wanted = _describe(frozenset(expected))
    if at_end:
        message = f"The query ends too early: expected {wanted} after character {len(text)}."
    else:
        message = f"Expected {wanted} at character {offset + 1}, found {str(token)!r}."
    return QuerySyntaxError(message, hint=_hint(kind, str(token), wanted), location={"offset": offset})


def _describe(expected: frozenset[str]) -> str:
    if expected == {"OPERATOR"}:
        return _OPERATOR
    if "_AND" in expected and "ATOM" in expected:
        return "AND, OR, another condition" + (" or )" if "_CLOSE" in expected else " or the end")
    if "ATOM" in expected and "OPERATOR" not in expected:
        found = _CONDITION if "_NOT" in expected else "a value"
        return f"{found} or )" if "_CLOSE" in expected else found
    names = [_OPERATOR] if "OPERATOR" in expected else []
    names += ["AND", "OR"] if "_OR" in expected else []
    names += [sign for terminal, sign in (("_COMMA", "a comma"), ("_CLOSE", ")")) if terminal in expected]
    names += ["the end"] if "$END" in expected else []
    return " or ".join(names) if names else "the end"


def _hint(kind: str, found: str, wanted: str) -> str:
    if kind == "_OPEN" and wanted == _OPERATOR:
        return "A function has no space before its parenthesis: label(class:car)."
    if kind in ("_AND", "_OR", "_NOT") and wanted.startswith("a value"):
        return f'If the text {found} is meant, put it between double quotes: "{found}".'
    if kind == "CALL" and wanted.startswith("a value"):
        return "Put a space before the parenthesis."
    if kind == "OPERATOR" and wanted.startswith(("a value", "AND")):
        return 'Text with such characters goes between double quotes: "a:b". Equality is one =.'
    if wanted == _OPERATOR:
        return 'Text of several words goes between double quotes: city:"New York".'
    return ""
