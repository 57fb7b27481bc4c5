"""The map of embeddings: its points, which of them a selection holds, and making a better one."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import select

from shoal.errors import InvalidInputError
from shoal.model.embedding import Projection
from shoal.services.jobs import JobProgress
from shoal.services.map_points import open_map
from shoal.services.scene import open_scene
from shoal.services.selections import resolve
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.store.catalog import Job, JobState, now
from shoal.wire.embeddings import MapBody, MapChoice, MapCompute, MapMaskBody, MapMaskRequest, SpaceChoice
from shoal.wire.jobs import JobBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

KIND: Final = "project_embeddings"
_FITTING: Final = 0.7
"""The part of the job that is fitting; placing all points is the rest."""


def get_map(runtime: Runtime, project: str, dataset: str, choice: MapChoice) -> MapBody:
    """Return the map that is there now; the one by PCA always is.

    Raises:
        NotFoundError: no such space, or no map by the method asked for yet.
    """
    scene = open_scene(runtime, project, dataset)
    found = open_map(scene, choice, choice.method)
    row = found.space.row
    return MapBody(
        space=row.name,
        elements=found.space.elements,
        inference_set=found.space.inference_set,
        model_id=row.model_id,
        method=found.method,
        methods=list(found.methods),
        job=_running_job(runtime, found.space),
        n_points=int(found.has_point.sum()),
        n_elements=len(found.xy),
        key=found.key,
        bounds=found.bounds,
        dataset_version=scene.source.number,
    )


def get_points(runtime: Runtime, project: str, dataset: str, choice: MapChoice) -> tuple[str, bytes]:
    """Return the key of a map, and its points: float32 little-endian, x and y of each element in order."""
    found = open_map(open_scene(runtime, project, dataset), choice, choice.method)
    return found.key, found.xy.astype("<f4", copy=False).tobytes()


def get_mask(runtime: Runtime, project: str, dataset: str, request: MapMaskRequest) -> MapMaskBody:
    """Return which elements a selection holds, one bit each; `count` counts them, points or not."""
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    mask = resolve(scene, request.selection, request.elements, request.inference_set).mask
    bits = np.packbits(mask, bitorder="little")
    return MapMaskBody(count=int(mask.sum()), mask=base64.b64encode(bits.tobytes()).decode())


def start_projection(runtime: Runtime, project: str, dataset: str, request: MapCompute) -> JobBody:
    """Queue the making of a map; a job that makes the same one already is returned instead.

    Raises:
        InvalidInputError: PCA, which needs no job.
        MissingExtraError: what finds neighbours is not installed.
        NotFoundError: no such space.
    """
    from shoal.embed.projection_neighbours import check_extra

    if request.method is Projection.PCA:
        raise InvalidInputError(
            "The map by PCA is there at once and needs no job.",
            hint=f"Ask for {Projection.PACMAP.value}.",
            location={"field": "method"},
        )
    check_extra()
    scene = open_scene(runtime, project, dataset)
    space = open_space(scene, request)
    running = _running_job(runtime, space)
    if running is not None:
        return runtime.board.get(running)
    arguments = {
        "project": scene.project.name,
        "dataset": scene.dataset.name,
        "space_id": space.row.id,
        "space": space.row.name,
        "elements": space.elements.value,
        "inference_set": space.inference_set,
    }
    return runtime.board.submit(KIND, arguments)


def _running_job(runtime: Runtime, space: OpenSpace) -> str | None:
    active = (JobState.QUEUED, JobState.RUNNING)
    with runtime.catalog.read() as session:
        for job in session.scalars(select(Job).where(Job.kind == KIND, Job.state.in_(active))):
            if (job.arguments or {}).get("space_id") == space.row.id:
                return job.id
    return None


def project_embeddings(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Make the map of a space that keeps neighbourhoods; the job of kind `project_embeddings`."""
    from shoal.embed.projection_layout import fit_layout, layout_points

    scene = open_scene(runtime, arguments["project"], arguments["dataset"])
    names = ("space", "elements", "inference_set")
    space = open_space(scene, SpaceChoice.model_validate({name: arguments[name] for name in names}))
    rows = space.rows_in(space.has_vector)
    layout = fit_layout(space.table, rows, runtime.derived, progress.report)
    placed = layout_points(
        space.table,
        layout,
        runtime.derived,
        lambda fraction, step: progress.report(_FITTING + (1 - _FITTING) * fraction, step),
    )
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "space": space.row.name,
            "method": Projection.PACMAP.value,
            "n_fitted": len(layout.xy),
            "n_points": int(np.isfinite(placed.xy[rows]).all(axis=1).sum()),
        }
    runtime.board.announce()
