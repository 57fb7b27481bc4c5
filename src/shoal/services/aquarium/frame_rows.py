"""The rows frames and inferences were sent as: found, and brought up to what Shoal's tables say now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shoal.errors import NotFoundError
from shoal.services.aquarium.addresses import find
from shoal.services.aquarium.composed import (
    composed_frame,
    composed_object,
    renewed_frame,
    renewed_objects,
)
from shoal.services.aquarium.read_back import frame_read_back
from shoal.services.aquarium.stored_rows import (
    Json,
    Row,
    newest_inference_rows,
    newest_rows,
    rows_sent,
)
from shoal.services.lookup import current_version
from shoal.services.runtime import Runtime
from shoal.store import tables
from shoal.store.catalog import (
    Dataset,
    InferenceSet,
    InferenceSetVersion,
    Project,
)
from shoal.store.tables import TableVersion

_MAX_PICKED: Final = 2000


def rows_now(
    runtime: Runtime, project: Project, dataset: Dataset, frame_ids: Sequence[str]
) -> dict[str, Row]:
    """Return the rows of frames by id as they are now; frames the dataset does not have are left out."""
    answer: dict[str, Row] = {}
    for start in range(0, len(frame_ids), _MAX_PICKED):
        answer.update(_rows_now(runtime, project, dataset, frame_ids[start : start + _MAX_PICKED]))
    return answer


def frames_read_back(
    runtime: Runtime, project: str, name: str, frame_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Return frames as the client wants them back, in the order asked; those that are not there are left out.

    Args:
        runtime: the open home.
        project: name or id.
        name: a dataset, or the full id of an inference set, whose inferences stand in place of the labels.
        frame_ids: which frames.
    """
    with runtime.catalog.read() as session:
        owner, dataset, inference_set = find(session, project, name)
    rows = rows_now(runtime, owner, dataset, frame_ids)
    if inference_set is not None:
        inferences = inference_rows(runtime, dataset, inference_set, list(rows))
        rows = {
            frame_id: (frame, inferences.get(frame_id, ({}, []))[1]) for frame_id, (frame, _) in rows.items()
        }
    return [frame_read_back(*rows[frame_id]) for frame_id in frame_ids if frame_id in rows]


def frame_read_back_of(
    runtime: Runtime, project: str, name: str, candidates: Sequence[str]
) -> dict[str, Any]:
    """Return the first frame there is of some ids.

    Raises:
        NotFoundError: there is none.
    """
    found = frames_read_back(runtime, project, name, candidates)
    if not found:
        raise NotFoundError(f"There is no frame {candidates[0]!r} in dataset {name!r}.")
    return found[0]


def inference_rows(
    runtime: Runtime, dataset: Dataset, inference_set: InferenceSet, frame_ids: Sequence[str]
) -> dict[str, Row]:
    """Return the rows of an inference set as they are now, by frame id; frames without any are left out."""
    answer: dict[str, Row] = {}
    for start in range(0, len(frame_ids), _MAX_PICKED):
        some = frame_ids[start : start + _MAX_PICKED]
        answer.update(_inference_rows(runtime, dataset, inference_set, some))
    return answer


def _inference_rows(
    runtime: Runtime, dataset: Dataset, inference_set: InferenceSet, frame_ids: Sequence[str]
) -> Mapping[str, Row]:
    with runtime.catalog.read() as session:
        table, is_untouched = newest_inference_rows(session, inference_set)
        version = session.get(InferenceSetVersion, inference_set.current_version_id or "")
        frames = current_version(session, dataset).frames_table
        project = session.get_one(Project, dataset.project_id)
    if version is None:
        return {}
    picked = tables.pick(
        runtime.home, frames, ["ordinal", "frame_id"], where="frame_id", among=list(frame_ids)
    )
    names: dict[int, str] = dict(zip(*(picked.column(i).to_pylist() for i in range(2)), strict=True))
    sent = {} if table is None else rows_sent(runtime, table, list(names))
    if is_untouched:
        return {names[ordinal]: row for ordinal, row in sent.items()}
    now = _objects_now(runtime, version.table, project, list(names))
    ids = {entry["name"]: entry["id"] for entry in project.class_map}
    return {
        names[ordinal]: (frame, renewed_objects(objects, now.get(ordinal, []), ids))
        for ordinal, (frame, objects) in {**{key: ({}, []) for key in now}, **sent}.items()
    }


def frame_ids_of(runtime: Runtime, project: str, name: str) -> list[str]:
    """Return the ids of a dataset's frames, or of those an inference set covers."""
    from shoal.store.bitmaps import decode

    with runtime.catalog.read() as session:
        _, dataset, inference_set = find(session, project, name)
        if dataset.current_version_id is None:
            return []
        table = current_version(session, dataset).frames_table
        covered: NDArray[np.uint32] | None = None
        if inference_set is not None:
            version = session.get(InferenceSetVersion, inference_set.current_version_id or "")
            covered = decode(version.coverage) if version else np.empty(0, np.uint32)
    found = tables.read(runtime.home, table, ["frame_id"], ordinals=covered)
    ids: list[str] = found.column("frame_id").to_pylist()
    return ids


def _rows_now(
    runtime: Runtime, project: Project, dataset: Dataset, frame_ids: Sequence[str]
) -> Mapping[str, Row]:
    with runtime.catalog.read() as session:
        if dataset.current_version_id is None:
            return {}
        version = current_version(session, dataset)
        table, is_untouched = newest_rows(session, dataset)
    columns = ["ordinal", "frame_id"] if is_untouched else None
    picked = tables.pick(
        runtime.home, version.frames_table, columns, where="frame_id", among=list(frame_ids)
    ).to_pylist()
    sent = {} if table is None else rows_sent(runtime, table, [row["ordinal"] for row in picked])
    if is_untouched:
        return {row["frame_id"]: sent[row["ordinal"]] for row in picked if row["ordinal"] in sent}
    labels = _objects_now(runtime, version.labels_table, project, [row["ordinal"] for row in picked])
    ids = {entry["name"]: entry["id"] for entry in project.class_map}
    return {row["frame_id"]: _renewed(row, sent, labels.get(row["ordinal"], []), ids) for row in picked}


def _renewed(
    columns: Json, sent: Mapping[int, Row], labels: Sequence[Json], class_ids: Mapping[str, int]
) -> Row:
    row = sent.get(columns["ordinal"])
    if row is None:
        return composed_frame(columns), [composed_object(label, class_ids) for label in labels]
    return renewed_frame(row[0], columns), renewed_objects(row[1], labels, class_ids)


def _objects_now(
    runtime: Runtime, table: TableVersion, project: Project, ordinals: Sequence[int]
) -> dict[int, list[Json]]:
    names = [entry["name"] for entry in project.class_map]
    answer: dict[int, list[Json]] = {}
    picked = tables.pick(runtime.home, table, None, where="ordinal", among=list(ordinals))
    for row in picked.to_pylist():
        answer.setdefault(row["ordinal"], []).append({**row, "class": names[row["class_index"]]})
    return answer
