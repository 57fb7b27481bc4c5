"""Tokens: made, listed, revoked."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from shoal.errors import AlreadyExistsError, InvalidInputError
from shoal.services.credentials import PREFIX, Holder, digest_of
from shoal.services.lookup import not_found
from shoal.services.runtime import Runtime
from shoal.store.catalog import Token, now
from shoal.wire.tokens import TokenBody, TokenCreate, TokenList, TokenSecret

_ID: Final = re.compile(r"tk_[0-9a-z]{12}")

URL = "/settings"
"""Where the page shows them."""


def list_tokens(runtime: Runtime) -> TokenList:
    """Return all tokens by name, those that have expired too."""
    with runtime.catalog.read() as session:
        return TokenList(
            items=[_body(token) for token in session.scalars(select(Token).order_by(Token.name))]
        )


def create_token(runtime: Runtime, request: TokenCreate, *, maker: Holder) -> TokenSecret:
    """Make a token and return it with its secret, which is not kept.

    Raises:
        AlreadyExistsError: the name is taken.
        InvalidInputError: the name looks like the id of a token, which would make it unclear which is meant.
    """
    if _ID.fullmatch(request.name):
        raise InvalidInputError(
            f"Expected a name, found {request.name!r}, which looks like the id of a token.",
            location={"field": "name"},
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    days = request.expires_in_days
    with runtime.catalog.begin() as session:
        if session.scalar(select(Token.id).where(Token.name == request.name)):
            raise AlreadyExistsError(
                f"Token {request.name!r} exists already.",
                hint="Take another name, or revoke the existing one first.",
                location={"url": URL},
            )
        token = Token(
            name=request.name,
            digest=digest_of(secret),
            ending=secret[-4:],
            created_by=maker.name,
            expires_at=None if days is None else now() + timedelta(days=days),
        )
        session.add(token)
        session.flush()
        body = _body(token)
    runtime.tokens.forget()
    return TokenSecret(**body.model_dump(), secret=secret)


def revoke_token(runtime: Runtime, name: str) -> None:
    """Delete a token, by name or id; whoever uses it is refused from now on.

    Raises:
        NotFoundError: there is none.
    """
    with runtime.catalog.begin() as session:
        token = session.get(Token, name) or session.scalar(select(Token).where(Token.name == name))
        if token is None:
            raise not_found("token", name, session.scalars(select(Token.name)))
        session.delete(token)
    runtime.tokens.forget()


def _body(token: Token) -> TokenBody:
    return TokenBody(
        id=token.id,
        name=token.name,
        ending=token.ending,
        created_by=token.created_by,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        is_expired=token.expires_at is not None and token.expires_at <= now(),
        url=URL,
    )
