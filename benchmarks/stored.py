"""Synthetic data in a home, brought there through the SDK like anybody's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import shoal
from benchmarks.synthetic import (
    N_CLASSES,
    SIDE_PX,
    Detections,
    attributes,
    frame_of_row,
    segment_conditions,
)
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.kernels.objects import Objects

_ROWS_AT_ONCE = 1_000_000
_NUMBERS = tuple(f"number_{i}" for i in range(11))


def frame_table(n_frames: int) -> pa.Table:
    """Return frames with twenty columns of their own: eleven numbers and nine texts."""
    rng = np.random.default_rng(2)
    columns: dict[str, Any] = {
        "frame_id": _frame_ids(np.arange(n_frames)),
        "width": pa.array(np.full(n_frames, SIDE_PX)),
        "height": pa.array(np.full(n_frames, SIDE_PX)),
    }
    for name, values in attributes(n_frames).items():
        words = pa.array([f"{name}_{i}" for i in range(int(values.max()) + 1)])
        columns[name] = words.take(pa.array(values))
    for name, size in {"split": 3, "vehicle": 200}.items():
        words = pa.array([f"{name}_{i}" for i in range(size)])
        columns[name] = words.take(pa.array(rng.integers(0, size, n_frames)))
    columns["sequence"] = _texts("sequence", np.arange(n_frames) // 50)
    columns["note"] = _texts("note", rng.permutation(n_frames))
    for name in _NUMBERS:
        columns[name] = rng.random(n_frames).round(6)
    return pa.table(columns)


def _texts(prefix: str, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    return pa.array([f"{prefix} {number}" for number in numbers.tolist()])


def _frame_ids(positions: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    return pa.array([f"{position:08d}" for position in positions.tolist()])


def write_objects(path: Path, objects: Objects, *, confidence: bool) -> None:
    """Write labels or inferences as a Parquet table, one row per object."""
    frames = _frame_ids(np.arange(objects.n_frames))
    names = pa.array([f"class {i}" for i in range(N_CLASSES)])
    rows = pa.array(frame_of_row(objects))
    writer = None
    for start in range(0, max(1, len(objects.classes)), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        columns: dict[str, Any] = {
            "frame_id": frames.take(rows[part]),
            "class": names.take(pa.array(objects.classes[part])),
        }
        columns |= {name: objects.boxes[part, i] for i, name in enumerate("xywh")}
        if confidence:
            columns["confidence"] = objects.scores[part]
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_files(folder: Path, data: list[Detections]) -> None:
    """Write frames, labels and one file of inferences per set."""
    pq.write_table(frame_table(data[0].n_frames), folder / "frames.parquet")
    write_objects(folder / "labels.parquet", data[0].labels, confidence=False)
    for i, one in enumerate(data):
        write_objects(folder / f"set_{i}.parquet", one.inferences, confidence=True)


def upload(folder: Path, home: Path, n_sets: int) -> dict[str, float]:
    """Upload the files of `write_files` into a new home; return seconds until each is visible."""
    taken: dict[str, float] = {}
    with shoal.connect(home) as client:
        project = client.create_project("benchmark", classes=[f"class {i}" for i in range(N_CLASSES)])
        start = time.perf_counter()
        dataset = project.datasets.upload(
            "val", frames=folder / "frames.parquet", labels=folder / "labels.parquet", progress=False
        )
        taken["dataset"] = time.perf_counter() - start
        start = time.perf_counter()
        add_segments(dataset)
        taken["segments"] = time.perf_counter() - start
        for i in range(n_sets):
            start = time.perf_counter()
            dataset.inference_sets.upload(f"set_{i}", inferences=folder / f"set_{i}.parquet", progress=False)
            taken[f"set_{i}"] = time.perf_counter() - start
        start = time.perf_counter()
        wait_for_jobs(client)
        taken["numbers"] = time.perf_counter() - start
    return taken


def add_segments(dataset: Dataset) -> None:
    """Make the fifty overlapping segments, each by a query."""
    for name, conditions in segment_conditions().items():
        query = " ".join(f"{field}:{field}_{value}" for field, value in conditions.items())
        dataset.segments.create(name, type="scenario", query=query)


def wait_for_jobs(client: Shoal) -> None:
    """Wait until nothing is queued or running."""
    while any(not job.is_finished for job in client.jobs):
        time.sleep(0.05)
