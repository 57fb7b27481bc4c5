"""Numbers: the matrix, reports, curves, outcomes, COCO summaries."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shoal.model.metric import Average, Metric
from shoal.model.verdict import BaselineVerdict, TargetVerdict
from shoal.wire.base import Shape
from shoal.wire.selections import SelectionBody


class MatrixRequest(Shape):
    """Which numbers to give."""

    segments: list[str] | None = Field(default=None, description="Default: every Model Performance segment.")
    inference_sets: list[str] | None = Field(default=None, description="Default: all, in order of upload.")
    baseline: str | None = None
    query: str | None = Field(
        default=None,
        description="Score only frames it selects, without targets, which are about whole segments.",
    )
    query_set: str | None = Field(
        default=None, description="The inference set the query means where it names none."
    )
    confidence: float | dict[str, float] | None = Field(default=None, description="A number, or one per set.")
    iou: float | dict[str, float] | None = None
    average: Average = Average.WEIGHTED
    class_name: str | None = Field(default=None, description="One class; the average is then `class`.")
    metrics: list[Metric] = Field(default_factory=lambda: [Metric.PRECISION, Metric.RECALL, Metric.F1])
    statistics: bool = Field(default=True, description="False: values and counts alone, for sliders.")


class MatrixRow(Shape):
    """One score of one segment and one inference set, with all it depends on; null is undefined."""

    segment: str
    segment_type: str
    segment_version: int | None
    inference_set: str
    metric: Metric
    average: Average
    class_name: str | None
    value: float | None
    low: float | None
    high: float | None
    n_frames: int = Field(description="Frames of the segment the set covers: what the value is about.")
    n_labels: int
    n_inferences: int
    coverage: float | None = Field(description="Share of the segment's frames the set covers.")
    target: float | None
    target_verdict: TargetVerdict | None
    baseline: str | None
    delta: float | None
    delta_low: float | None
    delta_high: float | None
    p: float | None
    q: float | None
    baseline_verdict: BaselineVerdict | None
    confidence: float
    iou: float
    matching: str
    n_segment_frames: int = Field(description="Frames of the segment, covered or not.")
    n_shared_frames: int | None = Field(description="Frames the comparison is about.")
    n_groups: int | None = Field(description="Units of resampling.")
    minimum_detectable: float | None
    small: bool = Field(description="Below 20 groups or 30 labels: read with care.")
    reason: str = Field(default="", description="Why a number or verdict is missing.")
    selected_on: str | None = Field(
        default=None, description="The inference set whose errors chose the frames."
    )


class MatrixBody(Shape):
    """Every segment × every inference set × every metric."""

    project: str
    dataset: str
    dataset_version: int
    baseline: str | None
    matching: str
    group_field: str | None
    notes: list[str] = Field(default_factory=list, description="What a reader of all the numbers must know.")
    rows: list[MatrixRow]


class ReportRequest(Shape):
    """One inference set on any frames, before they are a segment."""

    inference_set: str
    selection: SelectionBody
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)
    intervals: bool = Field(default=False, description="Whether to say how sure the scores are.")


class ReportRow(Shape):
    """One class, or one average, of a report."""

    class_name: str
    tp: float | None
    fp: float | None
    fn: float | None
    support: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    ap: float | None = Field(description="COCO average precision, IoU .50:.95; null without boxes or labels.")


class EvaluationContext(Shape):
    """What numbers are about."""

    project: str
    dataset: str
    dataset_version: int
    inference_set: str
    segment: str = Field(description="`All Frames` for the whole dataset; empty for a selection.")
    segment_version: int | None
    confidence: float
    iou: float
    matching: str
    coverage: float | None
    n_frames: int
    n_labels: int
    n_inferences: int


class ScoreIntervals(Shape):
    """How sure the scores of one row of a report are; null where there is too little to tell."""

    precision_low: float | None
    precision_high: float | None
    recall_low: float | None
    recall_high: float | None
    f1_low: float | None
    f1_high: float | None


class ReportBody(Shape):
    """Per class and averaged scores with the confusion matrix."""

    context: EvaluationContext
    rows: list[ReportRow]
    confusion: list[list[float]] = Field(description="Truth in rows, predicted in columns.")
    confusion_classes: list[str] = Field(description="Class names, background last.")
    false_positives: float
    false_negatives: float
    confusions: float
    intervals: list[ScoreIntervals] | None = Field(
        default=None, description="95 % intervals of the rows, in their order, on demand."
    )


class CocoBody(Shape):
    """The twelve numbers of pycocotools; null where it prints -1."""

    context: EvaluationContext
    metrics: dict[str, float | None]
    per_class: dict[str, float | None] = Field(description="AP by class.")
    intervals: dict[str, tuple[float | None, float | None]] = Field(
        default_factory=dict, description="95 % bootstrap intervals of AP, AP50 and AP75, on demand."
    )


class CurveBody(Shape):
    """One class's curve over falling confidence."""

    class_name: str
    confidence: list[float]
    precision: list[float | None]
    recall: list[float | None]
    f1: list[float | None]
    best_confidence: float | None = Field(description="The confidence that maximises F1.")
    best_f1: float | None


class CalibrationBody(Shape):
    """How far confidences are from hit rates."""

    edges: list[float]
    n: list[int]
    mean_confidence: list[float | None]
    hit_rate: list[float | None]
    expected_calibration_error: float | None


class CurvesBody(Shape):
    """Curves per class (`micro` first), calibration, IoU of matches."""

    context: EvaluationContext
    curves: list[CurveBody]
    calibration: CalibrationBody
    iou_edges: list[float]
    iou_counts: list[int]


class OutcomePage(Shape):
    """Outcomes behind a number, and where to go on."""

    context: EvaluationContext
    total: int
    items: list[dict[str, Any]]
    next_cursor: str | None


class FlipsBody(Shape):
    """Frames one set got right and the other wrong."""

    baseline: str
    candidate: str
    n_shared_frames: int
    broken: list[str] = Field(description="Baseline right, candidate wrong.")
    mended: list[str] = Field(description="Baseline wrong, candidate right.")


class GateRequest(Shape):
    """A candidate before the gate."""

    candidate: str
    baseline: str | None = None
    policy: dict[str, Any] | str | None = Field(
        default=None, description="A policy as YAML text or as its mapping; absent: the default policy."
    )
    confidence: float | dict[str, float] | None = None
    iou: float | dict[str, float] | None = None
