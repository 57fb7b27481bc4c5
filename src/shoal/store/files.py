"""Small files written so that a crash leaves the old or the new content."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    """Replace a file by the JSON text of a value, at once and for good."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any | None:
    """Return the value of a JSON file, or `None` when it is absent, not whole, or not to be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, PermissionError, ValueError):
        return None


def write_secret(path: Path, text: str) -> None:
    """Replace a file by an ASCII text that only this user may read, at once and for good."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(fresh, "x", encoding="ascii", opener=_for_this_user) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def read_secret(path: Path) -> str | None:
    """Return the text of such a file, or `None` when it is absent or not for this user's eyes."""
    try:
        return path.read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, PermissionError, ValueError):
        return None


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
