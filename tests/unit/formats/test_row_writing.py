from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.errors import InvalidInputError
from shoal.formats.row_writing import write_rows

ROWS = pa.table({"segment": ["All Frames", 'a "b", c'], "value": [0.1 + 0.2, math.nan], "n": [3, None]})


def test_csv(tmp_path: Path) -> None:
    write_rows(tmp_path / "m.csv", ROWS.append_column("tags", pa.array([["x"], None])))
    lines = (tmp_path / "m.csv").read_text().splitlines()
    assert lines[0] == "segment,value,n,tags"
    assert lines[1] == 'All Frames,0.30000000000000004,3,"[""x""]"'
    assert lines[2] == '"a ""b"", c",,,'


def test_json_lines_and_parquet_keep_every_digit(tmp_path: Path) -> None:
    expected = [
        {"segment": "All Frames", "value": 0.1 + 0.2, "n": 3},
        {"segment": 'a "b", c', "value": None, "n": None},
    ]
    stream = io.BytesIO()
    write_rows(stream, ROWS, "json")
    assert json.loads(stream.getvalue()) == expected
    write_rows(tmp_path / "m.jsonl", ROWS)
    assert [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()] == expected
    write_rows(tmp_path / "m.parquet", ROWS)
    assert pq.read_table(tmp_path / "m.parquet").to_pylist() == expected


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="csv, parquet, json, jsonl"):
        write_rows(tmp_path / "m.xlsx", ROWS)
