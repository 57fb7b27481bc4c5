"""Whose the rows of an array of vectors are: a text file with an id a line, or a JSON list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa

from shoal.errors import InvalidInputError
from shoal.formats.faults import shorten


@dataclass(frozen=True)
class IdsFile:
    """The ids of a file in its order.

    Attributes:
        name: what problems call the file.
        ids: text, shape (N,), null where there is none.
        place: gives the place of an id.
    """

    name: str
    ids: pa.Array
    place: Callable[[int], str]


def read_ids(path: Path, name: str) -> IdsFile:
    """Read a file of ids: `.json` is a list of text or whole numbers, all else is text, an id a line.

    Raises:
        InvalidInputError: it is neither.
    """
    if path.suffix.lower() == ".json":
        return IdsFile(name, _of_json(path, name), lambda row: f"[{row}]")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{name}: expected text in UTF-8, found the byte {error.object[error.start]:#04x}.",
            hint="Save the file as UTF-8.",
            location={"file": name},
        ) from error
    if lines and not lines[-1]:
        lines.pop()
    ids = [line.removesuffix("\r") or None for line in lines]
    return IdsFile(name, pa.array(ids, pa.string()), lambda row: f"line {row + 1}")


def _of_json(path: Path, name: str) -> pa.Array:
    fault = f"{name}: expected a JSON list of ids, text or whole numbers"
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(f"{fault}; found {error}.", location={"file": name}) from error
    if not isinstance(found, list):
        raise InvalidInputError(f"{fault}; found {shorten(found)}.", location={"file": name})
    for place, value in enumerate(found):
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            raise InvalidInputError(f"{fault}; found {shorten(value)} at [{place}].", location={"file": name})
    return pa.array([value if value is None else str(value) for value in found], pa.string())
