"""Writing tables: new ones from a stream of batches, and new versions of old ones."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import ConflictError
from shoal.model.columns import ORDINAL
from shoal.store.tables.kinds import TableKind, conformed, settled, stored_schema, widened
from shoal.store.tables.place import TableHome, flush_to_disk, is_remote, location, opened, translated
from shoal.store.tables.reading import scan
from shoal.store.tables.upkeep import amending, drop, forget_versions
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


def amend(
    home: TableHome,
    kind: TableKind,
    base: TableVersion,
    *,
    delete_ordinals: npt.NDArray[np.integer] | None = None,
    batches: Iterable[pa.RecordBatch] = (),
) -> TableVersion:
    """Make a new version from exactly `base`: drop the rows of some frames, then append rows.

    New user columns are null in the rows of `base`; where an int64 column meets doubles the table is written
    anew under another URI.  Versions made after `base`, by a crashed or failed upload, play no part.
    Appended rows are checked before anything changes; memory stays within a few batches.

    Args:
        home: where the table lies.
        kind: what the table holds.
        base: the version to start from.
        delete_ordinals: shape (N,), frame ordinals whose rows go.
        batches: rows to append, as for `write`.

    Raises:
        InvalidInputError: as for `write`, also where a column's type is at odds with that of `base`.
        NotFoundError: `base` is gone.
        ConflictError: another process changed the table at the same time.
        StorageError: the disk failed.
    """
    with translated(base.uri):
        before = opened(home, base).schema
    added = write(home, kind, batches, before)
    try:
        with translated(base.uri):
            after = widened(before, opened(home, added).schema)
        if any(after.field(field.name).type != field.type for field in before):
            kept = scan(home, base)
            if delete_ordinals is not None and delete_ordinals.size:
                kept = _without(kept, delete_ordinals)
            return write(home, kind, chain(kept, scan(home, added)), after)
        with home.locks.holding(base.uri), amending(home, base.uri), translated(base.uri):
            return _amend(home, base, after, delete_ordinals, added)
    finally:
        drop(home, added.uri)


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
    started = time.time_ns()
    try:
        with translated(uri):
            dataset = lance.write_dataset(
                pa.RecordBatchReader.from_batches(schema, _remembering(batches, errors)),
                location(home, uri),
                mode="create",
                data_storage_version=FORMAT,
                max_rows_per_file=ROWS_PER_FILE,
            )
            _settle(home, uri, started)
            return TableVersion(uri, dataset.version, dataset.count_rows())
    except BaseException as error:
        drop(home, uri)
        if errors:
            raise errors[0] from error
        raise


def _remembering(batches: Iterator[pa.RecordBatch], errors: list[BaseException]) -> Iterator[pa.RecordBatch]:
    """Pass batches on; keep the error of the source, which Lance turns into one of its own."""
    try:
        yield from batches
    except BaseException as error:
        errors.append(error)
        raise


def _without(
    batches: Iterator[pa.RecordBatch], ordinals: npt.NDArray[np.integer]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        keep = ~np.isin(batch.column(ORDINAL).to_numpy(), ordinals)
        yield batch.filter(pa.array(keep))


def _amend(
    home: TableHome,
    base: TableVersion,
    after: pa.Schema,
    delete_ordinals: npt.NDArray[np.integer] | None,
    added: TableVersion,
) -> TableVersion:
    """One commit makes the change; versions needed on the way to it are taken away again."""
    import lance

    started = time.time_ns()
    dataset = opened(home, base)
    on_the_way = []
    if dataset.latest_version != base.version:
        dataset.restore()  # type: ignore[no-untyped-call]
        on_the_way.append(dataset.version)
    missing = [field for field in after if field.name not in dataset.schema.names]
    if missing:
        dataset.add_columns(pa.schema(missing))
        on_the_way.append(dataset.version)
    removed, updated, n_deleted = _deletions(dataset, delete_ordinals)
    fragments = _appended(home, dataset, added)
    operation = lance.LanceOperation.Update(removed, updated, fragments)
    try:
        dataset = lance.LanceDataset.commit(dataset, operation, read_version=dataset.version, max_retries=0)
    except lance.commit.CommitConflictError as error:
        raise ConflictError("Another process changed the same table.") from error
    forget_versions(dataset, on_the_way)
    _settle(home, base.uri, started)
    return TableVersion(base.uri, dataset.version, base.n_rows - n_deleted + added.n_rows)


def _deletions(dataset: Any, ordinals: npt.NDArray[np.integer] | None) -> tuple[list[int], list[Any], int]:
    """The fragments that go, those that lose rows, and how many rows that makes."""
    if ordinals is None or not ordinals.size:
        return [], [], 0
    gone = pa.table({ORDINAL: pa.array(np.unique(ordinals).astype(np.uint32))})
    transaction, numbers = dataset.merge_insert(ORDINAL).when_matched_delete().execute_uncommitted(gone)
    operation = transaction.operation
    return (
        list(operation.removed_fragment_ids),
        list(operation.updated_fragments),
        int(numbers["num_deleted_rows"]),
    )


def _appended(home: TableHome, dataset: Any, added: TableVersion) -> list[Any]:
    import lance

    if not added.n_rows:
        return []
    rows = (conformed(batch, dataset.schema) for batch in scan(home, added))
    fragments: list[Any] = lance.fragment.write_fragments(
        pa.RecordBatchReader.from_batches(dataset.schema, rows),
        dataset,
        data_storage_version=FORMAT,
        max_rows_per_file=ROWS_PER_FILE,
    )
    return fragments


def _settle(home: TableHome, uri: str, started_ns: int) -> None:
    if not is_remote(uri):
        flush_to_disk(location(home, uri), since_ns=started_ns - 2_000_000_000)
