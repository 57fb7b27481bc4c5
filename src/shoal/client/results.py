"""Numbers as tables: the matrix, reports, outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from shoal.client.tables import RowTable, Table
from shoal.wire.evaluation import EvaluationContext, MatrixBody, ReportBody

MATRIX_COLUMNS: Final[dict[str, str]] = {
    "segment": "string",
    "segment_type": "string",
    "segment_version": "int64",
    "inference_set": "string",
    "metric": "string",
    "average": "string",
    "class_name": "string",
    "value": "double",
    "low": "double",
    "high": "double",
    "n_frames": "int64",
    "n_labels": "int64",
    "n_inferences": "int64",
    "coverage": "double",
    "target": "double",
    "target_verdict": "string",
    "baseline": "string",
    "delta": "double",
    "delta_low": "double",
    "delta_high": "double",
    "p": "double",
    "q": "double",
    "baseline_verdict": "string",
    "confidence": "double",
    "iou": "double",
    "matching": "string",
}
"""Columns of a matrix and their Arrow types."""

MATRIX_DETAILS: Final[dict[str, str]] = {
    "n_segment_frames": "int64",
    "n_shared_frames": "int64",
    "n_groups": "int64",
    "minimum_detectable": "double",
    "small": "bool",
    "reason": "string",
    "selected_on": "string",
}
"""Columns that `details=True` appends."""

REPORT_COLUMNS: Final[dict[str, str]] = {
    "class_name": "string",
    "tp": "double",
    "fp": "double",
    "fn": "double",
    "support": "double",
    "precision": "double",
    "recall": "double",
    "f1": "double",
    "ap": "double",
}

REPORT_INTERVAL_COLUMNS: Final[dict[str, str]] = {
    "class_name": "string",
    "precision_low": "double",
    "precision_high": "double",
    "recall_low": "double",
    "recall_high": "double",
    "f1_low": "double",
    "f1_high": "double",
}

OUTCOME_COLUMNS: Final = (
    "frame_id",
    "truth",
    "predicted",
    "weight",
    "confidence",
    "iou",
    "label_id",
    "inference_id",
)

_MATRIX_ALWAYS: Final = ("segment", "inference_set", "metric", "value", "low", "high", "n_frames")
_MATRIX_CONTEXT: Final = ("segment_type", "segment_version", "p", "n_labels", "n_inferences")

COCO_METRICS: Final = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
"""pycocotools' twelve numbers in its order."""


class MatrixTable(RowTable):
    """Every segment × every inference set × every metric.

    Attributes:
        body: the matrix as the server sent it, with the dataset version and every detail.
    """

    def __init__(self, body: MatrixBody, *, details: bool = False) -> None:
        columns = MATRIX_COLUMNS | MATRIX_DETAILS if details else MATRIX_COLUMNS
        super().__init__(body.model_dump(mode="json")["rows"], columns)
        self.body = body

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns that tell rows apart or judge them; what is the same in all rows stands below."""
        varying = [name for name in self.columns if len({row[name] for row in self._rows}) > 1]
        hidden = set(_MATRIX_CONTEXT)
        return tuple(
            name
            for name in self.columns
            if name in _MATRIX_ALWAYS or (name in varying and name not in hidden)
        )

    def _more(self) -> list[str]:
        same = ("average", "class_name", "baseline", "confidence", "iou", "matching")
        rows = self._rows[:1]
        said = [
            f"{name} {row[name]:g}" if isinstance(row[name], float) else f"{name} {row[name]}"
            for row in rows
            for name in same
            if name not in self.shown_columns and row[name] is not None
        ]
        return [*super()._more(), *([", ".join(said)] if said else [])]


class ConfusionMatrix:
    """Outcomes by truth and predicted class.

    Attributes:
        classes: names, background last.
        counts: truth in rows, predicted in columns.
    """

    def __init__(self, classes: Sequence[str], counts: Sequence[Sequence[float]]) -> None:
        self.classes = tuple(classes)
        self.counts = [list(row) for row in counts]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dict per cell: `truth`, `predicted`, `count`."""
        return [
            {"truth": truth, "predicted": predicted, "count": count}
            for truth, row in zip(self.classes, self.counts, strict=True)
            for predicted, count in zip(self.classes, row, strict=True)
        ]

    def to_table(self) -> Table:
        """Return a table with a row per truth class and a column per predicted class."""
        rows = [
            {"truth": truth} | dict(zip(self.classes, row, strict=True))
            for truth, row in zip(self.classes, self.counts, strict=True)
        ]
        return RowTable(rows, {"truth": "string"} | dict.fromkeys(self.classes, "double"))

    def __repr__(self) -> str:
        return repr(self.to_table())

    def _repr_html_(self) -> str:
        return self.to_table()._repr_html_()


class ReportTable(RowTable):
    """Scores per class, then the rows `weighted`, `macro` and `micro`.

    Attributes:
        confusion: outcomes by truth and predicted class.
        context: what the numbers are about.
        body: the report as the server sent it.
    """

    def __init__(self, body: ReportBody) -> None:
        super().__init__([row.model_dump(mode="json") for row in body.rows], REPORT_COLUMNS)
        self.body = body
        self.confusion = ConfusionMatrix(body.confusion_classes, body.confusion)

    @property
    def context(self) -> EvaluationContext:
        """What the numbers are about: segment, versions, operating point, coverage."""
        return self.body.context
