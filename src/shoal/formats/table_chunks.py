"""Rows of CSV, JSONL, JSON and Parquet files, in chunks of plain Python columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.errors import InvalidInputError, Problem, ProblemLog
from shoal.formats.faults import Place, shorten
from shoal.formats.json_errors import MalformedJsonError
from shoal.formats.json_file import JsonFile
from shoal.formats.json_shape import ElementShape
from shoal.formats.json_text import without_lone_surrogates
from shoal.formats.plain_file import open_plain, plain_suffix

CHUNK_ROWS: Final = 20_000
_DELIMITERS: Final = ",;\t|"
_NO_ROWS: Final = "An empty upload is refused; leave the file out if there is nothing in it."


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows of a file.

    Attributes:
        columns: values by column name, all of one length; `None` where a cell is missing.
        n_rows: that length.
        place: gives the place of a row, such as `line 12`.
        is_listing: whether the rows name frames and hold no objects at all.
    """

    columns: dict[str, Sequence[Any]]
    n_rows: int
    place: Place
    is_listing: bool = False


Reader = Callable[[Path, str, ProblemLog], Iterator[Chunk]]


def table_format(path: Path) -> str:
    """Return `csv`, `jsonl`, `json` or `parquet` by a file's suffix.

    Raises:
        InvalidInputError: another suffix.
    """
    suffix = plain_suffix(path)
    for name, suffixes in _SUFFIXES.items():
        if suffix in suffixes:
            return name
    raise InvalidInputError(
        f"Expected a file ending in .csv, .tsv, .parquet, .jsonl or .json, found {path.name!r}.",
        hint="Rename the file so that its ending tells its format.",
        location={"file": path.name},
    )


def read_chunks(path: Path, name: str, problems: ProblemLog) -> Iterator[Chunk]:
    """Yield the rows of a table file; rows that cannot be read become problems.

    Args:
        name: what problems call the file.
    """
    return _READERS[table_format(path)](path, name, problems)


def _chunks_of_csv(path: Path, name: str, problems: ProblemLog) -> Iterator[Chunk]:
    with open_plain(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        try:
            yield from _csv_rows(text, name, problems)
        except UnicodeDecodeError as error:
            found = f"byte {error.object[error.start]:#04x}"
            place = f"line {_undecodable_line(binary)}"
            problems.add(Problem(name, place, "", "text in UTF-8", found, "Save the file as UTF-8."))
        except csv.Error as error:
            problems.add(Problem(name, "", "", "a CSV file", str(error)))


def _undecodable_line(binary: IO[bytes]) -> int:
    """Return the first line that is not UTF-8, counted from 1; the decoder itself reads far ahead."""
    binary.seek(0)
    return next(number for number, line in enumerate(binary, 1) if not _is_utf8(line))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _csv_rows(text: IO[str], name: str, problems: ProblemLog) -> Iterator[Chunk]:
    csv.field_size_limit(1 << 28)
    first = text.readline()
    if not first.strip():
        problems.add(Problem(name, "line 1", "", "a line of column names", "nothing", _NO_ROWS))
        return
    delimiter = max(_DELIMITERS, key=first.count)
    header = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter))]
    repeated = sorted({cell for cell in header if header.count(cell) > 1})
    if repeated:
        problems.add(Problem(name, "line 1", repeated[0], "a column name that occurs once", "it again"))
        return
    reader = csv.reader(text, delimiter=delimiter)
    rows: list[list[str]] = []
    lines: list[int] = []
    for row in reader:
        if len(row) != len(header):
            if row:
                expected = f"{len(header)} cells, as in line 1"
                problems.add(Problem(name, f"line {reader.line_num + 1}", "", expected, f"{len(row)} cells"))
            continue
        rows.append(row)
        lines.append(reader.line_num + 1)
        if len(rows) == CHUNK_ROWS:
            yield _csv_chunk(header, rows, lines)
            rows, lines = [], []
    yield _csv_chunk(header, rows, lines)


def _csv_chunk(header: list[str], rows: list[list[str]], lines: list[int]) -> Chunk:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    named = {
        key: [cell or None for cell in column] if "" in column else column
        for key, column in zip(header, columns, strict=True)
        if key
    }
    return Chunk(named, len(rows), lambda i: f"line {lines[i]}")


def _chunks_of_jsonl(path: Path, name: str, problems: ProblemLog) -> Iterator[Chunk]:
    decoder = msgspec.json.Decoder()
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    is_empty = True
    with open_plain(path) as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            line = without_lone_surrogates(line)
            try:
                row = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                row = _lenient_row(line, f"line {number}", name, problems)
            if isinstance(row, dict):
                rows.append(row)
                lines.append(number)
            elif row is not None:
                problems.add(Problem(name, f"line {number}", "", "a JSON object", shorten(row)))
            if len(rows) == CHUNK_ROWS:
                yield _row_chunk(rows, lines)
                rows, lines, is_empty = [], [], False
    if rows:
        yield _row_chunk(rows, lines)
    elif is_empty and not problems.total:
        yield Chunk({}, 0, str)


def _lenient_row(line: bytes, place: str, name: str, problems: ProblemLog) -> Any:
    """Return what Python's more lenient decoder reads (NaN, Infinity), or `None` after adding a problem."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        found = shorten(line.decode("utf-8", errors="replace").strip())
        problems.add(Problem(name, place, "", "a JSON object on one line", found))
        return None


def _row_chunk(rows: list[dict[str, Any]], lines: list[int]) -> Chunk:
    keys = dict.fromkeys(key for row in rows for key in row)
    columns: dict[str, Sequence[Any]] = {key: [row.get(key) for row in rows] for key in keys}
    return Chunk(columns, len(rows), lambda i: f"line {lines[i]}")


def _chunks_of_json(path: Path, name: str, problems: ProblemLog) -> Iterator[Chunk]:
    file = JsonFile(path)
    try:
        section = next(file.sections(), None)
        if section is None or section.key or not section.is_array:
            problems.add(Problem(name, "", "", "a list of objects", "an object"))
            return
        shape = ElementShape({}, {})
        for block in file.blocks(section, shape):
            for one in block.rejected:
                expected = one.expected or "an object"
                problems.add(Problem(name, f"[{one.index}]", "", expected, shorten(one.found)))
            indices = block.indices
            columns: dict[str, Sequence[Any]] = dict(shape.learnt_values(block.items))
            yield Chunk(columns, len(block.items), lambda i, at=indices: f"[{at[i]}]")  # type: ignore[misc]
        for _ in file.sections():
            pass
    except MalformedJsonError as error:
        problems.add(error.problem(path, name))
    finally:
        file.close()


def _chunks_of_parquet(path: Path, name: str, problems: ProblemLog) -> Iterator[Chunk]:
    try:
        with open_plain(path) as source, pq.ParquetFile(source) as file:
            start = 0
            for batch in file.iter_batches(CHUNK_ROWS):
                columns: dict[str, Sequence[Any]] = {
                    key: batch.column(i).to_pylist() for i, key in enumerate(batch.schema.names)
                }
                yield Chunk(columns, batch.num_rows, lambda i, start=start: f"row {start + i}")  # type: ignore[misc]
                start += batch.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        found = "one that is damaged, cut off or of another kind"
        problems.add(Problem(name, "", "", "a Parquet file", found, "Copy or export the file again."))


_SUFFIXES: Final[dict[str, tuple[str, ...]]] = {
    "csv": (".csv", ".tsv", ".txt"),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json",),
    "parquet": (".parquet", ".pq"),
}
_READERS: Final[dict[str, Reader]] = {
    "csv": _chunks_of_csv,
    "jsonl": _chunks_of_jsonl,
    "json": _chunks_of_json,
    "parquet": _chunks_of_parquet,
}
