"""One journey, four ways: SDK in process, SDK over a socket, plain HTTP, command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

import shoal as sdk
from journey_data import JourneyFiles, write_journey_files
from shoal_server import running_server, shoal

NUMBERS = ("segment", "inference_set", "metric", "value", "low", "high", "n_frames", "n_labels")
COMPARISONS = ("target", "target_verdict", "delta", "delta_low", "delta_high", "p", "q", "baseline_verdict")
COLUMNS = (*NUMBERS, "n_inferences", "coverage", *COMPARISONS, "confidence", "iou", "matching")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> JourneyFiles:
    return write_journey_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def expected(files: JourneyFiles, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return by_sdk(str(tmp_path_factory.mktemp("in-process") / "home"), files)


def by_sdk(target: str, files: JourneyFiles) -> dict[str, Any]:
    with sdk.connect(target) as sh:
        project = sh.create_project("driving", confidence=0.3)
        val = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
        val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
        val.segments.create_per_value("split", type="split")
        val.segments.create(
            "Night", type="regression_test", query="time_of_day:night", targets={"recall": 0.6, "f1": 0.5}
        )
        val.inference_sets.upload("v2", coco_results=files.candidate, progress=False)
        rows = val.matrix(baseline="v1").to_dicts()
        gate = val.gate(candidate="v2", baseline="v1")
        return {"rows": [{name: row[name] for name in COLUMNS} for row in rows], "gate": gate.to_dict()}


def by_http(url: str, files: JourneyFiles) -> dict[str, Any]:
    with httpx.Client(base_url=f"{url}/api/v1", timeout=60) as http:

        def send(method: str, path: str, **options: Any) -> Any:
            response = http.request(method, path, **options)
            assert response.is_success, response.text
            return response.json()

        def finished(job: Any) -> None:
            while job["state"] in ("queued", "running"):
                job = send("GET", f"/jobs/{job['id']}", params={"wait": 20, "after": job["revision"]})
            assert job["state"] == "succeeded", job

        def staged(path: Path) -> dict[str, Any]:
            upload = send("POST", "/uploads")["id"]
            content = path.read_bytes()
            half = len(content) // 2
            where = f"/uploads/{upload}/files/{path.name}"
            send("PUT", where, params={"offset": 0}, content=content[:half])
            send("PUT", where, params={"offset": half}, content=content[half:])
            return {"upload": upload, "path": path.name, "n_bytes": len(content)}

        send("POST", "/projects", json={"name": "driving", "confidence": 0.3})
        send("POST", "/projects/driving/datasets", json={"name": "val"})
        val = "/projects/driving/datasets/val"
        ingest = {"labels": staged(files.coco), "metadata": staged(files.metadata)}
        finished(send("POST", f"{val}/ingest", json=ingest))
        for name, path in (("v1", files.baseline), ("v2", files.candidate)):
            send("POST", f"{val}/inference-sets", json={"name": name})
            body = {"inferences": staged(path)}
            finished(send("POST", f"{val}/inference-sets/{name}/ingest", json=body))
        send("POST", f"{val}/segments/per-value", json={"field": "split", "type": "split"})
        night = {
            "name": "Night",
            "type": "regression_test",
            "selection": {"query": "time_of_day:night"},
            "targets": {"recall": 0.6, "f1": 0.5},
        }
        send("POST", f"{val}/segments", json=night)
        rows = send("GET", f"{val}/matrix", params={"baseline": "v1"})["rows"]
        gate = send("POST", f"{val}/gate", json={"candidate": "v2", "baseline": "v1"})
    return {"rows": [{name: row[name] for name in COLUMNS} for row in rows], "gate": gate}


def by_command_line(home: Path, files: JourneyFiles) -> dict[str, Any]:
    def run(*arguments: str, code: int = 0) -> str:
        done = shoal(*arguments, home=home)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    run("project", "create", "driving", "--confidence", "0.3")
    run("upload", "dataset", "val", "--coco", str(files.coco), "--metadata", str(files.metadata))
    run("upload", "inferences", "v1", "--coco-results", str(files.baseline))
    run("segment", "per-value", "split", "--type", "split")
    night = ("--type", "regression_test", "--query", "time_of_day:night")
    run("segment", "create", "Night", *night, "--target", "recall=0.6", "--target", "f1=0.5")
    run("upload", "inferences", "v2", "--coco-results", str(files.candidate))
    rows = json.loads(run("matrix", "--baseline", "v1", "--json"))
    rows = rows["rows"] if isinstance(rows, dict) else rows
    report = home.parent / "gate.json"
    run("gate", "--candidate", "v2", "--baseline", "v1", "--json", str(report), code=1)
    gate = json.loads(report.read_text())
    return {"rows": [{name: row[name] for name in COLUMNS} for row in rows], "gate": gate}


def test_the_story_is_the_one_that_was_written(expected: dict[str, Any]) -> None:
    rows = {(r["segment"], r["inference_set"], r["metric"]): r for r in expected["rows"]}
    assert next(iter(rows))[0] == "All Frames"
    assert {segment for segment, _, _ in rows} == {"All Frames", "training", "validation", "test", "Night"}
    assert rows["Night", "v2", "recall"]["target_verdict"] == "fail"
    assert rows["Night", "v2", "recall"]["baseline_verdict"] == "regressed"
    assert rows["Night", "v1", "recall"]["target_verdict"] == "pass"
    assert expected["gate"]["passed"] is False


def test_sdk_over_a_socket(expected: dict[str, Any], files: JourneyFiles, tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server:
        assert by_sdk(server.url, files) == expected


def test_plain_http(expected: dict[str, Any], files: JourneyFiles, tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server:
        assert by_http(server.url, files) == expected


def test_command_line(expected: dict[str, Any], files: JourneyFiles, tmp_path: Path) -> None:
    assert by_command_line(tmp_path / "home", files) == expected


def test_a_folder_a_server_owns_is_reached_through_it(files: JourneyFiles, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_server(home), sdk.connect(home) as sh:
        assert sh.create_project("driving").name == "driving"
        assert not hasattr(sh, "_runtime")
        second = shoal("serve", "--port", "0", "--no-browser", home=home)
        assert second.returncode != 0
        assert "in use by process" in second.stdout + second.stderr
