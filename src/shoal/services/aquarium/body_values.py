"""Values of a request's body, or a message about the one that is not what it should be."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from shoal.errors import InvalidInputError

MOST: Final = 2**53
"""The largest whole number JSON is sure to keep."""


def text_of(body: Mapping[str, Any], key: str) -> str:
    """Return a text.

    Raises:
        InvalidInputError: it is missing or something else.
    """
    value = body.get(key)
    if not isinstance(value, str):
        raise _expected("a text", key, value)
    return value


def maybe_text_of(body: Mapping[str, Any], key: str) -> str | None:
    """Return a text, or `None` where the key is missing or null.

    Raises:
        InvalidInputError: it is something else.
    """
    return None if body.get(key) is None else text_of(body, key)


def number_of(body: Mapping[str, Any], key: str) -> float:
    """Return a finite number.

    Raises:
        InvalidInputError: it is missing or something else.
    """
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _expected("a number", key, value)
    return float(value)


def whole_number_of(body: Mapping[str, Any], key: str, *, default: int) -> int:
    """Return a whole number from 0 to `MOST`; the default where the key is missing or null.

    Raises:
        InvalidInputError: it is something else.
    """
    if body.get(key) is None:
        return default
    value = number_of(body, key)
    if not 0 <= value <= MOST or value != int(value):
        raise _expected("a whole number", key, value)
    return int(value)


def objects_of(body: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of objects; an empty one where the key is missing or null.

    Raises:
        InvalidInputError: it is something else.
    """
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _expected("a list of objects", key, value)
    return value


def texts_of(body: Mapping[str, Any], key: str) -> list[str]:
    """Return a list of texts; an empty one where the key is missing or null.

    Raises:
        InvalidInputError: it is something else, or a text holds half of a character.
    """
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(_is_whole_text(item) for item in value):
        raise _expected("a list of texts", key, value)
    return value


def maybe_object_of(body: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """Return an object, or `None` where the key is missing or null.

    Raises:
        InvalidInputError: it is something else.
    """
    value = body.get(key)
    if value is not None and not isinstance(value, dict):
        raise _expected("an object", key, value)
    return value


def check_storable(value: Any, key: str) -> None:
    """Raise `InvalidInputError` where a value holds what the catalog's own columns cannot: NaN or NUL."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError as error:
        raise _expected("finite numbers and whole characters", key, value) from error
    if "\\u0000" in text:
        raise _expected("text without NUL characters", key, value)


def _is_whole_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _expected(what: str, key: str, value: Any) -> InvalidInputError:
    found = repr(value)
    shown = found if len(found) <= 80 else f"{found[:77]}…"
    return InvalidInputError(f"{key}: expected {what}, found {shown}.", location={"field": key})
