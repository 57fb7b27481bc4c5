"""Who owns a home, for clients that want it."""

from __future__ import annotations

from pathlib import Path

from shoal.services import homes
from shoal.services.homes import Owner

__all__ = ["Owner", "read_owner", "read_owner_key"]


def read_owner(path: Path | str) -> Owner | None:
    """Return the process that owns a home, `None` when nobody does."""
    return homes.owner_of(path)


def read_owner_key(path: Path | str) -> str | None:
    """Return what the owner takes in place of a token; `None` for who may not read it."""
    return homes.owner_key_of(path)
