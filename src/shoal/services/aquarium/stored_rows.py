"""The tables of the rows frames and inferences were sent as, word for word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.services.runtime import Runtime
from shoal.store import tables
from shoal.store.catalog import (
    AquariumRows,
    Dataset,
    DatasetVersion,
    InferenceSet,
    InferenceSetVersion,
)
from shoal.store.tables import TableVersion

Json = dict[str, Any]
Row = tuple[Json, list[Json]]
"""A frame's row, and its labels or inferences."""

_BATCH_BYTES: Final = 16 << 20


def newest_rows(session: Session, dataset: Dataset) -> tuple[TableVersion | None, bool]:
    """Return the table of the rows a dataset was sent as, and whether it came that way alone.

    A restored version has the rows of the one it repeats.
    """
    if dataset.current_version_id is None:
        return None, True
    current = session.get_one(DatasetVersion, dataset.current_version_id)
    of_dataset = (
        select(AquariumRows)
        .join(DatasetVersion, AquariumRows.dataset_version_id == DatasetVersion.id)
        .where(DatasetVersion.dataset_id == dataset.id)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
    )
    same = session.scalar(
        of_dataset.where(
            DatasetVersion.frames_uri == current.frames_uri,
            DatasetVersion.frames_version == current.frames_version,
            DatasetVersion.labels_uri == current.labels_uri,
            DatasetVersion.labels_version == current.labels_version,
        )
    )
    if same is not None:
        return same.table, same.is_whole
    newest = session.scalar(of_dataset)
    return (None if newest is None else newest.table), False


def newest_inference_rows(session: Session, inference_set: InferenceSet) -> tuple[TableVersion | None, bool]:
    """Return the table of the rows an inference set was sent as, and whether it came that way alone."""
    found = session.execute(
        select(AquariumRows, InferenceSetVersion.id)
        .join(InferenceSetVersion, AquariumRows.inference_set_version_id == InferenceSetVersion.id)
        .where(InferenceSetVersion.inference_set_id == inference_set.id)
        .order_by(InferenceSetVersion.number.desc())
        .limit(1)
    ).first()
    if found is None:
        return None, inference_set.current_version_id is None
    return found[0].table, found[0].is_whole and found[1] == inference_set.current_version_id


def row_batches(rows: Iterable[tuple[int, Json, list[Json]]]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of frames, given by number, as the store keeps them."""
    ordinals: list[int] = []
    texts: list[str] = []
    objects: list[str] = []
    n_bytes = 0
    for ordinal, frame, contents in rows:
        ordinals.append(ordinal)
        texts.append(json.dumps(frame, separators=(",", ":")))
        objects.append(json.dumps(contents, separators=(",", ":")))
        n_bytes += len(texts[-1]) + len(objects[-1])
        if n_bytes > _BATCH_BYTES:
            yield _batch(ordinals, texts, objects)
            ordinals, texts, objects, n_bytes = [], [], [], 0
    if ordinals:
        yield _batch(ordinals, texts, objects)


def rows_sent(runtime: Runtime, table: TableVersion, ordinals: Sequence[int]) -> dict[int, Row]:
    """Return the rows of frames by number, as they were sent."""
    picked = tables.pick(runtime.home, table, None, where="ordinal", among=list(ordinals))
    return {
        row["ordinal"]: (json.loads(row["frame"]), json.loads(row["objects"])) for row in picked.to_pylist()
    }


def _batch(ordinals: list[int], frames: list[str], objects: list[str]) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "ordinal": pa.array(ordinals, pa.uint32()),
            "frame": pa.array(frames, pa.string()),
            "objects": pa.array(objects, pa.string()),
        }
    )
