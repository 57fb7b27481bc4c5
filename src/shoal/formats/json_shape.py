"""The keys a JSON element may have; keys nobody announced are learnt while reading.

Decoding straight into typed structs is five times as fast as into dictionaries, but drops what it does not
know.  So unknown keys are refused at first, and each new one widens the struct and repeats the block.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from shoal.formats.json_errors import Rejected

_UNKNOWN_KEY = re.compile(r"^Object contains unknown field `(.*)` - at `\$\[(?:\d+|\.\.\.)\]`$", re.DOTALL)
_MISSING_KEY = re.compile(r"missing required field `(.*?)`", re.DOTALL)
_PLAIN_KEY = re.compile(r'[^"\\\x00-\x1f]+')
_PATH = re.compile(r"at `\$\.(\w+)")

MAX_LEARNT_KEYS = 256
"""Elements with more different keys than this are taken for maps; further keys are dropped."""


class ElementShape:
    """A typed decoder for the elements of one section.

    Args:
        required: keys every element must have, with their types; keys are identifiers.
        optional: (type, default) of keys that only cost time once an element has one.

    Attributes:
        learnt: unannounced keys met so far, and the attribute that holds each (`None` where absent).
        is_full: whether keys are dropped: there were too many, or one cannot be a name.
    """

    def __init__(self, required: Mapping[str, Any], optional: Mapping[str, tuple[Any, Any]]) -> None:
        self.keys = (*required, *optional)
        self._fields: list[tuple[str, Any] | tuple[str, Any, Any]] = list(required.items())
        self._met = dict.fromkeys(required, True)
        self._optional = dict(optional)
        self.learnt: dict[str, str] = {}
        self.is_full = False
        self._build()

    def _build(self) -> None:
        extra = [(attribute, Any, None) for attribute in self.learnt.values()]
        struct = msgspec.defstruct(
            "Element",
            [*self._fields, *extra],
            rename={attribute: key for key, attribute in self.learnt.items()},
            forbid_unknown_fields=not self.is_full,
            gc=False,
        )
        self._list = msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]

    def decode_list(self, data: bytes) -> list[Any]:
        """Decode a JSON array of elements.

        Raises:
            msgspec.ValidationError: an element does not fit.
            msgspec.DecodeError: not JSON.
        """
        while True:
            try:
                return self._list.decode(data)
            except msgspec.ValidationError as error:
                match = _UNKNOWN_KEY.match(str(error))
                if match is None:
                    raise
                self._learn(match[1])

    def _learn(self, key: str) -> None:
        if key in self._optional and key not in self._met:
            self._met[key] = True
            self._fields.append((key, *self._optional[key]))
        elif len(self.learnt) >= MAX_LEARNT_KEYS or not _PLAIN_KEY.fullmatch(key):
            self.is_full = True
        else:
            self.learnt[key] = f"learnt_{len(self.learnt)}"
        self._build()

    def decode_one(self, data: bytes, index: int) -> Any | Rejected:
        """Decode one element by itself; what does not fit comes back as `Rejected`."""
        try:
            return self.decode_list(b"[" + data + b"]")[0]
        except msgspec.ValidationError as error:
            return self._rejection(msgspec.json.decode(data), index, error)
        except UnicodeDecodeError:
            return Rejected(index, "", data[:80].decode("utf-8", errors="replace"), "text in UTF-8")

    def convert_one(self, value: Any, index: int) -> Any | Rejected:
        """Take over one element that only a lenient decoder could read, such as one with NaN."""
        if isinstance(value, dict):
            for key in self.keys:
                if _has_non_finite(value.get(key)):
                    return Rejected(index, key, value[key])
        try:
            return self.decode_one(msgspec.json.encode(value), index)
        except RecursionError:
            return Rejected(index, "", "a deeply nested value")

    def _rejection(self, value: Any, index: int, error: msgspec.ValidationError) -> Rejected:
        text = str(error).replace("`$[0]", "`$")
        missing = _MISSING_KEY.search(text)
        if missing:
            return Rejected(index, missing[1], None)
        at = _PATH.search(text)
        if at is None or not isinstance(value, dict):
            return Rejected(index, "", value)
        return Rejected(index, at[1], value.get(at[1]))

    def column(self, items: Sequence[Any], key: str) -> list[Any] | None:
        """Return the value of an announced key of every item, or `None` when no element had it so far."""
        if key not in self._met:
            return None
        try:
            return list(map(attrgetter(key), items))
        except AttributeError:
            # Some items were decoded before the key was met.
            default = self._optional[key][1]
            return [getattr(item, key, default) for item in items]

    def learnt_values(self, items: Sequence[Any]) -> dict[str, list[Any]]:
        """Return the values of every learnt key for decoded items; `None` where an item lacks it."""
        values: dict[str, list[Any]] = {}
        for key, attribute in self.learnt.items():
            try:
                values[key] = list(map(attrgetter(attribute), items))
            except AttributeError:
                # Some items were decoded before the key was learnt.
                values[key] = [getattr(item, attribute, None) for item in items]
        return values


def _has_non_finite(value: Any) -> bool:
    numbers = value if isinstance(value, list) else [value]
    return any(isinstance(item, float) and not math.isfinite(item) for item in numbers)
