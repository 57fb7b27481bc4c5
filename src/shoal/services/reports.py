"""One inference set on one segment: class report, confusion matrix, COCO numbers, curves, flips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.engine.evaluation import Evaluation
from shoal.errors import InvalidInputError, NotEvaluableError
from shoal.evaluate.matrix import number, score_values
from shoal.kernels.confusion_matrix import confusion_matrix
from shoal.kernels.frame_scores import flips, right_frames
from shoal.kernels.intervals import segment_intervals
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.kernels.scores import precision_recall_f1
from shoal.kernels.tally import tally_segments
from shoal.model.class_map import BACKGROUND
from shoal.model.metric import Average
from shoal.model.operating_point import OperatingPoint
from shoal.model.segment import ALL_FRAMES, ElementKind
from shoal.model.task import Task
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.wire.evaluation import (
    CocoBody,
    EvaluationContext,
    FlipsBody,
    ReportBody,
    ReportRequest,
    ReportRow,
    ScoreIntervals,
)
from shoal.wire.selections import SelectionBody


@dataclass(frozen=True)
class View:
    """One inference set on the covered frames of one segment."""

    scene: Scene
    evaluation: Evaluation
    point: OperatingPoint
    segment: str
    segment_version: int | None
    n_segment_frames: int
    mask: BoolArray

    @property
    def positions(self) -> Int64Array:
        """The frames, rising."""
        return np.flatnonzero(self.mask).astype(np.int64)

    def context(self) -> EvaluationContext:
        """Return what the numbers are about."""
        counts = self.evaluation.counts(self.point)
        totals = tally_segments(counts, self.mask[None], len(self.evaluation.classes))[0]
        n_frames = int(self.mask.sum())
        return EvaluationContext(
            project=self.scene.project.name,
            dataset=self.scene.dataset.name,
            dataset_version=self.scene.source.number,
            inference_set=self.evaluation.inference_snapshot.name,
            segment=self.segment,
            segment_version=self.segment_version,
            confidence=self.point.confidence,
            iou=self.point.iou,
            matching=self.scene.settings.matching.value,
            coverage=n_frames / self.n_segment_frames if self.n_segment_frames else None,
            n_frames=n_frames,
            n_labels=int(totals[:, 2].sum()),
            n_inferences=int(totals[:, 1].sum()),
        )


def open_view(
    runtime: Runtime,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None,
    confidence: float | None = None,
    iou: float | None = None,
    selection: SelectionBody | None = None,
) -> View:
    """Load one inference set on one segment, or on a selection of frames; neither means All Frames."""
    scene = open_scene(runtime, project, dataset, confidence=confidence, iou=iou)
    evaluation = scene.evaluation(inference_set)
    mask, version, name = np.ones(scene.snapshot.n_frames, np.bool_), None, ALL_FRAMES
    if selection is not None:
        mask, name = resolve(scene, selection, ElementKind.FRAMES, inference_set).mask, ""
    elif segment is not None and segment.casefold() != ALL_FRAMES.casefold():
        mask, version = scene.segment_mask(segment), scene.segment_version(segment).number
        name = next(s.name for s in scene.segments.values() if segment in (s.name, s.id))
    return View(
        scene,
        evaluation,
        scene.point(inference_set),
        name,
        version,
        int(mask.sum()),
        mask & evaluation.covered,
    )


def get_report(
    runtime: Runtime,
    project: str,
    dataset: str,
    inference_set: str,
    *,
    segment: str | None = None,
    confidence: float | None = None,
    iou: float | None = None,
    intervals: bool = False,
) -> ReportBody:
    """Return per class and averaged scores with the confusion matrix, on demand with intervals."""
    view = open_view(runtime, project, dataset, inference_set, segment, confidence, iou)
    return _with_intervals(report_of(view), view) if intervals else report_of(view)


def report_selection(runtime: Runtime, project: str, dataset: str, request: ReportRequest) -> ReportBody:
    """Return the report of one inference set on a selection of frames."""
    view = open_view(
        runtime,
        project,
        dataset,
        request.inference_set,
        None,
        request.confidence,
        request.iou,
        request.selection,
    )
    return _with_intervals(report_of(view), view) if request.intervals else report_of(view)


def report_of(view: View) -> ReportBody:
    """Return the report of a view."""
    names = view.evaluation.classes.names
    outcomes = view.evaluation.outcomes(view.point)
    confusion = confusion_matrix(outcomes, len(names), frames=view.mask)
    totals = tally_segments(view.evaluation.counts(view.point), view.mask[None], len(names))[0]
    scores = precision_recall_f1(totals)
    aps = _class_aps(view)
    rows = [
        ReportRow(
            class_name=name,
            tp=float(totals[i, 0]),
            fp=float(totals[i, 1] - totals[i, 0]),
            fn=float(totals[i, 2] - totals[i, 0]),
            support=float(totals[i, 2]),
            precision=number(scores[i, 0]),
            recall=number(scores[i, 1]),
            f1=number(scores[i, 2]),
            ap=aps[i],
        )
        for i, name in enumerate(names)
    ]
    defined = [ap for ap in aps if ap is not None]
    for average in (Average.WEIGHTED, Average.MACRO, Average.MICRO):
        values = score_values(totals, average, None)
        rows.append(
            ReportRow(
                class_name=average.value,
                tp=float(totals[:, 0].sum()),
                fp=float((totals[:, 1] - totals[:, 0]).sum()),
                fn=float((totals[:, 2] - totals[:, 0]).sum()),
                support=float(totals[:, 2].sum()),
                precision=number(values[0]),
                recall=number(values[1]),
                f1=number(values[2]),
                ap=float(np.mean(defined)) if defined and average is Average.MACRO else None,
            )
        )
    misses, false_alarms = confusion[:-1, -1].sum(), confusion[-1, :-1].sum()
    inner = confusion[:-1, :-1]
    return ReportBody(
        context=view.context(),
        rows=rows,
        confusion=confusion.tolist(),
        confusion_classes=[*names, BACKGROUND],
        false_positives=float(false_alarms),
        false_negatives=float(misses),
        confusions=float(inner.sum() - np.trace(inner)),
    )


def _with_intervals(report: ReportBody, view: View) -> ReportBody:
    """Return a report that says how sure its rows are, as the matrix would."""
    counts = view.evaluation.counts(view.point)
    groups = view.evaluation.dataset.groups(view.scene.settings.group_field)
    n_classes = len(view.evaluation.classes)
    by_class: list[tuple[Average, int | None]] = [(Average.CLASS, i) for i in range(n_classes)]
    asked = [*by_class, *((average, None) for average in (Average.WEIGHTED, Average.MACRO, Average.MICRO))]
    found = []
    for average, index in asked:
        one = segment_intervals(counts, view.positions, groups, average.value, n_classes, index)
        low, high = ([number(bound) for bound in bounds] for bounds in (one.low, one.high))
        found.append(
            ScoreIntervals(
                precision_low=low[0],
                precision_high=high[0],
                recall_low=low[1],
                recall_high=high[1],
                f1_low=low[2],
                f1_high=high[2],
            )
        )
    return report.model_copy(update={"intervals": found})


def _class_aps(view: View) -> list[float | None]:
    if view.scene.settings.task is not Task.OBJECT_DETECTION:
        return [None] * len(view.evaluation.classes)
    from shoal.services.coco_numbers import coco_summary

    return [number(ap) for ap in coco_summary(view).per_class]


def get_coco(
    runtime: Runtime,
    project: str,
    dataset: str,
    inference_set: str,
    *,
    segment: str | None = None,
    intervals: bool = False,
) -> CocoBody:
    """Return pycocotools' twelve numbers for a segment, with intervals of the first three on demand.

    Raises:
        NotEvaluableError: the project's task has no boxes.
    """
    from shoal.services.coco_numbers import coco_intervals, coco_summary

    view = open_view(runtime, project, dataset, inference_set, segment)
    if view.scene.settings.task is not Task.OBJECT_DETECTION:
        raise NotEvaluableError("COCO's numbers are for object detection.")
    summary = coco_summary(view)
    return CocoBody(
        context=view.context(),
        metrics={name: number(value) for name, value in summary.metrics.items()},
        per_class={
            name: number(ap)
            for name, ap in zip(view.evaluation.classes.names, summary.per_class, strict=True)
        },
        intervals={
            name: (number(low), number(high))
            for name, (low, high) in (coco_intervals(view) if intervals else {}).items()
        },
    )


def get_flips(
    runtime: Runtime,
    project: str,
    dataset: str,
    baseline: str,
    candidate: str,
    *,
    segment: str | None = None,
    confidence: float | None = None,
    iou: float | None = None,
) -> FlipsBody:
    """Return the frames one set got right and the other wrong, among those both cover."""
    before = open_view(runtime, project, dataset, baseline, segment, confidence, iou)
    after = open_view(runtime, project, dataset, candidate, segment, confidence, iou)
    if before.evaluation.inference_snapshot.name == after.evaluation.inference_snapshot.name:
        raise InvalidInputError("Baseline and candidate are the same inference set.")
    shared = before.mask & after.mask
    found = flips(
        right_frames(before.evaluation.counts(before.point)) | ~shared,
        right_frames(after.evaluation.counts(after.point)) | ~shared,
    )
    ids = before.scene.snapshot.frame_ids
    return FlipsBody(
        baseline=before.evaluation.inference_snapshot.name,
        candidate=after.evaluation.inference_snapshot.name,
        n_shared_frames=int(shared.sum()),
        broken=[ids[i] for i in found.lost],
        mended=[ids[i] for i in found.won],
    )
