"""Columns of stored tables in memory, shared by everything that reads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from shoal.model.columns import ORDINAL
from shoal.store import tables
from shoal.store.tables.place import TableHome
from shoal.store.versions import TableVersion

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

ORDER: Final = "\0order"
"""Stands among the columns of a table for the permutation that sorts its rows."""

_Key = tuple[str, int, str]


class ColumnCache:
    """Columns of table versions as Polars series, loaded when first asked for.

    Rows come by frame ordinal, rows of one frame in stored order, so row `i` of one column of a version goes
    with row `i` of any other.  Series are shared among all callers and must never be changed in place; a
    table version never changes, so nothing in here grows old.  Text is `String`: equality on a million rows
    takes a few milliseconds, and one type for all saves every reader a case.

    Least recently used columns are dropped when the limit is passed; what a caller still holds stays alive.
    Safe to call from several threads; a column asked for twice at once is loaded once.

    Args:
        home: where the tables lie.
        byte_limit: memory for columns; at least the columns of the latest call stay.
    """

    def __init__(self, home: TableHome, byte_limit: int) -> None:
        self._home = home
        self._byte_limit = byte_limit
        self._guard = threading.Lock()
        self._columns: OrderedDict[_Key, pl.Series] = OrderedDict()
        self._n_bytes = 0

    @property
    def n_bytes(self) -> int:
        """Memory the columns take."""
        return self._n_bytes

    def frame(self, table: TableVersion, columns: Sequence[str]) -> pl.DataFrame:
        """Return some columns of a table version, `table.n_rows` rows in frame order.

        Raises:
            KeyError: the table has no such column.
            NotFoundError: the version is gone.
            StorageError: the disk failed.
        """
        import polars as pl

        names = list(dict.fromkeys(columns))
        found = self._found(table, names)
        if len(found) < len(names):
            with self._home.locks.holding(f"columns/{table.uri}/{table.version}"):
                found = self._found(table, names)
                missing = [name for name in names if name not in found]
                if missing:
                    found |= self._load(table, missing)
        return pl.DataFrame([found[name] for name in names])

    def passing(self, table: TableVersion, column: str) -> pl.Series:
        """Return one column of a table version for use now; one that is not in memory is not kept there."""
        found = self._found(table, [column])
        if column in found:
            return found[column]
        order = self._order(table)
        series = _series(column, tables.read(self._home, table, [column]).column(column))
        return series.gather(order) if len(order) else series

    def series(self, table: TableVersion, column: str) -> pl.Series:
        """Return one column of a table version; as `frame`."""
        return self.frame(table, [column]).to_series()

    def forget(self, uri: str) -> None:
        """Drop the columns of all versions of a table."""
        with self._guard:
            for key in [key for key in self._columns if key[0] == uri]:
                self._n_bytes -= int(self._columns.pop(key).estimated_size())

    def _found(self, table: TableVersion, names: Sequence[str]) -> dict[str, pl.Series]:
        found = {}
        with self._guard:
            for name in names:
                key = (table.uri, table.version, name)
                if key in self._columns:
                    self._columns.move_to_end(key)
                    found[name] = self._columns[key]
        return found

    def _load(self, table: TableVersion, names: Sequence[str]) -> dict[str, pl.Series]:
        order = self._order(table)
        rows = tables.read(self._home, table, names)
        loaded = {}
        for name in names:
            series = _series(name, rows.column(name))
            loaded[name] = series.gather(order) if len(order) else series
            rows = rows.drop_columns([name])
        self._keep(table, loaded)
        return loaded

    def _order(self, table: TableVersion) -> pl.Series:
        """The permutation into frame order; empty when the rows are stored in it already."""
        import polars as pl

        found = self._found(table, [ORDER])
        if found:
            return found[ORDER]
        order = pl.Series(ORDER, _sorting(tables.read(self._home, table, [ORDINAL]).column(ORDINAL)))
        self._keep(table, {ORDER: order})
        return order

    def _keep(self, table: TableVersion, columns: dict[str, pl.Series]) -> None:
        with self._guard:
            for name, series in columns.items():
                self._columns[table.uri, table.version, name] = series
                self._n_bytes += int(series.estimated_size())
            while self._n_bytes > self._byte_limit and len(self._columns) > len(columns):
                _key, oldest = self._columns.popitem(last=False)
                self._n_bytes -= int(oldest.estimated_size())


def _series(name: str, column: pa.ChunkedArray) -> pl.Series:
    import polars as pl

    series = pl.from_arrow(column, rechunk=True)
    assert isinstance(series, pl.Series)
    return series.alias(name)


def _sorting(ordinals: pa.ChunkedArray) -> npt.NDArray[np.uint32]:
    values = ordinals.to_numpy()
    if values.size < 2 or bool((values[1:] >= values[:-1]).all()):
        return np.empty(0, dtype=np.uint32)
    return np.argsort(values, kind="stable").astype(np.uint32)
