"""Dry runs: an upload is read to its end, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.engine.settings import EvaluationSettings
from shoal.errors import Problem, ProblemLog
from shoal.formats.column_plan import Role
from shoal.formats.source import ClassResolver
from shoal.formats.understanding import understand
from shoal.model.class_map import ClassMap
from shoal.services.drafts import image_folder
from shoal.services.frame_tables import lookup_of, table_of, with_metadata
from shoal.services.ingestion import read_target
from shoal.services.lookup import current_version, dataset_named, dataset_source, settings_of
from shoal.services.readers import (
    format_of,
    open_dataset_source,
    open_inference_source,
    open_metadata_source,
)
from shoal.services.uploads import path_of
from shoal.store import tables
from shoal.store.catalog import Project
from shoal.wire.uploads import DatasetIngest, DryRun, FileFormat, FileRef, InferenceIngest

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


def rehearse_dataset(runtime: Runtime, project: str, dataset: str, request: DatasetIngest) -> DryRun:
    """Read a dataset upload and say what it holds and what is wrong with it."""
    target = read_target(runtime, project, dataset)
    problems = ProblemLog()
    images = image_folder(runtime, request.images) if request.images else None
    source = open_dataset_source(runtime, request, target.settings, images)
    n_frames = n_labels = 0
    notes: list[str] = []
    understood: dict[str, Any] = {}
    if source is not None:
        frames = table_of(source.frames(problems))
        lookup = lookup_of(frames)
        n_frames = len(frames)
        if request.metadata is not None:
            metadata = open_metadata_source(runtime, request.metadata)
            name = Path(request.metadata.path).name
            frames = with_metadata(frames, metadata, lookup, problems, name)
            notes += list(metadata.notes)
        resolver = _resolver(target.settings, source.classes(), add=request.add_classes)
        n_labels = sum(batch.num_rows for batch in source.labels(lookup, resolver, problems))
        notes += list(source.notes)
        understood["frame_columns"] = {field.name: str(field.type) for field in frames.schema}
        understood["classes"] = list(resolver.resolved_map().names)
        understood["new_classes"] = resolver.added
    for role, reference, kind in (
        (Role.FRAMES, request.frames, "auto"),
        (Role.LABELS, request.labels, request.labels_format),
        (Role.METADATA, request.metadata, "auto"),
    ):
        if reference is not None:
            understood |= _understood(runtime, reference, role, kind)  # type: ignore[arg-type]
    return _dry_run(understood, notes, problems, n_frames=n_frames, n_labels=n_labels)


def rehearse_inferences(
    runtime: Runtime, project: str, dataset: str, name: str, request: InferenceIngest
) -> DryRun:
    """Read an inference upload and say what it holds and what is wrong with it."""
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        settings = settings_of(session.get_one(Project, row.project_id))
        source_tables = dataset_source(current_version(session, row))
        categories = row.categories
    frames = tables.read(
        runtime.home, source_tables.frames, ("frame_id", "source_id", "file_name", "width", "height")
    )
    problems = ProblemLog()
    resolver = ClassResolver(settings.class_map, add=request.add_classes)
    source = open_inference_source(runtime, request, settings, categories)
    n_inferences = sum(b.num_rows for b in source.inferences(lookup_of(frames), resolver, problems))
    understood: dict[str, Any] = {
        "inference_set": name,
        "classes": list(resolver.resolved_map().names),
        "new_classes": resolver.added,
        "frames_listed": int(np.size(source.listed_frames)),
        "frames_in_dataset": len(frames),
        **_understood(runtime, request.inferences, Role.INFERENCES, request.format),
    }
    return _dry_run(understood, list(source.notes), problems, n_inferences=n_inferences)


def _resolver(settings: EvaluationSettings, declared: Any, *, add: bool) -> ClassResolver:
    if len(settings.class_map) == 0:
        return ClassResolver(ClassMap(declared), add=True)
    return ClassResolver(settings.class_map, add=add)


def _understood(runtime: Runtime, reference: FileRef, role: Role, kind: FileFormat) -> dict[str, Any]:
    path = path_of(runtime, reference)
    found = format_of(path, kind)
    if found in ("coco", "image_folder"):
        return {role.value: {"file": path.name, "format": found}}
    return {role.value: understand(path, role).to_dict()}


def _dry_run(
    understood: dict[str, Any],
    notes: list[str],
    problems: ProblemLog,
    *,
    n_frames: int = 0,
    n_labels: int = 0,
    n_inferences: int = 0,
) -> DryRun:
    return DryRun(
        understood=understood,
        notes=notes,
        n_frames=n_frames,
        n_labels=n_labels,
        n_inferences=n_inferences,
        problems=[_row(problem) for problem in problems.problems],
        total_problems=problems.total,
    )


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "place": problem.place,
        "field": problem.field,
        "expected": problem.expected,
        "found": problem.found,
        "hint": problem.hint,
    }
