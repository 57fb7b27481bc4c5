"""The gate: a policy over segments accepts or rejects a candidate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shoal.evaluate.gate import decide
from shoal.evaluate.judgement import Judgement
from shoal.evaluate.matrix import Score
from shoal.evaluate.policy import GateSegment, Policy, default_policy
from shoal.evaluate.policy_file import read_policy
from shoal.evaluate.policy_selection import select_checks
from shoal.model.gate_report import GateReport
from shoal.model.metric import Average
from shoal.model.segment import ALL_FRAMES, ElementKind, SegmentType
from shoal.services.matrix import average_of, scored_segments, segment_targets
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.scoring import scores
from shoal.services.selections import picked_by
from shoal.wire.evaluation import GateRequest


def run_gate(runtime: Runtime, project: str, dataset: str, request: GateRequest) -> GateReport:
    """Judge a candidate by a policy, or by the default one.

    Raises:
        NotFoundError: candidate or baseline do not exist.
        PolicyError: the policy is malformed or names what does not exist.
    """
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    candidate = scene.inference_source(request.candidate).name
    baseline = scene.inference_source(request.baseline).name if request.baseline else None
    policy = default_policy() if request.policy is None else read_policy(request.policy)
    segments = gate_segments(scene)
    judgements = _judgements(scene, policy, segments, candidate, baseline)
    report = decide(policy, segments, judgements, candidate, baseline, datetime.now(UTC).date())
    return replace(report, notes=(*report.notes, *_choice_notes(scene, report)))


def _choice_notes(scene: Scene, report: GateReport) -> list[str]:
    """Return a remark for each segment that was chosen by the errors of a set it now judges."""
    notes = []
    for name in dict.fromkeys(row.segment for row in report.rows if row.segment in scene.versions):
        sets = sorted(picked_by(scene.versions[name]) & {report.candidate, report.baseline})
        if sets:
            notes.append(
                f"The frames of {name!r} were chosen by errors of {' and '.join(sets)}: "
                "numbers of that set on them say less."
            )
    return notes


def gate_segments(scene: Scene) -> list[GateSegment]:
    """Return every segment of frames as the gate sees it, All Frames first."""
    targets = segment_targets(scene)
    whole = GateSegment(
        ALL_FRAMES,
        SegmentType.SPLIT,
        margin=scene.settings.margin,
        coverage=0.0 if scene.settings.allow_partial_coverage else 1.0,
    )
    own = [
        replace(
            whole,
            name=segment.name,
            type=segment.type,
            targets=tuple(targets.get(segment.id, ())),
            rule=segment.rule,
        )
        for segment in scene.segments.values()
        if segment.elements is ElementKind.FRAMES
    ]
    return [whole, *sorted(own, key=lambda segment: segment.name)]


def _judgements(
    scene: Scene, policy: Policy, segments: list[GateSegment], candidate: str, baseline: str | None
) -> list[Judgement]:
    wanted: dict[tuple[Average, str | None], dict[str, Any]] = {}
    for check in select_checks(policy, segments, has_baseline=baseline is not None):
        if not check.segment.type.is_model_performance:
            continue
        metrics = wanted.setdefault((check.average, check.class_name), {})
        metrics.setdefault(check.segment.name, []).append(check.metric)
    targets = segment_targets(scene)
    found: list[Judgement] = []
    for (average, class_name), by_segment in wanted.items():
        kind, index, spelled = average_of(scene, average, class_name)
        rows = scored_segments(scene, list(by_segment))
        chosen = [row for row in rows if row is not None or ALL_FRAMES in by_segment]
        found += [
            _judgement(score, class_name)
            for score in scores(
                scene,
                chosen,
                targets,
                [candidate],
                baseline,
                average=kind,
                class_index=index,
                class_name=spelled,
                metrics=sorted({metric for metrics in by_segment.values() for metric in metrics}),
            )
        ]
    return found


def _judgement(score: Score, class_name: str | None) -> Judgement:
    return Judgement(
        segment=score.segment.name,
        metric=score.metric,
        average=score.average,
        class_name=class_name,
        segment_version=score.segment.version,
        n_frames=score.n_frames,
        n_labels=score.n_labels,
        n_groups=score.n_groups or 0,
        coverage=score.coverage,
        value=score.value,
        low=score.low,
        high=score.high,
        baseline_value=score.baseline_value,
        delta=score.delta,
        delta_low=score.delta_low,
        delta_high=score.delta_high,
        p=score.p,
        minimum_detectable=score.minimum_detectable,
        n_shared_frames=score.n_shared_frames,
    )
