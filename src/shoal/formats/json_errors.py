"""What went wrong where in a JSON file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shoal.errors import Problem

_BYTE = re.compile(r"\(byte (\d+)\)$")


@dataclass(slots=True)
class MalformedJsonError(Exception):
    """A file stops being JSON at a byte; a reader turns this into a problem.

    Attributes:
        offset: bytes from the start of the file.
        message: what was found there.
        hint: a way out, where one is likely.
    """

    offset: int
    message: str
    hint: str = ""

    def problem(self, path: Path, name: str) -> Problem:
        """Return the problem with its line, counted from 1; reads the file up to the fault."""
        place = f"line {_line_of(path, self.offset)}, byte {self.offset}"
        return Problem(name, place, "", "valid JSON", self.message, self.hint)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One element that is JSON, but not what the format asks for.

    Attributes:
        index: position in its section.
        field: the key at fault; empty when the element itself is.
        found: the value at the key; `None` when it is missing.
        expected: what would have been right, where the field does not tell.
    """

    index: int
    field: str
    found: Any
    expected: str = ""


def error_byte(error: Exception) -> int | None:
    """Return the byte a JSON decoder stopped at, or `None` when it ran out of input."""
    match = _BYTE.search(str(error))
    return int(match[1]) if match else None


def _line_of(path: Path, offset: int) -> int:
    line, left = 1, offset
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            line += chunk.count(b"\n")
            left -= len(chunk)
    return line
