"""Cells for very many vectors: made as a job; searches scan everything until they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shoal.services.jobs import JobProgress
from shoal.store.catalog import Dataset, EmbeddingSpace, Job, JobState, Project, now

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

KIND: Final = "index_embeddings"


def start_cells(runtime: Runtime, space_id: str) -> str | None:
    """Queue the making of cells for a space that is large enough and has none for all of its rows.

    Returns:
        the job's id, also of one that waits already; `None` when nothing is to be done.
    """
    from shoal.embed.cells import known_cells, needs_cells

    with runtime.catalog.read() as session:
        space = session.get(EmbeddingSpace, space_id)
        if space is None:
            return None
        dataset = session.get_one(Dataset, space.dataset_id)
        project = session.get_one(Project, dataset.project_id)
        waiting = session.scalars(select(Job).where(Job.kind == KIND, Job.state == JobState.QUEUED))
        for job in waiting:
            if (job.arguments or {}).get("space_id") == space_id:
                return job.id
    table = runtime.vectors.open(runtime.home, runtime.derived, space).table
    if not needs_cells(table):
        return None
    known = known_cells(table, runtime.derived)
    if known is not None and known.n_rows == table.n_rows:
        return None
    arguments = {"project": project.name, "dataset": dataset.name, "space": space.name, "space_id": space_id}
    return runtime.board.submit(KIND, arguments).id


def index_embeddings(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Sort the vectors of a space into cells; the job of kind `index_embeddings`."""
    from shoal.embed.cells import make_cells, needs_cells

    with runtime.catalog.read() as session:
        space = session.get(EmbeddingSpace, arguments["space_id"])
    n_rows = 0
    # The space may have been deleted, or made anew with fewer vectors: then there is nothing to do.
    if space is not None:
        vectors = runtime.vectors.open(runtime.home, runtime.derived, space)
        if needs_cells(vectors.table):
            n_rows = make_cells(vectors.table, runtime.derived, progress.report).n_rows
            vectors.reopen_index()
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {"space": arguments["space"], "n_rows": n_rows}
    runtime.board.announce()
