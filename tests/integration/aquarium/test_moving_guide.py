"""The guide for former users runs as printed: the client's parts with the client, Shoal's with Shoal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from aquarium_client import Driver
from shoal_server import RunningServer

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "moving-from-aquarium.md"
ENDPOINT = "http://127.0.0.1:8000"
IMPATIENT = "import time\ntime.sleep = lambda seconds, sleep=time.sleep: sleep(min(seconds, 0.2))\n"
"""The client sleeps ten seconds after every question whether an upload is read."""

SET_UP = ("Import", "Connect")


def program(url: str, *headings: str) -> str:
    """Return the Python below headings, one after the other."""
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", GUIDE.read_text("utf-8"), re.M | re.S))
    blocks = [re.findall(r"^```python\n(.*?)^```$", sections[name], re.M | re.S) for name in headings]
    assert all(blocks)
    return "\n".join(block for found in blocks for block in found).replace(ENDPOINT, url)


@pytest.fixture
def with_client(drive: Driver, tmp_path: Path, server: RunningServer) -> Any:
    def run(*headings: str) -> str:
        script = tmp_path / "script.py"
        script.write_text(f"{IMPATIENT}{program(server.url, *SET_UP, *headings)}\nprint('null')\n", "utf-8")
        process = drive.start(str(script), server.url)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    return run


def test_the_guide_runs(with_client: Any, server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert "10 frames at night" in with_client("Upload", "Segments")
    names: dict[str, Any] = {}
    exec(compile(program(server.url, "Targets"), str(GUIDE), "exec"), names)
    told = with_client("Metrics")
    # At night the model finds no people: recall is one half, and the client would call that a pass.
    assert "recall holds: False" in told
    assert "10 missed, the largest in f00" in told
    capsys.readouterr()
    exec(compile(program(server.url, "Leaving the client"), str(GUIDE), "exec"), names)
    shown = capsys.readouterr().out
    assert "Night yolo_v1 recall 0.5 fail" in shown
    assert len(names["missed"].filter(names["missed"]["predicted"] == "background")) == 10
    names["sh"].close()
