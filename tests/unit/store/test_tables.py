from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shoal.errors import InvalidInputError, NotFoundError, StorageError
from shoal.store import tables
from shoal.store.home import Home
from shoal.store.tables import TableKind, TableVersion


def labels(ordinals: list[int], first: int = 0, **user: Any) -> pa.RecordBatch:
    n = len(ordinals)
    return pa.record_batch(
        {
            "ordinal": pa.array(ordinals, pa.uint32()),
            "row_ordinal": pa.array(range(first, first + n), pa.uint32()),
            "label_id": [f"l{first + i}" for i in range(n)],
            "class_index": pa.array([0] * n, pa.int32()),
            **{f"user__{name}": pa.array(values) for name, values in user.items()},
        }
    )


def folders(home: Home) -> list[str]:
    return sorted(f"tables/{folder.name}" for folder in (home.path / "tables").iterdir())


def rows(home: Home, table: TableVersion, *columns: str) -> list[tuple[Any, ...]]:
    found = tables.read(home, table, list(columns))
    return list(zip(*(found[name].to_pylist() for name in columns), strict=True))


def test_what_is_written_is_read_in_order(home: Home) -> None:
    table = tables.write(home, TableKind.LABELS, [labels([3, 1]), labels([2], first=2)])
    assert table.n_rows == 3
    assert rows(home, table, "row_ordinal", "ordinal") == [(0, 3), (1, 1), (2, 2)]
    assert tables.schema(home, table) == tables.stored_schema(TableKind.LABELS)
    assert tables.read(home, table)["x"].null_count == 3
    assert sum(batch.num_rows for batch in tables.scan(home, table, batch_rows=2)) == 3


@pytest.mark.parametrize("kind", list(TableKind))
def test_an_empty_table_has_all_columns(home: Home, kind: TableKind) -> None:
    table = tables.write(home, kind, [])
    assert table.n_rows == 0
    assert tables.read(home, table).schema == tables.stored_schema(kind)


def test_rows_of_some_frames_are_read(home: Home) -> None:
    table = tables.write(home, TableKind.LABELS, [labels([0, 1, 1, 2, 5, 900])])
    found = tables.read(home, table, ["label_id"], ordinals=np.array([1, 5, 5, 77]))
    assert found.to_pydict() == {"label_id": ["l1", "l2", "l4"]}
    nothing = tables.read(home, table, ["label_id"], ordinals=np.array([], dtype=np.int64))
    assert nothing.num_rows == 0
    with pytest.raises(KeyError, match="label_name"):
        tables.read(home, table, ["label_name"])


def test_integers_become_doubles_when_doubles_come_later(home: Home) -> None:
    batches = [labels([0], speed=[1]), labels([1], first=1, speed=[2.5]), labels([2], first=2, speed=[3])]
    table = tables.write(home, TableKind.LABELS, batches)
    assert rows(home, table, "ordinal", "user__speed") == [(0, 1.0), (1, 2.5), (2, 3.0)]
    assert tables.user_fields(tables.schema(home, table)) == {"user__speed": "double"}
    assert folders(home) == [table.uri]


def test_user_columns_may_come_late_and_stay_away(home: Home) -> None:
    batches = [
        labels([0]),
        labels([1], first=1, a=[None]),
        labels([2], first=2, a=[True], b=[["x", "y"]]),
        labels([3], first=3),
    ]
    table = tables.write(home, TableKind.LABELS, batches)
    assert rows(home, table, "user__a", "user__b") == [
        (None, None),
        (None, None),
        (True, ["x", "y"]),
        (None, None),
    ]
    assert tables.user_fields(tables.schema(home, table)) == {"user__a": "bool", "user__b": "list<string>"}


def test_a_column_that_is_always_null_is_text(home: Home) -> None:
    table = tables.write(home, TableKind.LABELS, [labels([0], a=[None])])
    assert tables.user_fields(tables.schema(home, table)) == {"user__a": "string"}


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (pa.int8(), "int64"),
        (pa.float32(), "double"),
        (pa.large_string(), "string"),
        (pa.dictionary(pa.int32(), pa.string()), "string"),
        (pa.timestamp("ms", tz="Europe/Paris"), "timestamp[us, tz=UTC]"),
        (pa.large_list(pa.large_string()), "list<string>"),
    ],
)
def test_near_types_are_brought_to_stored_ones(home: Home, type_: pa.DataType, name: str) -> None:
    batch = labels([0]).append_column("user__a", pa.nulls(1, type_))
    table = tables.write(home, TableKind.LABELS, [batch])
    assert tables.user_fields(tables.schema(home, table)) == {"user__a": name}


@pytest.mark.parametrize(
    ("batches", "column"),
    [
        ([labels([0]).append_column("speed", pa.array([1]))], "speed"),
        ([labels([0], a=[1]), labels([1], first=1, a=["x"])], "user__a"),
        ([labels([0], a=[True]), labels([1], first=1, a=[2])], "user__a"),
        ([labels([0]).append_column("user__a", pa.array([{"b": 1}]))], "user__a"),
        ([labels([0]).append_column("user__a", pa.nulls(1, pa.timestamp("us")))], "user__a"),
        ([labels([0]).drop_columns(["class_index"])], "class_index"),
        ([labels([0]).set_column(0, "ordinal", pa.array([-1]))], "ordinal"),
        ([labels([0]).set_column(3, "class_index", pa.array(["car"]))], "class_index"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    home: Home, batches: list[pa.RecordBatch], column: str
) -> None:
    with pytest.raises(InvalidInputError, match=column) as caught:
        tables.write(home, TableKind.LABELS, batches)
    assert caught.value.location == {"column": column}
    assert folders(home) == []
    assert list((home.path / "unsettled").iterdir()) == []


def test_an_error_of_the_source_comes_out_as_it_is(home: Home) -> None:
    def source() -> Iterator[pa.RecordBatch]:
        yield labels([0])
        raise LookupError("the file ends early")

    with pytest.raises(LookupError, match="ends early"):
        tables.write(home, TableKind.LABELS, source())
    assert folders(home) == []


def test_an_amendment_deletes_and_appends_and_leaves_the_base(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0, 1, 1, 2])])
    after = tables.amend(
        home, TableKind.LABELS, base, delete_ordinals=np.array([1, 99]), batches=[labels([1], first=4)]
    )
    assert after == TableVersion(base.uri, after.version, 3)
    assert rows(home, after, "ordinal", "row_ordinal") == [(0, 0), (2, 3), (1, 4)]
    assert rows(home, base, "ordinal", "row_ordinal") == [(0, 0), (1, 1), (1, 2), (2, 3)]
    assert folders(home) == [base.uri]


def test_all_rows_can_be_deleted(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0, 1])])
    after = tables.amend(home, TableKind.LABELS, base, delete_ordinals=np.arange(5))
    assert after.n_rows == tables.read(home, after).num_rows == 0
    again = tables.amend(home, TableKind.LABELS, after, batches=[labels([7])])
    assert rows(home, again, "ordinal") == [(7,)]


def test_new_columns_are_null_in_old_rows(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0], a=[1])])
    after = tables.amend(home, TableKind.LABELS, base, batches=[labels([1], first=1, b=["x"])])
    assert rows(home, after, "user__a", "user__b") == [(1, None), (None, "x")]
    assert "user__b" not in tables.schema(home, base).names


def test_doubles_after_integers_write_the_table_anew(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0, 1], a=[1, 2])])
    after = tables.amend(
        home,
        TableKind.LABELS,
        base,
        delete_ordinals=np.array([0]),
        batches=[labels([2], first=2, a=[0.5])],
    )
    assert after.uri != base.uri
    assert rows(home, after, "ordinal", "user__a") == [(1, 2.0), (2, 0.5)]
    assert rows(home, base, "user__a") == [(1,), (2,)]
    assert folders(home) == sorted([base.uri, after.uri])


def test_integers_after_doubles_and_nulls_after_integers_fit(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0], a=[1.5], b=[1])])
    after = tables.amend(home, TableKind.LABELS, base, batches=[labels([1], first=1, a=[2], b=[None])])
    assert rows(home, after, "user__a", "user__b") == [(1.5, 1), (2.0, None)]


def test_an_amendment_that_does_not_fit_changes_nothing(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0], a=[1])])
    before = sorted((home.path / base.uri).rglob("*"))
    with pytest.raises(InvalidInputError, match="user__a"):
        tables.amend(home, TableKind.LABELS, base, batches=[labels([1], a=["x"])])
    assert sorted((home.path / base.uri).rglob("*")) == before
    assert folders(home) == [base.uri]


def test_versions_left_by_a_failed_upload_play_no_part(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0])])
    left = tables.amend(home, TableKind.LABELS, base, batches=[labels([1], first=1, left=["x"])])
    after = tables.amend(home, TableKind.LABELS, base, batches=[labels([2], first=1)])
    assert rows(home, after, "ordinal") == [(0,), (2,)]
    assert "user__left" not in tables.schema(home, after).names
    assert rows(home, left, "ordinal") == [(0,), (1,)]


def test_amendments_of_one_base_at_once_do_not_mix(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0])])
    made: dict[int, TableVersion] = {}
    start = threading.Barrier(4)

    def amend(number: int) -> None:
        start.wait()
        made[number] = tables.amend(home, TableKind.LABELS, base, batches=[labels([number], first=number)])

    threads = [threading.Thread(target=amend, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(1, 5):
        assert rows(home, made[number], "ordinal") == [(0,), (number,)]


def test_cleanup_keeps_what_is_named(home: Home) -> None:
    base = tables.write(home, TableKind.LABELS, [labels([0])])
    named = tables.amend(home, TableKind.LABELS, base, batches=[labels([1], first=1)])
    left = tables.amend(home, TableKind.LABELS, named, batches=[labels([2], first=2)])
    tables.cleanup(home, base.uri, {named.version})
    assert rows(home, named, "ordinal") == [(0,), (1,)]
    assert len(list((home.path / base.uri / "data").iterdir())) == 2
    for gone in (base, left):
        with pytest.raises(NotFoundError, match=f"no version {gone.version}"):
            tables.read(home, gone)
    after = tables.amend(home, TableKind.LABELS, named, batches=[labels([3], first=2)])
    assert rows(home, after, "ordinal") == [(0,), (1,), (3,)]
    tables.cleanup(home, base.uri, {after.version})
    assert rows(home, after, "ordinal") == [(0,), (1,), (3,)]


def test_a_table_nothing_names_is_dropped(home: Home) -> None:
    table = tables.write(home, TableKind.LABELS, [labels([0])])
    tables.cleanup(home, table.uri, ())
    assert folders(home) == []
    tables.drop(home, table.uri)
    with pytest.raises(NotFoundError):
        tables.read(home, table)


@pytest.mark.parametrize(
    "uri", ["", ".", "tables", "tables/", "..", "tables/../derived", "/", "derived/x.lance"]
)
def test_nothing_but_tables_is_ever_dropped(home: Home, uri: str) -> None:
    before = sorted(home.path.rglob("*"))
    with pytest.raises(StorageError, match="does not name a table"):
        tables.drop(home, uri)
    assert sorted(home.path.rglob("*")) == before


def test_a_damaged_table_is_a_storage_error(home: Home) -> None:
    table = tables.write(home, TableKind.LABELS, [labels([0])])
    for file in (home.path / table.uri / "data").iterdir():
        file.write_bytes(b"nothing")
    with pytest.raises(StorageError, match=table.uri):
        tables.read(home, table)


def test_frames_keep_every_user_type(home: Home) -> None:
    moment = pa.array([0, None], pa.timestamp("us", tz="UTC"))
    batch = pa.record_batch(
        {
            "ordinal": pa.array([0, 1], pa.uint32()),
            "frame_id": ["a", "b"],
            "date_captured": moment,
            "user__text": ["x", None],
            "user__integer": pa.array([2**62, None]),
            "user__number": pa.array([0.1, None]),
            "user__flag": pa.array([False, None]),
            "user__time": moment,
            "user__list": pa.array([["x"], None]),
        }
    )
    table = tables.write(home, TableKind.FRAMES, [batch])
    found = tables.read(home, table, batch.schema.names)
    for name in batch.schema.names:
        assert found[name].to_pylist() == batch[name].to_pylist(), name
