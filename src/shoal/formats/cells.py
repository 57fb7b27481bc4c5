"""Values of table cells: numbers, flags, texts and boxes, whether a file has them typed or as text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shoal.formats.faults import shorten

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0"})
NULL_TEXTS: Final = frozenset({"", "nan", "null", "none", "na", "n/a"})
"""Texts that mean "missing" in a column of numbers, flags or dates, compared without case."""


def to_floats(values: Sequence[Any]) -> tuple[FloatArray, BoolArray]:
    """Return numbers, shape (N,), NaN where missing, and which cells are neither a number nor missing."""
    try:
        return np.fromiter(map(_quick_float, values), np.float64, len(values)), np.zeros(
            len(values), np.bool_
        )
    except (ValueError, TypeError, OverflowError):
        pass
    parsed = [_float(value) for value in values]
    bad = np.asarray([number is None for number in parsed], dtype=np.bool_)
    return np.asarray([math.nan if number is None else number for number in parsed], np.float64), bad


def _quick_float(value: Any) -> float:
    if value is True or value is False:
        raise TypeError
    return float(value)


def _float(value: Any) -> float | None:
    if value is None or (isinstance(value, str) and value.strip().casefold() in NULL_TEXTS):
        return math.nan
    try:
        return _quick_float(value)
    except (ValueError, TypeError, OverflowError):
        return None


def to_flags(values: Sequence[Any]) -> tuple[BoolArray, BoolArray]:
    """Return flags, shape (N,), False where missing, and which cells are neither a flag nor missing."""
    parsed = [_flag(value) for value in values]
    bad = np.asarray([flag is None for flag in parsed], dtype=np.bool_)
    return np.asarray([bool(flag) for flag in parsed], dtype=np.bool_), bad


def _flag(value: Any) -> bool | None:
    if value is None:
        return False
    if isinstance(value, bool | int | float):
        return bool(value) if value in (0, 1) else None
    text = value.strip().casefold() if isinstance(value, str) else "?"
    if text in NULL_TEXTS or text in _FALSE:
        return False
    return True if text in _TRUE else None


def to_texts(values: Iterable[Any]) -> list[str | None]:
    """Return names as text: numbers as they are written, whole ones without point; empty text is missing."""
    return [_text(value) for value in values]


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, bool | int | float) else shorten(value)


def to_boxes(values: Sequence[Any]) -> tuple[FloatArray, BoolArray]:
    """Return boxes, shape (N, 4), from lists of four numbers or their JSON text, NaN where missing,
    and which cells are neither a box nor missing."""
    parsed = [_box(value) for value in values]
    bad = np.asarray([box is None for box in parsed], dtype=np.bool_)
    nothing = (math.nan,) * 4
    return np.asarray([box or nothing for box in parsed], np.float64).reshape(-1, 4), bad


def _box(value: Any) -> Sequence[float] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except json.JSONDecodeError:
            return None
    if value is None:
        return (math.nan,) * 4
    if not isinstance(value, list | tuple | np.ndarray) or len(value) != 4:
        return None
    numbers = [_float(item) for item in value]
    return None if any(number is None for number in numbers) else [float(n) for n in numbers if n is not None]
