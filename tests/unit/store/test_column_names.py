"""Columns of any name can be stored, amended and read."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.store import tables
from shoal.store.home import Home
from shoal.store.tables import TableKind
from shoal.store.tables.column_names import given_name, stored_name

NAMES = ("user__a.b", "user__`a`", "user__100%", "user__%2E", "user__..", "user__é 'x' \"y\"", "user__A.b")


@settings(deadline=None)
@given(st.text(st.sampled_from(string.ascii_letters + string.digits + "%.`25E60é_ ")))
def test_names_come_back(name: str) -> None:
    stored = stored_name(name)
    assert given_name(stored) == name
    assert "." not in stored
    assert "`" not in stored


def frame(ordinal: int, names: tuple[str, ...]) -> pa.RecordBatch:
    columns = {name: [f"{name} of {ordinal}"] for name in names}
    return pa.record_batch(
        {"ordinal": pa.array([ordinal], pa.uint32()), "frame_id": [str(ordinal)], **columns}
    )


def test_columns_of_any_name_are_stored_amended_and_read(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        first = tables.write(home, TableKind.FRAMES, [frame(0, NAMES[:2]), frame(1, NAMES[:4])])
        table = tables.amend(
            home,
            TableKind.FRAMES,
            first,
            delete_ordinals=np.array([0]),
            batches=[frame(2, NAMES)],
        )
        assert set(NAMES) <= set(tables.schema(home, table).names)
        assert set(tables.user_fields(tables.schema(home, table))) == set(NAMES)
        read = tables.read(home, table)
        chosen = tables.read(home, table, list(NAMES), ordinals=np.array([2]))
        assert chosen.schema.names == list(NAMES)
        for name in NAMES:
            known = f"{name} of 1" if name in NAMES[:4] else None
            assert read[name].to_pylist() == [known, f"{name} of 2"]
            assert chosen[name].to_pylist() == [f"{name} of 2"]
