"""The matrix as people read it, from real wire values."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from shoal.cli.matrix_view import matrix_footnotes, matrix_heading, matrix_tables
from shoal.cli.verdicts import verdict_text
from shoal.model.verdict import BaselineVerdict, TargetVerdict
from shoal.wire.evaluation import MatrixBody, MatrixRow


def row(segment: str, inference_set: str, **values: Any) -> MatrixRow:
    usual: dict[str, Any] = dict.fromkeys(MatrixRow.model_fields)
    usual |= {
        "segment": segment,
        "segment_type": "split",
        "inference_set": inference_set,
        "metric": "recall",
        "average": "weighted",
        "n_frames": 40,
        "n_segment_frames": 1200,
        "n_labels": 300,
        "n_inferences": 280,
        "confidence": 0.3,
        "iou": 0.5,
        "matching": "class-first",
        "small": False,
        "reason": "",
        "baseline": "v1",
    }
    return MatrixRow(**(usual | values))


def body(*rows: MatrixRow) -> MatrixBody:
    return MatrixBody(
        project="demo",
        dataset="street",
        dataset_version=3,
        baseline="v1",
        matching="class-first",
        group_field="sequence_id",
        rows=list(rows),
    )


def rendered(matrix: MatrixBody) -> list[str]:
    console = Console(file=io.StringIO(), width=120, markup=False)
    lines = []
    for table in matrix_tables(matrix):
        with console.capture() as capture:
            console.print(table)
        lines.append(capture.get())
    return lines


def test_segments_go_down_and_inference_sets_across() -> None:
    matrix = body(
        row("All Frames", "v1", value=0.8314, low=0.81, high=0.85),
        row("All Frames", "v2", value=0.86, delta=0.0286, baseline_verdict="improved"),
        row("[night]", "v1", segment_type="regression_test", value=0.9, target=0.9, target_verdict="pass"),
        row(
            "[night]",
            "v2",
            segment_type="regression_test",
            value=0.7,
            small=True,
            target=0.9,
            target_verdict="fail",
            delta=-0.2,
            baseline_verdict="regressed",
        ),
    )
    (shown,) = rendered(matrix)
    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[0] == "recall (weighted average)"
    heading = lines[2]
    assert [heading.index(part) for part in ("segment", "frames", "v1 (baseline)", "v2")] == sorted(
        heading.index(part) for part in ("segment", "frames", "v1 (baseline)", "v2")
    )
    order = [shown.index(part) for part in ("Splits", "All Frames", "Regression Tests", "[night]")]
    assert order == sorted(order)
    assert "0.831 [0.810, 0.850]" in shown
    assert "▲ improved Δ +0.029" in shown
    assert "✓ pass ≥ 0.9" in shown
    assert "0.700*" in shown
    assert "✗ fail ≥ 0.9" in shown
    assert "▼ regressed Δ −0.200" in shown
    assert "1,200" in shown


def test_one_table_per_metric_and_class() -> None:
    matrix = body(
        row("All Frames", "v1", metric="recall"),
        row("All Frames", "v1", metric="f1", average="class", class_name="car"),
    )
    titles = [shown.splitlines()[0].rstrip() for shown in rendered(matrix)]
    assert titles == ["recall (weighted average)", "f1 of car"]


def test_undefined_is_a_dash_with_its_reason_below() -> None:
    matrix = body(
        row("Empty", "v1", value=None, reason="no labels"),
        *[row(f"s{i}", "v1", value=None, reason="no labels", small=True) for i in range(5)],
    )
    assert "–" in rendered(matrix)[0]
    notes = matrix_footnotes(matrix)
    assert notes[0] == "no labels (v1 on Empty, v1 on s0, v1 on s1, v1 on s2, and 2 more)"
    assert notes[1].startswith("*")


def test_the_heading_names_what_the_numbers_are_about() -> None:
    heading = matrix_heading(body(row("All Frames", "v1"), row("All Frames", "v2", confidence=0.4)))
    assert heading == (
        "demo/street version 3 · confidence/IoU 0.3/0.5, 0.4/0.5 · matching class-first · "
        "resampled by sequence_id · baseline v1"
    )


def test_every_verdict_is_shape_and_word() -> None:
    verdicts = [*TargetVerdict, *BaselineVerdict]
    shown = {verdict.value: verdict_text(verdict) for verdict in verdicts}
    assert len(set(shown.values())) == len(set(verdicts))
    for value, text in shown.items():
        shape, _, word = text.partition(" ")
        assert (len(shape), word) == (1, value.replace("_", " "))
