from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from aquarium_client import Driver, parsed
from shoal_server import RunningServer, start_server

CHUNK = 8 << 20
LIMIT_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(holds: Callable[[], bool]) -> None:
    """Come back as soon as something holds; the moment matters, so nothing tells of it."""
    end = monotonic() + LIMIT_S
    while not holds():
        assert monotonic() < end
        sleep(0.002)


def received(home: Path) -> int:
    """Bytes of the largest file on its way in."""
    return max((path.stat().st_size for path in home.glob("uploads/*/coming/*")), default=0)


def is_reading(server: RunningServer) -> bool:
    """Whether rows are being read."""
    jobs = httpx.get(f"{server.url}/api/v1/jobs").json()["items"]
    return any(job["kind"] == "ingest_aquarium_dataset" and job["state"] == "running" for job in jobs)


def body(url: str, path: str) -> Any:
    return httpx.get(f"{url}/api/v1/projects/large/datasets/{path}").json()


@pytest.mark.parametrize("moment", ["chunks are coming", "rows are being read"])
def test_killed_in_the_middle_of_an_upload_it_is_completed_exactly_once(
    tmp_path: Path, drive: Driver, moment: str
) -> None:
    home, port = tmp_path / "home", free_port()
    server = start_server(home, "--port", str(port))
    client = drive.start("upload_large.py", server.url, "ds", "60", "700")
    try:
        if moment == "chunks are coming":
            until(lambda: received(home) >= CHUNK)
        else:
            until(lambda: is_reading(server))
        server.process.kill()
        server.process.communicate()
        server = start_server(home, "--port", str(port))
        out, err = client.communicate(timeout=LIMIT_S)
        assert client.returncode == 0, err
        told = parsed(out)
        assert told["logs"] == []
        assert told["ids"] == [f"f{i}" for i in range(60)]
        dataset, chosen = body(server.url, "ds"), body(server.url, "ds/inference-sets/m")
        assert (dataset["version"], dataset["n_frames"], dataset["n_labels"]) == (1, 60, 60)
        assert (chosen["version"], chosen["n_inferences"], chosen["n_covered"]) == (1, 60, 60)
        assert list(home.glob("uploads/*/ready/*")) == []
    finally:
        client.kill()
        client.communicate()
        server.process.kill()
        server.process.communicate()
