"""Uploads the client announces: written down once each, then read as jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shoal.errors import AlreadyExistsError, InvalidInputError
from shoal.services.aquarium.body_values import (
    check_storable,
    maybe_object_of,
    maybe_text_of,
    text_of,
    texts_of,
)
from shoal.services.aquarium.dataset_notes import (
    DATASET,
    DATASET_KIND,
    DELETED,
    INFERENCES_KIND,
    UPLOAD,
    write_dataset_note,
)
from shoal.services.aquarium.incoming import staged_file, staged_path
from shoal.services.aquarium.notes import delete_note, read_note, write_note
from shoal.services.datasets import put_dataset
from shoal.services.inference_sets import put_inference_set
from shoal.services.lookup import dataset_named, inference_set_named, project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, InferenceSet, new_id
from shoal.wire.inference_sets import InferenceSetUpdate

Files = list[tuple[str, str]]

_SPACE_KEYS: Final = (
    "frame_model_version",
    "crop_model_version",
    "frame_embedding_dim",
    "crop_embedding_dim",
    "embedding_distance_metric",
)


def submit_dataset(runtime: Runtime, project: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take a labeled or unlabeled dataset; what was taken already is not taken again.

    Raises:
        InvalidInputError: the body names no dataset or a file of somebody else.
        NotFoundError: no such project, or a file that did not come whole.
    """
    name = text_of(body, "dataset_id")
    if is_known(runtime, project, maybe_text_of(body, "upload_version")):
        return {"upload_version": body["upload_version"]}
    urls = maybe_object_of(body, "data_url") or {}
    arguments = {
        **_common(body),
        "frame_files": _files(runtime, urls, "frame"),
        "object_files": _files(runtime, urls, "crop"),
        "frame_embedding_files": _files(runtime, urls, "frame_embeddings"),
        "object_embedding_files": _files(runtime, urls, "crop_embeddings"),
        "is_unlabeled": bool(body.get("is_unlabeled_indexed_dataset")),
    }
    return _submit_dataset(runtime, project, name, body, arguments)


def create_unlabeled(runtime: Runtime, project: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make an unlabeled dataset of the second kind, which is filled by uploads of its own."""
    name = text_of(body, "dataset_name")
    put_dataset(runtime, project, name)
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, name)
        kept = {"is_unlabeled_indexed_dataset": True, "unlabeled_dataset_version": 2}
        metadata = maybe_object_of(body, "external_metadata")
        write_dataset_note(session, row, {**kept, "external_metadata": metadata})
    return {}


def submit_unlabeled(runtime: Runtime, project: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take frames of an unlabeled dataset of the second kind; their files name the upload."""
    urls = texts_of(body, "data_url")
    if not urls:
        raise InvalidInputError("The upload names no files.")
    version = staged_file(urls[0])[0]
    if is_known(runtime, project, version):
        return {"upload_version": version}
    common = _common({**body, "upload_version": version})
    arguments = {**common, "frame_files": _files(runtime, body, "data_url"), "is_unlabeled": True}
    more = {"is_unlabeled_indexed_dataset": True, "unlabeled_dataset_version": 2}
    return _submit_dataset(runtime, project, name, {**body, **more}, arguments)


def submit_inferences(runtime: Runtime, project: str, dataset: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take an inference set; it is read after the uploads of its dataset that came before.

    Raises:
        NotFoundError: no such dataset.
    """
    name = text_of(body, "inferences_id")
    if is_known(runtime, project, maybe_text_of(body, "upload_version")):
        return {"upload_version": body["upload_version"]}
    arguments = {
        **_common(body),
        "frame_files": _files(runtime, body, "data_url"),
        "embedding_files": _files(runtime, body, "embeddings_url"),
    }
    metadata = maybe_object_of(body, "external_metadata")
    check_storable(metadata, "external_metadata")
    update = InferenceSetUpdate() if metadata is None else InferenceSetUpdate(details=metadata)
    body_of_set = put_inference_set(runtime, project, dataset, name, update)
    arguments |= {"project": body_of_set.project, "dataset": body_of_set.dataset, "inference_set": name}
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        inference_set = inference_set_named(session, row, name)
    return _submit(runtime, INFERENCES_KIND, arguments, row, inference_set)


def is_known(runtime: Runtime, project: str, version: str | None) -> bool:
    """Return whether an upload was taken already: its files may be read and gone by now."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        return version is not None and read_note(session, owner.id, UPLOAD, version) is not None


def _submit_dataset(
    runtime: Runtime, project: str, name: str, body: dict[str, Any], arguments: dict[str, Any]
) -> dict[str, Any]:
    made = put_dataset(runtime, project, name)
    with runtime.catalog.begin() as session:
        row = dataset_named(session, project, name)
        keys = (
            "external_metadata",
            "is_unlabeled_indexed_dataset",
            "unlabeled_dataset_version",
            "is_anon_mode",
            "frame_model_version",
            "crop_model_version",
        )
        kept = {key: body[key] for key in keys if key in body}
        write_dataset_note(
            session, row, {**(read_note(session, row.project_id, DATASET, name) or {}), **kept}
        )
        delete_note(session, row.project_id, DELETED, name)
    return _submit(runtime, DATASET_KIND, {**arguments, "project": made.project, "dataset": name}, row, None)


def _submit(
    runtime: Runtime,
    kind: str,
    arguments: dict[str, Any],
    dataset: Dataset,
    inference_set: InferenceSet | None,
) -> dict[str, Any]:
    """Write upload and job down together: the client repeats a request whose answer it did not get."""
    version = arguments["upload_version"]
    try:
        with runtime.catalog.begin() as session:
            if read_note(session, dataset.project_id, UPLOAD, version) is not None:
                return {"upload_version": version}
            job = runtime.board.add(session, kind, arguments)
            write_note(
                session,
                dataset.project_id,
                UPLOAD,
                version,
                {"job": job.id, "is_inference_set": inference_set is not None},
                dataset_id=dataset.id,
                inference_set_id=None if inference_set is None else inference_set.id,
            )
    except AlreadyExistsError:
        return {"upload_version": version}
    runtime.board.start(job.id)
    return {"upload_version": version}


def _common(body: dict[str, Any]) -> dict[str, Any]:
    found = {key: body.get(key) for key in _SPACE_KEYS}
    check_storable(found, "embeddings")
    return {**found, "upload_version": maybe_text_of(body, "upload_version") or new_id("uv")}


def _files(runtime: Runtime, body: Mapping[str, Any], key: str) -> Files:
    files = [staged_file(url) for url in texts_of(body, key)]
    for upload, name in files:
        staged_path(runtime, upload, name)
    return files
