"""Timing, and running a piece of work in a process of its own so that its peak memory is its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

_LOOK_S = 0.2
_QUIET_SHARE = 0.9


def seconds(work: Callable[[], object], runs: int = 5, *, warm_up: bool = True) -> list[float]:
    """Return how long each of `runs` calls took, after one call to warm up."""
    if warm_up:
        work()
    times = []
    for _ in range(runs):
        wait_for_quiet()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def timings(work: Callable[[], object], runs: int = 5, *, warm_up: bool = True) -> dict[str, list[float]]:
    """Return `wall` and `cpu` seconds of each of `runs` calls, after one call to warm up.

    Processor time, of all threads of this process and of the children it waited for, is what other programs
    on the machine disturb least.
    """
    cpu: list[float] = []

    def measured() -> None:
        before = sum(os.times()[:4])
        work()
        cpu.append(sum(os.times()[:4]) - before)

    wall = seconds(measured, runs, warm_up=warm_up)
    return {"wall": wall, "cpu": cpu[-runs:]}


def wait_for_quiet() -> None:
    """Wait until other programs leave the processors alone, for `$BENCHMARK_PATIENCE_S` at most."""
    deadline = time.monotonic() + float(os.environ.get("BENCHMARK_PATIENCE_S", "0"))
    while time.monotonic() < deadline:
        idle, total = _processor_time()
        time.sleep(_LOOK_S)
        idle_after, total_after = _processor_time()
        if idle_after - idle >= _QUIET_SHARE * (total_after - total):
            return


def _processor_time() -> tuple[int, int]:
    ticks = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def median(times: Sequence[float]) -> float:
    """Return the middle of several times."""
    return statistics.median(times)


def peak_mb() -> float:
    """Return the most memory this process has held so far, mapped files included, in megabytes.

    `VmHWM` begins anew with each program, whereas `ru_maxrss` of a child starts at its parent's.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise OSError("this system does not report VmHWM")


def environment() -> dict[str, str]:
    """Return the environment of measured processes: bytecode is kept, and our modules are found."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def alone(function: Callable[..., dict[str, Any]], **arguments: Any) -> dict[str, Any]:
    """Call a function of a benchmark module in a fresh process.

    Args:
        function: at the top of its module; takes JSON values, returns a dict of JSON values.
        arguments: what it is called with.

    Returns:
        What it returned, with `peak_mb` of its process unless it has named one itself.

    Raises:
        subprocess.CalledProcessError: it failed; its traceback went to standard error.
    """
    command = [sys.executable, "-m", "benchmarks.child", f"{function.__module__}:{function.__name__}"]
    done = subprocess.run(
        [*command, json.dumps(arguments)], stdout=subprocess.PIPE, check=True, cwd=ROOT, env=environment()
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def command_timings(arguments: Sequence[str], runs: int, *, warm_up: bool = True) -> dict[str, list[float]]:
    """Return `wall` and `cpu` seconds of `runs` runs of this Python with `arguments`, start to exit."""

    def run() -> None:
        subprocess.run(
            [sys.executable, *arguments],
            check=True,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return timings(run, runs, warm_up=warm_up)
