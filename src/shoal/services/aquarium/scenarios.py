"""Model Performance segments and their numbers as the client reads them, which calls them scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from shoal.model.metric import Metric
from shoal.model.segment import ALL_FRAMES, ElementKind, SegmentType
from shoal.model.verdict import TargetVerdict, VerdictRule
from shoal.services.aquarium.addresses import find
from shoal.services.aquarium.body_values import maybe_text_of, number_of, objects_of, text_of
from shoal.services.aquarium.issues import Issue, list_issues, thresholds_of
from shoal.services.aquarium.judged_sets import JudgedSet, fraction, judged_set
from shoal.services.aquarium.segment_words import template_of
from shoal.services.error_counts import ErrorCounts, error_counts
from shoal.services.matrix import get_matrix
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.wire.evaluation import MatrixRequest, MatrixRow

Scores = dict[Metric, MatrixRow]

_ORDER: Final = (Metric.PRECISION, Metric.RECALL, Metric.F1)
_SAID: Final = (TargetVerdict.PASS, TargetVerdict.FAIL)
_WHOLE_SET: Final = "all_frames"
"""The id of the row of All Frames; segments have ids of another form."""


def list_scenarios(runtime: Runtime, project: str, dataset: str) -> list[dict[str, Any]]:
    """Return the Model Performance segments of a dataset by name, with the targets the client knows."""
    with runtime.catalog.read() as session:
        _, row, _ = find(session, project, dataset)
    return [_scenario(issue) for issue in _scored(runtime, project, row.name)]


def _scored(runtime: Runtime, project: str, dataset: str) -> list[Issue]:
    return [
        issue
        for issue in list_issues(runtime, project, dataset=dataset)
        if issue.body.type.is_model_performance and issue.body.elements is ElementKind.FRAMES
    ]


def _scenario(issue: Issue) -> dict[str, Any]:
    return {
        "name": issue.body.name,
        "issue_id": issue.body.id,
        "uuid": issue.body.id,
        "updated_at": issue.body.updated_at.isoformat(),
        "template_type": template_of(issue.body.type),
        "thresholds": thresholds_of(issue.body),
    }


def scenario_metrics(runtime: Runtime, project: str, body: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return scores and counts of All Frames and of scenarios, by the full id of each inference set.

    Every number is the matrix's at that operating point.  A target stands beside its score where Shoal says
    pass or fail of it, so that the client, which compares the two itself, says the same.  Where Shoal says
    neither (an undefined score, frames not covered, a stricter rule in doubt) the target is left out, and the
    client says `None`.

    Raises:
        InvalidInputError: a threshold is out of range.
        NotFoundError: no such inference set or scenario.
    """
    ids = None
    if body.get("scenarios") is not None:
        ids = [text_of(scenario, "uuid") for scenario in objects_of(body, "scenarios")]
    found = {}
    for wanted in objects_of(body, "inferences"):
        name, confidence, iou = (
            text_of(wanted, "name"),
            number_of(wanted, "confidence"),
            number_of(wanted, "iou"),
        )
        judged = judged_set(
            runtime,
            project,
            name,
            maybe_text_of(body, "labels_table_filtered"),
            confidence=fraction(confidence),
            iou=fraction(iou),
        )
        rows = _rows(runtime, judged, ids, maybe_text_of(body, "metrics_class"))
        found[name] = [{**row, "metrics": {str(iou): {str(confidence): row["metrics"]}}} for row in rows]
    return found


def _rows(
    runtime: Runtime, judged: JudgedSet, segment_ids: Sequence[str] | None, class_name: str | None
) -> list[dict[str, Any]]:
    """Return one row of All Frames and of each segment, its `metrics` a plain list."""
    scene = open_scene(runtime, judged.project, judged.dataset, confidence=judged.confidence, iou=judged.iou)
    if segment_ids is None:
        segment_ids = [issue.body.id for issue in _scored(runtime, judged.project, judged.dataset)]
    segments = [scene.segment(segment_id) for segment_id in segment_ids]
    names = [ALL_FRAMES, *(segment.name for segment in segments)]
    ids = [_WHOLE_SET, *segment_ids]
    kinds = [SegmentType.SPLIT, *(segment.type for segment in segments)]
    scores = _scores(runtime, judged, segment_ids, scene, class_name)
    counts = _counts(scene, judged, names, class_name)
    return [
        {
            "name": name,
            "uuid": own,
            "count": count.n_frames,
            "issue_template_type": template_of(kind),
            "issue_thresholds": _said_thresholds(scores.get(name, {})),
            "metrics": [*_values(scores.get(name, {})), *_whole_numbers(count)],
        }
        for name, own, kind, count in zip(names, ids, kinds, counts, strict=True)
    ]


def _scores(
    runtime: Runtime, judged: JudgedSet, segment_ids: Sequence[str], scene: Scene, class_name: str | None
) -> dict[str, Scores]:
    """Return the matrix rows of each segment; none for a class that is not scored, as `background`."""
    classes = scene.settings.classes
    if class_name is not None and classes.index(class_name) in (None, classes.background):
        return {}
    # Only the stricter rule needs intervals; without them a sweep over thresholds takes little time.
    rules = {scene.segment(segment_id).rule for segment_id in segment_ids}
    request = MatrixRequest(
        segments=list(segment_ids),
        inference_sets=[judged.inference_set],
        confidence=judged.confidence,
        iou=judged.iou,
        class_name=class_name,
        statistics=VerdictRule.CONFIDENT in rules,
    )
    found: dict[str, Scores] = {}
    for row in get_matrix(runtime, judged.project, judged.dataset, request).rows:
        found.setdefault(row.segment, {})[row.metric] = row
    return found


def _counts(
    scene: Scene, judged: JudgedSet, names: Sequence[str], class_name: str | None
) -> list[ErrorCounts]:
    if class_name is None:
        return error_counts(scene, judged.inference_set, names)
    index = scene.settings.classes.index(class_name)
    if index is not None:
        return error_counts(scene, judged.inference_set, names, index)
    # A class that is ignored in evaluation makes no outcomes at all.
    everything = error_counts(scene, judged.inference_set, names)
    return [ErrorCounts(0.0, 0.0, 0.0, count.n_frames) for count in everything]


def _said_thresholds(scores: Scores) -> dict[str, float]:
    return {
        f"{metric.value}_threshold": row.target
        for metric, row in scores.items()
        if row.target is not None and row.target_verdict in _SAID
    }


def _values(scores: Scores) -> list[float | None]:
    return [scores[metric].value if metric in scores else None for metric in _ORDER]


def _whole_numbers(count: ErrorCounts) -> list[int]:
    return [round(value) for value in (count.false_positives, count.false_negatives, count.confusions)]
