"""One segment: all inference sets in order of upload, against its targets and the baseline."""

from __future__ import annotations

from shoal.evaluate.matrix import METRICS, Score
from shoal.model.metric import Average, Metric, Target
from shoal.model.verdict import TargetVerdict
from shoal.services.matrix import average_of, scored_segments, segment_targets
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.scoring import row_of, scores
from shoal.store.catalog import Segment
from shoal.wire.segments import SegmentMetrics, SegmentSucceeds


def get_segment_metrics(
    runtime: Runtime, project: str, dataset: str, name: str, *, baseline: str | None = None
) -> SegmentMetrics:
    """Return scores of every inference set on one segment and whether each target is met."""
    scene = open_scene(runtime, project, dataset)
    segment = scored_segments(scene, [name])[-1]
    targets = segment_targets(scene)
    own = targets.get(segment.id, []) if segment is not None else []
    found = _scores_for(scene, segment, targets, own, baseline)
    matching = scene.settings.matching.value
    items = []
    for set_name in scene.inference_sources:
        mine = [score for score in found if score.inference_set == set_name]
        succeeds = {_label(score): _met(score) for score in mine if score.target is not None}
        items.append(
            SegmentSucceeds(
                inference_set=set_name,
                rows=[row_of(score, matching).model_dump(mode="json") for score in mine],
                succeeds=succeeds,
                passed=_overall(list(succeeds.values())),
            )
        )
    return SegmentMetrics(
        segment=segment.name if segment else name,
        segment_version=scene.versions[segment.name].number if segment else 0,
        dataset_version=scene.source.number,
        baseline=baseline,
        items=items,
    )


def _scores_for(
    scene: Scene,
    segment: Segment | None,
    targets: dict[str, list[Target]],
    own: list[Target],
    baseline: str | None,
) -> list[Score]:
    """Return weighted scores and those of every other average or class a target names."""
    wanted: dict[tuple[Average, str | None], list[Metric]] = {(Average.WEIGHTED, None): list(METRICS)}
    for target in own:
        if target.average is not Average.WEIGHTED:
            wanted.setdefault((target.average, target.class_name), []).append(target.metric)
    found = []
    for (average, class_name), metrics in wanted.items():
        kind, index, spelled = average_of(scene, average, class_name)
        found += scores(
            scene,
            [segment],
            targets,
            list(scene.inference_sources),
            scene.inference_source(baseline).name if baseline else None,
            average=kind,
            class_index=index,
            class_name=spelled,
            metrics=metrics,
        )
    return found


def _label(score: Score) -> str:
    if score.average is Average.WEIGHTED:
        return Metric(score.metric).value
    return f"{score.metric.value}@{score.class_name or score.average.value}"


def _met(score: Score) -> bool | None:
    return {TargetVerdict.PASS: True, TargetVerdict.FAIL: False}.get(
        score.target_verdict or TargetVerdict.NOT_EVALUABLE
    )


def _overall(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return True if answers and None not in answers else None
