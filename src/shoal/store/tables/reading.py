"""Reading tables by version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.model.columns import ORDINAL
from shoal.store.tables.column_names import as_given, renamed, stored_name
from shoal.store.tables.place import TableHome, opened, translated
from shoal.store.versions import TableVersion

BATCH_ROWS = 65_536


def schema(home: TableHome, table: TableVersion) -> pa.Schema:
    """Return the columns and types of a table version."""
    with translated(table.uri):
        return as_given(opened(home, table).schema)


def read(
    home: TableHome,
    table: TableVersion,
    columns: Sequence[str] | None = None,
    *,
    ordinals: npt.NDArray[np.integer] | None = None,
) -> pa.Table:
    """Return rows of a table version in stored order.

    Args:
        home: where the table lies.
        table: which version.
        columns: names in the order wanted; all when absent.
        ordinals: shape (N,), frame ordinals; only their rows are returned.  Repeats do not matter.

    Raises:
        NotFoundError: the version is gone.
        StorageError: the disk failed, or a column does not exist.
    """
    wanted = schema(home, table) if columns is None else _selected(schema(home, table), columns)
    return pa.Table.from_batches(scan(home, table, columns, ordinals=ordinals), schema=wanted)


def pick(
    home: TableHome,
    table: TableVersion,
    columns: Sequence[str] | None,
    *,
    where: str,
    among: Sequence[int] | Sequence[str],
) -> pa.Table:
    """Return the few rows whose value in a column is one of those given, in stored order.

    Only the column of the values is read whole: made for wide rows and up to some thousand values.

    Args:
        home: where the table lies.
        table: which version.
        columns: names in the order wanted; all when absent.
        where: the column, of integers or texts.
        among: the values.

    Raises:
        NotFoundError: the version is gone.
        StorageError: the disk failed.
    """
    with translated(table.uri):
        dataset = opened(home, table)
        known = as_given(dataset.schema)
        wanted = known if columns is None else _selected(known, columns)
        names = [stored_name(name) for name in wanted.names]
        if not among:
            return wanted.empty_table()
        values = ", ".join(
            f"'{value.replace(chr(39), chr(39) * 2)}'" if isinstance(value, str) else str(int(value))
            for value in among
        )
        found = dataset.to_table(columns=names, filter=f"{stored_name(where)} IN ({values})")
        return pa.Table.from_arrays(found.columns, schema=wanted)


def scan(
    home: TableHome,
    table: TableVersion,
    columns: Sequence[str] | None = None,
    *,
    ordinals: npt.NDArray[np.integer] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[pa.RecordBatch]:
    """Yield rows of a table version in stored order, in batches of at most `batch_rows`.

    Memory stays within a few batches.  Arguments and errors as for `read`.
    """
    with translated(table.uri):
        dataset = opened(home, table)
        known = as_given(dataset.schema)
        wanted = known if columns is None else _selected(known, columns)
        names = [stored_name(name) for name in wanted.names]
        if ordinals is None:
            found_batches = dataset.to_batches(
                columns=names, batch_size=batch_rows, batch_readahead=4, scan_in_order=True
            )
            yield from renamed(found_batches, wanted)
            return
        read_names = names if ORDINAL in names else [*names, ORDINAL]
        mask = _mask(ordinals)
        for batch in dataset.to_batches(
            columns=read_names, batch_size=batch_rows, batch_readahead=4, scan_in_order=True
        ):
            found = batch.column(ORDINAL).to_numpy()
            hits = mask[np.minimum(found, mask.size - 1)]
            if hits.any():
                yield from renamed([batch.select(names).filter(pa.array(hits))], wanted)


def _mask(ordinals: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """True at each ordinal; the last place stands for all beyond and is False."""
    mask = np.zeros(int(ordinals.max()) + 2 if ordinals.size else 1, dtype=np.bool_)
    mask[ordinals] = True
    return mask


def _selected(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    missing = [name for name in columns if name not in schema.names]
    if missing:
        raise KeyError(f"no column {missing[0]!r}; there are {', '.join(schema.names)}")
    return pa.schema([schema.field(name) for name in columns])
