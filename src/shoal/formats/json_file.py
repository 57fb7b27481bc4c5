"""Walking through a JSON file of any size: its sections, and the elements of a section in blocks.

A block is cut at `},{` near its end and decoded as a whole.  A wrong cut (inside a nested list or a string)
never decodes, because brackets cannot balance there; then the cut before it is tried.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from shoal.formats.json_cut import BLANK, TRUNCATED, TRUNCATED_HINT, find_cut, likely_cut, split_elements
from shoal.formats.json_errors import MalformedJsonError, Rejected, error_byte
from shoal.formats.json_shape import ElementShape
from shoal.formats.json_text import printable, without_lone_surrogates
from shoal.formats.plain_file import open_plain

BLOCK_BYTES = 1 << 19
MAX_ELEMENT_BYTES = 1 << 28
_RAW = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level value of the file: its key (empty for a file that is one array) and where it begins."""

    key: str
    start: int
    is_array: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive elements of a section.

    Attributes:
        items: the decoded elements that fit.
        indices: position of each item in its section.
        rejected: elements that do not fit.
    """

    items: list[Any]
    indices: range | list[int]
    rejected: list[Rejected]


class JsonFile:
    """A JSON file, plain or compressed (`.gz`, `.zst`); compressed ones are unpacked to a temporary file.

    Raises:
        MalformedJsonError: by any method, where the file stops being JSON.
    """

    def __init__(self, path: Path) -> None:
        self._file = open_plain(path)
        self._closed = weakref.finalize(self, self._file.close)
        self._size = self._file.seek(0, 2)
        self._found: list[Section] = []
        self._ends: dict[int, int] = {}
        self._walk = self._sections()
        self._fault: MalformedJsonError | None = None

    def close(self) -> None:
        """Close the file; a temporary one disappears.  Also happens when nobody uses this any more."""
        self._closed()

    def sections(self) -> Iterator[Section]:
        """Yield the top-level sections in order; what was walked before is not read again."""
        position = 0
        while True:
            if position == len(self._found):
                section = self._next_section()
                if section is None:
                    return
            yield self._found[position]
            position += 1

    def _next_section(self) -> Section | None:
        if self._fault is not None:
            raise self._fault
        try:
            section = next(self._walk, None)
        except MalformedJsonError as error:
            self._fault = error
            raise
        if section is not None:
            self._found.append(section)
        return section

    def section(self, key: str) -> Section | None:
        """Return the section of a key, reading only as far as needed; `None` when there is none."""
        return next((section for section in self.sections() if section.key == key), None)

    def tail_value(self, key: str) -> Any | None:
        """Return the value of a top-level key that is near the end of the file, or `None`.

        From the key to the end of the file the text must decode as an object of its own: inside a deeper
        level or a string it could not, so what is found is the top-level value.
        """
        start = max(0, self._size - (BLOCK_BYTES << 3))
        tail = self._read(start, self._size - start)
        quoted = json.dumps(key).encode()
        at = tail.rfind(quoted)
        for _ in range(4):
            if at < 0:
                break
            if tail[at + len(quoted) : at + len(quoted) + 64].lstrip(BLANK).startswith(b":"):
                try:
                    return msgspec.json.decode(without_lone_surrogates(b"{" + tail[at:]))[key]
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    pass
            at = tail.rfind(quoted, 0, at)
        return None

    def value(self, section: Section) -> Any:
        """Return a section's whole value."""
        size = self._value_end(section.start) - section.start
        data = without_lone_surrogates(self._read(section.start, size))
        try:
            return msgspec.json.decode(data)
        except UnicodeDecodeError:
            raise MalformedJsonError(section.start, "text that is not UTF-8") from None
        except msgspec.DecodeError:
            return json.loads(data)

    def blocks(self, section: Section, shape: ElementShape) -> Iterator[Block]:
        """Yield the elements of an array section, in order."""
        index = 0
        for offset, data, items in self._raw_blocks(section.start, shape):
            try:
                if items is None:
                    data = without_lone_surrogates(b"[" + data + b"]")
                    block = _decoded(data, shape, index)
                else:
                    block = Block(items, range(index, index + len(items)), [])
            except UnicodeDecodeError:
                raise MalformedJsonError(offset, "text that is not UTF-8") from None
            index += len(block.items) + len(block.rejected)
            yield block

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _skip_blank(self, offset: int) -> tuple[int, bytes]:
        while True:
            chunk = self._read(offset, 1 << 12)
            rest = chunk.lstrip(BLANK)
            if rest or not chunk:
                return offset + len(chunk) - len(rest), rest
            offset += len(chunk)

    def _sections(self) -> Iterator[Section]:
        offset, rest = self._skip_blank(3 if self._read(0, 3) == b"\xef\xbb\xbf" else 0)
        if not rest:
            raise MalformedJsonError(offset, "an empty file")
        if rest[:1] == b"[":
            yield Section("", offset, True)
            self._expect_end(self._value_end(offset))
            return
        if rest[:1] != b"{":
            raise _unexpected(offset, rest, "Is this a JSON file?")
        offset, rest = self._skip_blank(offset + 1)
        while rest[:1] != b"}":
            key, offset = self._key(offset)
            offset, rest = self._skip_blank(offset)
            yield Section(key, offset, rest[:1] == b"[")
            offset, rest = self._skip_blank(self._value_end(offset))
            if rest[:1] == b",":
                offset, rest = self._skip_blank(offset + 1)
                if rest[:1] != b'"':
                    raise _unexpected(offset, rest)
            elif rest[:1] != b"}":
                raise _unexpected(offset, rest)
        self._expect_end(offset + 1)

    def _expect_end(self, offset: int) -> None:
        offset, rest = self._skip_blank(offset)
        if rest:
            raise _unexpected(offset, rest)

    def _key(self, offset: int) -> tuple[str, int]:
        data = self._read(offset, 1 << 12)
        text = data.decode("utf-8", errors="surrogateescape")
        try:
            key, length = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError:
            raise _unexpected(offset, data) from None
        if not isinstance(key, str):
            raise _unexpected(offset, data)
        size = len(text[:length].encode("utf-8", errors="surrogateescape"))
        end, rest = self._skip_blank(offset + size)
        if rest[:1] != b":":
            raise _unexpected(end, rest)
        return printable(key), end + 1

    def _value_end(self, start: int) -> int:
        if start not in self._ends:
            if self._read(start, 1) == b"[":
                for _ in self._raw_blocks(start):
                    pass
            else:
                self._ends[start] = self._whole_value_end(start)
        return self._ends[start]

    def _whole_value_end(self, start: int) -> int:
        size = BLOCK_BYTES
        while True:
            data = self._read(start, size)
            is_complete = start + len(data) >= self._size
            try:
                _RAW.decode(data)
                # A number may go on past what was read.
                byte = None
                if is_complete:
                    return start + len(data)
            except RecursionError:
                raise MalformedJsonError(start, "values nested too deeply") from None
            except msgspec.DecodeError as error:
                byte = error_byte(error)
            if byte is None and is_complete:
                raise MalformedJsonError(self._size, TRUNCATED, TRUNCATED_HINT)
            if byte is not None and (is_complete or byte < len(data) - 16):
                return self._lenient_value_end(start, data)
            size *= 4

    def _lenient_value_end(self, start: int, data: bytes) -> int:
        text = data.decode("utf-8", errors="surrogateescape")
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            at = len(text[: error.pos].encode("utf-8", errors="surrogateescape"))
            raise _unexpected(start + at, data[at:]) from None
        return start + len(text[:end].encode("utf-8", errors="surrogateescape"))

    def _raw_blocks(
        self, start: int, shape: ElementShape | None = None
    ) -> Iterator[tuple[int, bytes, list[Any] | None]]:
        """Yield blocks of the array at `start`: offset of the first element, elements joined by commas, and
        the elements decoded, where a first attempt with `shape` decodes them all."""
        offset, buffer, wanted = start + 1, b"", BLOCK_BYTES
        while True:
            if len(buffer) < wanted:
                buffer += self._read(offset + len(buffer), wanted - len(buffer))
            if buffer[:64].lstrip(BLANK)[:1] == b"]" and offset == start + 1:
                self._ends[start] = offset + buffer.index(b"]") + 1
                return
            cut = None if shape is None else likely_cut(buffer)
            items = None if shape is None or cut is None else _attempt(buffer[:cut], shape)
            if items is not None and cut is not None:
                yield offset, b"", items
                offset, buffer, wanted = offset + cut + 1, buffer[cut + 1 :], BLOCK_BYTES
                continue
            try:
                cut, is_last = find_cut(buffer, offset, is_complete=offset + len(buffer) >= self._size)
            except RecursionError:
                raise MalformedJsonError(offset, "values nested too deeply") from None
            if cut is None:
                wanted = max(wanted, len(buffer)) * 2
                if wanted > MAX_ELEMENT_BYTES:
                    raise MalformedJsonError(offset, f"an element of more than {MAX_ELEMENT_BYTES >> 21} MiB")
                continue
            yield offset, buffer[:cut], None
            if is_last:
                self._ends[start] = offset + cut + 1
                return
            offset, buffer, wanted = offset + cut + 1, buffer[cut + 1 :], BLOCK_BYTES


def _attempt(data: bytes, shape: ElementShape) -> list[Any] | None:
    try:
        return shape.decode_list(without_lone_surrogates(b"[" + data + b"]"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _decoded(data: bytes, shape: ElementShape, first: int) -> Block:
    try:
        items = shape.decode_list(data)
        return Block(items, range(first, first + len(items)), [])
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        results = [shape.decode_one(bytes(raw), first + i) for i, raw in enumerate(split_elements(data))]
    except msgspec.DecodeError:
        results = [shape.convert_one(value, first + i) for i, value in enumerate(json.loads(data))]
    rejected = [result for result in results if isinstance(result, Rejected)]
    kept = [(first + i, result) for i, result in enumerate(results) if not isinstance(result, Rejected)]
    return Block([item for _, item in kept], [index for index, _ in kept], rejected)


def _unexpected(offset: int, data: bytes, hint: str = "") -> MalformedJsonError:
    if not data:
        return MalformedJsonError(offset, TRUNCATED, TRUNCATED_HINT)
    return MalformedJsonError(offset, repr(data[:20].decode("utf-8", errors="replace")), hint)
