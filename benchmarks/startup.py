"""From the shell's prompt to numbers: imports, help, and whole commands in cold processes."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, alone, command_timings, environment, median
from benchmarks.synthetic import draw, write_instances, write_results
from benchmarks.tables import Report, duration

SHOAL = [str(Path(sys.executable).with_name("shoal"))]


def write(folder: str, n_frames: int, per_frame: int) -> dict[str, Any]:
    """Write a COCO dataset and one result file."""
    data = draw(n_frames, per_frame)[0]
    write_instances(Path(folder) / "gt.json", data.labels)
    write_results(Path(folder) / "model.json", data.inferences)
    return {}


def compile_bytecode() -> None:
    """Compile this project and its dependencies, as an installer does."""
    folders = [str(ROOT / "src"), str(Path(sys.prefix) / "lib")]
    command = [sys.executable, "-m", "compileall", "-q", "-j", "2", *folders]
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=False)


def report(n_frames: int, per_frame: int, *, runs: int = 7) -> Report:
    """Measure start-up."""
    compile_bytecode()
    table = Report("Start-up: cold processes", ("command", "median", "best", "processor time"))
    size = f"{n_frames:,} images × {n_frames * per_frame:,} inferences"
    with tempfile.TemporaryDirectory() as folder:
        alone(write, folder=folder, n_frames=n_frames, per_frame=per_frame)
        gt, results, home = (str(Path(folder) / name) for name in ("gt.json", "model.json", "home"))
        shoal = [*SHOAL, "import", "val", "--coco", gt, "--results", results, "--home", home]
        subprocess.run([sys.executable, *shoal], env=environment(), stdout=subprocess.DEVNULL, check=True)
        stored = [*SHOAL, "matrix", "--home", home]
        files = [*SHOAL, "matrix", "--coco", gt, "--results", results]
        _measure(table, "`python -c pass`", ["-c", "pass"], runs, None)
        _measure(table, "`import shoal`", ["-c", "import shoal"], runs, 150)
        _measure(table, "`shoal --help`", [*SHOAL, "--help"], runs, 300)
        _measure(table, f"`shoal matrix`, kept answer, {size}", stored, runs, 2000)
        _measure(
            table, f"`shoal matrix --confidence …`, never asked before, {size}", stored, runs, 2000, new=True
        )
        _measure(table, f"`shoal matrix --coco … --results …`, {size}", files, runs, 4000)
    table.notes += [
        "Wall clock of whole processes, interpreter included, with bytecode compiled as installers leave it "
        "(the benchmark compiles it first) and kernels in numba's cache; files are in the page cache.",
        "scipy and pandas are installed here, for tests; numba and pyarrow import parts of them.",
    ]
    return table


def _measure(
    table: Report, name: str, command: list[str], runs: int, limit_ms: float | None, *, new: bool = False
) -> None:
    if new:
        draw_point = random.Random()
        found: dict[str, list[float]] = {"wall": [], "cpu": []}
        for run in range(runs + 1):
            point = ["--confidence", f"{draw_point.uniform(0.2, 0.5):.9f}"]
            one = command_timings([*command, *point], 1, warm_up=False)
            for kind in found:
                found[kind] += one[kind] if run else []
    else:
        found = command_timings(command, runs)
    wall, cpu = found["wall"], found["cpu"]
    table.add(name, duration(median(wall)), duration(min(wall)), duration(median(cpu)))
    if limit_ms is not None:
        table.at_most(name, limit_ms, 1e3 * median(wall), "ms", best=1e3 * min(wall))
