"""Small files written so that a crash leaves the old or the new content."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO


def write_json(path: Path, value: Any) -> None:
    """Replace a file by the JSON text of a value, at once and for good."""
    with _replacing(path, mode=0o666) as file:
        json.dump(value, file, ensure_ascii=False, indent=1)


def read_json(path: Path) -> Any | None:
    """Return the value of a JSON file, or `None` when it is absent or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def write_secret(path: Path, text: str) -> None:
    """Replace a file by a text that only this user may read, at once and for good."""
    with _replacing(path, mode=0o600) as file:
        file.write(text)


def read_secret(path: Path) -> str | None:
    """Return the text of such a file, or `None` when it is absent or not for this user's eyes."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, PermissionError, ValueError):
        return None


@contextmanager
def _replacing(path: Path, *, mode: int) -> Iterator[TextIO]:
    """Give a new file that takes the place of another once it is written; `mode` as far as the umask lets."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(fresh, "x", encoding="utf-8", opener=partial(os.open, mode=mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
