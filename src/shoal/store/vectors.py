"""Vectors of elements: append-only Lance tables, read by row number."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import ConflictError
from shoal.model.columns import ORDINAL
from shoal.model.embedding import Distance
from shoal.store.tables.place import TableHome, files_of, flush_to_disk, location, opened, translated
from shoal.store.tables.upkeep import cleanup, drop, forget_versions, unsettled
from shoal.store.tables.writing import FORMAT, ROWS_PER_FILE, remembering
from shoal.store.versions import TableVersion

if TYPE_CHECKING:
    import lance

Float32Array: TypeAlias = npt.NDArray[np.float32]
Int64Array: TypeAlias = npt.NDArray[np.int64]
UInt32Array: TypeAlias = npt.NDArray[np.uint32]
VectorBatch: TypeAlias = tuple[UInt32Array, Float32Array]

VECTOR: Final = "vector"

BATCH_BYTES: Final = 16 << 20
"""About how many bytes of vectors a batch holds."""


@dataclass(frozen=True, slots=True)
class VectorTable:
    """One version of a table of vectors; a later row of an ordinal supersedes earlier ones.

    Attributes:
        key: names the content: `uri` and `version`.  Rows [0, n) of one uri never change.
        n_rows: rows R, superseded ones included.
        dimension: numbers in a vector, D.
        distance: how far two vectors are from each other.
        model_id: what made the vectors.
    """

    key: Mapping[str, Any]
    n_rows: int
    dimension: int
    distance: Distance
    model_id: str
    _dataset: lance.LanceDataset = field(repr=False, compare=False)

    def ordinals(self) -> UInt32Array:
        """Return the element each row is of: uint32, shape (R,).

        Raises:
            StorageError: the disk failed.
        """
        with translated(self.key["uri"]):
            column = self._dataset.to_table(columns=[ORDINAL], scan_in_order=True).column(ORDINAL)
            ordinals: UInt32Array = column.to_numpy().astype(np.uint32, copy=False)
            return ordinals

    def batches(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Float32Array]]:
        """Yield vectors in row order; memory stays within a few batches.

        Args:
            start: first row.
            stop: one past the last row; R when absent.

        Yields:
            the first row of the batch, and float32, shape (b, D), b ≥ 1.

        Raises:
            StorageError: the disk failed.
        """
        end = self.n_rows if stop is None else min(stop, self.n_rows)
        row = start
        with translated(self.key["uri"]):
            scanner = self._dataset.scanner(
                columns=[VECTOR],
                offset=start,
                limit=max(end - start, 0),
                batch_size=rows_per_batch(self.dimension),
                batch_readahead=2,
                scan_in_order=True,
            )
            for batch in scanner.to_batches() if end > start else ():
                if batch.num_rows:
                    yield row, vectors_of(batch.column(0), self.dimension)
                    row += batch.num_rows

    def take(self, rows: Int64Array) -> Float32Array:
        """Return the vectors of some rows in the order asked: float32, shape (N, D); repeats are allowed.

        Args:
            rows: shape (N,), each in [0, R).

        Raises:
            StorageError: the disk failed.
        """
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        with translated(self.key["uri"]):
            taken = self._dataset.take(rows.tolist(), columns=[VECTOR]).column(0)
        return np.concatenate([vectors_of(chunk, self.dimension) for chunk in taken.chunks])


def rows_per_batch(dimension: int) -> int:
    """Return how many vectors of a dimension make a batch."""
    return max(1, BATCH_BYTES // (4 * dimension))


def vectors_of(column: pa.Array, dimension: int) -> Float32Array:
    """Return fixed-size lists of float32 without nulls as an array, shape (N, D)."""
    values: Float32Array = column.flatten().to_numpy(zero_copy_only=True)
    return values.reshape(-1, dimension)


def vector_schema(dimension: int) -> pa.Schema:
    """Return the columns of a table of vectors."""
    item = pa.field("item", pa.float32(), nullable=False)
    return pa.schema(
        [
            pa.field(ORDINAL, pa.uint32(), nullable=False),
            pa.field(VECTOR, pa.list_(item, dimension), nullable=False),
        ]
    )


def open_vectors(
    home: TableHome, table: TableVersion, *, dimension: int, distance: Distance, model_id: str
) -> VectorTable:
    """Open a version of a table of vectors for reading.

    Raises:
        NotFoundError: the version is gone.
        StorageError: the disk failed.
    """
    with translated(table.uri):
        dataset = opened(home, table)
    key = {"uri": table.uri, "version": table.version}
    return VectorTable(key, table.n_rows, dimension, distance, model_id, dataset)


def write_vectors(home: TableHome, batches: Iterable[VectorBatch], dimension: int) -> TableVersion:
    """Write a new table from a stream; memory stays within a few batches.

    Args:
        home: where the table goes.
        batches: ordinals uint32, shape (b,), and vectors float32, shape (b, D); their errors come through.
        dimension: D.

    Raises:
        StorageError: the disk failed.  Nothing is left behind.
    """
    import lance

    uri = f"{home.tables_uri.rstrip('/')}/vectors-{secrets.token_hex(8)}.lance"
    schema = vector_schema(dimension)
    errors: list[BaseException] = []
    try:
        with unsettled(home, uri), translated(uri), _source_first(errors):
            dataset = lance.write_dataset(
                pa.RecordBatchReader.from_batches(schema, remembering(_arrow(batches, schema), errors)),
                location(home, uri),
                mode="create",
                data_storage_version=FORMAT,
                max_rows_per_file=ROWS_PER_FILE,
            )
            flush_to_disk(home, uri)
            return TableVersion(uri, dataset.version, dataset.count_rows())
    except BaseException:
        drop(home, uri)
        raise


def append_vectors(
    home: TableHome, base: TableVersion, batches: Iterable[VectorBatch], dimension: int
) -> TableVersion:
    """Make a new version from exactly `base` with rows added; versions made after `base` play no part.

    One writer of a table at a time: callers hold a lock.

    Raises:
        ConflictError: another process changed the table at the same time.
        NotFoundError: `base` is gone.
        StorageError: the disk failed.  The table is as it was in either case.
    """
    errors: list[BaseException] = []
    with home.locks.holding(base.uri):
        try:
            with unsettled(home, base.uri), translated(base.uri), _source_first(errors):
                return _append(home, base, remembering(_arrow(batches, vector_schema(dimension)), errors))
        except BaseException as error:
            failure = error
    cleanup(home, base.uri, {base.version})
    raise failure


@contextmanager
def _source_first(errors: list[BaseException]) -> Iterator[None]:
    """Where the source of batches failed, raise its error in place of what Lance makes of it."""
    try:
        yield
    except BaseException as error:
        if errors:
            raise errors[0] from error
        raise


def _append(home: TableHome, base: TableVersion, batches: Iterator[pa.RecordBatch]) -> TableVersion:
    import lance

    known = files_of(home, base.uri)
    dataset = opened(home, base)
    on_the_way = []
    if dataset.latest_version != base.version:
        dataset.restore()  # type: ignore[no-untyped-call]
        on_the_way.append(dataset.version)
    fragments = lance.fragment.write_fragments(
        pa.RecordBatchReader.from_batches(dataset.schema, batches),
        dataset,
        data_storage_version=FORMAT,
        max_rows_per_file=ROWS_PER_FILE,
    )
    operation = lance.LanceOperation.Append(fragments)
    try:
        dataset = lance.LanceDataset.commit(dataset, operation, read_version=dataset.version, max_retries=0)
    except lance.commit.CommitConflictError as error:
        raise ConflictError("Another process changed the same table of vectors.") from error
    forget_versions(dataset, on_the_way)
    flush_to_disk(home, base.uri, known=known)
    return TableVersion(base.uri, dataset.version, dataset.count_rows())


def _arrow(batches: Iterable[VectorBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    size = schema.field(VECTOR).type.list_size
    for ordinals, vectors in batches:
        values = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
        lists = pa.FixedSizeListArray.from_arrays(values, type=schema.field(VECTOR).type)
        assert vectors.shape == (len(ordinals), size)
        yield pa.RecordBatch.from_arrays([pa.array(ordinals, pa.uint32()), lists], schema=schema)
