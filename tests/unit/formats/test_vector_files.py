"""Files of vectors: every layout gives the same rows, and what is no such file says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.errors import InvalidInputError, ProblemLog
from shoal.formats.frame_lookup import AMBIGUOUS, UNKNOWN
from shoal.formats.vector_file import VectorFile
from shoal.formats.vector_ids import read_ids
from shoal.formats.vector_rows import checked_ids, checked_vectors, first_rows
from shoal.formats.vectors import open_vector_file

D = 4
VALUES = np.arange(20, dtype=np.float64).reshape(5, D) + 1
IDS = ["a", "b", "c", "d", "e"]


def read(file: VectorFile, n_rows: int = 2, *, needs_direction: bool = True) -> tuple[Any, ProblemLog]:
    log = ProblemLog()
    parts = list(
        checked_vectors(file, n_rows, dimension=file.dimension, needs_direction=needs_direction, log=log)
    )
    assert all(len(vectors) <= n_rows for _, vectors in parts)
    found = np.concatenate([vectors for _, vectors in parts]) if parts else np.empty((0, file.dimension))
    return found, log


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_every_type(tmp_path: Path, dtype: str, order: Any) -> None:
    np.save(tmp_path / "v.npy", np.asarray(VALUES, dtype=dtype, order=order))
    (tmp_path / "ids.txt").write_text("\n".join(IDS))
    file = open_vector_file(tmp_path / "v.npy", tmp_path / "ids.txt")
    found, log = read(file)
    assert file.ids.to_pylist() == IDS
    assert found.dtype == np.float32
    assert np.array_equal(found, VALUES.astype(np.float32))
    assert log.total == 0


@pytest.mark.parametrize(
    "kind",
    [pa.list_(pa.float64()), pa.large_list(pa.float16()), pa.list_(pa.int32()), pa.list_(pa.float32(), D)],
)
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
def test_tables_of_every_type(tmp_path: Path, kind: pa.DataType, suffix: str) -> None:
    rows = [np.asarray(row, dtype=np.float16) if kind.value_type == pa.float16() else row for row in VALUES]
    vectors = pa.array([list(row) for row in rows], kind)
    table = pa.table({"label_id": pa.array([7, 8, 9, 10, 11]), "embedding": vectors})
    path = tmp_path / f"v.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path, row_group_size=2)
    else:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
            out.write_table(table, max_chunksize=3)
    file = open_vector_file(path, None)
    found, log = read(file)
    assert (file.dimension, log.total) == (D, 0)
    assert file.ids.to_pylist() == ["7", "8", "9", "10", "11"]
    assert np.array_equal(found, VALUES.astype(np.float32))


def test_a_problem_stops_the_rows_and_all_are_counted(tmp_path: Path) -> None:
    values = VALUES.copy()
    values[1, 2], values[3], values[4, 0] = np.nan, 0, -np.inf
    np.save(tmp_path / "v.npy", values)
    (tmp_path / "ids.json").write_text(json.dumps(IDS))
    file = open_vector_file(tmp_path / "v.npy", tmp_path / "ids.json", name="mine.npy")
    found, log = read(file)
    assert len(found) == 0
    assert [(one.file, one.place, one.found) for one in log.problems] == [
        ("mine.npy", "row 1", "nan in place 2"),
        ("mine.npy", "row 3", "zeros"),
        ("mine.npy", "row 4", "-inf in place 0"),
    ]
    _, log = read(file, needs_direction=False)
    assert [one.place for one in log.problems] == ["row 1", "row 4"]


def test_ids_at_fault(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VALUES)
    (tmp_path / "ids.txt").write_text("a\n\nax\na\ntwice\n")
    file = open_vector_file(tmp_path / "v.npy", tmp_path / "ids.txt")
    log = ProblemLog()
    rows = np.array([0, UNKNOWN, UNKNOWN, 0, AMBIGUOUS], np.int32)
    checked_ids(file, rows, "labels", pa.array(["a", "ab", None]), log)
    assert [(one.place, one.expected, one.found) for one in log.problems] == [
        ("line 2", "an id", "nothing"),
        ("line 3", "the id of a label of the dataset", "'ax'"),
        ("line 5", "an id that only one label has", "'twice'"),
        ("line 4", "each label once", "'a'"),
    ]
    assert log.problems[3].hint == "It was at line 1 already."


def test_first_rows() -> None:
    assert first_rows(np.array([3, -1, 3, -1, 5, 5, 3], np.int32)).tolist() == [0, 1, 0, 3, 4, 4, 0]
    assert first_rows(np.empty(0, np.int32)).tolist() == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ids.json", b'{"a": 1}', "expected a JSON list of ids, text or whole numbers; found {'a': 1}"),
        ("ids.json", b'["a", true]', r"found True at \[1\]"),
        ("ids.json", b'["a", 1.5]', r"found 1.5 at \[1\]"),
        ("ids.json", b'["a"', "expected a JSON list of ids"),
        ("ids.txt", b"a\n\xff", "expected text in UTF-8, found the byte 0xff"),
    ],
)
def test_files_that_hold_no_ids(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        read_ids(tmp_path / name, name)


def test_ids_with_a_mark_and_windows_lines(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_bytes(b"\xef\xbb\xbfa\r\nb c\r\n")
    assert read_ids(tmp_path / "ids.txt", "x").ids.to_pylist() == ["a", "b c"]
    (tmp_path / "ids.json").write_text('["a", 7, null]')
    assert read_ids(tmp_path / "ids.json", "x").ids.to_pylist() == ["a", "7", None]


def write(path: Path, kind: str) -> Path | None:
    """Write a file that is wrong in one way; return the file of ids that goes with it."""
    ids = path.with_name("ids.txt")
    ids.write_text("a\nb")
    match kind:
        case "pickled":
            np.save(path, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
        case "flat":
            np.save(path, np.ones(3))
        case "texts":
            np.save(path, np.array([["a"], ["b"]]))
        case "cut npy":
            np.save(path, np.ones((2, 300)))
            path.write_bytes(path.read_bytes()[:400])
        case "cut arrow" | "no arrow":
            path.write_bytes(b"ARROW1\0\0xxxx" if kind == "cut arrow" else b"hello")
            return None
        case "numbers":
            pq.write_table(pa.table({"id": ["a"], "vector": [1.0]}), path)
            return None
        case "odd ids":
            pq.write_table(pa.table({"id": [1.5], "vector": [[1.0]]}), path)
            return None
        case "ids beside":
            pq.write_table(pa.table({"id": ["a"], "vector": [[1.0]]}), path)
        case _:
            path.write_text("1,2")
    return ids


@pytest.mark.parametrize(
    ("kind", "suffix", "message"),
    [
        ("pickled", "npy", r"expected a NumPy file \(.npy\), found one that is damaged"),
        ("flat", "npy", r"expected an array of shape \(rows, dimension\) of numbers, found shape \(3,\)"),
        ("texts", "npy", r"found shape \(2, 1\) of <U1"),
        ("cut npy", "npy", "expected a NumPy file"),
        ("cut arrow", "arrow", "expected an Arrow file, found one that is damaged"),
        ("no arrow", "feather", "expected an Arrow file, found one that is damaged"),
        ("numbers", "parquet", "expected lists of numbers in column 'vector', found double"),
        ("odd ids", "parquet", "expected text or whole numbers in column 'id', found double"),
        ("ids beside", "parquet", "Expected ids in a column of 'v.parquet', found a file of ids"),
        ("csv", "csv", "Expected a file ending in .npy, .parquet, .arrow or .feather, found 'v.csv'"),
    ],
)
def test_files_that_hold_no_vectors(tmp_path: Path, kind: str, suffix: str, message: str) -> None:
    path = tmp_path / f"v.{suffix}"
    ids = write(path, kind)
    with pytest.raises(InvalidInputError, match=message):
        open_vector_file(path, ids)


def test_tables_without_rows_or_vectors(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": pa.array([], pa.string()), "vector": pa.array([], pa.list_(pa.float32()))}),
        tmp_path / "v.parquet",
    )
    file = open_vector_file(tmp_path / "v.parquet", None)
    assert (len(file.ids), file.dimension, list(file.batches(5))) == (0, 0, [])
    pq.write_table(
        pa.table({"id": ["a", None], "vector": pa.array([None, None], pa.list_(pa.float32()))}),
        tmp_path / "w.parquet",
    )
    assert open_vector_file(tmp_path / "w.parquet", None).dimension == 0
