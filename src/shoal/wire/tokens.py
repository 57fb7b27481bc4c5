"""Tokens, and who is signed in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shoal.wire.base import Shape, Slug


class TokenCreate(Shape):
    """A new token."""

    name: Slug = Field(description="Who or what it is for, such as `ci`.")
    expires_in_days: int | None = Field(default=None, ge=1, le=3650, description="Null: it does not expire.")


class TokenBody(Shape):
    """A token without its secret, which nobody can read again."""

    id: str
    name: str
    ending: str = Field(description="The last four characters of the secret.")
    created_by: str = Field(description="The token it was made with; empty for whoever owns the machine.")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    is_expired: bool
    url: str


class TokenSecret(TokenBody):
    """A new token with its secret, told this once."""

    secret: str = Field(repr=False)


class TokenList(Shape):
    """Tokens by name."""

    items: list[TokenBody]


class SignIn(Shape):
    """A browser's way in: a token for a cookie."""

    token: str = Field(min_length=1, max_length=1000)


class SessionBody(Shape):
    """Whether the server asks for tokens, and whose token came with this request."""

    requires_token: bool
    name: str | None = Field(description="The token's name; null when none came.")
    expires_at: datetime | None = Field(description="When that token expires.")
