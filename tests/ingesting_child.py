"""A process that ingests files for ever, as a server does: the crash tests kill it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from shoal.services.datasets import create_dataset
from shoal.services.inference_sets import create_inference_set
from shoal.services.ingests import start_dataset_ingest, start_inference_ingest
from shoal.services.projects import create_project
from shoal.services.runtime import Runtime
from shoal.wire.datasets import DatasetCreate
from shoal.wire.inference_sets import InferenceSetCreate
from shoal.wire.projects import ProjectCreate
from shoal.wire.uploads import DatasetIngest, FileRef, InferenceIngest

PROJECT = "crashing"
GROWING = "growing"
FIXED = "fixed"
MODEL = "model"
N_FIXED = 40
CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "pedestrian"}]


@dataclass(frozen=True)
class Acknowledged:
    """What a user was told: a job was taken on (`done` is false) or has succeeded."""

    kind: str
    number: int
    job: str
    done: bool


def frames_of(number: int) -> range:
    """The frames upload `number` of the growing dataset holds."""
    return range(number * 5, number * 5 + 40)


def is_amendment(number: int) -> bool:
    """Whether an upload leaves frames that it does not name; every other one replaces everything."""
    return number % 3 != 0


def n_objects(number: int) -> int:
    """How many objects each frame of an upload has."""
    return number % 3 + 1


def listed_of(number: int) -> range:
    """The frames of the fixed dataset that inference upload `number` names."""
    first = number % 20
    return range(first, first + 10) if is_amendment(number) else range(N_FIXED)


def rounds_after(number: int, listed: Any) -> dict[int, int]:
    """The upload each frame's content comes from, once uploads 1 to `number` were read in order."""
    rounds: dict[int, int] = {}
    for upload in range(1, number + 1):
        if not is_amendment(upload):
            rounds = {}
        rounds.update(dict.fromkeys(listed(upload), upload))
    return rounds


def prepare(home: Path) -> None:
    """Make a home with two datasets: one that grows, and one that inferences are uploaded for."""
    with Runtime.open(home, is_local=True) as runtime:
        create_project(runtime, ProjectCreate(name=PROJECT))
        for name in (GROWING, FIXED):
            create_dataset(runtime, PROJECT, DatasetCreate(name=name))
        file = home / "fixed.json"
        _write_labels(file, range(N_FIXED), 1)
        job = start_dataset_ingest(runtime, PROJECT, FIXED, DatasetIngest(labels=FileRef(path=str(file))))
        wait_for(runtime, job.id)
        create_inference_set(runtime, PROJECT, FIXED, InferenceSetCreate(name=MODEL))


def run(home: str, number: int, tell: Connection) -> None:
    """Open the home, which resumes what was cut short, and upload on after `number`."""
    with Runtime.open(home, is_local=True) as runtime:
        tell.send(None)
        while True:
            number += 1
            jobs = [("dataset", dataset_job(runtime, number)), ("inferences", inference_job(runtime, number))]
            for kind, job in jobs:
                tell.send(Acknowledged(kind, number, job, done=False))
            for kind, job in jobs:
                wait_for(runtime, job)
                tell.send(Acknowledged(kind, number, job, done=True))


def wait_for(runtime: Runtime, job_id: str) -> dict[str, Any]:
    """Return a job's result once it has succeeded."""
    body = runtime.board.get(job_id)
    while body.state in ("queued", "running"):
        body = runtime.board.wait(job_id, after=body.revision, timeout_s=20)
    if body.state != "succeeded" or body.result is None:
        raise AssertionError(f"job {job_id} has {body.state}: {body.error}")
    return body.result


def dataset_job(runtime: Runtime, number: int) -> str:
    """Ask for upload `number` of the growing dataset and return the job."""
    file = runtime.home.path / f"labels-{number}.json"
    _write_labels(file, frames_of(number), number)
    mode: Any = "upsert" if is_amendment(number) else "replace"
    request = DatasetIngest(labels=FileRef(path=str(file)), mode=mode, note=f"upload {number}")
    return start_dataset_ingest(runtime, PROJECT, GROWING, request).id


def inference_job(runtime: Runtime, number: int) -> str:
    """Ask for upload `number` of the inference set and return the job."""
    file = runtime.home.path / f"results-{number}.json"
    found = [
        {"image_id": frame, "category_id": 1, "bbox": [1, 2, 10 + i, 20], "score": number / 1000}
        for frame in listed_of(number)
        for i in range(n_objects(number))
    ]
    file.write_text(json.dumps(found))
    mode: Any = "extend" if is_amendment(number) else "replace"
    request = InferenceIngest(inferences=FileRef(path=str(file)), mode=mode, covers="listed")
    return start_inference_ingest(runtime, PROJECT, FIXED, MODEL, request).id


def _write_labels(file: Path, frames: range, number: int) -> None:
    images = [
        {"id": frame, "file_name": f"{frame}.jpg", "width": 640, "height": 480, "round": number}
        for frame in frames
    ]
    annotations = [
        {"id": frame * 10 + i, "image_id": frame, "category_id": 1 + i % 2, "bbox": [1, 2, 10 + number, 20]}
        for frame in frames
        for i in range(n_objects(number))
    ]
    content = {"images": images, "annotations": annotations, "categories": CATEGORIES}
    file.write_text(json.dumps(content))
