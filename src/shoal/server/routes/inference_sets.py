"""Inference sets."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.services import inference_sets, ingests
from shoal.wire.base import Slug
from shoal.wire.inference_sets import (
    InferenceSetBody,
    InferenceSetCreate,
    InferenceSetList,
    InferenceSetUpdate,
)
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import DryRun, InferenceIngest

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/inference-sets", tags=["inference sets"])


@router.get("")
def list_inference_sets(runtime: RuntimeOf, project: str, dataset: str) -> InferenceSetList:
    """Return the inference sets in order of upload."""
    return inference_sets.list_inference_sets(runtime, project, dataset)


@router.post("", status_code=201)
def create_inference_set(
    runtime: RuntimeOf, project: str, dataset: str, request: InferenceSetCreate
) -> InferenceSetBody:
    """Make an empty inference set."""
    return inference_sets.create_inference_set(runtime, project, dataset, request)


@router.get("/{name}")
def get_inference_set(runtime: RuntimeOf, project: str, dataset: str, name: str) -> InferenceSetBody:
    """Return one inference set."""
    return inference_sets.get_inference_set(runtime, project, dataset, name)


@router.put("/{name}")
def put_inference_set(
    runtime: RuntimeOf, project: str, dataset: str, name: Slug, request: InferenceSetUpdate | None = None
) -> InferenceSetBody:
    """Make an inference set unless it exists, and give it these settings."""
    return inference_sets.put_inference_set(runtime, project, dataset, name, request or InferenceSetUpdate())


@router.patch("/{name}")
def update_inference_set(
    runtime: RuntimeOf, project: str, dataset: str, name: str, request: InferenceSetUpdate
) -> InferenceSetBody:
    """Change the operating point or the details."""
    return inference_sets.update_inference_set(runtime, project, dataset, name, request)


@router.delete("/{name}", status_code=204)
def delete_inference_set(runtime: RuntimeOf, project: str, dataset: str, name: str) -> None:
    """Delete an inference set."""
    inference_sets.delete_inference_set(runtime, project, dataset, name)


@router.post("/{name}/ingest", status_code=202)
def ingest(runtime: RuntimeOf, project: str, dataset: str, name: str, request: InferenceIngest) -> JobBody:
    """Read an upload into the inference set, as a job."""
    return ingests.start_inference_ingest(runtime, project, dataset, name, request)


@router.post("/{name}/ingest/dry-run")
def dry_run(runtime: RuntimeOf, project: str, dataset: str, name: str, request: InferenceIngest) -> DryRun:
    """Say what an ingest would do; nothing is stored."""
    return ingests.dry_run_inferences(runtime, project, dataset, name, request)
