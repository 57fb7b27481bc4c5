"""Asking for an upload to be read: as a job, or as a dry run."""

from __future__ import annotations

from shoal.errors import InvalidInputError
from shoal.services.datasets import get_dataset
from shoal.services.inference_sets import get_inference_set
from shoal.services.runtime import Runtime
from shoal.services.uploads import path_of
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import DatasetIngest, DryRun, FileRef, InferenceIngest


def start_dataset_ingest(runtime: Runtime, project: str, dataset: str, request: DatasetIngest) -> JobBody:
    """Queue the reading of an upload into a dataset.

    Raises:
        InvalidInputError: the request names nothing to read.
        NotFoundError: the dataset, an upload or a file does not exist.
    """
    body = get_dataset(runtime, project, dataset)
    references = [value for _, value in request if isinstance(value, FileRef)]
    if not references:
        raise InvalidInputError(
            "Expected frames, labels, metadata or a folder of images; found none.",
            hint="Name a COCO file, a table of frames, or a folder of images.",
        )
    for reference in references:
        path_of(runtime, reference)
    arguments = {"project": body.project, "dataset": body.name, "request": request.model_dump(mode="json")}
    return runtime.board.submit("ingest_dataset", arguments)


def start_inference_ingest(
    runtime: Runtime, project: str, dataset: str, name: str, request: InferenceIngest
) -> JobBody:
    """Queue the reading of an upload into an inference set."""
    body = get_inference_set(runtime, project, dataset, name)
    path_of(runtime, request.inferences)
    arguments = {
        "project": body.project,
        "dataset": body.dataset,
        "inference_set": body.name,
        "request": request.model_dump(mode="json"),
    }
    return runtime.board.submit("ingest_inferences", arguments)


def dry_run_dataset(runtime: Runtime, project: str, dataset: str, request: DatasetIngest) -> DryRun:
    """Read an upload as an ingest would, store nothing, and say what was understood."""
    from shoal.services.rehearsal import rehearse_dataset

    get_dataset(runtime, project, dataset)
    return rehearse_dataset(runtime, project, dataset, request)


def dry_run_inferences(
    runtime: Runtime, project: str, dataset: str, name: str, request: InferenceIngest
) -> DryRun:
    """Read an upload as an ingest would, store nothing, and say what was understood."""
    from shoal.services.rehearsal import rehearse_inferences

    return rehearse_inferences(runtime, project, dataset, name, request)
