"""A process that uploads for ever: the crash tests kill it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import select

from shoal.model.task import Task
from shoal.store import bitmaps, tables
from shoal.store.catalog import Dataset, DatasetVersion, Project
from shoal.store.home import Home
from shoal.store.tables import TableKind, TableVersion

FRAMES_PER_ROUND = 40
LABELS_PER_FRAME = 5
N_BATCHES = 4


def frames_of(number: int) -> npt.NDArray[np.uint32]:
    """The frame ordinals present in version `number`: the newest three rounds."""
    first = max(0, number - 3) * FRAMES_PER_ROUND
    return np.arange(first, number * FRAMES_PER_ROUND, dtype=np.uint32)


def upload(home: Home, number: int) -> None:
    """Make version `number` of the dataset from the one before."""
    with home.catalog.read() as session:
        dataset = session.scalars(select(Dataset)).one()
        base = session.get(DatasetVersion, dataset.current_version_id or "")
    added = np.arange((number - 1) * FRAMES_PER_ROUND, number * FRAMES_PER_ROUND, dtype=np.uint32)
    gone = np.setdiff1d(frames_of(number - 1), frames_of(number))
    new: dict[TableKind, TableVersion] = {}
    for kind, old in (
        (TableKind.FRAMES, base.frames_table if base else None),
        (TableKind.LABELS, base.labels_table if base else None),
    ):
        batches = [_batch(kind, part, number) for part in np.array_split(added, N_BATCHES)]
        if old is None:
            new[kind] = tables.write(home, kind, batches)
        else:
            new[kind] = tables.amend(home, kind, old, delete_ordinals=gone, batches=batches)
    frames, labels = new[TableKind.FRAMES], new[TableKind.LABELS]
    version = DatasetVersion(
        dataset_id=dataset.id,
        number=number,
        frames_uri=frames.uri,
        frames_version=frames.version,
        labels_uri=labels.uri,
        labels_version=labels.version,
        n_frames=frames.n_rows,
        n_labels=labels.n_rows,
        members=bitmaps.to_bytes(bitmaps.from_array(frames_of(number))),
    )
    with home.catalog.begin() as session:
        session.get_one(Dataset, dataset.id).current_version_id = version.id
        session.add(version)


def begin(path: Path) -> None:
    """Make a home with an empty dataset."""
    with Home.open(path) as home, home.catalog.begin() as session:
        project = Project(name="p", task=Task.OBJECT_DETECTION)
        session.add_all([project, Dataset(project_id=project.id, name="d")])


def run(path: str, acknowledge: Connection) -> None:
    """Upload version after version; say the number of each once it is stored."""
    with Home.open(path, owner_url="http://127.0.0.1:1") as home:
        with home.catalog.read() as session:
            version = session.get(
                DatasetVersion, session.scalars(select(Dataset.current_version_id)).one() or ""
            )
        number = version.number if version else 0
        acknowledge.send(number)
        while True:
            number += 1
            upload(home, number)
            acknowledge.send(number)


def _batch(kind: TableKind, ordinals: npt.NDArray[np.uint32], number: int) -> pa.RecordBatch:
    if kind is TableKind.FRAMES:
        return pa.record_batch(
            {
                "ordinal": ordinals,
                "frame_id": [f"frame {ordinal}" for ordinal in ordinals],
                "user__round": pa.array(np.full(ordinals.size, number)),
                **({"user__late": pa.array(np.full(ordinals.size, "x"))} if number > 2 else {}),
            }
        )
    rows = np.repeat(ordinals, LABELS_PER_FRAME)
    return pa.record_batch(
        {
            "ordinal": rows,
            "row_ordinal": pa.array(np.arange(rows.size) + int(ordinals[0]) * LABELS_PER_FRAME, pa.uint32()),
            "label_id": [f"label {ordinal}" for ordinal in rows],
            "class_index": pa.array(np.zeros(rows.size, dtype=np.int32)),
        }
    )
