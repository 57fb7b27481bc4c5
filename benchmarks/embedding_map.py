"""The map of embeddings: from the address to the first picture, moving it, selecting on it, a better map."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow.parquet as pq
from playwright.sync_api import Browser

import shoal
from benchmarks import stored
from benchmarks.browsing import browsing, fresh_page, serving
from benchmarks.measuring import alone, median, wait_for_quiet
from benchmarks.tables import Report, duration, shown

DIMENSION = 512
_N_GROUPS = 80
_AT_ONCE = 50_000
_DRAGS = 60
_PAUSE_MS = 30
_MAP = "/p/benchmark/d/val/explore?view=map&map=pca&colour=field:weather"
_DRAWN = "canvas[data-points]:not([data-points='0'])"
_API = "/api/v1/projects/benchmark/datasets/val/map"

_WATCH = """() => {
  window.moves = [];
  let last = null;
  const tick = (now) => {
    const { points } = document.querySelector("canvas").dataset;
    if (last !== null) window.moves.push([now - last, Number(points)]);
    last = now;
    window.ticking = requestAnimationFrame(tick);
  };
  window.ticking = requestAnimationFrame(tick);
}"""


def fill(folder: str, n_frames: int) -> dict[str, Any]:
    """Upload frames with metadata, and a vector for each: groups within which a few directions vary."""
    place = Path(folder)
    pq.write_table(stored.frame_table(n_frames), place / "frames.parquet")
    ids = pq.read_table(place / "frames.parquet", columns=["frame_id"])["frame_id"].to_pylist()
    (place / "ids.txt").write_text("\n".join(ids))
    _write_vectors(place / "vectors.npy", n_frames)
    with shoal.connect(place / "home") as client:
        project = client.create_project("benchmark", classes=["car"])
        dataset = project.datasets.upload("val", frames=place / "frames.parquet", progress=False)
        start = time.perf_counter()
        dataset.embeddings.upload(
            "look", str(place / "ids.txt"), place / "vectors.npy", model_id="m/1", progress=False
        )
        uploaded_s = time.perf_counter() - start
        dataset.map()
        stored.wait_for_jobs(client)
    return {"uploaded_s": uploaded_s}


def _write_vectors(path: Path, n_rows: int) -> None:
    rng = np.random.default_rng(11)
    centres = 1.2 * rng.standard_normal((_N_GROUPS, DIMENSION), dtype=np.float32)
    bends = rng.standard_normal((_N_GROUPS, 12, DIMENSION), dtype=np.float32) / 3
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n_rows, DIMENSION))
    for first in range(0, n_rows, _AT_ONCE):
        part = vectors[first : first + _AT_ONCE]
        group = rng.integers(0, _N_GROUPS, len(part))
        part[:] = centres[group] + 0.3 * rng.standard_normal(part.shape, dtype=np.float32)
        along = rng.standard_normal((len(part), 12), dtype=np.float32)
        for one in range(_N_GROUPS):
            part[group == one] += along[group == one] @ bends[one]
    vectors.flush()


def measure(folder: str, runs: int, with_layout: bool) -> dict[str, Any]:
    """Ask the server, then look at the map in a browser; last, lay out a better one."""
    with serving(Path(folder) / "home") as url:
        with httpx.Client(base_url=url, timeout=600) as http:
            found: dict[str, Any] = {"server": _server_times(http, runs)}
        with browsing() as browser:
            found["first"] = [_first_picture(browser, url) for _ in range(runs + 1)][1:]
            found["moves"] = _moves(browser, url)
        if with_layout:
            with shoal.connect(url) as client:
                start = time.perf_counter()
                client.project("benchmark").datasets["val"].compute_map(progress=False)
                found["layout_s"] = time.perf_counter() - start
    return found


def _server_times(http: httpx.Client, runs: int) -> dict[str, list[float]]:
    body = http.get(_API, params={"method": "pca"}).raise_for_status().json()
    left, bottom, right, top = body["bounds"]
    turns = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    middle, radius = ((left + right) / 2, (bottom + top) / 2), min(right - left, top - bottom) / 4
    lasso = [[middle[0] + radius * np.cos(turn), middle[1] + radius * np.sin(turn)] for turn in turns]
    area = {"space": "look", "method": "pca", "polygon": lasso}
    asked: dict[str, Callable[[], httpx.Response]] = {
        "which map": lambda: http.get(_API, params={"method": "pca"}),
        "points": lambda: http.get(f"{_API}/points", params={"method": "pca"}),
        "colours by a field": lambda: http.post(
            f"{_API}/colours", json={"field": "weather", "method": "pca"}
        ),
        "a lasso of 200 corners": lambda: http.post(f"{_API}/mask", json={"selection": {"area": area}}),
    }
    return {name: _times(ask, runs) for name, ask in asked.items()}


def _times(ask: Callable[[], httpx.Response], runs: int) -> list[float]:
    times = []
    for _ in range(runs + 1):
        wait_for_quiet()
        start = time.perf_counter()
        ask().raise_for_status()
        times.append(1e3 * (time.perf_counter() - start))
    return times[1:]


def _first_picture(browser: Browser, url: str) -> float:
    """Return milliseconds from the address to all points on the screen."""
    wait_for_quiet()
    with fresh_page(browser, url) as page:
        page.goto(_MAP, wait_until="commit")
        found: float = page.evaluate("sign => marks.first(sign)", _DRAWN)
        return found


def _moves(browser: Browser, url: str) -> dict[str, float]:
    """Drag the map to and fro; return times between frames of the screen and the points drawn in them."""
    with fresh_page(browser, url) as page:
        page.goto(_MAP)
        page.evaluate("sign => marks.first(sign)", _DRAWN)
        page.wait_for_load_state("networkidle")
        box = page.get_by_role("group", name="Map of").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(_WATCH)
        for number in range(_DRAGS):
            turn = number / 6
            page.mouse.move(x + 160 * np.sin(turn), y + 90 * np.sin(2 * turn))
            page.wait_for_timeout(_PAUSE_MS)
        moves = np.array(
            page.evaluate("() => { cancelAnimationFrame(window.ticking); return window.moves; }")
        )
        page.mouse.up()
    return {
        "median_ms": float(np.median(moves[:, 0])),
        "p95_ms": float(np.percentile(moves[:, 0], 95)),
        "longest_ms": float(moves[:, 0].max()),
        "least_points": float(moves[:, 1].min()),
        "median_points": float(np.median(moves[:, 1])),
    }


def report(n_frames: int, *, runs: int = 5, with_layout: bool = True) -> Report:
    """Measure the map of so many frames."""
    table = Report(f"The map of {n_frames:,} frames × {DIMENSION}", ("what", "median", "slowest", ""))
    with tempfile.TemporaryDirectory() as folder:
        filled = alone(fill, folder=folder, n_frames=n_frames)
        found = alone(measure, folder=folder, runs=runs, with_layout=with_layout)
    for name, times_ms in found["server"].items():
        table.add(f"server: {name}", duration(median(times_ms) / 1e3), duration(max(times_ms) / 1e3), "")
    first = found["first"]
    table.add("from the address to all points", duration(median(first) / 1e3), duration(max(first) / 1e3), "")
    table.at_most(f"first picture of {n_frames:,} points", 3, median(first) / 1e3, "s", best=min(first) / 1e3)
    moves = found["moves"]
    table.add(
        "dragging: between two frames of the screen",
        duration(moves["median_ms"] / 1e3),
        duration(moves["longest_ms"] / 1e3),
        f"p95 {shown(moves['p95_ms'])} ms; {shown(moves['median_points'])} points in the median frame, "
        f"{shown(moves['least_points'])} in the poorest",
    )
    if n_frames <= 200_000:
        table.at_most(f"dragging {n_frames:,} points, p95 of frames", 50, moves["p95_ms"], "ms")
    if "layout_s" in found:
        table.add("a better map (PaCMAP), as a job", duration(found["layout_s"]), "", "")
    table.add("upload of the vectors, until they are searchable", duration(filled["uploaded_s"]), "", "")
    table.notes += [
        "Headless Chromium without a graphics processor, 1440 × 900, empty browser cache, on the machine of "
        "the server; points are drawn without WebGL there, which is faster than WebGL in software.",
        "The plain map (PCA) is laid out after the upload, while nobody waits.",
        "While the map moves and a frame would be late, fewer points are drawn; all of them once it rests.",
    ]
    return table
