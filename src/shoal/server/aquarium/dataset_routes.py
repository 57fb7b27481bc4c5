"""Datasets and inference sets: uploaded, watched, read, deleted."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Request

from shoal.server.access import RuntimeOf
from shoal.server.aquarium.answers import Answer
from shoal.server.aquarium.requests import Body
from shoal.services.aquarium import datasets, frame_rows, submissions, upload_states
from shoal.services.aquarium.body_values import texts_of

_ESCAPED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%(?:20|22|3C|3E|5C|5E|60|7B|7C|7D)")
"""What the client's HTTP library escapes of its own accord."""

router = APIRouter(prefix="/projects/{project}/datasets")
streaming = APIRouter(prefix="/streaming/projects/{project}/datasets/{dataset}")
anywhere = APIRouter()


@anywhere.post("/datasets/verify_urls")
def verify_urls(body: Body) -> dict[str, str]:
    """Say that every address may be stored: whether it can be reached is the reader's concern."""
    urls = body.get("urls")
    return {str(url): "SUCCESS" for url in (urls if isinstance(urls, list) else ())}


@streaming.get("/upload_version/{version}/windows")
def windows(runtime: RuntimeOf, project: str, dataset: str, version: str) -> list[dict[str, str]]:
    """Return the state of an upload."""
    return upload_states.windows(runtime, project, version)


@router.get("")
def list_datasets(runtime: RuntimeOf, project: str) -> list[dict[str, Any]]:
    """Return datasets and inference sets."""
    return datasets.list_datasets(runtime, project)


@router.post("")
def post_dataset(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Take the upload of a labeled or unlabeled dataset."""
    return submissions.submit_dataset(runtime, project, body)


@router.post("/unlabeled_v2")
def post_unlabeled(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Make an unlabeled dataset."""
    return submissions.create_unlabeled(runtime, project, body)


@router.post("/unlabeled_v2/{dataset}/upload")
def post_unlabeled_upload(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> dict[str, Any]:
    """Take frames of an unlabeled dataset."""
    return submissions.submit_unlabeled(runtime, project, dataset, body)


@router.get("/{dataset}")
def get_dataset(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Return a dataset or an inference set."""
    return datasets.get_dataset(runtime, project, dataset)


@router.delete("/{dataset}")
def delete_dataset(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Delete a dataset or an inference set."""
    return datasets.delete_dataset(runtime, project, dataset)


@router.get("/{dataset}/is_archived")
def is_archived(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Return whether the name was deleted."""
    return datasets.is_archived(runtime, project, dataset)


@router.get("/{dataset}/is_processed")
def is_processed(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Return whether everything uploaded is there."""
    return upload_states.is_processed(runtime, project, dataset)


@router.get("/{dataset}/process_state")
def process_state(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Return how far the newest upload is."""
    return upload_states.process_state(runtime, project, dataset)


@router.get("/{dataset}/process_step_status")
def step_status(runtime: RuntimeOf, project: str, dataset: str) -> dict[str, Any]:
    """Return how far the newest upload is, in another shape."""
    return upload_states.step_status(runtime, project, dataset)


@router.get("/{dataset}/ingest_error_logs")
def error_logs(runtime: RuntimeOf, project: str, dataset: str) -> list[dict[str, str]]:
    """Return what was wrong with the newest upload."""
    return upload_states.ingest_error_logs(runtime, project, dataset)


@router.post("/{dataset}/inferences")
def post_inferences(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> dict[str, Any]:
    """Take the upload of an inference set."""
    return submissions.submit_inferences(runtime, project, dataset, body)


@router.get("/{dataset}/inferences/{name}/is_processed")
def is_set_processed(runtime: RuntimeOf, project: str, dataset: str, name: str) -> dict[str, Any]:
    """Return whether the inferences uploaded are there."""
    return upload_states.is_processed(runtime, project, dataset, name)


@router.get("/{dataset}/inferences/{name}/process_state")
def set_process_state(runtime: RuntimeOf, project: str, dataset: str, name: str) -> dict[str, Any]:
    """Return how far the newest upload of the inference set is."""
    return upload_states.process_state(runtime, project, dataset, name)


@router.get("/{dataset}/inferences/{name}/ingest_error_logs")
def set_error_logs(runtime: RuntimeOf, project: str, dataset: str, name: str) -> list[dict[str, str]]:
    """Return what was wrong with the newest upload of the inference set."""
    return upload_states.ingest_error_logs(runtime, project, dataset, name)


@router.post("/{dataset}/metadata")
def post_metadata(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> dict[str, Any]:
    """Replace what the user noted of a dataset or an inference set."""
    return datasets.post_metadata(runtime, project, dataset, body)


@router.get("/{dataset}/object_metadata_schema")
def get_schema(runtime: RuntimeOf, project: str, dataset: str) -> list[dict[str, Any]]:
    """Return the fields named for objects."""
    return datasets.get_schema(runtime, project, dataset)


@router.post("/{dataset}/object_metadata_schema")
def post_schema(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> dict[str, Any]:
    """Note the fields named for objects."""
    return datasets.post_schema(runtime, project, dataset, body)


@router.get("/{dataset}/frame_ids/LATEST")
def frame_ids(runtime: RuntimeOf, project: str, dataset: str) -> Answer:
    """Return the ids of all frames."""
    return Answer(frame_rows.frame_ids_of(runtime, project, dataset))


@router.post("/{dataset}/frame_windows/LATEST")
def frame_windows(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> Answer:
    """Return which upload frames were written by."""
    return Answer(datasets.frame_windows(runtime, project, dataset, body))


@router.get("/{dataset}/frame/{frame_id}/LATEST")
def get_frame(request: Request, runtime: RuntimeOf, project: str, dataset: str, frame_id: str) -> Answer:
    """Return one frame with its labels."""
    # The client does not escape a percent sign that looks like an escape already: `50%25` may mean itself.
    raw = request.scope.get("raw_path", b"").decode("latin-1").split("/")
    spelt = raw[-2] if len(raw) > 1 else frame_id
    candidates = dict.fromkeys((frame_id, _ESCAPED.sub(lambda found: unquote(found[0]), spelt)))
    return Answer(frame_rows.frame_read_back_of(runtime, project, dataset, list(candidates)))


@router.post("/{dataset}/frames/LATEST")
def get_frames(runtime: RuntimeOf, project: str, dataset: str, body: Body) -> Answer:
    """Return frames with their labels."""
    return Answer(frame_rows.frames_read_back(runtime, project, dataset, texts_of(body, "frame_ids")))
