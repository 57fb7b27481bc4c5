"""Making new versions of tables from old ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import ConflictError
from shoal.model.columns import ORDINAL
from shoal.store.tables.column_names import as_given, as_stored, renamed
from shoal.store.tables.kinds import TableKind, conformed, widened
from shoal.store.tables.place import TableHome, files_of, flush_to_disk, opened, translated
from shoal.store.tables.reading import scan, schema
from shoal.store.tables.upkeep import drop, forget_versions, unsettled
from shoal.store.tables.writing import FORMAT, ROWS_PER_FILE, write, write_unflushed
from shoal.store.versions import TableVersion


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
    before = schema(home, base)
    added = write_unflushed(home, kind, batches, before)
    try:
        after = widened(before, schema(home, added))
        if any(after.field(field.name).type != field.type for field in before):
            kept = scan(home, base)
            if delete_ordinals is not None and delete_ordinals.size:
                kept = _without(kept, delete_ordinals)
            return write(home, kind, chain(kept, scan(home, added)), after)
        with home.locks.holding(base.uri), unsettled(home, base.uri), translated(base.uri):
            return _amend(home, base, after, delete_ordinals, added)
    finally:
        drop(home, added.uri)


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

    known = files_of(home, base.uri)
    dataset = opened(home, base)
    on_the_way = []
    if dataset.latest_version != base.version:
        dataset.restore()  # type: ignore[no-untyped-call]
        on_the_way.append(dataset.version)
    missing = [field for field in as_stored(after) if field.name not in dataset.schema.names]
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
    flush_to_disk(home, base.uri, known=known)
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
    wanted = as_given(dataset.schema)
    rows = renamed((conformed(batch, wanted) for batch in scan(home, added)), dataset.schema)
    fragments: list[Any] = lance.fragment.write_fragments(
        pa.RecordBatchReader.from_batches(dataset.schema, rows),
        dataset,
        data_storage_version=FORMAT,
        max_rows_per_file=ROWS_PER_FILE,
    )
    return fragments
