"""The SDK against the real server, in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.client.results import COCO_METRICS, MATRIX_COLUMNS, OUTCOME_COLUMNS
from shoal.errors import (
    AlreadyExistsError,
    ConflictError,
    HomeInUseError,
    InvalidInputError,
    NotFoundError,
    PolicyError,
    QueryTypeError,
    UploadRejectedError,
)
from shoal.wire.uploads import DryRun

N_FRAMES = 12


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.0}


def frame_rows() -> list[dict[str, Any]]:
    return [
        {
            "frame_id": f"f{i:02}.jpg",
            "width": 100,
            "height": 80,
            "split": ("training", "test")[i % 2],
            "lux": i * 10.0,
            "labels": [
                {"class": "car", **box(5)},
                {"class": "pedestrian", **box(60)},
            ],
        }
        for i in range(N_FRAMES)
    ]


def inference_rows(*, found: range) -> list[dict[str, Any]]:
    rows = [
        {"frame_id": f"f{i:02}.jpg", "class": "car", "confidence": 0.9, **box(6)} for i in range(N_FRAMES)
    ]
    return rows + [
        {"frame_id": f"f{i:02}.jpg", "class": "pedestrian", "confidence": 0.6, **box(61)} for i in found
    ]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def val(connection: Shoal) -> Dataset:
    project = connection.create_project("driving", classes=["car", "pedestrian"])
    dataset = project.datasets.upload("val", frames=frame_rows())
    dataset.inference_sets.upload("v1", inferences=inference_rows(found=range(9)))
    dataset.inference_sets.upload("v2", inferences=pl.DataFrame(inference_rows(found=range(3))))
    dataset.segments.create_per_value("split", "split")
    return dataset.refresh()


def test_matrix_has_the_published_columns_with_all_frames_first(val: Dataset) -> None:
    table = val.matrix(baseline="v1", confidence={"v1": 0.5, "v2": 0.5}, iou=0.5)
    assert table.columns == tuple(MATRIX_COLUMNS)
    rows = table.to_dicts()
    assert rows[0]["segment"] == "All Frames"
    assert list(dict.fromkeys(row["segment"] for row in rows)) == ["All Frames", "test", "training"]
    recall = {row["inference_set"]: row for row in rows if row["metric"] == "recall" and row is not None}
    assert recall["v2"]["baseline"] == "v1"
    of_all = [row for row in rows if row["segment"] == "All Frames" and row["metric"] == "recall"]
    assert [row["value"] for row in of_all] == [(12 + 9) / 24, (12 + 3) / 24]
    assert of_all[1]["delta"] == pytest.approx(-6 / 24)
    assert table.to_polars().height == len(rows) == len(table)
    detailed = val.matrix(["test"], ["v1"], metrics=["f1"], details=True)
    assert detailed[0]["n_segment_frames"] == N_FRAMES
    assert [row["segment"] for row in detailed] == ["All Frames", "test"]


def test_report_coco_and_outcomes_agree(val: Dataset) -> None:
    report = val.report("v1", confidence=0.5, iou=0.5)
    assert report.column("class_name") == ["car", "pedestrian", "weighted", "macro", "micro"]
    assert report[1]["tp"] == 9
    assert report[1]["fn"] == 3
    assert report.confusion.classes[-1] == "background"
    outcomes = val.outcomes("v1", confidence=0.5, iou=0.5)
    assert outcomes.columns == OUTCOME_COLUMNS
    cells: dict[tuple[str, str], float] = {}
    for row in outcomes:
        cell = (row["truth"], row["predicted"])
        cells[cell] = cells.get(cell, 0.0) + row["weight"]
    for counted in report.confusion.to_dicts():
        assert cells.get((counted["truth"], counted["predicted"]), 0.0) == counted["count"]
    missed = [row for row in outcomes if row["predicted"] == "background"]
    assert [row["inference_id"] for row in missed] == [None] * 3
    assert [row["confidence"] for row in missed] == [None] * 3
    numbers = val.coco("v1")
    assert tuple(numbers) == COCO_METRICS
    assert numbers["APl"] is None


def test_selections_combine_as_sets_do(val: Dataset) -> None:
    bright, test = val.query("lux >= 60"), val.query("split:test")
    everything = set(val.query().ids())
    a, b = set(bright.ids()), set(test.ids())
    assert (len(everything), len(a), len(b)) == (N_FRAMES, 6, 6)
    assert set((bright & test).ids()) == a & b
    assert set((bright | test).ids()) == a | b
    assert set((bright - test).ids()) == a - b
    assert set((~bright).ids()) == everything - a
    assert (~(bright | test) & val.query()).count() == len(everything - (a | b))
    assert (bright & test & val.query("lux < 100")).count() == 2
    assert repr(bright & ~test) == "Selection(frames: (lux >= 60) & (~(split:test)))"


def test_selections_of_different_kinds_do_not_combine(val: Dataset) -> None:
    with pytest.raises(InvalidInputError, match="one dataset and kind"):
        val.query() & val.query(elements="labels")
    with pytest.raises(InvalidInputError, match="one inference set"):
        val.query("f1 < 1", inference_set="v1") & val.query("f1 < 1", inference_set="v2")


def test_selections_show_their_elements_and_frames(val: Dataset) -> None:
    frames = val.query("lux < 20").frames()
    assert frames.column("frame_id") == ["f00.jpg", "f01.jpg"]
    assert frames.column("split") == ["training", "test"]
    labels = val.query("class:car", elements="labels")
    assert labels.count() == N_FRAMES
    assert set(labels.table(["class"]).column("class")) == {"car"}
    assert (labels & val.query("class:pedestrian", elements="labels")).count() == 0
    assert len(labels.frames(["lux"])) == N_FRAMES
    inferences = val.query("confidence > 0.8", elements="inferences", inference_set="v1")
    assert inferences.count() == len(inferences.ids()) == len(inferences.table()) == N_FRAMES
    page = val.query("lux < 50").page(columns=["id", "lux"], sort="-lux", limit=2)
    assert [item["lux"] for item in page.items] == [40.0, 30.0]
    assert page.count == 5


def test_a_query_that_does_not_fit_points_at_the_fault(val: Dataset) -> None:
    with pytest.raises(QueryTypeError) as caught:
        val.query("split:test luxx < 5").count()
    assert caught.value.location["offset"] == 11
    assert "lux" in caught.value.hint


def test_segments_live_through_versions_targets_and_changes(val: Dataset) -> None:
    segment = val.segments.create(
        "Dark é %", "Regression Test", query="lux < 50", targets={"recall": 0.5, "f1@macro": 0.4}
    )
    assert (segment.version, segment.n_elements, segment.type) == (1, 5, "regression_test")
    assert segment.targets == {"recall": 0.5, "f1@macro": 0.4}
    assert val.segments["Dark é %"].id == val.segments[segment.id].id == segment.id
    assert segment.add(ids=["f10.jpg"]).remove(query="lux:0", note="too dark").version == 3
    assert segment.ids() == ["f01.jpg", "f02.jpg", "f03.jpg", "f04.jpg", "f10.jpg"]
    assert segment.elements(version=1).count() == 5
    difference = segment.difference()
    assert (difference.add, difference.remove) == (["f00.jpg"], ["f10.jpg"])
    assert [one.n_elements for one in segment.follow_query().versions] == [5, 5, 6, 5]
    segment.targets = {"recall@pedestrian": 0.9}
    metrics = segment.metrics("v1").items
    assert [one.succeeds for one in metrics] == [{"recall@pedestrian": True}, {"recall@pedestrian": False}]
    segment.update(state="in_review", owner="ada", type="scenario")
    assert (segment.state, segment.owner, segment.type) == ("in_review", "ada", "scenario")
    comment = segment.comment("Why so dark?")
    assert [one.text for one in segment.comments] == ["Why so dark?"]
    segment.delete_comment(comment.id)
    assert segment.comments == []
    segment.delete()
    with pytest.raises(NotFoundError):
        val.segments["Dark é %"]


def test_two_editors_do_not_overwrite_each_other(val: Dataset) -> None:
    mine = val.segments.create("Contested", "bucket", selection=val.query("lux < 50") - val.query("lux:0"))
    theirs = val.segments["Contested"]
    theirs.add(query="lux:0")
    with pytest.raises(ConflictError):
        mine.targets = {}
    with pytest.raises(ConflictError):
        mine.update(owner="ada")
    assert mine.refresh().update(owner="ada").n_elements == 5
    mine.delete()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"query": "lux < 1", "ids": ["f00.jpg"]},
        {"ids": "f00.jpg"},
        {"ids": [0]},
        {"query": "lux < 1", "targets": {"recal": 0.9}},
        {"query": "lux < 1", "state": "done"},
        {"query": "lux < 1", "type": "bukket"},
    ],
)
def test_misuse_is_refused_before_anything_is_sent(val: Dataset, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        val.segments.create("Wrong", **({"type": "bucket"} | arguments))
    assert "Wrong" not in [segment.name for segment in val.segments]


def test_other_misuse_is_refused(connection: Shoal, val: Dataset) -> None:
    datasets = connection.project("driving").datasets
    with pytest.raises(InvalidInputError, match="something to upload"):
        datasets.upload("new")
    with pytest.raises(InvalidInputError, match="either coco or labels"):
        datasets.upload("new", coco="a.json", labels="b.csv")
    with pytest.raises(InvalidInputError, match="mode"):
        datasets.upload("new", frames=[{"frame_id": "a"}], mode="append")
    with pytest.raises(InvalidInputError, match="coco_results and inferences"):
        val.inference_sets.upload("v3")
    with pytest.raises(InvalidInputError, match="confidence"):
        val.matrix(confidence="high")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="list of names"):
        val.matrix(segments="test")
    with pytest.raises(InvalidInputError, match="elements"):
        val.query("x", elements="crops")
    with pytest.raises(InvalidInputError, match="ids and query"):
        val.frames.delete()
    assert [dataset.name for dataset in datasets] == ["val"]


def test_a_rejected_upload_leaves_everything_as_it_was(connection: Shoal, val: Dataset) -> None:
    datasets = connection.project("driving").datasets
    faulty = [*frame_rows(), frame_rows()[0]]
    with pytest.raises(UploadRejectedError) as caught:
        datasets.upload("broken", frames=faulty)
    assert caught.value.total == 1
    assert caught.value.problems[0].field == "frame_id"
    with pytest.raises(UploadRejectedError):
        datasets.upload("val", frames=faulty)
    with pytest.raises(UploadRejectedError):
        val.inference_sets.upload("v3", inferences=[{"frame_id": "f99.jpg", "class": "car", **box(1)}])
    assert [dataset.name for dataset in datasets] == ["val"]
    assert [one.name for one in val.inference_sets] == ["v1", "v2"]
    assert val.refresh().version == 1


def test_a_dry_run_reports_and_stores_nothing(connection: Shoal, val: Dataset) -> None:
    datasets = connection.project("driving").datasets
    report = datasets.upload("dry", frames=frame_rows(), dry_run=True)
    assert isinstance(report, DryRun)
    assert (report.n_frames, report.n_labels, report.total_problems) == (N_FRAMES, 2 * N_FRAMES, 0)
    rows = inference_rows(found=range(2))
    assert val.inference_sets.upload("dry", inferences=rows, dry_run=True).n_inferences == N_FRAMES + 2
    assert [dataset.name for dataset in datasets] == ["val"]
    assert [one.name for one in val.inference_sets] == ["v1", "v2"]


def test_the_gate_answers_with_its_reason(val: Dataset, tmp_path: Path) -> None:
    policy = {"version": 1, "segments": [{"name": "All Frames", "tier": "critical", "baseline": "not_worse"}]}
    report = val.gate("v2", "v1", policy)
    assert report.passed is False
    assert report.reason.startswith("Rejected: ")
    assert "<testsuite" in report.to_junit()
    assert "v2" in report.to_markdown()
    file = tmp_path / "gate.yaml"
    file.write_text("version: 1\nsegments:\n  - {name: All Frames, tier: critical, baseline: not_worse}\n")
    assert val.gate("v2", "v1", file).reason == val.gate("v2", "v1", file.read_text()).reason == report.reason
    with pytest.raises(PolicyError):
        val.gate("v2", "v1", tmp_path / "no.yaml")
    with pytest.raises(PolicyError):
        val.gate("v2", "v1", {"version": 1, "segmnts": []})


def test_facets_completion_flips_curves_and_frames(val: Dataset) -> None:
    facet = val.facets("split", "lux < 50").items[0]
    assert {value.value: value.count for value in facet.values} == {"training": 3, "test": 2}
    assert "split" in [item.text for item in val.complete("spl").items]
    flips = val.flips("v1", "v2", confidence=0.5)
    assert (len(flips.broken), flips.mended) == (6, [])
    assert val.curves("v1").curves[0].class_name == "micro"
    frame = val.frames.get("f00.jpg", inference_sets=["v1"])
    assert (len(frame.labels), len(frame.inferences["v1"])) == (2, 2)
    assert "training" in frame.segments
    assert len(val.frames) == len(list(val.frames)) == N_FRAMES
    with pytest.raises(NotFoundError):
        val.frames["nothing"]


def test_versions_checkpoints_and_deletes(connection: Shoal) -> None:
    other = connection.create_project("other", exist_ok=True)
    dataset = other.datasets.upload("val", frames=frame_rows(), note="first")
    dataset.checkpoints.create("before")
    assert dataset.frames.delete(["f00.jpg", "f01.jpg"]).n_frames == N_FRAMES - 2
    more = [{"frame_id": "new.jpg", "labels": [{"class": "truck", **box(1)}]}]
    with pytest.raises(UploadRejectedError, match="truck"):
        other.datasets.upload("val", frames=more, mode="upsert")
    grown = other.datasets.upload("val", frames=more, mode="upsert", add_classes=True)
    assert grown.n_frames == N_FRAMES - 1
    assert dataset.checkpoints.restore("before").n_frames == N_FRAMES
    assert [one.n_frames for one in dataset.versions] == [12, 11, 10, 12]
    assert dataset.versions[-1].checkpoints == ["before"]
    assert other.refresh().class_names == ["car", "pedestrian", "truck"]
    with pytest.raises(AlreadyExistsError):
        connection.create_project("other")
    other.delete()
    assert [project.name for project in connection.projects] == ["driving"]


def test_exports_are_files(val: Dataset, tmp_path: Path) -> None:
    assert val.export.segment("test", tmp_path / "test.json").read_text().startswith("{")
    val.export.outcomes("v1", tmp_path / "outcomes.parquet", format="parquet")
    assert pl.read_parquet(tmp_path / "outcomes.parquet").height == len(val.outcomes("v1"))
    assert "All Frames" in val.export.matrix(tmp_path / "m.md", format="markdown").read_text()
    assert val.export.frames(tmp_path / "f.csv", query="lux < 50").read_text().count("\n") == 6


def test_objects_are_readable_and_know_where_they_are(connection: Shoal, val: Dataset) -> None:
    project = connection.project("driving")
    assert repr(project) == "Project('driving', object_detection, 2 classes)"
    assert repr(val) == "Dataset('val', version 1, 12 frames, 24 labels, 2 inference sets)"
    assert repr(val.inference_sets["v2"]) == "InferenceSet('v2', 15 inferences, covers 12 of 12 frames)"
    assert repr(val.segments["test"]) == "Segment('test', Split, version 1, 6 frames)"
    assert "test" in repr(val.segments)
    assert "v1" in repr(val.inference_sets)
    assert "Dataset('val'" in repr(project.datasets)
    for thing in (project, val, val.inference_sets["v2"], val.segments["test"], connection.jobs.list()[0]):
        assert thing.url
        assert thing.to_dict()["id"] == thing.id


def test_connections_to_one_folder_share_one_server(tmp_path: Path) -> None:
    first, second = shoal.connect(tmp_path), shoal.connect(str(tmp_path))
    first.create_project("p")
    first.close()
    assert [project.name for project in second.projects] == ["p"]
    second.close()
    with shoal.connect(tmp_path) as again:
        assert [project.name for project in again.projects] == ["p"]


def test_a_folder_in_use_names_its_owner(tmp_path: Path) -> None:
    program = (
        "import sys, shoal\n"
        "opened = shoal.connect(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(HomeInUseError, match=str(other.pid)):
            shoal.connect(tmp_path)
        _, complaints = other.communicate()
    assert (other.returncode, complaints) == (0, "")
    shoal.connect(tmp_path).close()
