"""A real server is killed and started again: what it acknowledged is there, and uploads go on."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import shoal
from journey_data import JourneyFiles, write_journey_files
from shoal.client.dataset import Dataset
from shoal.client.network import NetworkTransport
from shoal.client.session import Session
from shoal.client.uploading import StagedFile, Upload
from shoal.wire.uploads import UploadBody
from shoal_server import RunningServer, start_server

COLUMNS = ("segment", "inference_set", "metric", "value", "low", "high", "n_frames", "n_labels", "coverage")


@contextmanager
def server_at(home: Path, *options: str) -> Iterator[RunningServer]:
    """Start a server and kill it in the end, as a power cut would."""
    server = start_server(home, *options)
    try:
        yield server
    finally:
        kill(server)


def kill(server: RunningServer) -> None:
    if server.process.poll() is None:
        server.process.kill()
        server.process.communicate()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[JourneyFiles]:
    """Two versions of one dataset: the same frames, other labels."""
    folder = tmp_path_factory.mktemp("worlds")
    return [write_journey_files(folder / str(seed), n_frames=60, seed=seed) for seed in (7, 8)]


def numbers_of(val: Dataset) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in COLUMNS) for row in val.matrix().to_dicts()]


@pytest.fixture(scope="module")
def expected(worlds: list[JourneyFiles], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The numbers of both versions."""
    with shoal.connect(tmp_path_factory.mktemp("expected") / "home") as sh:
        val = started(sh, worlds[0])
        both = []
        for files in worlds:
            sh.project("driving").datasets.upload("val", coco=files.coco, progress=False)
            both.append(numbers_of(val))
    assert both[0] != both[1]
    return both


def started(sh: Any, files: JourneyFiles) -> Dataset:
    project = sh.create_project("driving", confidence=0.3)
    val: Dataset = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
    val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
    val.segments.create("Night", type="regression_test", query="time_of_day:night")
    return val


def test_a_killed_server_shows_the_old_or_the_new_numbers(
    worlds: list[JourneyFiles], expected: list[Any], tmp_path: Path
) -> None:
    chance = random.Random(3)
    home = tmp_path / "home"
    roots = ("--root", str(worlds[0].coco.parents[1]))
    with server_at(home, *roots) as server, shoal.connect(server.url) as sh:
        started(sh, worlds[0])
        sh.project("driving").datasets.upload("val", coco=worlds[0].coco, progress=False)
    old = 0
    for _ in range(2):
        new = 1 - old
        with server_at(home, *roots) as server, httpx.Client(base_url=f"{server.url}/api/v1") as http:
            request = {"labels": {"path": str(worlds[new].coco)}}
            response = http.post("/projects/driving/datasets/val/ingest", json=request)
            assert response.status_code == 202, response.text
            job = response.json()["id"]
            http.get(f"/jobs/{job}", params={"wait": chance.uniform(0.01, 0.2)})
        with server_at(home, *roots) as server, shoal.connect(server.url) as sh:
            val = sh.project("driving").datasets["val"]
            assert numbers_of(val) in (expected[old], expected[new])
            assert sh.jobs[job].wait(progress=False)["n_frames"] == 60
            assert numbers_of(val) == expected[new]
        old = new


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class KillingProgress:
    """Kills the server once more than half of a file was sent."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.shown: list[float] = []

    def show(self, step: str, done: float, total: float, *, unit: str = "") -> None:
        self.shown.append(done)
        if done > total / 2 and self.server.process.poll() is None and len(self.shown) < 40:
            kill(self.server)


def test_an_upload_goes_on_where_the_killed_server_stopped(
    worlds: list[JourneyFiles], tmp_path: Path
) -> None:
    home, port = tmp_path / "home", free_port()
    first = start_server(home, "--port", str(port))
    restarted: list[RunningServer] = []
    transport = NetworkTransport(first.url, retry_delays_s=())
    session = Session(transport)
    try:
        upload = Upload(
            session,
            chunk_bytes=500,
            resume_delays_s=(0.0,),
            sleep=lambda _: restarted.append(start_server(home, "--port", str(port))),
        )
        progress: Any = KillingProgress(first)
        upload.send([StagedFile("labels.json", worlds[0].coco)], progress)
        size = worlds[0].coco.stat().st_size
        assert len(restarted) == 1
        again = next(i for i, done in enumerate(progress.shown) if done > size / 2)
        assert progress.shown[again + 1] > size / 2 - 500, "the upload began anew"
        assert sorted(progress.shown) == progress.shown
        body = session.read(UploadBody, "GET", ("uploads", upload.id))
        assert [(file.name, file.size) for file in body.files] == [("labels.json", size)]
        with shoal.connect(restarted[0].url) as sh:
            sh.create_project("driving")
            sh.project("driving").datasets.create("val")
        where = "/api/v1/projects/driving/datasets/val/ingest"
        reference = {"upload": upload.id, "path": "labels.json", "n_bytes": size}
        job = transport.request("POST", where, json={"labels": reference}).json()
        with shoal.connect(restarted[0].url) as sh:
            assert sh.jobs[job["id"]].wait(progress=False)["n_frames"] == 60
    finally:
        transport.close()
        for server in (first, *restarted):
            kill(server)


def test_a_chunk_after_a_gap_tells_where_to_go_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with server_at(home) as server, httpx.Client(base_url=f"{server.url}/api/v1") as http:
        upload = http.post("/uploads").json()["id"]
        where = f"/uploads/{upload}/files/a.json"
        assert http.put(where, content=b"01234").json()["size"] == 5
    with server_at(home) as server, httpx.Client(base_url=f"{server.url}/api/v1") as http:
        early = http.put(where, params={"offset": 8}, content=b"89")
        assert early.status_code == 412
        assert early.json()["location"] == {"next_offset": 5}
        assert http.put(where, params={"offset": 3}, content=b"34567").json()["size"] == 8
        other = http.put(where, params={"offset": 0}, content=b"x")
        assert (other.status_code, other.json()["code"]) == (412, "conflict")
