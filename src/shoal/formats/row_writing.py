"""Writing tables of numbers, such as a matrix, as CSV, Parquet or JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.errors import InvalidInputError
from shoal.formats.user_columns import as_text

RowFormat = Literal["csv", "parquet", "json", "jsonl"]


def write_rows(target: Path | str | IO[bytes], rows: pa.Table, row_format: RowFormat | None = None) -> None:
    """Write a table; undefined numbers (NaN, null) are empty in CSV and null elsewhere.

    Args:
        target: a path, or a file open for writing bytes.
        rows: any table; lists become JSON text in CSV.
        row_format: taken from the path's ending if not given.

    Raises:
        InvalidInputError: the format is not one of the four.
    """
    if row_format is None:
        name = str(target) if isinstance(target, Path | str) else getattr(target, "name", "")
        chosen = Path(str(name)).suffix.lower().removeprefix(".")
    else:
        chosen = row_format
    if chosen not in _WRITERS:
        raise InvalidInputError(f"Expected one of {', '.join(_WRITERS)} as the format, found {chosen!r}.")
    with _opened(target) as file:
        _WRITERS[chosen](file, _without_nan(rows))


def _without_nan(rows: pa.Table) -> pa.Table:
    for i, column in enumerate(rows.schema):
        if pa.types.is_floating(column.type):
            values = [v if v is not None and not math.isnan(v) else None for v in rows.column(i).to_pylist()]
            rows = rows.set_column(i, column.name, pa.array(values, column.type))
    return rows


def _write_csv(file: IO[bytes], rows: pa.Table) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches(max_chunksize=20_000):
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([[_cell(value) for value in row] for row in zip(*columns, strict=True)])
        file.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    file.write(text.getvalue().encode())


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | float) or type(value) is int:
        return value
    text = as_text(value) or ""
    return text.strip('"') if isinstance(value, date) else text


def _write_parquet(file: IO[bytes], rows: pa.Table) -> None:
    buffer = io.BytesIO()
    pq.write_table(rows, buffer)
    file.write(buffer.getbuffer())


def _write_json(file: IO[bytes], rows: pa.Table) -> None:
    file.write(msgspec.json.encode(rows.to_pylist()))
    file.write(b"\n")


def _write_jsonl(file: IO[bytes], rows: pa.Table) -> None:
    encoder = msgspec.json.Encoder()
    for row in rows.to_pylist():
        file.write(encoder.encode(row))
        file.write(b"\n")


_WRITERS: dict[str, Any] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "json": _write_json,
    "jsonl": _write_jsonl,
}


@contextmanager
def _opened(target: Path | str | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(target, Path | str):
        with Path(target).open("wb") as file:
            yield file
    else:
        yield target
