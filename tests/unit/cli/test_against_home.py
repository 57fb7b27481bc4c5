"""Commands on real homes: what they print, where, and how they leave."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import shoal
from shoal.cli.app import run

N_FRAMES = 8
Run = Callable[..., tuple[int, str, str]]


def coco_instances() -> dict[str, Any]:
    return {
        "images": [
            {"id": i + 1, "file_name": f"f{i}.jpg", "width": 100, "height": 80} for i in range(N_FRAMES)
        ],
        "annotations": [
            {
                "id": i + 1,
                "image_id": i + 1,
                "category_id": 7,
                "bbox": [5, 5, 20, 20],
                "area": 400,
                "iscrowd": 0,
            }
            for i in range(N_FRAMES)
        ],
        "categories": [{"id": 7, "name": "car"}],
    }


def coco_results(n_found: int) -> list[dict[str, Any]]:
    return [
        {"image_id": i + 1, "category_id": 7, "bbox": [6, 5, 20, 20], "score": 0.9} for i in range(n_found)
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "gt.json").write_text(json.dumps(coco_instances()))
    for name, n_found in (("good", N_FRAMES), ("bad", 2)):
        (folder / f"{name}.json").write_text(json.dumps(coco_results(n_found)))
    lines = ["file_name,split,lux", *(f"f{i}.jpg,{('train', 'test')[i % 2]},{i}" for i in range(N_FRAMES))]
    (folder / "frames.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def home(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    command = ["import", "val", "--coco", f"{files}/gt.json", "--metadata", f"{files}/frames.csv"]
    command += ["--results", f"{files}/good.json", "--results", f"bad={files}/bad.json"]
    assert run([*command, "--split-by", "split", "--home", str(folder)]) == 0
    with shoal.connect(folder):  # one server for all commands of this module
        yield folder


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*arguments, "--home", str(home)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_matrix_on_a_stored_dataset(command: Run) -> None:
    code, out, err = command("matrix", "--baseline", "good", "--metric", "recall")
    assert (code, err) == (0, "")
    assert out.startswith("main/val version 1 · confidence/IoU 0.1/0.5 · matching class-first")
    assert "recall (weighted average)" in out
    assert "▼ regressed" in out
    rows = json.loads(command("matrix", "--baseline", "good", "--json")[1])["rows"]
    values = {(row["segment"], row["inference_set"], row["metric"]): row["value"] for row in rows}
    assert values["All Frames", "good", "recall"] == 1.0
    assert values["All Frames", "bad", "recall"] == 2 / N_FRAMES
    assert values["test", "bad", "recall"] == 1 / 4


def test_a_matrix_straight_from_files_is_the_same_and_leaves_nothing(
    files: Path,
    command: Run,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    stored = json.loads(command("matrix", "--baseline", "good", "--json")[1])
    names = ["--coco", f"{files}/gt.json", "--metadata", f"{files}/frames.csv", "--split-by", "split"]
    results = ["--results", f"{files}/good.json", "--results", f"{files}/bad.json"]
    assert run(["matrix", *names, *results, "--baseline", "good", "--json"]) == 0
    fresh = json.loads(capsys.readouterr().out)
    assert fresh["rows"] == stored["rows"]
    assert not list(tmp_path.iterdir())


POLICY = """
version: 1
segments:
  - name: {name}
    tier: critical
    baseline: not_regressed
"""


@pytest.mark.parametrize(("candidate", "baseline", "code"), [("good", "bad", 0), ("bad", "good", 1)])
def test_the_gate_leaves_with_its_verdict(
    command: Run, tmp_path: Path, candidate: str, baseline: str, code: int
) -> None:
    policy = tmp_path / "gate.yaml"
    policy.write_text(POLICY.format(name="All Frames"))
    written = {name: tmp_path / f"gate.{name}" for name in ("junit", "markdown", "json")}
    options = [text for name, path in written.items() for text in (f"--{name}", str(path))]
    left, out, _ = command(
        "gate", "--candidate", candidate, "--baseline", baseline, "--policy", str(policy), *options
    )
    assert left == code
    assert out.splitlines()[0].startswith("Accepted" if code == 0 else "Rejected")
    assert "<testsuite" in written["junit"].read_text()
    assert candidate in written["markdown"].read_text()
    assert json.loads(written["json"].read_text())["passed"] is (code == 0)


def test_a_gate_that_checks_nothing_is_inconclusive(command: Run) -> None:
    assert command("gate", "--candidate", "good")[0] == 2


def test_a_gate_that_cannot_judge_leaves_with_3(command: Run, tmp_path: Path) -> None:
    policy = tmp_path / "gate.yaml"
    policy.write_text(POLICY.format(name="Nothing of that name"))
    for options in (
        ["--candidate", "nobody"],
        ["--candidate", "good", "--policy", str(tmp_path / "no.yaml")],
        ["--candidate", "good", "--baseline", "bad", "--policy", str(policy)],
        ["--candidate", "good", "--junit", str(tmp_path / "no" / "gate.xml")],
        ["--candidate", "good", "--dataset", "nothing"],
    ):
        code, out, err = command("gate", *options)
        assert (code, out) == (3, ""), options
        assert err.startswith("Error: ")


def test_a_gate_prints_json_or_markdown_alone(command: Run) -> None:
    assert json.loads(command("gate", "--candidate", "good", "--json", "-")[1])["candidate"] == "good"
    assert "Inconclusive" in command("gate", "--candidate", "good", "--markdown", "-")[1]


def test_queries(command: Run) -> None:
    assert command("query", "lux >= 4", "--count")[:2] == (0, "4\n")
    assert command("query", "split:test", "--ids")[1].split() == ["f1.jpg", "f3.jpg", "f5.jpg", "f7.jpg"]
    code, out, err = command("query", "lux >= 4", "--columns", "lux", "--sort", "-lux", "--limit", "2")
    assert code == 0
    assert out.splitlines()[0] == "4 of 8 frames (50.0%)"
    assert out.index("f7.jpg") < out.index("f6.jpg")
    assert "2 more" in err
    assert json.loads(command("query", "", "--json")[1])["count"] == N_FRAMES
    assert json.loads(command("query", "lux:0", "--ids", "--json")[1]) == ["f0.jpg"]
    code, out, err = command("query", "luxx >= 4")
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert "lux" in err.splitlines()[-1]


def test_segments_and_targets(command: Run) -> None:
    create = ("segment", "create", "Dim", "--type", "regression_test", "--query", "lux < 4")
    code, out, _ = command(*create, "--target", "recall=0.9", "--target", "f1@macro=0.5", "--json")
    assert code == 0
    assert json.loads(out)["n_elements"] == 4
    assert command(*create)[0] == 1
    assert "f1@macro ≥ 0.5, recall ≥ 0.9" in command("segment", "list")[1]
    targets = json.loads(command("target", "list", "--json")[1])
    assert {row["target"] for row in targets} == {"recall", "f1@macro"}
    assert json.loads(command("target", "set", "Dim", "precision=0.5", "--keep", "--json")[1])["targets"] == {
        "recall": 0.9,
        "f1@macro": 0.5,
        "precision": 0.5,
    }
    shown = json.loads(command("segment", "show", "Dim", "--json")[1])
    assert [one["passed"] for one in shown["metrics"]["items"]] == [True, False]
    assert command("segment", "add", "Dim", "--id", "f7.jpg")[0] == 0
    assert command("segment", "remove", "Dim", "--query", "lux:0")[0] == 0
    assert "add 1 and remove 1" in command("segment", "show", "Dim")[1]
    assert command("segment", "follow", "Dim")[0] == 0
    assert len(json.loads(command("segment", "versions", "Dim", "--json")[1])) == 4
    updated = json.loads(command("segment", "update", "Dim", "--state", "resolved", "--json")[1])
    assert updated["state"] == "resolved"
    assert command("target", "clear", "Dim")[1] == "Segment Dim has no targets.\n"
    assert command("segment", "delete", "Dim", "--yes")[1] == "Deleted segment Dim.\n"
    per_value = command("segment", "per-value", "lux", "--type", "bucket", "--prefix", "L", "--json")
    assert len(json.loads(per_value[1])) == N_FRAMES


def test_reports_exports_and_listings(command: Run, tmp_path: Path) -> None:
    out = command("report", "bad", "--confusion", "--coco")[1]
    assert all(word in out for word in ("bad on All Frames", "weighted", "background", "AR100"))
    assert json.loads(command("report", "bad", "--json")[1])["false_negatives"] == 6
    assert "recall_low" in command("report", "bad", "--intervals")[1]
    body = json.loads(command("report", "bad", "--intervals", "--json")[1])
    assert [row["class_name"] for row in body["intervals"]] == [row["class_name"] for row in body["rows"]]
    for kind, name in (("segment", "test"), ("outcomes", "bad")):
        assert command("export", kind, name, "--to", str(tmp_path / f"{kind}.csv"), "--format", "csv")[0] == 0
    assert command("export", "frames", "--to", str(tmp_path / "frames.parquet"))[0] == 0
    assert command("export", "matrix", "--to", str(tmp_path / "matrix.md"))[0] == 0
    assert len(list(tmp_path.iterdir())) == 4
    assert json.loads(command("project", "list", "--json")[1])[0]["name"] == "main"
    assert "car" in command("project", "show", "main")[1]
    assert json.loads(command("dataset", "show", "--json")[1])["n_frames"] == N_FRAMES
    assert command("dataset", "checkpoint", "create", "before")[0] == 0
    assert "before" in command("dataset", "versions")[1]
    assert {job["state"] for job in json.loads(command("jobs", "list", "--json")[1])} == {"succeeded"}


def test_a_dry_run_that_would_be_rejected_leaves_with_1(command: Run, files: Path, tmp_path: Path) -> None:
    code, out, _ = command("upload", "dataset", "val", "--coco", f"{files}/gt.json", "--dry-run")
    assert (code, out.splitlines()[0]) == (
        0,
        "Would read 8 frames, 8 labels, 0 inferences. Nothing was stored.",
    )
    (tmp_path / "twice.csv").write_text("frame_id\na\na\n")
    code, out, _ = command("upload", "dataset", "new", "--frames", f"{tmp_path}/twice.csv", "--dry-run")
    assert code == 1
    assert "1 problem:" in out
    code, out, err = command("upload", "dataset", "new", "--frames", f"{tmp_path}/twice.csv")
    assert (code, out) == (1, "")
    assert "twice.csv: line 3: frame_id" in err


def test_the_doctor_finds_a_healthy_home(command: Run) -> None:
    code, out, _ = command("doctor", "--json")
    assert code == 0
    checks = {check["name"]: check for check in json.loads(out)}
    assert checks["catalog"]["found"].startswith("projects: 1, datasets: 1")
    assert all(check["ok"] for check in checks.values())


def test_several_projects_must_be_chosen_from(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with shoal.connect(tmp_path):
        for name in ("a", "b"):
            assert run(["project", "create", name, "--home", str(tmp_path)]) == 0
        assert run(["query", "--home", str(tmp_path)]) == 3
        assert "--project" in capsys.readouterr().err
        assert run(["query", "--home", str(tmp_path), "--project", "a"]) == 1
        assert "has no dataset" in capsys.readouterr().err


def test_a_served_folder_is_reached_through_its_server(files: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = "from shoal.cli import main; main()"
    serve = [sys.executable, "-W", "error", "-c", program, "serve", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        [*serve, "--home", str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        line = server.stdout.readline()
        assert line.startswith(f"Serving {home} at http://127.0.0.1:"), server.stderr.read()
        with shoal.connect(home) as connection:
            assert connection.address in line
            assert connection.health().pid == server.pid
            dataset = connection.create_project("p").datasets.upload("val", coco=files / "gt.json")
            assert dataset.n_labels == N_FRAMES
            assert dataset.url.startswith(connection.address)
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=60)
    assert complaints == ""
    with shoal.connect(home) as connection:
        assert connection.project("p").datasets["val"].n_frames == N_FRAMES
