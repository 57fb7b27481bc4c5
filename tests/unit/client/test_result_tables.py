"""Tables of results and their conversions."""

from __future__ import annotations

import math
import re
from typing import Any

import pyarrow as pa
import pytest

from shoal.client.results import MATRIX_COLUMNS, MATRIX_DETAILS, REPORT_COLUMNS, ConfusionMatrix
from shoal.client.tables import ArrowTable, RowTable, Table
from shoal.errors import InvalidInputError
from shoal.wire.evaluation import MatrixRow, ReportRow

COLUMNS = {"name": "string", "value": "double", "n": "int64", "verdict": "string"}
ROWS: list[dict[str, Any]] = [
    {"name": "All Frames", "value": 0.5, "n": 3, "verdict": None, "surplus": 1},
    {"name": "<b>", "value": math.nan, "n": 0, "verdict": None},
    {"name": "é", "value": None, "n": None, "verdict": None},
]
DICTS = [
    {"name": "All Frames", "value": 0.5, "n": 3, "verdict": None},
    {"name": "<b>", "value": None, "n": 0, "verdict": None},
    {"name": "é", "value": None, "n": None, "verdict": None},
]


def arrow_table() -> ArrowTable:
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    rows = [{name: row.get(name) for name in COLUMNS} for row in ROWS]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return ArrowTable.from_stream(sink.getvalue().to_pybytes())


@pytest.fixture(params=["rows", "arrow"])
def table(request: pytest.FixtureRequest) -> Table:
    return RowTable(ROWS, COLUMNS) if request.param == "rows" else arrow_table()


def test_all_conversions_hold_the_same_rows(table: Table) -> None:
    assert table.to_dicts() == list(table) == DICTS
    assert table.columns == tuple(COLUMNS)
    assert len(table) == 3
    assert table.to_arrow().to_pylist() == DICTS
    assert table.to_polars().to_dicts() == DICTS
    assert table[0] == DICTS[0]
    assert table[-1] == DICTS[2]
    assert table.column("name") == ["All Frames", "<b>", "é"]


def test_columns_without_any_value_keep_their_type(table: Table) -> None:
    assert str(table.to_arrow().schema.field("verdict").type) == "string"
    assert str(table.to_polars().schema["verdict"]) == "String"


def test_pandas_writes_undefined_as_nan(table: Table) -> None:
    frame = table.to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["value"].isna().tolist() == [False, True, True]


def test_a_table_is_readable_and_its_html_escaped(table: Table) -> None:
    shown = repr(table).splitlines()
    assert shown[0].split() == ["name", "value", "n", "verdict"]
    assert shown[2].split() == ["All", "Frames", "0.5", "3", "–"]
    page = table._repr_html_()
    assert "<td>&lt;b&gt;</td>" in page
    assert page.count("<tr>") == 4


def test_a_long_table_says_how_much_is_hidden() -> None:
    table = RowTable([{"n": n} for n in range(100)], {"n": "int64"})
    assert "70 more rows" in repr(table)
    assert "70 more rows" in table._repr_html_()


def test_an_unknown_column_is_named_with_those_there_are(table: Table) -> None:
    with pytest.raises(InvalidInputError, match="verdict"):
        table.column("values")
    with pytest.raises(IndexError):
        table[3]


def test_matrix_columns_are_those_of_the_published_interface() -> None:
    published = (
        "segment, segment_type, segment_version, inference_set, metric, average, class_name, value, low, "
        "high, n_frames, n_labels, n_inferences, coverage, target, target_verdict, baseline, delta, "
        "delta_low, delta_high, p, q, baseline_verdict, confidence, iou, matching"
    )
    assert list(MATRIX_COLUMNS) == published.split(", ")
    assert {*MATRIX_COLUMNS, *MATRIX_DETAILS} == set(MatrixRow.model_fields)
    assert list(REPORT_COLUMNS) == list(ReportRow.model_fields)


def test_a_confusion_matrix_reads_truth_down() -> None:
    confusion = ConfusionMatrix(["car", "background"], [[3.0, 1.0], [2.0, 0.0]])
    assert confusion.to_dicts()[1] == {"truth": "car", "predicted": "background", "count": 1.0}
    assert confusion.to_table().columns == ("truth", "car", "background")
    assert re.search(r"background\s+2\s+0", repr(confusion))
