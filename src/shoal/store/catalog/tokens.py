"""Tokens: what lets somebody in from another machine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from shoal.store.catalog.base import Base, SortedName, new_id, now


class Token(Base, kw_only=True):
    """A permission to use the server, given to a person or a program.

    The secret itself is not kept: `digest` is its SHA-256 in hexadecimal digits, `ending` its last four
    characters, by which people tell tokens apart.
    """

    __tablename__ = "token"

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("tk"))
    name: Mapped[str] = mapped_column(SortedName, unique=True)
    digest: Mapped[str] = mapped_column(unique=True, repr=False)
    ending: Mapped[str]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
