"""What each kind of job does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.errors import JobCancelledError, ShoalError, StorageError
from shoal.services.aquarium import embedding_files as aquarium_embeddings
from shoal.services.aquarium import inference_ingestion as aquarium_inferences
from shoal.services.aquarium import ingestion as aquarium
from shoal.services.duplicates import find_duplicates
from shoal.services.embedding_computation import compute_embeddings
from shoal.services.inference_ingestion import ingest_inferences
from shoal.services.ingestion import ingest_dataset
from shoal.services.jobs import JobProgress
from shoal.services.maps import project_embeddings
from shoal.services.precomputation import score
from shoal.services.vector_cells import index_embeddings
from shoal.services.vector_ingestion import ingest_embeddings
from shoal.store.catalog import JobState

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

logger = logging.getLogger(__name__)

KINDS: dict[str, Callable[[Runtime, dict[str, Any], JobProgress], None]] = {
    "ingest_aquarium_dataset": aquarium.ingest_dataset,
    "ingest_aquarium_embeddings": aquarium_embeddings.ingest_embeddings,
    "ingest_aquarium_inferences": aquarium_inferences.ingest_inferences,
    "ingest_dataset": ingest_dataset,
    "ingest_inferences": ingest_inferences,
    "ingest_embeddings": ingest_embeddings,
    "compute_embeddings": compute_embeddings,
    "project_embeddings": project_embeddings,
    "find_duplicates": find_duplicates,
    "index_embeddings": index_embeddings,
    "score": score,
}


def run(runtime: Runtime, job_id: str) -> None:
    """Run a job to its end; whatever goes wrong is written into the job.

    A job that stops because the process is closing stays `running` in the catalog and starts again with it.
    """
    job = runtime.board.claim(job_id)
    if job is None:
        return
    try:
        KINDS[job.kind](runtime, job.arguments, runtime.board.progress(job_id))
    except JobCancelledError as error:
        if not runtime.board.is_closing:
            runtime.board.finish(job_id, JobState.CANCELLED, error=error)
    except ShoalError as error:
        runtime.board.finish(job_id, JobState.FAILED, error=error)
    except Exception:
        # The outermost boundary of background work: nobody above would see the fault.
        logger.exception("job %s (%s) failed", job_id, job.kind)
        fault = StorageError(
            "The job met an error Shoal did not expect; nothing was changed.",
            hint="The server's log has the details; please report this.",
        )
        runtime.board.finish(job_id, JobState.FAILED, error=fault)
