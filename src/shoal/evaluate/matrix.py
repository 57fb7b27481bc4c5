"""Every segment × every inference set: scores, intervals, verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoal.engine.evaluation import Evaluation
from shoal.evaluate.verdict import baseline_verdict, is_small, target_verdict
from shoal.kernels.adjustment import benjamini_hochberg
from shoal.kernels.intervals import paired_differences, segment_intervals
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array
from shoal.kernels.resampling import seed_of
from shoal.kernels.scores import averages, precision_recall_f1
from shoal.kernels.tally import FrameCounts
from shoal.kernels.threads import over_items
from shoal.model.metric import Average, Metric, Target
from shoal.model.operating_point import OperatingPoint
from shoal.model.verdict import BaselineVerdict, TargetVerdict, VerdictRule

METRICS = (Metric.PRECISION, Metric.RECALL, Metric.F1)
_AVERAGES = (Average.WEIGHTED, Average.MACRO, Average.MICRO)


@dataclass(frozen=True, slots=True)
class SegmentFrames:
    """A segment as the matrix reads it.

    Attributes:
        name: the segment's name.
        type: its type.
        version: number of its version; `None` for All Frames, which is the dataset version itself.
        key: names these very frames, for the seed of tests.
        frames: bool, shape (F,).
        targets: minimums set on it.
        rule: how scores are held against targets.
        selected_on: inference sets whose errors chose the frames.
    """

    name: str
    type: str
    version: int | None
    key: str
    frames: BoolArray
    targets: tuple[Target, ...] = ()
    rule: VerdictRule = VerdictRule.DEFAULT
    selected_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """An inference set at the operating point it is judged at."""

    name: str
    evaluation: Evaluation
    point: OperatingPoint


@dataclass(frozen=True, slots=True)
class Question:
    """What the matrix is asked.

    Attributes:
        average: how classes become one score; `CLASS` with `class_index`.
        class_index: evaluation index of the class.
        class_name: its name, as rows carry it.
        metrics: which scores to give.
        margin: how much worse still counts as not worse.
        allow_partial_coverage: whether targets are judged below full coverage.
        statistics: whether intervals, tests and verdicts against the baseline are wanted.
        group_field: the metadata field whose values are resampled as one; `None`: each frame is its own.
    """

    average: Average = Average.WEIGHTED
    class_index: int | None = None
    class_name: str | None = None
    metrics: tuple[Metric, ...] = METRICS
    margin: float = 0.01
    allow_partial_coverage: bool = False
    statistics: bool = True
    group_field: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One score of one segment and one inference set; `None` is undefined or not asked for."""

    segment: SegmentFrames
    inference_set: str
    point: OperatingPoint
    metric: Metric
    average: Average
    class_name: str | None
    value: float | None
    low: float | None
    high: float | None
    n_segment_frames: int
    n_frames: int
    n_labels: int
    n_inferences: int
    coverage: float | None
    n_groups: int | None
    target: float | None
    target_verdict: TargetVerdict | None = None
    baseline: str | None = None
    baseline_value: float | None = None
    delta: float | None = None
    delta_low: float | None = None
    delta_high: float | None = None
    p: float | None = None
    q: float | None = None
    baseline_verdict: BaselineVerdict | None = None
    minimum_detectable: float | None = None
    n_shared_frames: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether there is too little to lean on: below 20 groups or 30 labels."""
        return is_small(self.n_groups if self.n_groups is not None else self.n_frames, self.n_labels)


def matrix(
    segments: Sequence[SegmentFrames],
    judged: Sequence[Judged],
    baseline: Judged | None,
    question: Question,
) -> list[Score]:
    """Return scores by segment, then inference set, then metric.

    Totals come from one pass per inference set over all segments; intervals and paired tests from
    `kernels.intervals`; q-values are Benjamini–Hochberg over the segments, for each inference set and metric.

    Args:
        segments: rows; frames of one dataset version.
        judged: columns; evaluations of that dataset version.
        baseline: the set others are compared with; need not be a column.
        question: which scores.
    """
    if not segments or not judged:
        return []
    groups = judged[0].evaluation.dataset.groups(question.group_field)
    against = _Side(baseline) if baseline else None
    columns: list[list[list[Score]]] = []
    for column in judged:
        side = _Side(column)
        rows = _column(segments, side, groups, question)
        if against is not None and against.judged.name != column.name and question.statistics:
            rows = _with_q(_all_compared(rows, side, against, groups, question))
        columns.append(rows)
    return [score for row in range(len(segments)) for column_rows in columns for score in column_rows[row]]


@dataclass(frozen=True, slots=True)
class _Side:
    judged: Judged

    @property
    def counts(self) -> FrameCounts:
        """The counts per frame, which only statistics need."""
        return self.judged.evaluation.counts(self.judged.point)


def _column(
    segments: Sequence[SegmentFrames], side: _Side, groups: Int64Array | None, question: Question
) -> list[list[Score]]:
    evaluation = side.judged.evaluation
    prepared = evaluation.prepared(
        tuple(segment.key for segment in segments), lambda: np.stack([segment.frames for segment in segments])
    )
    totals = evaluation.totals(side.judged.point, prepared)
    values = score_values(totals, question.average, question.class_index)
    n_frames, n_covered = prepared.n_frames.tolist(), prepared.n_covered.tolist()

    def cells(i: int) -> list[Score]:
        return _cells(segments[i], side, n_frames[i], n_covered[i], totals[i], values[i], groups, question)

    n_rows = len(side.counts.classes) if question.statistics else 0
    return over_items(cells, range(len(segments)), n_rows)


def score_values(totals: FloatArray, average: Average, class_index: int | None) -> FloatArray:
    """Return precision, recall and F1, float64 (..., 3), of totals (..., K, 3); NaN where undefined."""
    if average is Average.CLASS:
        return np.asarray(precision_recall_f1(totals)[..., class_index, :], np.float64)
    return np.asarray(averages(totals)[..., _AVERAGES.index(average), :], np.float64)


def _cells(
    segment: SegmentFrames,
    side: _Side,
    n_segment: int,
    n_covered: int,
    totals: FloatArray,
    values: FloatArray,
    groups: Int64Array | None,
    question: Question,
) -> list[Score]:
    counted = totals if question.class_index is None else totals[question.class_index]
    _, n_inferences, n_labels = counted.reshape(-1, 3).sum(axis=0).tolist()
    low, high, n_groups = _bounds(segment, side, groups, question)
    cells = []
    for metric in question.metrics:
        i = METRICS.index(metric)
        score = Score(
            segment=segment,
            inference_set=side.judged.name,
            point=side.judged.point,
            metric=metric,
            average=question.average,
            class_name=question.class_name,
            value=number(values[i]),
            low=number(low[i]),
            high=number(high[i]),
            n_segment_frames=n_segment,
            n_frames=n_covered,
            n_labels=int(n_labels),
            n_inferences=int(n_inferences),
            coverage=n_covered / n_segment if n_segment else None,
            n_groups=n_groups[i],
            target=_target(segment, metric, question),
        )
        cells.append(replace(score, target_verdict=_verdict(score, question)))
    return cells


def _bounds(
    segment: SegmentFrames, side: _Side, groups: Int64Array | None, question: Question
) -> tuple[FloatArray, FloatArray, list[int | None]]:
    """Return low, high and number of groups of precision, recall and F1; NaN and `None` if not asked for."""
    if not question.statistics:
        nothing = np.full(3, np.nan)
        return nothing, nothing, [None, None, None]
    intervals = segment_intervals(
        side.counts,
        np.flatnonzero(segment.frames & side.judged.evaluation.covered),
        groups,
        question.average.value,
        len(side.judged.evaluation.classes),
        question.class_index,
    )
    return intervals.low, intervals.high, [int(n) for n in intervals.n_groups]


def _verdict(score: Score, question: Question) -> TargetVerdict | None:
    if score.target is None:
        return None
    return target_verdict(
        score.value,
        score.low,
        score.high,
        score.target,
        rule=score.segment.rule,
        coverage=score.coverage,
        required_coverage=0.0 if question.allow_partial_coverage else 1.0,
    )


def _target(segment: SegmentFrames, metric: Metric, question: Question) -> float | None:
    for target in segment.targets:
        same_class = (target.class_name or "").casefold() == (question.class_name or "").casefold()
        if target.metric is metric and target.average is question.average and same_class:
            return target.minimum
    return None


def _all_compared(
    rows: list[list[Score]], side: _Side, against: _Side, groups: Int64Array | None, question: Question
) -> list[list[Score]]:
    n_rows = len(side.counts.classes) + len(against.counts.classes)
    return over_items(lambda cells: _compared(cells, side, against, groups, question), rows, n_rows)


def _compared(
    cells: list[Score], side: _Side, against: _Side, groups: Int64Array | None, question: Question
) -> list[Score]:
    segment = cells[0].segment
    candidate, baseline = side.judged, against.judged
    shared = np.flatnonzero(segment.frames & candidate.evaluation.covered & baseline.evaluation.covered)
    differences = paired_differences(
        side.counts,
        against.counts,
        shared,
        groups,
        question.average.value,
        len(candidate.evaluation.classes),
        question.class_index,
        seed=seed_of(segment.key, baseline.name, candidate.name),
    )
    compared = []
    for cell in cells:
        i = METRICS.index(cell.metric)
        delta, low, high = (
            number(values[i]) for values in (differences.delta, differences.low, differences.high)
        )
        compared.append(
            replace(
                cell,
                baseline=baseline.name,
                baseline_value=number(differences.baseline[i]),
                delta=delta,
                delta_low=low,
                delta_high=high,
                p=number(differences.p[i]),
                baseline_verdict=baseline_verdict(delta, low, high, margin=question.margin),
                minimum_detectable=number(differences.minimum_detectable[i]),
                n_shared_frames=len(shared),
            )
        )
    return compared


def _with_q(rows: list[list[Score]]) -> list[list[Score]]:
    n_metrics = len(rows[0])
    p = np.array([[np.nan if cell.p is None else cell.p for cell in cells] for cells in rows], np.float64)
    q = np.stack([benjamini_hochberg(p[:, i]) for i in range(n_metrics)], axis=1)
    return [
        [replace(cell, q=number(q[row, i])) for i, cell in enumerate(cells)] for row, cells in enumerate(rows)
    ]


def number(value: float) -> float | None:
    """Return a float, or `None` where it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None
