"""The page in a browser: first paint, sliders, scrolling, typing, weight."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from playwright.sync_api import Browser, Page

import shoal
from benchmarks import stored
from benchmarks.browsing import browsing, fresh_page, serving
from benchmarks.measuring import ROOT, alone, environment, median, wait_for_quiet
from benchmarks.synthetic import draw
from benchmarks.tables import Report, duration, shown

N_SETS = 5
STEPS = 20
NOTCH_PX = 120
NOTCHES = 100
TEXT = "weather:weather_1 number_3 >= 0.5"

PAGES = (
    ("Metrics: the first score", "/p/demo/d/street/metrics?baseline=v1_deployed", "#content td button"),
    ("Explore: the first picture", "/p/demo/d/street/explore", "[role=gridcell] img"),
    ("Segments: the first segment", "/p/demo/d/street/segments", "#content a[href*='/segments/']"),
)
"""A view, its address, and what makes it useful."""

MATRIX = "/p/benchmark/d/val/metrics"
LARGE = "/p/benchmark/d/large/explore"
PACES = (("wheel, a notch every 50 ms", NOTCH_PX, 50), ("wheel, five notches every 50 ms", 5 * NOTCH_PX, 50))


def fill(folder: str, n_frames: int, demo_frames: int, matrix_frames: int, per_frame: int) -> dict[str, Any]:
    """Draw the demo and upload beside it what makes a matrix of 50 × 5, and frames with metadata alone."""
    place, home = Path(folder), Path(folder) / "home"
    shoal_command = [sys.executable, str(Path(sys.executable).with_name("shoal"))]
    subprocess.run(
        [*shoal_command, "demo", "--frames", str(demo_frames), "--home", str(home), "--no-browser"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    stored.write_files(place, draw(matrix_frames, per_frame, n_sets=N_SETS))
    stored.upload(place, home, N_SETS)
    pq.write_table(stored.frame_table(n_frames), place / "large.parquet")
    with shoal.connect(home) as client:
        datasets = client.project("benchmark").datasets
        datasets.upload("large", frames=place / "large.parquet", progress=False)
        stored.wait_for_jobs(client)
    return {}


def measure(folder: str, runs: int) -> dict[str, Any]:
    """Measure everything in one browser on one server."""
    with serving(Path(folder) / "home") as url, browsing() as browser:
        return {
            "first": {name: _first_paint(browser, url, path, sign, runs) for name, path, sign in PAGES},
            "slider": _slider(browser, url),
            "scroll": {name: _scroll(browser, url, px, pause_ms) for name, px, pause_ms in PACES},
            "jump": _jump(browser, url),
            "typing": _typing(browser, url),
        }


def _first_paint(browser: Browser, url: str, path: str, sign: str, runs: int) -> dict[str, list[float]]:
    found: list[dict[str, float]] = []
    for _ in range(runs + 1):
        wait_for_quiet()
        with fresh_page(browser, url) as page:
            page.goto(path, wait_until="commit")
            useful: float = page.evaluate("sign => marks.first(sign)", sign)
            found.append({"useful": useful, **page.evaluate("marks.paints()")})
    # The first visit warms the server: numbers are kept from then on, as after any upload.
    return {name: [one[name] for one in found[1:]] for name in ("first", "largest", "useful")}


def _slider(browser: Browser, url: str) -> dict[str, list[float]]:
    """Return, per step, milliseconds from the answer's last byte, and from the key, to the painted matrix."""
    times: dict[str, list[float]] = {"answer": [], "key": []}
    with fresh_page(browser, url) as page:
        page.goto(MATRIX)
        page.evaluate("marks.hasMatrix(250)")
        page.wait_for_load_state("networkidle")
        page.evaluate("marks.watchCells()")
        slider = page.get_by_role("slider", name="Confidence threshold")
        slider.focus()
        for _ in range(STEPS):
            start: float = page.evaluate("marks.startStep()")
            slider.press("ArrowRight")
            step: dict[str, float] = page.evaluate("marks.step()")
            times["answer"].append(step["painted"] - step["answered"])
            times["key"].append(step["painted"] - start)
            page.wait_for_load_state("networkidle")
    return times


def _scroll(browser: Browser, url: str, notch_px: int, pause_ms: int) -> dict[str, float]:
    """Turn the wheel for some seconds and count blank rows in what the browser draws."""
    with _large(browser, url) as page:
        page.get_by_role("grid", name="Frames").hover()
        page.evaluate("marks.watchRows()")
        for _ in range(NOTCHES):
            page.mouse.wheel(0, notch_px)
            page.wait_for_timeout(pause_ms)
        found: dict[str, float] = page.evaluate("marks.stopRows()")
        return found


def _jump(browser: Browser, url: str) -> list[float]:
    """Return milliseconds until rows are filled after the scrollbar was moved to places far away."""
    found: list[float] = []
    with _large(browser, url) as page:
        for share in (0.5, 0.9, 0.1, 0.7, 0.3):
            found.append(page.evaluate("share => marks.jump(share)", share))
            page.wait_for_load_state("networkidle")
    return found


def _typing(browser: Browser, url: str) -> list[float]:
    """Return milliseconds from each key in the query bar to its letter on the screen."""
    with _large(browser, url) as page:
        page.get_by_role("textbox", name="Query").click()
        for _ in range(2):
            page.keyboard.type(TEXT, delay=60)
            page.keyboard.press("Control+a")
            page.keyboard.press("Delete")
        found: list[float] = page.evaluate("marks.keys")
        return found


@contextmanager
def _large(browser: Browser, url: str) -> Iterator[Page]:
    with fresh_page(browser, url) as page:
        page.goto(LARGE)
        page.evaluate("marks.hasRows()")
        page.wait_for_load_state("networkidle")
        yield page


def weight_kb() -> dict[str, float]:
    """Return the gzipped size of the built page: all files, and what the first view asks for.

    Raises:
        FileNotFoundError: the page is not built.
    """
    folder = ROOT / "src" / "shoal" / "page"
    index = (folder / "index.html").read_text(encoding="utf-8")
    sizes = {
        path.relative_to(folder).as_posix(): len(gzip.compress(path.read_bytes(), 6)) / 1000
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    return {
        "all": sum(sizes.values()),
        "first": sum(size for name, size in sizes.items() if name in index or name == "index.html"),
    }


def report(
    n_frames: int,
    *,
    demo_frames: int = 1_200,
    matrix_frames: int = 5_000,
    per_frame: int = 20,
    runs: int = 5,
) -> Report:
    """Measure the page."""
    table = Report(
        f"The page in Chromium: demo of {demo_frames:,} frames, 50 × {N_SETS} matrix, {n_frames:,} frames",
        ("what", "median", "slowest", ""),
    )
    weight = weight_kb()
    with tempfile.TemporaryDirectory() as folder:
        alone(
            fill,
            folder=folder,
            n_frames=n_frames,
            demo_frames=demo_frames,
            matrix_frames=matrix_frames,
            per_frame=per_frame,
        )
        found = alone(measure, folder=folder, runs=runs)
    for name, one in found["first"].items():
        _times(table, name, one["useful"], f"first contentful paint {duration(median(one['first']) / 1e3)}")
        table.at_most(
            f"first useful paint, {name}", 1500, median(one["useful"]), "ms", best=min(one["useful"])
        )
    slider = found["slider"]
    _times(table, f"a slider step, 50 × {N_SETS}: from the answer to the paint", slider["answer"])
    _times(table, f"a slider step, 50 × {N_SETS}: from the key to the paint", slider["key"])
    table.at_most(f"slider step, redraw of 50 × {N_SETS}", 200, median(slider["answer"]), "ms")
    for name, seen in found["scroll"].items():
        blank = f"{seen['blank_rows']:,} blank rows in {seen['frames']:,} drawn frames"
        detail = f"{blank}, to frame {seen['reached']:,}"
        table.add(f"scrolling, {name}", "", f"{shown(seen['longest_ms'])} ms between two frames", detail)
        table.at_most(f"blank rows, {name}, {n_frames:,} frames", 0, seen["blank_rows"], "rows")
    _times(table, f"jump by the scrollbar, {n_frames:,} frames: until rows are filled", found["jump"])
    _times(table, f"a key in the query bar, {n_frames:,} frames: to the paint", found["typing"])
    table.at_most("typing in the query bar, slowest key", 100, max(found["typing"]), "ms")
    table.add(
        "weight of the page", f"{shown(weight['all'])} kB", "", f"first view {shown(weight['first'])} kB"
    )
    table.at_most("page, gzipped, all routes", 600, weight["all"], "kB")
    table.notes += [
        "Headless Chromium without a graphics processor, 1440 × 900, on the machine of the server; times are "
        "the browser's own. First paints with empty browser caches on a server that has answered before.",
        "A first paint is useful when the first score, picture or segment is on the screen.",
        "Blank rows are counted at every frame the browser draws: rows in sight without their data, or not "
        "there yet.",
    ]
    return table


def _times(table: Report, name: str, times_ms: list[float], detail: str = "") -> None:
    table.add(name, duration(median(times_ms) / 1e3), duration(max(times_ms) / 1e3), detail)
