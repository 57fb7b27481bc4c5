from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shoal.store import tables
from shoal.store.home import Home
from shoal.store.tables import TableKind


def test_rows_are_picked_by_number_and_by_text(tmp_path: Path) -> None:
    names = ["a", "it's", "50%", "é", 'say "x"']
    batch = pa.record_batch(
        {"ordinal": pa.array(range(5), pa.uint32()), "frame_id": names, "user__a.b": ["v"] * 5}
    )
    with Home.open(tmp_path / "home") as home:
        table = tables.write(home, TableKind.FRAMES, [batch])
        table = tables.amend(home, TableKind.FRAMES, table, delete_ordinals=np.array([0]))
        found = tables.pick(home, table, ["frame_id", "user__a.b"], where="frame_id", among=names)
        assert found.column("frame_id").to_pylist() == names[1:]
        assert found.column_names == ["frame_id", "user__a.b"]
        found = tables.pick(home, table, None, where="ordinal", among=[4, 0, 2, 9])
        assert found.column("frame_id").to_pylist() == ["50%", 'say "x"']
        assert tables.pick(home, table, None, where="ordinal", among=[]).num_rows == 0
        with pytest.raises(KeyError):
            tables.pick(home, table, ["other"], where="ordinal", among=[1])


def test_rows_of_the_client_are_a_table_of_their_own(tmp_path: Path) -> None:
    batch = pa.record_batch(
        {"ordinal": pa.array([3], pa.uint32()), "frame": ['{"a":NaN}'], "objects": ["[]"]}
    )
    with Home.open(tmp_path / "home") as home:
        table = tables.write(home, TableKind.AQUARIUM, [batch])
        assert tables.pick(home, table, None, where="ordinal", among=[3]).to_pylist() == batch.to_pylist()
