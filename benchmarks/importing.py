"""From a file to a visible table: boxes a second and peak memory, for every format."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

import shoal
from benchmarks import stored
from benchmarks.measuring import alone, median, peak_mb, wait_for_quiet
from benchmarks.synthetic import N_CLASSES, Detections, draw, write_instances, write_results
from benchmarks.tables import Report, duration, shown

WANTED_BOXES = 500_000
HUGE_BYTES = 2_000_000_000


def write(folder: str, n_frames: int, per_frame: int) -> dict[str, Any]:
    """Write the same boxes as files of every format; labels are as many as inferences."""
    place = Path(folder)
    data = draw(n_frames, per_frame, n_labels=per_frame)[0]
    write_instances(place / "instances.json", data.labels)
    write_results(place / "results.json", data.inferences)
    _write_tables(place, data)
    return {"labels": len(data.labels.classes), "inferences": len(data.inferences.classes)}


def _write_tables(place: Path, data: Detections) -> None:
    stored.write_objects(place / "results.parquet", data.inferences, confidence=True)
    table = pl.read_parquet(place / "results.parquet").with_columns(pl.col("frame_id") + ".jpg")
    table.write_parquet(place / "results.parquet")
    table.write_csv(place / "results.csv")
    table.write_ndjson(place / "results.jsonl")


def import_one(folder: str, kind: str) -> dict[str, Any]:
    """Upload one file into a fresh home and time it until the job that makes it visible is done."""
    place = Path(folder)
    with tempfile.TemporaryDirectory() as home, shoal.connect(home) as client:
        project = client.create_project("benchmark", classes=[f"class {i}" for i in range(N_CLASSES)])
        wait_for_quiet()
        start = time.perf_counter()
        dataset = project.datasets.upload("val", coco=place / "instances.json", progress=False)
        taken = time.perf_counter() - start
        if kind != "instances.json":
            is_coco = kind.endswith(".json")
            wait_for_quiet()
            start = time.perf_counter()
            dataset.inference_sets.upload(
                "set",
                coco_results=place / kind if is_coco else None,
                inferences=None if is_coco else place / kind,
                progress=False,
            )
            taken = time.perf_counter() - start
        # What follows, matching for the scores, is no part of the import.
        return {"taken": taken, "peak_mb": peak_mb()}


def write_huge(folder: str, n_frames: int) -> dict[str, Any]:
    """Write a COCO results file of two gigabytes, and the small instances file that goes with it."""
    place = Path(folder)
    data = draw(n_frames, 20)[0]
    write_instances(place / "instances.json", data.labels)
    write_results(place / "part.json", data.inferences)
    part = (place / "part.json").read_bytes()[1:-1]
    n = 0
    with (place / "huge.json").open("wb") as file:
        file.write(b"[")
        while file.tell() < HUGE_BYTES:
            file.write(b"," + part if n else part)
            n += len(data.inferences.classes)
        file.write(b"]")
    return {"inferences": n, "bytes": (place / "huge.json").stat().st_size}


def report(n_frames: int, per_frame: int, *, runs: int = 3, huge: bool = True) -> Report:
    """Measure every format."""
    table = Report(
        f"Import: file to visible table, {n_frames:,} frames × {n_frames * per_frame:,} boxes",
        ("file", "size", "time", "boxes a second", "peak memory of the process"),
    )
    with tempfile.TemporaryDirectory() as folder:
        sizes = alone(write, folder=folder, n_frames=n_frames, per_frame=per_frame)
        for kind in ("instances.json", "results.json", "results.parquet", "results.csv", "results.jsonl"):
            found = [alone(import_one, folder=folder, kind=kind) for _ in range(runs)]
            taken = median([one["taken"] for one in found])
            n = sizes["labels" if kind == "instances.json" else "inferences"]
            _add(
                table, f"{kind} (labels)" if kind == "instances.json" else kind, Path(folder) / kind, n, found
            )
            if kind.endswith(".json"):
                best = n / min(one["taken"] for one in found)
                table.at_least(f"import of COCO {kind}", WANTED_BOXES, n / taken, "boxes/s", best=best)
    if huge:
        with tempfile.TemporaryDirectory() as folder:
            size = alone(write_huge, folder=folder, n_frames=n_frames)
            found = [alone(import_one, folder=folder, kind="huge.json")]
            _add(table, "results.json of 2 GB", Path(folder) / "huge.json", size["inferences"], found)
            table.at_most("peak memory of importing 2 GB", 1000, found[0]["peak_mb"], "MB")
    table.notes += [
        f"Through the SDK in process, from the call to the end of the job that makes the data visible; every "
        f"measurement in a fresh process with a fresh home, median of {runs}.",
        "Peak memory holds the whole process, its libraries and the server in it included; for inferences "
        "also the dataset uploaded before them.",
    ]
    return table


def _add(table: Report, name: str, file: Path, n: int, found: list[dict[str, Any]]) -> None:
    taken = median([one["taken"] for one in found])
    peak = median([one["peak_mb"] for one in found])
    size = f"{shown(file.stat().st_size / 1e6)} MB"
    table.add(name, size, duration(taken), shown(n / taken), f"{shown(peak)} MB")
