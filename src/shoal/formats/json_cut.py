"""Where a block of array elements may be cut."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from shoal.formats.json_errors import MalformedJsonError, error_byte

BLANK = b" \t\r\n"
TRUNCATED = "the end of the file"
TRUNCATED_HINT = "The file is cut off; copy or export it again."
MAX_TRIES = 16
"""Wrong cuts tried before elements are taken one by one: long nested lists would cost a try for each item."""
_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_BLANKS = re.compile(r"[ \t\r\n]*")
_LITERAL = 16
"""A fault this near the end of a buffer may be a number or word that goes on after it."""


def split_elements(data: bytes) -> list[msgspec.Raw]:
    """Return the elements of a JSON array, each as it stands.

    Raises:
        msgspec.DecodeError: not an array, or not strict JSON.
    """
    return _RAW_LIST.decode(data)


def find_cut(buffer: bytes, offset: int, *, is_complete: bool) -> tuple[int | None, bool]:
    """Return where the elements at the start of `buffer` can be cut, and whether the array ends there.

    Args:
        buffer: follows the opening bracket or a comma between elements.
        offset: of the buffer in the file, for errors.
        is_complete: whether the file ends with the buffer.

    Returns:
        The position of a comma between elements, or of the closing bracket; `None` when more is needed.

    Raises:
        MalformedJsonError: the buffer holds something that is not JSON, even leniently (NaN is let through).
    """
    for tried, comma in enumerate(_commas(buffer)):
        if tried == MAX_TRIES:
            return _lenient_cut(buffer, offset, is_complete=is_complete)
        byte = _fault(b"[" + buffer[:comma] + b"]")
        if byte is None:
            return comma, False
        if byte.is_trailing:
            return buffer.rindex(b"]", 0, byte.at - 1), True
        if byte.at - 1 < comma:
            return _lenient_cut(buffer, offset, is_complete=is_complete)
    byte = _fault(b"[" + buffer)
    if byte is None:
        return buffer.rindex(b"]"), True
    if byte.is_trailing:
        return buffer.rindex(b"]", 0, byte.at - 1), True
    if byte.at - 1 < len(buffer) - _LITERAL or is_complete:
        return _lenient_cut(buffer, offset, is_complete=is_complete)
    return None, False


def likely_cut(buffer: bytes) -> int | None:
    """Return the last comma of `buffer` that may stand between elements, or `None`; nothing is checked."""
    return next(_commas(buffer), None)


class _Fault:
    """Where strict decoding stopped; `at` is past the end when the input ran out."""

    def __init__(self, error: msgspec.DecodeError, size: int) -> None:
        byte = error_byte(error)
        self.at = size if byte is None else byte
        self.is_trailing = byte is not None and "trailing characters" in str(error)


def _fault(data: bytes) -> _Fault | None:
    try:
        split_elements(data)
    except msgspec.DecodeError as error:
        return _Fault(error, len(data))
    return None


def _commas(buffer: bytes) -> Iterator[int]:
    """Yield the commas of `},{` (blanks allowed) from the end of the buffer."""
    brace = buffer.rfind(b"{")
    while brace > 0:
        end = brace
        while end > 0 and buffer[end - 1] in BLANK:
            end -= 1
        if end > 0 and buffer[end - 1] == 0x2C:
            before = end - 1
            while before > 0 and buffer[before - 1] in BLANK:
                before -= 1
            if before > 0 and buffer[before - 1] == 0x7D:
                yield end - 1
        brace = buffer.rfind(b"{", 0, brace)


def _lenient_cut(buffer: bytes, offset: int, *, is_complete: bool) -> tuple[int | None, bool]:
    text = buffer.decode("utf-8", errors="surrogateescape")
    position, cut = _after_blanks(text, 0), None
    while True:
        try:
            _, end = json.JSONDecoder().raw_decode(text, position)
        except json.JSONDecodeError as error:
            if not is_complete and _may_go_on(error, len(text)):
                return cut, False
            raise _malformed(text, error, offset) from None
        end = _after_blanks(text, end)
        if end == len(text):
            if is_complete:
                raise MalformedJsonError(offset + len(buffer), TRUNCATED, TRUNCATED_HINT)
            return cut, False
        if text[end] not in ",]":
            raise MalformedJsonError(offset + _n_bytes(text[:end]), f"{text[end : end + 20]!r}")
        cut = _n_bytes(text[:end])
        if text[end] == "]":
            return cut, True
        position = _after_blanks(text, end + 1)


def _may_go_on(error: json.JSONDecodeError, size: int) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= size - _LITERAL


def _malformed(text: str, error: json.JSONDecodeError, offset: int) -> MalformedJsonError:
    at = offset + _n_bytes(text[: error.pos])
    if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
        return MalformedJsonError(offset + _n_bytes(text), TRUNCATED, TRUNCATED_HINT)
    return MalformedJsonError(at, f"{text[error.pos : error.pos + 20]!r}")


def _after_blanks(text: str, position: int) -> int:
    match: Any = _BLANKS.match(text, position)
    end: int = match.end()
    return end


def _n_bytes(text: str) -> int:
    return len(text.encode("utf-8", errors="surrogateescape"))
