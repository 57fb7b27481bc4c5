"""Writing tables: new ones from a stream of batches, and new versions of old ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pyarrow as pa

from shoal.store.tables.column_names import as_stored, renamed
from shoal.store.tables.kinds import TableKind, conformed, settled, stored_schema, widened
from shoal.store.tables.place import TableHome, flush_to_disk, location, translated
from shoal.store.tables.reading import scan
from shoal.store.tables.upkeep import drop, unsettled
from shoal.store.versions import TableVersion

FORMAT: Final = "2.1"
"""Lance's file format; fixed, so that an upgrade of Lance does not change what is written."""

ROWS_PER_FILE = 1 << 21


def write(
    home: TableHome,
    kind: TableKind,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema | None = None,
) -> TableVersion:
    """Write a new table from a stream; memory stays within a few batches.

    Core columns are brought to the types `stored_schema` names and are null where absent.  User columns may
    appear late and may turn from int64 to double; rows written before are then written again.

    Args:
        home: where the table goes.
        kind: what the table holds.
        batches: rows with `ordinal` (and `row_ordinal`); may be none at all.
        schema: user columns known beforehand; others are added as they come.

    Raises:
        InvalidInputError: an unknown column, a missing value, or a value or type that does not fit.
        StorageError: the disk failed.  Nothing is left behind in either case.
    """
    table = write_unflushed(home, kind, batches, schema)
    with translated(table.uri):
        flush_to_disk(home, table.uri)
    return table


def write_unflushed(
    home: TableHome,
    kind: TableKind,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema | None = None,
) -> TableVersion:
    """Write a table that need not survive a power cut; otherwise as `write`."""
    start = stored_schema(kind)
    stream = _Stream(iter(batches), start if schema is None else widened(start, schema))
    parts: list[TableVersion] = []
    try:
        while not parts or stream.has_more:
            parts.append(_write_part(home, kind, stream))
        if len(parts) == 1:
            return parts[0]
        final = settled(stream.schema)
        again = (conformed(batch, final) for batch in chain.from_iterable(scan(home, part) for part in parts))
        whole = _write_folder(home, kind, again, final)
    except BaseException:
        for part in parts:
            drop(home, part.uri)
        raise
    for part in parts:
        drop(home, part.uri)
    return whole


@dataclass
class _Stream:
    """Batches brought to one schema, as far as it holds; `schema` grows with what comes."""

    batches: Iterator[pa.RecordBatch]
    schema: pa.Schema
    waiting: pa.RecordBatch | None = None
    has_more: bool = True

    def part(self) -> Iterator[pa.RecordBatch]:
        """Yield batches until the schema changes or the stream ends."""
        schema = settled(self.schema)
        if self.waiting is not None:
            yield conformed(self.waiting, schema)
            self.waiting = None
        for batch in self.batches:
            self.schema = widened(self.schema, batch.schema)
            if settled(self.schema) != schema:
                self.waiting = batch
                return
            yield conformed(batch, schema)
        self.has_more = False

    def prepare(self) -> None:
        """Look at the first batch, so that the first part has its columns."""
        if self.waiting is None:
            self.waiting = next(self.batches, None)
            if self.waiting is not None:
                self.schema = widened(self.schema, self.waiting.schema)


def _write_part(home: TableHome, kind: TableKind, stream: _Stream) -> TableVersion:
    stream.prepare()
    return _write_folder(home, kind, stream.part(), settled(stream.schema))


def _write_folder(
    home: TableHome, kind: TableKind, batches: Iterator[pa.RecordBatch], schema: pa.Schema
) -> TableVersion:
    import lance

    uri = f"{home.tables_uri.rstrip('/')}/{kind.value}-{secrets.token_hex(8)}.lance"
    errors: list[BaseException] = []
    stored = as_stored(schema)
    try:
        with unsettled(home, uri), translated(uri):
            dataset = lance.write_dataset(
                pa.RecordBatchReader.from_batches(stored, renamed(remembering(batches, errors), stored)),
                location(home, uri),
                mode="create",
                data_storage_version=FORMAT,
                max_rows_per_file=ROWS_PER_FILE,
            )
            return TableVersion(uri, dataset.version, dataset.count_rows())
    except BaseException as error:
        drop(home, uri)
        if errors:
            raise errors[0] from error
        raise


def remembering(batches: Iterator[pa.RecordBatch], errors: list[BaseException]) -> Iterator[pa.RecordBatch]:
    """Pass batches on; keep the error of the source, which Lance turns into one of its own."""
    try:
        yield from batches
    except BaseException as error:
        errors.append(error)
        raise
