"""Datasets, versions, checkpoints, frames."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.server.access import Limit, Names, RuntimeOf
from shoal.services import datasets, frames, ingests
from shoal.wire.base import Slug
from shoal.wire.datasets import (
    CheckpointCreate,
    DatasetBody,
    DatasetCreate,
    DatasetList,
    FrameBody,
    FramePage,
    VersionBody,
    VersionList,
)
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import DatasetIngest, DryRun, FramesDelete

router = APIRouter(prefix="/projects/{project}/datasets", tags=["datasets"])


@router.get("")
def list_datasets(runtime: RuntimeOf, project: str) -> DatasetList:
    """Return the datasets of a project by name."""
    return datasets.list_datasets(runtime, project)


@router.post("", status_code=201)
def create_dataset(runtime: RuntimeOf, project: str, request: DatasetCreate) -> DatasetBody:
    """Make an empty dataset."""
    return datasets.create_dataset(runtime, project, request)


@router.get("/{dataset}")
def get_dataset(runtime: RuntimeOf, project: str, dataset: str) -> DatasetBody:
    """Return one dataset."""
    return datasets.get_dataset(runtime, project, dataset)


@router.put("/{dataset}")
def put_dataset(runtime: RuntimeOf, project: str, dataset: Slug) -> DatasetBody:
    """Make a dataset unless it exists."""
    return datasets.put_dataset(runtime, project, dataset)


@router.delete("/{dataset}", status_code=204)
def delete_dataset(runtime: RuntimeOf, project: str, dataset: str) -> None:
    """Delete a dataset with everything in it."""
    datasets.delete_dataset(runtime, project, dataset)


@router.post("/{dataset}/ingest", status_code=202)
def ingest(runtime: RuntimeOf, project: str, dataset: str, request: DatasetIngest) -> JobBody:
    """Read an upload into the dataset, as a job."""
    return ingests.start_dataset_ingest(runtime, project, dataset, request)


@router.post("/{dataset}/ingest/dry-run")
def dry_run(runtime: RuntimeOf, project: str, dataset: str, request: DatasetIngest) -> DryRun:
    """Say what an ingest would do; nothing is stored."""
    return ingests.dry_run_dataset(runtime, project, dataset, request)


@router.get("/{dataset}/versions")
def list_versions(runtime: RuntimeOf, project: str, dataset: str) -> VersionList:
    """Return the versions, newest first."""
    return datasets.list_versions(runtime, project, dataset)


@router.get("/{dataset}/checkpoints")
def list_checkpoints(runtime: RuntimeOf, project: str, dataset: str) -> VersionList:
    """Return the versions that have a name, newest first."""
    versions = datasets.list_versions(runtime, project, dataset)
    return VersionList(items=[version for version in versions.items if version.checkpoints])


@router.post("/{dataset}/checkpoints", status_code=201)
def create_checkpoint(
    runtime: RuntimeOf, project: str, dataset: str, request: CheckpointCreate
) -> VersionBody:
    """Give a version a name."""
    return datasets.create_checkpoint(runtime, project, dataset, request)


@router.delete("/{dataset}/checkpoints/{name:path}", status_code=204)
def delete_checkpoint(runtime: RuntimeOf, project: str, dataset: str, name: str) -> None:
    """Forget the name of a version."""
    datasets.delete_checkpoint(runtime, project, dataset, name)


@router.post("/{dataset}/checkpoints/{name:path}/restore")
def restore_checkpoint(runtime: RuntimeOf, project: str, dataset: str, name: str) -> VersionBody:
    """Make a new version that equals a checkpoint."""
    return datasets.restore_checkpoint(runtime, project, dataset, name)


@router.post("/{dataset}/frames/delete")
def delete_frames(runtime: RuntimeOf, project: str, dataset: str, request: FramesDelete) -> VersionBody:
    """Delete frames in a new version."""
    return frames.delete_frames(runtime, project, dataset, request)


@router.get("/{dataset}/frames")
def list_frames(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    query: str | None = None,
    inference_set: str | None = None,
    sort: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> FramePage:
    """Return one page of frames."""
    return frames.list_frames(
        runtime,
        project,
        dataset,
        query=query,
        inference_set=inference_set,
        sort=sort,
        limit=limit,
        cursor=cursor,
    )


@router.get("/{dataset}/frames/{frame_id:path}")
def get_frame(
    runtime: RuntimeOf, project: str, dataset: str, frame_id: str, inference_set: Names = None
) -> FrameBody:
    """Return a frame with labels, inferences and segments."""
    return frames.get_frame(runtime, project, dataset, frame_id, inference_set or [])
