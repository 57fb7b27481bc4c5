"""A real `shoal serve` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_LIMIT_S = 60.0
COMMAND = str(Path(sys.executable).with_name("shoal"))


@dataclass
class RunningServer:
    """A server and where it listens."""

    process: subprocess.Popen[str]
    url: str


def shoal(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    given = [*arguments, "--home", str(home)] if home is not None else list(arguments)
    return subprocess.run(
        [COMMAND, *given],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


@contextmanager
def running_server(home: Path, *options: str) -> Iterator[RunningServer]:
    """Start a server on a free port and stop it in the end."""
    server = start_server(home, *options)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.communicate(timeout=30)


def start_server(home: Path, *options: Sequence[str] | str) -> RunningServer:
    """Start a server on a free port; returns once it answers."""
    command = [COMMAND, "serve", "--home", str(home), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*command, *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    watchdog = threading.Timer(START_LIMIT_S, process.kill)
    watchdog.start()
    printed: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line)
        found = re.search(r"http://[\w.\[\]:]+", line)
        if found:
            watchdog.cancel()
            return RunningServer(process, found.group())
    watchdog.cancel()
    raise AssertionError("the server did not start:\n" + "".join(printed))
