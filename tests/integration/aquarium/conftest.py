"""The real client, in an environment of its own with the pins it needs, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from shoal_server import RunningServer, running_server

ENVIRONMENT = Path(__file__).parents[3] / ".venv-aquarium"
PINS = ("aquariumlearning==1.0.7", "urllib3<2", "pyarrow<21")
SCRIPTS = Path(__file__).parent / "scripts"

Drive = Callable[..., Any]


@pytest.fixture(scope="session")
def client_python() -> Path:
    """The Python of the client's environment; made once, with the package registry, and kept."""
    python = ENVIRONMENT / "bin" / "python"
    with FileLock(f"{ENVIRONMENT}.lock"):
        if not (ENVIRONMENT / "made").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
            made = subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", *PINS],
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                pytest.skip(f"the registry does not give the client: {made.stderr[-300:]}")
            (ENVIRONMENT / "made").touch()
    return python


@pytest.fixture(scope="session")
def drive(client_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """Run a script of `scripts/` with the client and return the JSON value it prints last.

    `drive(script, server_url, *arguments)`; what else it prints is in `printed` of a dict it returns.
    """
    temporary = tmp_path_factory.mktemp("client")

    def run(script: str, url: str, *arguments: str) -> Any:
        done = subprocess.run(
            [str(client_python), str(SCRIPTS / script), f"{url}/aquarium/api/v1", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=client_environment(temporary),
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        *printed, last = done.stdout.strip().splitlines()
        answer = json.loads(last)
        if isinstance(answer, dict):
            answer["printed"] = "\n".join(printed)
        return answer

    return run


def client_environment(temporary: Path) -> dict[str, str]:
    """Variables for a client without a network: its question for newer versions fails at once."""
    closed = "http://127.0.0.1:9"
    return {
        **os.environ,
        "HTTPS_PROXY": closed,
        "https_proxy": closed,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AQUARIUM_TEMP_DIR": str(temporary),
        "PYTHONWARNINGS": "ignore",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a home of its own, for the tests of one module."""
    with running_server(tmp_path_factory.mktemp("home")) as running:
        yield running
