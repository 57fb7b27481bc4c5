from __future__ import annotations

import threading

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from shoal.errors import NotFoundError
from shoal.store import tables
from shoal.store.columns import ORDER, ColumnCache
from shoal.store.home import Home
from shoal.store.tables import TableKind, TableVersion


@pytest.fixture
def labels(home: Home) -> TableVersion:
    """Labels of frames out of order, two of one frame apart from each other."""
    batch = pa.record_batch(
        {
            "ordinal": pa.array([4, 1, 3, 1, 0], pa.uint32()),
            "row_ordinal": pa.array([0, 1, 2, 3, 4], pa.uint32()),
            "label_id": ["a", "b", "c", "d", "e"],
            "class_index": pa.array([1, 2, 3, 4, 5], pa.int32()),
        }
    )
    return tables.write(home, TableKind.LABELS, [batch])


def test_columns_come_in_frame_order_rows_of_a_frame_as_stored(home: Home, labels: TableVersion) -> None:
    frame = ColumnCache(home, 10**9).frame(labels, ["label_id", "ordinal", "label_id"])
    assert frame.columns == ["label_id", "ordinal"]
    assert frame["ordinal"].to_list() == [0, 1, 1, 3, 4]
    assert frame["label_id"].to_list() == ["e", "b", "d", "c", "a"]
    assert frame.schema == {"label_id": pl.String(), "ordinal": pl.UInt32()}


def test_a_column_is_read_once(home: Home, labels: TableVersion) -> None:
    cache = ColumnCache(home, 10**9)
    before = cache.frame(labels, ["label_id", "class_index"])
    tables.drop(home, labels.uri)
    assert cache.frame(labels, ["class_index", "label_id"]).equals(before.select("class_index", "label_id"))
    with pytest.raises(NotFoundError):
        cache.frame(labels, ["class_index", "x"])


def test_threads_that_ask_at_once_share_one_column(home: Home, labels: TableVersion) -> None:
    cache = ColumnCache(home, 10**9)
    results: list[list[str]] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        results.append(cache.series(labels, "label_id").to_list())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [["e", "b", "d", "c", "a"]] * 4
    assert cache.n_bytes == sum(int(series.estimated_size()) for series in cache._columns.values())


def test_the_least_recently_used_go_when_the_limit_is_passed(home: Home) -> None:
    n = 1_000
    batch = pa.record_batch(
        {
            "ordinal": pa.array(np.arange(n), pa.uint32()),
            "frame_id": [str(i) for i in range(n)],
            **{f"user__{name}": pa.array(np.arange(n, dtype=np.float64)) for name in "abc"},
        }
    )
    table = tables.write(home, TableKind.FRAMES, [batch])
    cache = ColumnCache(home, 2 * 8 * n)
    a = cache.series(table, "user__a")
    cache.series(table, "user__b")
    cache.series(table, "user__a")
    cache.series(table, "user__c")
    assert cache.n_bytes == 2 * 8 * n
    assert a.to_list() == list(range(n))
    assert [name for _, _, name in cache._columns] == ["user__a", ORDER, "user__c"]
    cache.frame(table, ["user__a", "user__b", "user__c"])
    assert cache.frame(table, ["user__a"]).height == n
    cache.forget(table.uri)
    assert cache.n_bytes == 0


def test_an_unknown_column_is_a_key_error(home: Home, labels: TableVersion) -> None:
    with pytest.raises(KeyError, match="user__nothing"):
        ColumnCache(home, 10**9).frame(labels, ["user__nothing"])


def test_an_empty_table_gives_empty_columns(home: Home) -> None:
    table = tables.write(home, TableKind.FRAMES, [])
    assert ColumnCache(home, 10**9).frame(table, ["ordinal", "frame_id"]).shape == (0, 2)
