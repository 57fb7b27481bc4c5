"""The grammar, and the parser lark makes of it on first use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from shoal.errors import QuerySyntaxError
from shoal.query.tokens import Token, TokenType, tokenize

if TYPE_CHECKING:
    from lark import Lark

MAXIMUM_LENGTH: Final = 10_000
"""Characters a query may have."""

MAXIMUM_DEPTH: Final = 100
"""How deep parentheses, NOT and calls (these count twice) may be nested in one another.

Walking the tree takes up to ten Python frames a level, and Python stops at a thousand.
"""

GRAMMAR: Final = """
start: disjunction?
?disjunction: conjunction (_OR conjunction)*
?conjunction: term (_AND? term)*
?term: _NOT term -> negation
     | _OPEN disjunction _CLOSE
     | operand OPERATOR right -> comparison
     | call -> condition
?operand: ATOM -> field
        | call -> measure
?right: ATOM -> value
      | call -> measure
      | _OPEN ATOM (_COMMA ATOM)* _CLOSE -> values
call: CALL (argument (_COMMA argument)*)? _CLOSE
?argument: ATOM -> field
         | disjunction
%declare ATOM CALL OPERATOR _AND _OR _NOT _OPEN _CLOSE _COMMA
"""


@cache
def lark_parser() -> Lark:
    """Return the LALR parser; lark is imported and the tables are built on the first call."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.lexer import Token as LarkToken

    from shoal.query.builder import Builder

    class QueryLexer(Lexer):
        def __init__(self, _configuration: Any) -> None:
            pass

        def lex(self, data: Any) -> Iterator[LarkToken]:  # type: ignore[override]
            for token in limited_tokens(str(data)):
                yield LarkToken(token.type.value, token.text, start_pos=token.offset, end_pos=token.end)

    return Lark(GRAMMAR, parser="lalr", lexer=QueryLexer, transformer=Builder())


def limited_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query within the limits of nesting.

    Raises:
        QuerySyntaxError: as `tokenize`, or the nesting is deeper than `MAXIMUM_DEPTH`.
    """
    enclosing: list[int] = []
    depth = negations = 0
    for token in tokenize(text):
        if token.type is TokenType.NOT:
            negations += 1
        elif token.type in (TokenType.OPEN, TokenType.CALL):
            enclosing.append(negations + (2 if token.type is TokenType.CALL else 1))
            depth += enclosing[-1]
            negations = 0
        else:
            negations = 0
            if token.type is TokenType.CLOSE and enclosing:
                depth -= enclosing.pop()
        if depth + negations > MAXIMUM_DEPTH:
            raise QuerySyntaxError(
                f"The query is nested deeper than {MAXIMUM_DEPTH} levels at character {token.offset + 1}.",
                hint='Split it into several segments and combine those with segment:"…".',
                location={"offset": token.offset},
            )
        yield token
