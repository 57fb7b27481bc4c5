"""Broken input through plain HTTP and the command line: the same words, and nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from journey_data import JourneyFiles, write_journey_files
from shoal_server import running_server, shoal


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> JourneyFiles:
    return write_journey_files(tmp_path_factory.mktemp("files"), n_frames=12)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("http") / "home"
    with running_server(home) as server, httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as client:
        client.post("/projects", json={"name": "driving"}).raise_for_status()
        client.post("/projects/driving/datasets", json={"name": "val"}).raise_for_status()
        yield client


def staged(http: httpx.Client, name: str, content: bytes) -> dict[str, Any]:
    upload = http.post("/uploads").json()["id"]
    sent = http.put(f"/uploads/{upload}/files/{name}", content=content)
    assert sent.json() == {"name": name, "size": len(content)}
    return {"upload": upload, "path": name, "n_bytes": len(content)}


def finished(http: httpx.Client, response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    job: dict[str, Any] = response.json()
    while job["state"] in ("queued", "running"):
        job = http.get(f"/jobs/{job['id']}", params={"wait": 20, "after": job["revision"]}).json()
    return job


BROKEN = {
    "truncated.json": (b'{"images": [{"id": 1, "file_na', "valid JSON", "the end of the file"),
    "list.json": (b"[1, 2]", "an object with a list 'images'", "a list"),
    "columns.csv": (b"a,b\n1,2\n", "a column frame_id or file_name", "the columns a, b"),
    "ragged.csv": (b"frame_id,b\nx,1\ny,2,3\n", "2 cells, as in line 1", "3 cells"),
    "latin.csv": (b"frame_id,b\nx,1\n\xe9,2\n", "text in UTF-8", "byte 0xe9"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_job_over_http_fails_with_a_problem(http: httpx.Client, name: str) -> None:
    content, expected, found = BROKEN[name]
    before = http.get("/projects/driving/datasets/val").json()
    request = {"labels": staged(http, name, content)}
    rehearsed = http.post("/projects/driving/datasets/val/ingest/dry-run", json=request).json()
    assert rehearsed["total_problems"] >= 1
    job = finished(http, http.post("/projects/driving/datasets/val/ingest", json=request))
    assert job["state"] == "failed"
    error = job["error"]
    assert (error["code"], error["status"], error["total"]) == ("upload_rejected", 422, 1)
    assert error["type"] == "/api/docs/errors#upload_rejected"
    row = error["problems"][0]
    assert (row["file"], row["expected"], row["found"]) == (name, expected, found)
    assert rehearsed["problems"][0] == row
    assert http.get("/projects/driving/datasets/val").json() == before


def test_missing_bytes_of_an_upload_are_told_before_a_job_begins(http: httpx.Client) -> None:
    reference = staged(http, "labels.json", b'{"images": []}')
    request = {"labels": {**reference, "n_bytes": 100}}
    response = http.post("/projects/driving/datasets/val/ingest", json=request)
    assert response.status_code == 412
    assert response.json()["location"] == {"next_offset": 14}


def test_the_command_line_prints_the_problems(files: JourneyFiles, tmp_path: Path) -> None:
    home = tmp_path / "home"
    broken = tmp_path / "broken.json"
    labels = json.loads(files.coco.read_text())
    labels["annotations"][3]["bbox"] = [10, 20, 0, 5]
    broken.write_text(json.dumps(labels))
    assert shoal("project", "create", "driving", home=home).returncode == 0
    done = shoal("upload", "dataset", "val", "--coco", str(broken), home=home)
    assert done.returncode == 1
    assert "broken.json: annotations[3]: bbox" in done.stderr
    assert "[10, 20, 0, 5]" in done.stderr
    assert "Traceback" not in done.stderr
    assert shoal("upload", "dataset", "val", "--coco", str(files.coco), home=home).returncode == 0
    broken.write_text(files.baseline.read_text()[:-40])
    done = shoal("upload", "inferences", "v1", "--coco-results", str(broken), home=home)
    assert done.returncode == 1
    assert "broken.json: line 1" in done.stderr
    listed = shoal("matrix", "--json", home=home)
    assert "v1" not in listed.stdout
