"""A matrix as people read it: segments down, inference sets across, verdicts as shape and word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from shoal.cli.output import MISSING, new_table, text_of
from shoal.cli.verdicts import verdict_style, verdict_text
from shoal.model.segment import SegmentType

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from shoal.wire.evaluation import MatrixBody, MatrixRow
    from shoal.wire.segments import SegmentMetrics

_Key = tuple[str, str, str | None]


def matrix_tables(body: MatrixBody) -> list[Table]:
    """Return one table per metric, in the matrix's order."""
    keys = dict.fromkeys(_key(row) for row in body.rows)
    return [_metric_table(body, key) for key in keys]


def matrix_heading(body: MatrixBody) -> str:
    """Return a line that says what the numbers are about."""
    points = dict.fromkeys((row.confidence, row.iou) for row in body.rows)
    shown = ", ".join(f"{confidence:g}/{iou:g}" for confidence, iou in points)
    parts = [
        f"{body.project}/{body.dataset} version {body.dataset_version}",
        f"confidence/IoU {shown or MISSING}",
        f"matching {body.matching}",
    ]
    if body.group_field:
        parts.append(f"resampled by {body.group_field}")
    if body.baseline:
        parts.append(f"baseline {body.baseline}")
    return " · ".join(parts)


def matrix_footnotes(body: MatrixBody) -> list[str]:
    """Return the reasons why numbers or verdicts are missing, and what the signs mean."""
    notes = list(body.notes)
    notes += [
        f"{reason} ({', '.join(_limited(dict.fromkeys(places)))})"
        for reason, places in _reasons(body.rows).items()
    ]
    if any(row.small for row in body.rows):
        notes.append("* below 20 groups or 30 labels: read with care.")
    return notes


def segment_table(metrics: SegmentMetrics) -> Table:
    """Return one segment's numbers: inference sets down, scores across."""
    # Loads pydantic, which `--help` must not wait for.
    from shoal.wire.evaluation import MatrixRow

    cells = {
        (one.inference_set, _key(row)): row
        for one in metrics.items
        for row in map(MatrixRow.model_validate, one.rows)
    }
    keys = list(dict.fromkeys(key for _, key in cells))
    table = new_table()
    table.add_column("inference set", overflow="fold")
    for key in keys:
        table.add_column(_title(key), overflow="fold")
    table.add_column("targets met")
    for one in metrics.items:
        name = one.inference_set + (" (baseline)" if one.inference_set == metrics.baseline else "")
        found = [_cell(cells.get((one.inference_set, key))) for key in keys]
        table.add_row(name, *found, text_of(one.passed))
    return table


def _metric_table(body: MatrixBody, key: _Key) -> Table:
    rows = [row for row in body.rows if _key(row) == key]
    sets = list(dict.fromkeys(row.inference_set for row in rows))
    table = new_table(title=_title(key), title_justify="left", title_style="bold")
    table.add_column("segment", overflow="fold")
    table.add_column("frames", justify="right")
    for name in sets:
        table.add_column(name + (" (baseline)" if name == body.baseline else ""), overflow="fold")
    cells = {(row.segment, row.inference_set): row for row in rows}
    for kind, segments in _grouped(rows).items():
        table.add_section()
        table.add_row(_heading(kind), *[""] * (len(sets) + 1))
        for name in segments:
            found = [cells.get((name, one)) for one in sets]
            table.add_row(f"  {name}", _frames(found), *[_cell(row) for row in found])
    return table


def _cell(row: MatrixRow | None) -> Text:
    from rich.text import Text

    text = Text()
    if row is None:
        return text
    text.append(_number(row.value), style="bold")
    if row.low is not None and row.high is not None:
        text.append(f" [{row.low:.3f}, {row.high:.3f}]", style="dim")
    if row.small:
        text.append("*")
    if row.target_verdict is not None and row.target is not None:
        text.append("\n")
        text.append(verdict_text(row.target_verdict), style=verdict_style(row.target_verdict))
        text.append(f" ≥ {row.target:g}", style="dim")
    if row.baseline_verdict is not None and row.inference_set != row.baseline:
        text.append("\n")
        text.append(verdict_text(row.baseline_verdict), style=verdict_style(row.baseline_verdict))
        if row.delta is not None:
            text.append(f" Δ {_signed(row.delta)}", style="dim")
    return text


def _grouped(rows: Sequence[MatrixRow]) -> dict[str, list[str]]:
    groups: dict[str, dict[str, None]] = {}
    for row in rows:
        groups.setdefault(row.segment_type, {})[row.segment] = None
    return {kind: list(names) for kind, names in groups.items()}


def _heading(kind: str) -> Text:
    from rich.text import Text

    known = kind in [one.value for one in SegmentType]
    return Text(f"{SegmentType(kind).display_name}s" if known else kind, style="italic")


def _frames(rows: Sequence[MatrixRow | None]) -> str:
    counts = dict.fromkeys(row.n_segment_frames for row in rows if row is not None)
    return ", ".join(f"{count:,}" for count in counts)


def _key(row: MatrixRow) -> _Key:
    return (row.metric.value, row.average.value, row.class_name)


def _title(key: _Key) -> str:
    metric, average, class_name = key
    return f"{metric} of {class_name}" if class_name is not None else f"{metric} ({average} average)"


def _reasons(rows: Iterable[MatrixRow]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.reason:
            reasons.setdefault(row.reason, []).append(f"{row.inference_set} on {row.segment}")
    return reasons


def _limited(places: Iterable[str], n_shown: int = 4) -> list[str]:
    listed = list(places)
    rest = len(listed) - n_shown
    return listed if rest <= 0 else [*listed[:n_shown], f"and {rest} more"]


def _number(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
