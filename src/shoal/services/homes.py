"""Who owns a data folder."""

from __future__ import annotations

from pathlib import Path

from shoal.store.ownership import Owner as Owner
from shoal.store.ownership import read_owner, read_owner_key


def owner_of(path: Path | str) -> Owner | None:
    """Return the process that owns a home, `None` when nobody does; the home is not touched."""
    return read_owner(Path(path).expanduser().resolve())


def owner_key_of(path: Path | str) -> str | None:
    """Return what the owner of a home takes in place of a token; `None` for who may not read it."""
    return read_owner_key(Path(path).expanduser().resolve())
