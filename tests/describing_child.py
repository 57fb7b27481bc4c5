"""A process that computes embeddings until somebody kills it."""

from __future__ import annotations

import json
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import select

from shoal.services.datasets import create_dataset
from shoal.services.embedding_computation import start_embedding_compute
from shoal.services.ingests import start_dataset_ingest
from shoal.services.projects import create_project
from shoal.services.runtime import Runtime
from shoal.store.catalog import EmbeddingSpace
from shoal.wire.datasets import DatasetCreate
from shoal.wire.embeddings import EmbeddingCompute
from shoal.wire.jobs import JobBody
from shoal.wire.projects import ProjectCreate
from shoal.wire.uploads import DatasetIngest, FileRef

PROJECT, DATASET, SPACE = "p", "d", "crops"
N_FRAMES, N_LABELS_EACH = 8, 96
N_LABELS = N_FRAMES * N_LABELS_EACH


def prepare(home: Path, files: Path) -> None:
    """Fill a home with frames of many labels."""
    rng = np.random.default_rng(1)
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number in range(N_FRAMES):
        coarse = Image.fromarray(rng.integers(0, 255, (30, 40, 3), np.uint8))
        coarse.resize((320, 240), Image.Resampling.BICUBIC).save(files / f"{number}.jpg")
        images.append({"id": number, "file_name": f"{number}.jpg", "width": 320, "height": 240})
        for _ in range(N_LABELS_EACH):
            x, y = rng.integers(0, (240, 160)).tolist()
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": 1,
                    "bbox": [x, y, 60, 60],
                    "area": 3600,
                    "iscrowd": 0,
                }
            )
    content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "thing"}]}
    (files / "labels.json").write_text(json.dumps(content))
    with Runtime.open(home, is_local=True) as runtime:
        create_project(runtime, ProjectCreate(name=PROJECT))
        create_dataset(runtime, PROJECT, DatasetCreate(name=DATASET))
        request = DatasetIngest(
            labels=FileRef(path=str(files / "labels.json")), images=FileRef(path=str(files))
        )
        assert (
            ended(runtime, start_dataset_ingest(runtime, PROJECT, DATASET, request).id).state == "succeeded"
        )


def started(runtime: Runtime, space: str = SPACE) -> str:
    """Queue the computation and return the job's id."""
    request = EmbeddingCompute.model_validate({"elements": "labels"})
    return start_embedding_compute(runtime, PROJECT, DATASET, space, request).id


def ended(runtime: Runtime, job_id: str) -> JobBody:
    """Wait for the end of a job."""
    body = runtime.board.get(job_id)
    while body.state in ("queued", "running"):
        body = runtime.board.wait(job_id, after=body.revision, timeout_s=20)
    return body


def n_stored(runtime: Runtime) -> int:
    """Return how many vectors are named by the catalog."""
    with runtime.catalog.read() as session:
        found = session.scalar(select(EmbeddingSpace.n_rows).where(EmbeddingSpace.name == SPACE))
    return found or 0


def run(home: str, ours: Connection) -> None:
    """Go on with the job, and tell after each change how many vectors there are."""
    with Runtime.open(Path(home), is_local=True) as runtime:
        jobs = [job for job in runtime.board.list().items if job.kind == "compute_embeddings"]
        body = runtime.board.get(jobs[0].id)
        while body.state in ("queued", "running"):
            ours.send(n_stored(runtime))
            body = runtime.board.wait(body.id, after=body.revision, timeout_s=0.5)
