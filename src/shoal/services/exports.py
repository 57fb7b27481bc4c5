"""Numbers, elements and segments as files."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from shoal.errors import InvalidInputError
from shoal.model.gate_report import GateReport
from shoal.model.segment import ElementKind
from shoal.services.elements import element_table, known_columns
from shoal.services.matrix import get_matrix
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import query_mask
from shoal.wire.evaluation import MatrixRequest, MatrixRow

if TYPE_CHECKING:
    import polars as pl

    from shoal.services.outcomes import OutcomeFilter
    from shoal.services.reports import View

TableFormat = Literal["csv", "parquet", "json", "arrow"]

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "arrow": "application/vnd.apache.arrow.stream",
    "markdown": "text/markdown; charset=utf-8",
    "coco": "application/json",
    "junit": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out.

    Attributes:
        name: as it would be saved.
        media_type: what it is.
        content: its bytes.
    """

    name: str
    media_type: str
    content: bytes


def table_download(table: pl.DataFrame, name: str, kind: str) -> Download:
    """Return a table in a format; lists and times become JSON text in CSV."""
    buffer = io.BytesIO()
    if kind == "csv":
        _flat(table).write_csv(buffer)
    elif kind == "parquet":
        table.write_parquet(buffer)
    elif kind == "json":
        rows = [{key: _plain(value) for key, value in row.items()} for row in table.to_dicts()]
        buffer.write(json.dumps(rows, ensure_ascii=False, indent=1).encode())
    elif kind == "arrow":
        table.write_ipc_stream(buffer, compat_level=_oldest())
    else:
        raise InvalidInputError(
            f"Expected the format csv, parquet, json or arrow, found {kind!r}.", location={"field": "format"}
        )
    return Download(f"{name}.{kind}", _TYPES[kind], buffer.getvalue())


def _oldest() -> Any:
    import polars as pl

    return pl.CompatLevel.oldest()


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    lists = [name for name, kind in table.schema.items() if kind == pl.List]
    return table.with_columns(
        pl.Series(
            name,
            [None if row is None else json.dumps(list(row), ensure_ascii=False) for row in table[name]],
            dtype=pl.String,
        )
        for name in lists
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def export_outcomes(view: View, wanted: OutcomeFilter, file_format: str) -> Download:
    """Return the outcomes of a view that are wanted as a file."""
    from shoal.services.outcomes import outcome_table

    name = f"outcomes-{view.evaluation.inference_snapshot.name}"
    return table_download(outcome_table(view, wanted), name, file_format)


def export_frames(
    runtime: Runtime, project: str, dataset: str, kind: str, *, query: str | None = None
) -> Download:
    """Return frames with all their columns as a file."""
    scene = open_scene(runtime, project, dataset)
    positions = np.arange(scene.snapshot.n_frames)
    if query:
        positions = np.flatnonzero(query_mask(scene, query, ElementKind.FRAMES, None).mask)
    columns = [name for name in known_columns(scene, ElementKind.FRAMES, None) if name != "n_inferences"]
    table = element_table(scene, positions, ElementKind.FRAMES, None, columns)
    return table_download(table, f"frames-{scene.dataset.name}", kind)


def export_matrix(
    runtime: Runtime, project: str, dataset: str, request: MatrixRequest, kind: str
) -> Download:
    """Return the matrix as a file, one row per score."""
    import polars as pl

    body = get_matrix(runtime, project, dataset, request)
    rows = [row.model_dump(mode="json") for row in body.rows]
    if kind == "markdown":
        return Download("matrix.md", _TYPES[kind], markdown_table(rows).encode())
    table = pl.DataFrame(rows, schema=list(MatrixRow.model_fields), infer_schema_length=None)
    return table_download(table, f"matrix-{dataset}", kind)


def export_gate(report: GateReport, kind: str) -> Download:
    """Return the answer of a gate as Markdown for a pull request, JUnit XML for a CI server, or JSON."""
    name = f"gate-{report.candidate}"
    if kind == "markdown":
        return Download(f"{name}.md", _TYPES[kind], report.to_markdown().encode())
    if kind == "junit":
        return Download(f"{name}.xml", _TYPES[kind], report.to_junit().encode())
    if kind == "json":
        content = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
        return Download(f"{name}.json", _TYPES[kind], content.encode())
    raise InvalidInputError(
        f"Expected the format markdown, junit or json, found {kind!r}.", location={"field": "format"}
    )


_MARKDOWN = (
    "segment",
    "inference_set",
    "metric",
    "value",
    "low",
    "high",
    "target",
    "target_verdict",
    "delta",
    "baseline_verdict",
    "n_frames",
    "n_labels",
)


def markdown_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return matrix rows as a Markdown table; names cannot break it."""
    lines = ["| " + " | ".join(_MARKDOWN) + " |", "|" + " --- |" * len(_MARKDOWN)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in _MARKDOWN) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    for character in "\\|`*_<>[]":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def export_segment(runtime: Runtime, project: str, dataset: str, name: str, kind: str) -> Download:
    """Return a segment: its elements as JSON or CSV, or its frames and labels as a COCO file."""
    scene = open_scene(runtime, project, dataset)
    segment = scene.segment(name)
    if kind == "coco":
        return _coco_subset(scene, segment.name)
    positions = np.flatnonzero(scene.segment_rows(segment.name))
    owner = scene.owner_of(segment)
    columns = [column for column in known_columns(scene, segment.elements, owner) if column != "n_inferences"]
    table = element_table(scene, positions, segment.elements, owner, columns)
    return table_download(table, f"segment-{segment.name}", kind)


def _coco_subset(scene: Scene, name: str) -> Download:
    from shoal.formats.coco_writing import write_coco_subset

    snapshot = scene.snapshot
    mask = scene.segment_mask(name)
    counts = np.diff(snapshot.label_offsets)
    inside = np.repeat(mask, counts)
    frames = snapshot.frames(*_frame_columns(scene)).filter(mask).to_arrow()
    rows = np.cumsum(mask) - 1
    labels = snapshot.labels(*_label_columns(scene)).filter(inside)
    frame_row = np.repeat(rows, counts)[inside].astype(np.int32)
    import polars as pl

    table = labels.with_columns(pl.Series("frame_row", frame_row)).to_arrow()
    buffer = io.BytesIO()
    write_coco_subset(buffer, frames, table, scene.settings.class_map)
    return Download(f"segment-{name}.json", _TYPES["coco"], buffer.getvalue())


def _frame_columns(scene: Scene) -> list[str]:
    return [
        name
        for name in known_columns(scene, ElementKind.FRAMES, None)
        if name not in ("n_labels", "n_inferences")
    ]


def _label_columns(scene: Scene) -> list[str]:
    names = known_columns(scene, ElementKind.LABELS, None)
    return ["class_index" if name == "class" else name for name in names if name != "frame_id"]
