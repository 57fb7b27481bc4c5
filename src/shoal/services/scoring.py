"""Scores of a scene's segments, computed; `matrix` keeps the answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoal.evaluate.matrix import Judged, Question, Score, SegmentFrames, matrix
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import ALL_FRAMES, SegmentType
from shoal.model.verdict import BaselineVerdict
from shoal.services.restriction import Within
from shoal.services.scene import Scene
from shoal.store.catalog import Segment
from shoal.wire.evaluation import MatrixRequest, MatrixRow


def segment_frames(
    scene: Scene, segment: Segment | None, targets: dict[str, list[Target]], within: Within | None = None
) -> SegmentFrames:
    """Return a segment, or All Frames for `None`, as the matrix reads it; `within` keeps a part of it."""
    if segment is None:
        key, frames = scene.source.version_id, np.ones(scene.snapshot.n_frames, np.bool_)
    else:
        key, frames = scene.versions[segment.name].id, scene.segment_mask(segment.name)
    selected_on: frozenset[str] = frozenset()
    if within is not None:
        key, frames, selected_on = f"{key} {within.digest}", frames & within.frames, within.selected_on
    if segment is None:
        return SegmentFrames(
            name=ALL_FRAMES,
            type=SegmentType.SPLIT.value,
            version=None,
            key=scene.snapshot.digest(key, frames),
            frames=frames,
            selected_on=tuple(sorted(selected_on)),
        )
    version = scene.versions[segment.name]
    return SegmentFrames(
        name=segment.name,
        type=segment.type.value,
        version=version.number,
        key=scene.snapshot.digest(key, frames),
        frames=frames,
        targets=tuple(targets.get(segment.id, ())),
        rule=segment.rule,
        selected_on=tuple(sorted(selected_on | set(version.origin.get("selected_on", ())))),
    )


def judged(scene: Scene, name: str) -> Judged:
    """Return an inference set at its operating point."""
    return Judged(scene.inference_source(name).name, scene.evaluation(name), scene.point(name))


def scores(
    scene: Scene,
    segments: Sequence[Segment | None],
    targets: dict[str, list[Target]],
    columns: Sequence[str],
    baseline: str | None,
    *,
    average: Average,
    class_index: int | None,
    class_name: str | None,
    metrics: Sequence[Metric],
    statistics: bool = True,
    within: Within | None = None,
) -> list[Score]:
    """Return the scores of segments and inference sets under the project's settings."""
    question = Question(
        average=average,
        class_index=class_index,
        class_name=class_name,
        metrics=tuple(metrics),
        margin=scene.settings.margin,
        allow_partial_coverage=scene.settings.allow_partial_coverage,
        statistics=statistics,
        group_field=scene.settings.group_field,
    )
    return matrix(
        [segment_frames(scene, segment, targets, within) for segment in segments],
        [judged(scene, name) for name in columns],
        judged(scene, baseline) if baseline else None,
        question,
    )


def matrix_rows(
    scene: Scene,
    segments: Sequence[Segment | None],
    targets: dict[str, list[Target]],
    columns: Sequence[str],
    baseline: str | None,
    average: Average,
    class_index: int | None,
    class_name: str | None,
    request: MatrixRequest,
    within: Within | None = None,
) -> list[MatrixRow]:
    """Return matrix rows as the wire shows them."""
    found = scores(
        scene,
        segments,
        targets,
        columns,
        baseline,
        average=average,
        class_index=class_index,
        class_name=class_name,
        metrics=request.metrics,
        statistics=request.statistics,
        within=within,
    )
    matching = scene.settings.matching.value
    return [row_of(score, matching) for score in found]


def row_of(score: Score, matching: str) -> MatrixRow:
    """Return a score as the wire shows it."""
    chosen_by = {score.inference_set, score.baseline} & set(score.segment.selected_on)
    return MatrixRow(
        segment=score.segment.name,
        segment_type=score.segment.type,
        segment_version=score.segment.version,
        inference_set=score.inference_set,
        metric=score.metric,
        average=score.average,
        class_name=score.class_name,
        value=score.value,
        low=score.low,
        high=score.high,
        n_frames=score.n_frames,
        n_labels=score.n_labels,
        n_inferences=score.n_inferences,
        coverage=score.coverage,
        target=score.target,
        target_verdict=score.target_verdict,
        baseline=score.baseline,
        delta=score.delta,
        delta_low=score.delta_low,
        delta_high=score.delta_high,
        p=score.p,
        q=score.q,
        baseline_verdict=score.baseline_verdict,
        confidence=score.point.confidence,
        iou=score.point.iou,
        matching=matching,
        n_segment_frames=score.n_segment_frames,
        n_shared_frames=score.n_shared_frames,
        n_groups=score.n_groups,
        minimum_detectable=score.minimum_detectable,
        small=score.is_small,
        reason=reason_of(score),
        selected_on=", ".join(sorted(name for name in chosen_by if name)) or None,
    )


def reason_of(score: Score) -> str:
    """Return why a value or a verdict is missing, in a few words; empty when nothing is."""
    if score.n_segment_frames == 0:
        return "the segment has no frames in this dataset version"
    if score.n_frames == 0:
        return f"{score.inference_set} covers no frame of the segment"
    if score.value is None:
        what = {Metric.PRECISION: "inferences", Metric.RECALL: "labels"}.get(
            score.metric, "labels or inferences"
        )
        return f"no {'labels' if score.class_name is None else what} to compute {score.metric.value} from"
    if score.target is not None and score.coverage is not None and score.coverage < 1:
        return f"{score.inference_set} covers {score.n_frames} of {score.n_segment_frames} frames"
    if score.baseline_verdict is BaselineVerdict.NOT_EVALUABLE:
        return _incomparable(score)
    return ""


def _incomparable(score: Score) -> str:
    if score.n_shared_frames == 0:
        return f"{score.inference_set} and {score.baseline} share no frame of the segment"
    if score.delta is None:
        return f"{score.metric.value} is undefined on the {score.n_shared_frames} shared frames"
    return "an interval of the difference needs two groups of frames"
