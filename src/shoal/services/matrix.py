"""The matrix: every segment × every inference set, answered from what is kept or computed anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from shoal.errors import InvalidInputError
from shoal.model.metric import Average, Target
from shoal.model.segment import ALL_FRAMES, ElementKind, SegmentType
from shoal.services.lookup import not_found
from shoal.services.restriction import frames_within
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.targets import targets_by_segment
from shoal.store.catalog import Segment
from shoal.wire.evaluation import MatrixBody, MatrixRequest, MatrixRow

_ROWS = TypeAdapter(list[MatrixRow])
_GROUPS = (SegmentType.SPLIT, SegmentType.REGRESSION_TEST, SegmentType.SCENARIO)


def get_matrix(runtime: Runtime, project: str, dataset: str, request: MatrixRequest) -> MatrixBody:
    """Return scores of every segment and inference set asked for; All Frames is always the first row.

    Raises:
        NotFoundError: a segment, inference set or class that does not exist.
    """
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    columns = [
        scene.inference_source(name).name for name in request.inference_sets or scene.inference_sources
    ]
    baseline = scene.inference_source(request.baseline).name if request.baseline else None
    segments = scored_segments(scene, request.segments)
    within = frames_within(scene, request.query, request.query_set)
    targets = {} if within else segment_targets(scene)
    average, class_index, class_name = average_of(scene, request.average, request.class_name)
    facts = {
        "what": "matrix",
        "dataset": scene.source.version_id,
        "segments": [_segment_facts(scene, segment, targets) for segment in segments],
        "columns": [_column_facts(scene, name) for name in columns],
        "baseline": _column_facts(scene, baseline) if baseline else None,
        "settings": _settings_facts(scene),
        "average": average.value,
        "class": class_name,
        "metrics": [metric.value for metric in request.metrics],
    }
    if within:
        facts["within"] = [within.digest, sorted(within.selected_on)]

    def compute() -> list[MatrixRow]:
        # Scores need numba and the tables, which a kept answer does not: imported when they are needed.
        from shoal.services.scoring import matrix_rows

        return matrix_rows(
            scene, segments, targets, columns, baseline, average, class_index, class_name, request, within
        )

    def make() -> dict[str, Any]:
        return {"rows": np.frombuffer(_ROWS.dump_json(compute()), np.uint8)}

    if request.statistics:
        rows = _ROWS.validate_json(runtime.derived.get_or_make(facts, make)["rows"].tobytes())
    else:
        # Counts take less time than keeping them does, and a slider asks for many.
        rows = compute()
    wanted = scene.settings.group_field
    is_grouped = scene.source.group_column(wanted) is not None
    notes = [] if within is None else [within.note]
    if wanted is not None and not is_grouped:
        notes.append(_ungrouped(scene, wanted))
    return MatrixBody(
        project=scene.project.name,
        dataset=scene.dataset.name,
        dataset_version=scene.source.number,
        baseline=baseline,
        matching=scene.settings.matching.value,
        group_field=wanted if is_grouped else None,
        notes=notes,
        rows=rows,
    )


def _ungrouped(scene: Scene, group_field: str) -> str:
    return (
        f"The project resamples by {group_field!r}, which dataset {scene.dataset.name!r} has no field of: "
        "each frame is drawn by itself, and intervals are too narrow if frames go together."
    )


def scored_segments(scene: Scene, names: Sequence[str] | None) -> list[Segment | None]:
    """Return a matrix's rows: `None` is All Frames, then splits, regression tests, scenarios."""
    if names is None:
        chosen = [s for s in scene.segments.values() if s.type.is_model_performance]
    else:
        wanted = [name for name in names if name.casefold() != ALL_FRAMES.casefold()]
        chosen = list({segment.id: segment for segment in (_scored(scene, name) for name in wanted)}.values())
    chosen.sort(key=lambda segment: (_GROUPS.index(segment.type), segment.name))
    return [None, *chosen]


def _scored(scene: Scene, name: str) -> Segment:
    for segment in scene.segments.values():
        if name in (segment.name, segment.id):
            if segment.type.is_model_performance and segment.elements is ElementKind.FRAMES:
                return segment
            raise InvalidInputError(
                f"Segment {segment.name!r} is a {segment.type.display_name}, which is not scored.",
                hint="Give it the type split, regression_test or scenario.",
            )
    raise not_found(
        "segment", name, [ALL_FRAMES, *scene.segments], where=f" in dataset {scene.dataset.name!r}"
    )


def segment_targets(scene: Scene) -> dict[str, list[Target]]:
    """Return the targets of every segment, by segment id."""
    with scene.runtime.catalog.read() as session:
        return targets_by_segment(session, scene.dataset)


def average_of(
    scene: Scene, average: Average, class_name: str | None
) -> tuple[Average, int | None, str | None]:
    """Return the average, class index and class name a request means; a class makes the average `class`."""
    if class_name is None:
        if average is Average.CLASS:
            raise InvalidInputError(
                "The average `class` needs a class name.", location={"field": "class_name"}
            )
        return average, None, None
    classes = scene.settings.classes
    index = classes.index(class_name)
    if index is None or index == classes.background:
        raise not_found("class", class_name, classes.names, where=f" in project {scene.project.name!r}")
    return Average.CLASS, index, classes.names[index]


def _segment_facts(scene: Scene, segment: Segment | None, targets: dict[str, list[Target]]) -> list[Any]:
    if segment is None:
        return [ALL_FRAMES]
    own = [[t.metric, t.average, t.class_name, t.minimum] for t in targets.get(segment.id, [])]
    return [segment.name, segment.type, segment.current_version_id, segment.rule, own]


def _column_facts(scene: Scene, name: str) -> list[Any]:
    point = scene.point(name)
    return [name, scene.inference_source(name).version_id, point.confidence, point.iou]


def _settings_facts(scene: Scene) -> str:
    project = scene.project
    facts = [
        project.task,
        project.matching,
        project.class_map,
        project.negative_class,
        project.group_field,
        project.margin,
        project.allow_partial_coverage,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
