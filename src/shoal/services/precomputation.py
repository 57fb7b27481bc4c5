"""Numbers made before anyone asks: every inference set on every Model Performance segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.errors import NotEvaluableError, NotFoundError
from shoal.services.jobs import JobProgress
from shoal.services.matrix import get_matrix
from shoal.services.scene import open_scene
from shoal.store.catalog import Job, JobState, now
from shoal.wire.evaluation import MatrixRequest

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


def score(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Match every inference set of a dataset and keep its matrix; the job of kind `score`."""
    project, dataset = arguments["project"], arguments["dataset"]
    n_sets = 0
    try:
        scene = open_scene(runtime, project, dataset)
        n_sets = len(scene.inference_sources)
        for i, name in enumerate(scene.inference_sources):
            progress.report(0.8 * i / n_sets, f"matching {name}")
            scene.evaluation(name).prepare()
        if n_sets:
            progress.report(0.8, "scoring every segment")
            get_matrix(runtime, project, dataset, MatrixRequest())
    except (NotFoundError, NotEvaluableError):
        # The dataset was deleted meanwhile, or holds nothing: there is nothing to score.
        n_sets = 0
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {"dataset": dataset, "n_inference_sets": n_sets}
    runtime.board.announce()
