"""The real `aquariumlearning` client, in an environment of its own with the pins it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

ENVIRONMENT = Path(__file__).parents[1] / ".venv-aquarium"
PINS = ("aquariumlearning==1.0.7", "urllib3<2", "pyarrow<21")
SCRIPTS = Path(__file__).parent / "integration" / "aquarium" / "scripts"
TIMEOUT_S = 180.0


class NoClientError(Exception):
    """The package registry does not give the client."""


def client_python() -> Path:
    """Return the Python of the client's environment; made once, with the package registry, and kept.

    Raises:
        NoClientError: there is no registry.
    """
    python = ENVIRONMENT / "bin" / "python"
    with FileLock(f"{ENVIRONMENT}.lock"):
        if not (ENVIRONMENT / "made").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
            command = [str(python), "-m", "pip", "install", "--quiet", *PINS]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                raise NoClientError(made.stderr[-500:])
            (ENVIRONMENT / "made").touch()
    return python


@dataclass(frozen=True)
class Driver:
    """Runs the scripts of `integration/aquarium/scripts` with the client.

    Attributes:
        python: the client's Python.
        temporary: where the client may write.
    """

    python: Path
    temporary: Path

    def __call__(self, script: str, url: str, *arguments: str) -> Any:
        """Run a script and return the JSON value it prints last.

        What it prints before is `printed` of an object it returns.
        """
        process = self.start(script, url, *arguments)
        out, err = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0, f"{out}\n{err}"
        return parsed(out)

    def start(self, script: str, url: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a script and return its process."""
        self.temporary.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(self.python), str(SCRIPTS / script), f"{url}/aquarium/api/v1", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(self.temporary),
            cwd=self.temporary,
        )


def parsed(out: str) -> Any:
    """Return the JSON value on the last line of what a script printed."""
    *printed, last = out.strip().splitlines()
    answer = json.loads(last)
    if isinstance(answer, dict):
        answer["printed"] = "\n".join(printed)
    return answer


def canonical(value: Any) -> str:
    """Return a JSON value as text, so that NaN equals NaN."""
    return json.dumps(value, sort_keys=True)


def _environment(temporary: Path) -> dict[str, str]:
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
        "PYTHONUNBUFFERED": "1",
    }
