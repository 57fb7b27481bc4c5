"""Who owns a home, for clients that want it."""

from __future__ import annotations

from pathlib import Path

from shoal.services import homes
from shoal.services.homes import Owner

__all__ = ["Owner", "read_owner"]


def read_owner(path: Path | str) -> Owner | None:
    """Return the process that owns a home, `None` when nobody does."""
    return homes.owner_of(path)
