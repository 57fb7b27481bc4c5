"""The gate through SDK and command line: policies, tiers, waivers, exit codes, reports."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shoal
from shoal.cli.app import run
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, NotFoundError, PolicyError

N = 120


def box(left: int) -> dict[str, int]:
    return {"x": left, "y": 0, "w": 20, "h": 20}


def frame_rows() -> list[dict[str, Any]]:
    return [
        {
            "frame_id": f"f{i:03}",
            "split": ("training", "test")[i % 2],
            "light": "night" if i % 3 == 0 else "day",
            "labels": [{"class": "car", **box(0)}, {"class": "pedestrian", **box(50)}],
        }
        for i in range(N)
    ]


def inferences(seed: int, *, day: float, night: float) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {"frame_id": f"f{i:03}", "class": name, "confidence": 0.9, **box(left)}
        for i in range(N)
        for name, left in (("car", 0), ("pedestrian", 50))
        if rng.random() < (night if i % 3 == 0 else day)
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def sh(home: Path) -> Iterator[Shoal]:
    with shoal.connect(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def val(sh: Shoal) -> Dataset:
    project = sh.create_project("driving", classes=["car", "pedestrian"])
    val = project.datasets.upload("val", frames=frame_rows(), progress=False)
    for name, day, night in (("v1", 0.8, 0.8), ("better", 0.97, 0.97), ("mixed", 0.97, 0.3)):
        rows = inferences(len(name), day=day, night=night)
        val.inference_sets.upload(name, inferences=rows, progress=False)
    part = [row for row in inferences(9, day=0.99, night=0.99) if row["frame_id"] >= "f060"]
    val.inference_sets.upload("part", inferences=part, covers="listed", progress=False)
    val.segments.create_per_value("split", "split")
    val.segments.create("Night", type="regression_test", query="light:night", targets={"recall": 0.7})
    val.segments.create("Empty", type="scenario", query="light:dawn", targets={"recall": 0.5})
    val.segments.create("Bucket", type="bucket", query="light:night")
    return val


NIGHT = {"version": 1, "segments": [{"name": "Night"}]}


def policy(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "segments": [{"name": "Night"}], **changes}


def test_the_default_policy(val: Dataset) -> None:
    report = val.gate("better", "v1")
    assert report.passed is False, "Empty has a target that cannot be judged"
    assert "Empty" in report.reason
    assert "is empty" in report.reason
    waived = val.gate("better", "v1", policy(segments=[{"type": "split"}, {"type": "regression_test"}]))
    assert waived.passed is True
    rejected = val.gate("mixed", "v1", NIGHT)
    assert rejected.passed is False
    assert "Night" in rejected.reason
    alone = val.gate("mixed", policy=NIGHT)
    assert alone.passed is False
    assert alone.baseline is None
    assert {row.kind.value for row in alone.rows} == {"target"}


def test_gate_and_matrix_say_the_same(val: Dataset) -> None:
    cells = {
        (row["segment"], row["metric"]): row
        for row in val.matrix(["Night"], ["mixed"], baseline="v1", details=True)
    }
    for row in val.gate("mixed", "v1", NIGHT).rows:
        cell = cells[row.segment, row.metric.value]
        assert (row.value, row.low, row.high, row.n_frames) == (
            cell["value"],
            cell["low"],
            cell["high"],
            cell["n_frames"],
        )
        if row.kind.value == "baseline":
            assert (row.delta, row.p, row.delta_low) == (cell["delta"], cell["p"], cell["delta_low"])
            assert row.outcome.value == "fail"
            assert cell["baseline_verdict"] == "regressed"
        else:
            assert (row.outcome.value, cell["target_verdict"], row.target) == ("fail", "fail", 0.7)


def test_tiers(val: Dataset) -> None:
    def passed(tier: str, **more: Any) -> bool | None:
        entry = {"name": "Night", "tier": tier, **more}
        return val.gate("mixed", "v1", policy(segments=[{"name": "test"}, entry])).passed

    assert passed("critical") is False
    assert passed("advisory") is True
    assert passed("supporting") is False, "the evidence is firm"
    rows = val.matrix(["Night"], ["mixed"], metrics=["recall"]).to_dicts()
    near = {"targets": {"recall": rows[1]["value"] + 0.02}, "baseline": "ignore"}
    assert passed("supporting", **near) is True, "the evidence is not firm"
    assert passed("critical", **near) is False


def test_waivers(val: Dataset) -> None:
    waiver = {"segment": "Night", "reason": "new camera, issue 214", "expires": "2199-01-01"}
    report = val.gate("mixed", "v1", policy(waivers=[waiver]))
    assert report.passed is not False
    assert "new camera" in report.to_markdown()
    assert {row.effect.value for row in report.rows} == {"waived"}
    assert val.gate("mixed", "v1", policy(waivers=[{**waiver, "check": "target"}])).passed is False
    expired = val.gate("mixed", "v1", policy(waivers=[{**waiver, "expires": "2020-01-01"}]))
    assert expired.passed is False
    assert any("expired" in note for note in expired.notes)
    with pytest.raises(PolicyError, match="reason"):
        val.gate("mixed", "v1", policy(waivers=[{"segment": "Night", "expires": "2199-01-01"}]))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"segments": [{"name": "Nigth"}]}, "Nigth"),
        ({"segments": [{"name": "Bucket"}]}, "only Model Performance"),
        ({"segments": [{"pattern": "city *"}]}, "city"),
        ({"segments": [{"name": "Night", "class": "tram"}]}, "tram"),
        ({"segments": [{"name": "Night", "teir": "critical"}]}, "teir"),
        ({"segments": []}, "at least one entry"),
        ({"version": 2}, "version: 1"),
        ({"waivers": [{"segment": "Nite", "reason": "x", "expires": "2199-01-01"}]}, "Nite"),
    ],
)
def test_mistakes_in_a_policy_are_errors(val: Dataset, broken: dict[str, Any], message: str) -> None:
    with pytest.raises(shoal.ShoalError, match=message):
        val.gate("better", "v1", policy(**broken))


def test_mistakes_in_the_call_are_errors(val: Dataset) -> None:
    with pytest.raises(NotFoundError, match="v9"):
        val.gate("v9", "v1")
    with pytest.raises(InvalidInputError):
        val.gate("v1", "v1")
    with pytest.raises(PolicyError, match="no baseline"):
        val.gate("v1", policy=policy(segments=[{"name": "Night", "baseline": "not_worse"}]))
    with pytest.raises(PolicyError, match="nowhere"):
        val.gate("v1", policy="nowhere.yaml")


def test_a_required_segment_that_cannot_be_judged_rejects(val: Dataset, sh: Shoal) -> None:
    report = val.gate("part", "v1", NIGHT)
    assert report.passed is False
    assert "cover" in report.reason
    assert val.gate("part", "v1", policy(on_not_evaluable="inconclusive")).passed is None
    assert val.gate("part", "v1", policy(segments=[{"name": "Night", "coverage": 0.4}])).passed is True
    assert val.gate("part", "v1", policy(segments=[{"name": "Empty"}])).passed is False
    sh.project("driving").update(allow_partial_coverage=True)
    try:
        assert val.gate("part", "v1", NIGHT).passed is True
        assert val.gate("part", "v1", policy(defaults={"coverage": 0.9})).passed is False
    finally:
        sh.project("driving").update(allow_partial_coverage=False)


def test_settings_of_segment_and_project_hold_unless_the_policy_says_otherwise(
    val: Dataset, sh: Shoal
) -> None:
    segment = val.segments.create(
        "Strict", type="scenario", query="light:night", targets={"recall": 0.75}, rule="confident"
    )
    cell = next(r for r in val.matrix(["Strict"], ["v1"], metrics=["recall"]) if r["segment"] == "Strict")
    assert cell["target_verdict"] == "inconclusive"
    strict = policy(segments=[{"name": "Strict", "baseline": "ignore"}])
    assert val.gate("v1", policy=strict).passed is None
    assert val.gate("v1", policy={**strict, "defaults": {"rule": "default"}}).passed is True
    segment.delete()
    by_margin = policy(segments=[{"name": "Night", "targets": False, "baseline": "not_worse"}])
    assert val.gate("mixed", "v1", by_margin).passed is False
    sh.project("driving").update(margin=0.9)
    try:
        assert val.gate("mixed", "v1", by_margin).passed is True
        assert val.gate("mixed", "v1", {**by_margin, "defaults": {"margin": 0.01}}).passed is False
    finally:
        sh.project("driving").update(margin=0.01)


def test_a_segment_picked_by_the_baselines_errors_is_pointed_out(val: Dataset) -> None:
    segment = val.segments.create("Missed", type="regression_test", query="outcome@v1(kind:false_negative)")
    report = val.gate("better", "v1", policy(segments=[{"name": "Missed"}]))
    assert any("'Missed' were chosen by errors of v1" in note for note in report.notes)
    segment.delete()


def test_exit_codes_and_files_of_the_command_line(
    val: Dataset, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def gate(candidate: str, yaml: str | None, *more: str) -> int:
        path = tmp_path / "policy.yaml"
        path.write_text(yaml or "")
        chosen = ["--policy", str(path)] if yaml is not None else []
        place = ["--home", str(home), "--project", "driving", "--dataset", "val"]
        return run(["gate", "--candidate", candidate, "--baseline", "v1", *place, *chosen, *more])

    assert val.name == "val"
    night = "version: 1\nsegments:\n  - name: Night\n"
    files = {kind: tmp_path / f"gate.{kind}" for kind in ("junit", "markdown", "json")}
    written = [text for kind, path in files.items() for text in (f"--{kind}", str(path))]
    assert gate("better", night, *written) == 0
    assert capsys.readouterr().out.startswith("Accepted")
    assert gate("mixed", night, *written) == 1
    out = capsys.readouterr().out
    assert out.startswith("Rejected")
    assert json.loads(files["json"].read_text())["passed"] is False
    suite = ET.parse(files["junit"]).getroot()
    cases = list(suite.iter("testcase"))
    assert len(cases) == 2
    assert sum(1 for case in cases if case.find("failure") is not None) == 2
    markdown = files["markdown"].read_text()
    assert markdown.splitlines()[0] == "### Shoal gate: ✗ rejected"
    assert json.loads(files["json"].read_text())["reason"].split(" (")[0] in markdown
    assert gate("part", night + "on_not_evaluable: inconclusive\n") == 2
    assert capsys.readouterr().out.startswith("Inconclusive")
    assert gate("better", night.replace("Night", "Nigth")) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Did you mean 'Night'?" in captured.err
    assert gate("better", None) == 1
    assert "Empty" in capsys.readouterr().out
    assert gate("nobody", night) == 3
    assert gate("better", night, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
