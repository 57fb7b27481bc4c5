"""One million frames: importing, matrices at new operating points, queries, pages, completion."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import shoal
from benchmarks import stored
from benchmarks.measuring import alone, median, seconds, timings
from benchmarks.synthetic import draw
from benchmarks.tables import Report, duration, shown
from shoal.client.dataset import Dataset
from shoal.services.runtime import Runtime
from shoal.services.selections import run_query
from shoal.wire.selections import QueryRequest, SelectionBody

N_SETS = 5
PER_FRAME = 10
EIGHT_GIB_MB = 8 * 1024**3 / 1e6

QUERIES = (
    "weather:weather_1",
    "number_3 >= 0.5",
    "split:split_0 number_3 >= 0.5",
    "(weather:weather_2 OR number_1 < 0.1) city:city_3",
    "note:note_77*",
)
COMPLETIONS = ("wea", "weather:", "weather:weather_1 city:ci", "number_3 >= ")


def write(folder: str, n_frames: int) -> dict[str, Any]:
    """Write the Parquet files that are uploaded."""
    stored.write_files(Path(folder), draw(n_frames, PER_FRAME, n_sets=N_SETS, n_labels=PER_FRAME))
    return {}


def fill(folder: str) -> dict[str, Any]:
    """Upload everything into a home."""
    return dict(stored.upload(Path(folder), Path(folder) / "home", N_SETS))


def matrices(folder: str, runs: int) -> dict[str, Any]:
    """Time matrices of a home that is full, values and counts alone, through the SDK in process."""
    draw_point = random.Random(0)
    with shoal.connect(Path(folder) / "home") as client:
        dataset = client.project("benchmark").datasets["val"]

        def ask(iou: Callable[[], float]) -> Callable[[], object]:
            return lambda: dataset.matrix(
                confidence=draw_point.uniform(0.2, 0.5), iou=iou(), statistics=False
            )

        return {
            "kept": timings(lambda: dataset.matrix(), runs),
            "first": timings(ask(lambda: 0.5), 1, warm_up=False),
            "confidence": timings(ask(lambda: 0.5), 3 * runs),
            "grid": timings(ask(iter((0.6, 0.7, 0.8, 0.55, 0.65)).__next__), 4, warm_up=False),
            "iou": timings(ask(lambda: draw_point.uniform(0.5, 0.9)), 4, warm_up=False),
        }


def queries(folder: str, runs: int) -> dict[str, Any]:
    """Time queries through the SDK in process, which is HTTP without a socket, and through the service."""
    home = Path(folder) / "home"
    with shoal.connect(home) as client:
        dataset = client.project("benchmark").datasets["val"]
        found = {text: _one_query(dataset, text, runs) for text in QUERIES}
        completions = {text: seconds(partial(dataset.complete, text), runs) for text in COMPLETIONS}
    with Runtime.open(home) as runtime:
        for text in QUERIES:
            request = QueryRequest(selection=SelectionBody(query=text), limit=0)
            run = partial(run_query, runtime, "benchmark", "val", request)
            found[text]["service"] = seconds(run, runs)
    return {"queries": found, "completions": completions}


def _one_query(dataset: Dataset, text: str, runs: int) -> dict[str, Any]:
    selection = dataset.query(text)

    def page(sort: str) -> Callable[[], object]:
        return lambda: selection.page(sort=sort, limit=50, columns=["weather", "note", "number_5"])

    return {
        "n": selection.count(),
        "count": seconds(selection.count, runs),
        "number": seconds(page("-number_5"), runs),
        "text": seconds(page("note"), runs),
    }


def reports(n_frames: int, *, runs: int = 5, kept: str | None = None) -> list[Report]:
    """Measure a large dataset from upload to answer.

    Args:
        n_frames: how large.
        runs: repetitions.
        kept: a folder the data stays in; a later run with the same folder asks again without uploading again.
    """
    with contextlib.nullcontext(kept) if kept else tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "upload.json"
        if not times.exists():
            Path(folder).mkdir(exist_ok=True)
            alone(write, folder=folder, n_frames=n_frames)
            times.write_text(json.dumps(alone(fill, folder=folder)))
        filled = json.loads(times.read_text())
        asked = alone(matrices, folder=folder, runs=runs)
        queried = alone(queries, folder=folder, runs=2 * runs + 1)
    return [
        _upload_report(n_frames, filled),
        _matrix_report(n_frames, asked),
        _query_report(n_frames, queried),
    ]


def _upload_report(n_frames: int, filled: dict[str, Any]) -> Report:
    table = Report(
        f"Upload of {n_frames:,} frames × {N_SETS} inference sets of {n_frames * PER_FRAME:,} from Parquet",
        ("step", "time", "rows a second"),
    )
    n_rows = n_frames * PER_FRAME
    for step, name, n in (
        ("dataset", f"{n_frames:,} frames of 20 columns and {n_rows:,} labels", n_frames + n_rows),
        ("segments", "50 segments by query", 0),
        *((f"set_{i}", f"set_{i}: {n_rows:,} inferences", n_rows) for i in range(N_SETS)),
        ("numbers", "until every number of every segment is there", 0),
    ):
        table.add(name, duration(filled[step]), shown(n / filled[step]) if n else "")
    table.notes += [
        f"Peak memory of the process, mapped files included: {shown(filled['peak_mb'])} MB.",
        "While one set is read, the set before it is matched and scored on every segment, with intervals.",
    ]
    table.at_most(
        f"peak memory, {n_frames:,} frames with {N_SETS} sets", EIGHT_GIB_MB, filled["peak_mb"], "MB"
    )
    return table


def _matrix_report(n_frames: int, asked: dict[str, Any]) -> Report:
    table = Report(
        f"Matrix of 50 segments × {N_SETS} sets: {n_frames:,} frames × {n_frames * PER_FRAME:,} per set",
        ("question", "median", "best", "processor time"),
    )
    for key, name in (
        ("kept", "the matrix that is kept, with intervals"),
        ("first", "the first new confidence after a start"),
        ("confidence", "a new confidence, values and counts"),
        ("grid", "another IoU threshold of the ten stored, values and counts"),
        ("iou", "an IoU threshold never asked for, matched anew"),
    ):
        wall, cpu = asked[key]["wall"], asked[key]["cpu"]
        table.add(name, duration(median(wall)), duration(min(wall)), duration(median(cpu)))
    table.notes += [
        "Through the SDK in process; 51 rows with All Frames × 5 sets × 3 metrics, JSON and back included.",
        f"Peak memory of the process, mapped files included: {shown(asked['peak_mb'])} MB.",
    ]
    taken = [1e3 * one for one in asked["confidence"]["wall"]]
    name = f"matrix at a new confidence, {n_frames:,} frames"
    table.at_most(name, 250, median(taken), "ms", best=min(taken))
    return table


def _query_report(n_frames: int, queried: dict[str, Any]) -> Report:
    table = Report(
        f"Queries: {n_frames:,} frames × 20 columns, warm",
        ("query", "frames found", "count, service", "count, HTTP", "50 by a number", "50 by a text"),
    )
    for text, found in queried["queries"].items():
        times = [duration(median(found[key])) for key in ("service", "count", "number", "text")]
        table.add(f"`{text}`", f"{found['n']:,}", *times)
    completed = {text: median(times) for text, times in queried["completions"].items()}
    table.notes += [
        "HTTP is a request through the SDK in process: everything but the socket.",
        "Completion: " + "; ".join(f"`{text}` {duration(taken)}" for text, taken in completed.items()) + ".",
    ]
    worst = {
        key: max(median(q[key]) for q in queried["queries"].values()) for key in ("count", "number", "text")
    }
    table.at_most("query with count, slowest of five, HTTP", 20, 1e3 * worst["count"], "ms")
    table.at_most("first page of 50 sorted, slowest", 50, 1e3 * max(worst["number"], worst["text"]), "ms")
    table.at_most("completion, slowest of four", 50, 1e3 * max(completed.values()), "ms")
    return table
