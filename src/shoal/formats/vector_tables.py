"""Vectors in a column of a Parquet or Arrow table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shoal.errors import InvalidInputError
from shoal.formats.faults import listed
from shoal.formats.vector_file import Float32Array, VectorFile, as_float32, damaged

ID_COLUMNS: Final = ("frame_id", "label_id", "inference_id", "file_name")
VECTOR_COLUMNS: Final = ("embedding", "embeddings")


def is_vector_table(path: Path) -> bool:
    """Return whether a file's suffix is that of a table vectors are read from."""
    return path.suffix.lower() in (".parquet", ".pq", ".arrow", ".feather", ".ipc")


def open_vector_table(path: Path, name: str, id_column: str, vector_column: str) -> VectorFile:
    """Open a table of vectors; usual names are tried where a column is not there.

    Raises:
        InvalidInputError: the file is of another kind, damaged, or holds no such columns.
    """
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    table = _ParquetTable(path, name) if is_parquet else _ArrowTable(path, name)
    with _readable(name, table.kind):
        return _table_file(table, name, id_column, vector_column)


class _ParquetTable:
    kind = "a Parquet file"

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        with _readable(name, self.kind), self._open() as file:
            self.schema = file.schema_arrow

    def _open(self) -> pq.ParquetFile:
        return pq.ParquetFile(self._path, pre_buffer=False, buffer_size=1 << 20)

    def column(self, name: str, n_rows: int) -> Iterator[pa.Array]:
        with self._open() as file:
            for batch in file.iter_batches(n_rows, columns=[name], use_threads=False):
                yield batch.column(0)


class _ArrowTable:
    kind = "an Arrow file"

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        with _readable(name, self.kind), pa.memory_map(str(path)) as source:
            self.schema = self._batches(source)[0]

    @staticmethod
    def _batches(source: pa.NativeFile) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Return the schema and the batches of either layout: the file's, or the stream's."""
        if source.read(6) == b"ARROW1":
            file = pa.ipc.open_file(source)
            return file.schema, (file.get_batch(i) for i in range(file.num_record_batches))
        source.seek(0)
        stream = pa.ipc.open_stream(source)
        return stream.schema, iter(stream)

    def column(self, name: str, n_rows: int) -> Iterator[pa.Array]:
        with pa.memory_map(str(self._path)) as source:
            for batch in self._batches(source)[1]:
                column = batch.column(name)
                for start in range(0, len(column), n_rows):
                    yield column.slice(start, n_rows)


def _table_file(
    table: _ParquetTable | _ArrowTable, name: str, id_column: str, vector_column: str
) -> VectorFile:
    ids_in = _column(table.schema, (id_column, *ID_COLUMNS), name, "ids")
    vectors_in = _column(table.schema, (vector_column, *VECTOR_COLUMNS), name, "vectors")
    kind = table.schema.field(vectors_in).type
    if not _is_list_of_numbers(kind):
        raise InvalidInputError(
            f"{name}: expected lists of numbers in column {vectors_in!r}, found {kind}.",
            location={"file": name, "column": vectors_in},
        )
    ids = _ids_of(table, ids_in, name)
    dimension = _dimension(table, vectors_in)

    def batches(n_rows: int) -> Iterator[tuple[int, Float32Array | list[Any]]]:
        start = 0
        with _readable(name, table.kind):
            for column in table.column(vectors_in, n_rows):
                if len(column):
                    yield start, _vectors(column, dimension)
                    start += len(column)

    return VectorFile(name, name, ids, dimension, batches, lambda row: f"row {row}")


def _column(schema: pa.Schema, names: tuple[str, ...], file: str, what: str) -> str:
    for name in names:
        if name in schema.names:
            return name
    raise InvalidInputError(
        f"{file}: expected the {what} in a column {names[0]!r}; there are {listed(schema.names, 20)}.",
        hint=f"Say which column holds the {what}.",
        location={"file": file, "column": names[0]},
    )


def _is_list_of_numbers(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(is_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)))


def _ids_of(table: _ParquetTable | _ArrowTable, column: str, name: str) -> pa.Array:
    kind = table.schema.field(column).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if not is_text and not pa.types.is_integer(kind):
        raise InvalidInputError(
            f"{name}: expected text or whole numbers in column {column!r}, found {kind}.",
            location={"file": name, "column": column},
        )
    parts = [part.cast(kind).cast(pa.string()) for part in table.column(column, 1 << 16)]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())


def _dimension(table: _ParquetTable | _ArrowTable, column: str) -> int:
    """Return how long vectors are: as the type says, else as the first one is."""
    kind = table.schema.field(column).type
    if pa.types.is_fixed_size_list(kind):
        return int(kind.list_size)
    for part in table.column(column, 256):
        lengths = pc.list_value_length(part).drop_null()
        if len(lengths):
            return int(lengths[0].as_py())
    return 0


def _vectors(column: pa.Array, dimension: int) -> Float32Array | list[Any]:
    lengths = pc.list_value_length(column)
    is_whole = column.null_count == 0 and pc.all(pc.equal(lengths, dimension)).as_py()
    if is_whole and dimension:
        values = column.flatten()
        if values.null_count == 0:
            return as_float32(values.to_numpy(zero_copy_only=False).reshape(-1, dimension))
    return [row if row is None else np.array(row, np.float64) for row in column.to_pylist()]


@contextmanager
def _readable(name: str, kind: str) -> Iterator[None]:
    """Turn what Arrow raises on damaged files into an error that names the file."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(name, kind) from error
