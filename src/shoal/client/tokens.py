"""Tokens: what lets people and programs in from other machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from shoal.client.resource import Resource
from shoal.client.session import Session, build
from shoal.errors import NotFoundError
from shoal.wire.tokens import TokenBody, TokenCreate, TokenList, TokenSecret


class Token(Resource[TokenBody]):
    """A permission to use the server.

    Attributes:
        secret: what is sent as `Authorization: Bearer …`; known from `Tokens.create` alone, `None` later.
    """

    def __init__(self, session: Session, body: TokenBody, *, secret: str | None = None) -> None:
        super().__init__(session, body)
        self.secret = secret

    @property
    def name(self) -> str:
        """Who or what it is for."""
        return self.body.name

    @property
    def created_by(self) -> str:
        """The name of the token it was made with; empty for whoever runs the server."""
        return self.body.created_by

    @property
    def expires_at(self) -> datetime | None:
        """When it ends by itself."""
        return self.body.expires_at

    @property
    def last_used_at(self) -> datetime | None:
        """When it was used last, to the minute, as last read."""
        return self.body.last_used_at

    def revoke(self) -> None:
        """End it: whoever uses it is refused from now on."""
        self.session.call("DELETE", ("tokens", self.id))

    def __repr__(self) -> str:
        return f"Token({self.name}, …{self.body.ending})"


class Tokens:
    """The tokens of a server, by name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, name: str, *, expires_in_days: int | None = None) -> Token:
        """Make a token and return it; its `secret` is told this once.

        Args:
            name: letters, digits, `_`, `.` and `-`.
            expires_in_days: 1 to 3650; `None` for a token that does not expire.

        Raises:
            AlreadyExistsError: the name is taken.
        """
        body = build(TokenCreate, name=name, expires_in_days=expires_in_days)
        made = self._session.read(TokenSecret, "POST", ("tokens",), body=body)
        return Token(self._session, made, secret=made.secret)

    def list(self) -> list[Token]:
        """Return all tokens, those that have expired too."""
        body = self._session.read(TokenList, "GET", ("tokens",))
        return [Token(self._session, item) for item in body.items]

    def __getitem__(self, name: str) -> Token:
        tokens = self.list()
        by_name = {token.name: token for token in tokens} | {token.id: token for token in tokens}
        if name not in by_name:
            raise NotFoundError(f"There is no token {name!r}.")
        return by_name[name]

    def __iter__(self) -> Iterator[Token]:
        return iter(self.list())

    def __repr__(self) -> str:
        return "\n".join(repr(token) for token in self) or "Tokens (none)"
