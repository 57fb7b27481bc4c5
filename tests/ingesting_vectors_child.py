"""A process that uploads vectors for ever, as a server does: the crash test kills it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from ingesting_child import wait_for
from shoal.services.datasets import create_dataset
from shoal.services.embeddings import start_embedding_ingest
from shoal.services.ingests import start_dataset_ingest
from shoal.services.projects import create_project
from shoal.services.runtime import Runtime
from shoal.wire.datasets import DatasetCreate
from shoal.wire.embeddings import EmbeddingIngest
from shoal.wire.projects import ProjectCreate
from shoal.wire.uploads import DatasetIngest, FileRef

PROJECT = "crashing"
DATASET = "val"
SPACE = "clip"
N_FRAMES = 400
DIMENSION = 16


def is_replacement(number: int) -> bool:
    """Whether an upload replaces all vectors."""
    return number % 4 == 1


def frames_of(number: int) -> range:
    """The frames upload `number` brings vectors for."""
    first = 17 * number % 200
    return range(first, first + 200)


def vectors_of(number: int) -> Any:
    """The vectors of an upload: their first number tells which upload they are of."""
    vectors = np.random.default_rng(number).standard_normal((len(frames_of(number)), DIMENSION))
    vectors[:, 0] = number
    return vectors.astype(np.float32)


def expected_after(number: int) -> dict[int, int]:
    """The upload each frame's vector is of, once uploads 1 to `number` were read in order."""
    found: dict[int, int] = {}
    for upload in range(1, number + 1):
        if is_replacement(upload):
            found = {}
        found.update(dict.fromkeys(frames_of(upload), upload))
    return found


def prepare(home: Path) -> None:
    """Make a home with a dataset."""
    with Runtime.open(home, is_local=True) as runtime:
        create_project(runtime, ProjectCreate(name=PROJECT, classes=["car"]))
        create_dataset(runtime, PROJECT, DatasetCreate(name=DATASET))
        file = home / "frames.csv"
        file.write_text("\n".join(["frame_id", *(f"f{i}" for i in range(N_FRAMES))]))
        job = start_dataset_ingest(runtime, PROJECT, DATASET, DatasetIngest(frames=FileRef(path=str(file))))
        wait_for(runtime, job.id)


def run(home: str, number: int, tell: Connection) -> None:
    """Open the home, which resumes what was cut short, and upload on after `number`."""
    with Runtime.open(home, is_local=True) as runtime:
        tell.send(None)
        while True:
            number += 1
            job = upload(runtime, number)
            tell.send((number, job, False))
            wait_for(runtime, job)
            tell.send((number, job, True))


def upload(runtime: Runtime, number: int) -> str:
    """Ask for an upload and return the job."""
    vectors, ids = runtime.home.path / f"v{number}.npy", runtime.home.path / f"i{number}.txt"
    np.save(vectors, vectors_of(number))
    ids.write_text("\n".join(f"f{i}" for i in frames_of(number)))
    request = EmbeddingIngest(
        vectors=FileRef(path=str(vectors)),
        ids=FileRef(path=str(ids)),
        model_id="m",
        mode="replace" if is_replacement(number) else "upsert",
    )
    return start_embedding_ingest(runtime, PROJECT, DATASET, SPACE, request).id
