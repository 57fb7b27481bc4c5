"""Datasets through the SDK: versions, upserts, deletion, checkpoints, sources of every kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.client.project import Project
from shoal.errors import AlreadyExistsError, InvalidInputError, NotFoundError, UploadRejectedError
from shoal.wire.uploads import DryRun

N = 8


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.0}


def frame_rows(n: int = N) -> list[dict[str, Any]]:
    return [
        {
            "frame_id": f"f{i}",
            "split": ("training", "test")[i % 2],
            "lux": float(i),
            "labels": [{"class": "car", **box(5)}, {"class": "pedestrian", **box(60)}],
        }
        for i in range(n)
    ]


def inferences(name: str = "car", n: int = N) -> list[dict[str, Any]]:
    return [{"frame_id": f"f{i}", "class": name, "confidence": 0.9, **box(5)} for i in range(n)]


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def project(sh: Shoal, request: pytest.FixtureRequest) -> Project:
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)
    return sh.create_project(name, classes=["car", "pedestrian"])


@pytest.fixture
def val(project: Project) -> Dataset:
    dataset = project.datasets.upload("val", frames=frame_rows(), note="first", progress=False)
    dataset.inference_sets.upload("m", inferences=inferences(), progress=False)
    return dataset.refresh()


def recall(val: Dataset, segment: str = "All Frames", name: str = "m") -> Any:
    rows = val.matrix([segment], [name], metrics=["recall"]).to_dicts()
    return next(row["value"] for row in rows if row["segment"] == segment)


def upsert(project: Project, **sources: Any) -> None:
    project.datasets.upload("val", mode="upsert", progress=False, **sources)


def test_upserting_metadata_changes_nothing_else(project: Project, val: Dataset) -> None:
    dark = val.segments.create("dark", type="scenario", query="lux < 4")
    upsert(project, metadata=[{"frame_id": "f0", "lux": 99.0, "weather": "rain"}])
    val.refresh()
    assert (val.version, val.n_frames, val.n_labels) == (2, N, 2 * N)
    assert val.query("weather:rain").ids() == ["f0"]
    assert val.query("lux > 50").ids() == ["f0"]
    assert val.query("lux < 4").ids() == ["f1", "f2", "f3"]
    assert dark.ids() == ["f0", "f1", "f2", "f3"]
    assert val.query().ids() == [f"f{i}" for i in range(N)]
    assert recall(val) == 0.5
    assert val.fields["weather"] == "string"


def test_upserting_frames_without_labels_keeps_labels(project: Project, val: Dataset) -> None:
    upsert(project, frames=[{"frame_id": "f1", "lux": -1.0}, {"frame_id": "new", "lux": -2.0}])
    val.refresh()
    assert (val.n_frames, val.n_labels) == (N + 1, 2 * N)
    assert val.query("lux < 0").ids() == ["f1", "new"]
    assert val.frames["f1"].frame["user__split"] == "test"
    assert len(val.frames["f1"].labels) == 2


def test_upserting_labels_replaces_those_of_the_frames_named(project: Project, val: Dataset) -> None:
    test = val.segments.create("test", type="split", query="split:test")
    rows = [{"frame_id": "f1", "labels": []}, {"frame_id": "f3", "labels": [{"class": "car", **box(5)}]}]
    upsert(project, labels=rows)
    val.refresh()
    assert (val.n_frames, val.n_labels) == (N, 2 * N - 3)
    assert val.query("n_labels = 0").ids() == ["f1"]
    assert test.ids() == ["f1", "f3", "f5", "f7"]
    assert recall(val, "test") == 3 / 5
    assert val.query("split:test lux > 0").count() == 4
    first, second = reversed(val.versions)
    assert (first.number, first.note, first.n_labels) == (1, "first", 2 * N)
    assert (second.number, second.n_labels) == (2, 2 * N - 3)


def test_replacing_a_dataset_keeps_the_places_of_frames_it_still_has(project: Project, val: Dataset) -> None:
    test = val.segments.create("test", type="split", query="split:test")
    project.datasets.upload("val", frames=frame_rows()[::-1][:6], progress=False)
    val.refresh()
    assert (val.version, val.n_frames) == (2, 6)
    assert set(val.query().ids()) == {"f2", "f3", "f4", "f5", "f6", "f7"}
    assert test.ids() == ["f3", "f5", "f7"]
    assert recall(val) == 0.5
    assert recall(val, "test") == 0.5


def test_deleted_frames_leave_numbers_and_stay_in_history(val: Dataset) -> None:
    test = val.segments.create("test", type="split", query="split:test")
    version = val.frames.delete(["f1", "f3"], note="blurred")
    assert (version.number, version.n_frames, version.note) == (2, N - 2, "blurred")
    assert test.ids() == ["f5", "f7"]
    assert test.refresh().version == 1
    assert test.versions[0].n_elements == 4
    rows = {row["segment"]: row for row in val.matrix(metrics=["recall"])}
    assert (rows["All Frames"]["n_frames"], rows["test"]["n_frames"]) == (6, 2)
    assert rows["test"]["coverage"] == 1.0
    assert val.query("split:test").ids() == ["f5", "f7"]
    with pytest.raises(NotFoundError, match="f1"):
        val.frames["f1"]
    with pytest.raises(NotFoundError, match="f1"):
        val.frames.delete(["f1"])
    assert val.frames.delete(query="lux > 1000").number == 2, "nothing is deleted, nothing changes"
    val.frames.delete(query="split:test")
    assert test.ids() == []
    assert [row["value"] for row in val.matrix(["test"], metrics=["f1"]) if row["segment"] == "test"] == [
        None
    ]
    with pytest.raises(InvalidInputError):
        val.frames.delete()


def test_checkpoints_bring_back_what_was(project: Project, val: Dataset) -> None:
    test = val.segments.create("test", type="split", query="split:test")
    val.checkpoints.create("before cleaning", note="all of it")
    with pytest.raises(AlreadyExistsError):
        val.checkpoints.create("before cleaning")
    before = recall(val, "test")
    val.frames.delete(["f1"])
    upsert(project, labels=[{"frame_id": "f3", "labels": []}])
    assert val.refresh().n_labels == 2 * N - 4
    restored = val.checkpoints.restore("before cleaning")
    assert restored.number == 4
    val.refresh()
    assert (val.version, val.n_frames, val.n_labels) == (4, N, 2 * N)
    assert test.ids() == ["f1", "f3", "f5", "f7"]
    assert recall(val, "test") == before
    assert [v.number for v in val.checkpoints.list()] == [1]
    upsert(project, frames=[{"frame_id": "later"}])
    assert val.query().count() == N + 1
    val.checkpoints.delete("before cleaning")
    assert val.checkpoints.list() == []
    with pytest.raises(NotFoundError, match="before cleaning"):
        val.checkpoints.restore("before cleaning")


def test_a_dry_run_reports_and_stores_nothing(project: Project) -> None:
    rows = [{"frame_id": "a", "x": 1, "y": 2, "w": 3, "h": 4, "class": "bus", "note": "n"}]
    report = project.datasets.upload("val", labels=rows, dry_run=True)
    assert isinstance(report, DryRun)
    assert any("bus" in str(problem) for problem in report.problems)
    assert list(project.datasets) == []
    good = project.datasets.upload("val", labels=rows, add_classes=True, dry_run=True)
    assert (good.problems, list(project.datasets)) == ([], [])
    assert "bus" in json.dumps(good.model_dump(mode="json"))
    assert project.refresh().class_names == ["car", "pedestrian"]


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "arrow", "batch", "reader", "generator", "csv"])
def test_tables_of_every_kind(project: Project, kind: str, tmp_path: Path) -> None:
    rows = [
        {"frame_id": f"f{i}", "class": "car", **box(5), "score": 0.5 + i / 100, "truncated": i % 2 == 0}
        for i in range(5)
    ]
    table = pl.DataFrame(rows)
    source: Any = {
        "polars": lambda: table,
        "lazy": lambda: table.lazy(),
        "pandas": lambda: pd.DataFrame(rows),
        "arrow": lambda: pa.Table.from_pylist(rows),
        "batch": lambda: pa.RecordBatch.from_pylist(rows),
        "reader": lambda: pa.Table.from_pylist(rows).to_reader(),
        "generator": lambda: (row for row in rows),
        "csv": lambda: tmp_path / "rows.csv",
    }[kind]
    table.write_csv(tmp_path / "rows.csv")
    val = project.datasets.upload("val", labels=source(), progress=False)
    assert (val.n_frames, val.n_labels) == (5, 5)
    assert val.query("truncated:true", elements="labels").count() == 3
    val.inference_sets.upload("m", inferences=source(), progress=False)
    assert recall(val) == 1.0
    assert val.query("confidence > 0.52", elements="inferences", inference_set="m").count() == 2


def test_add_classes_and_unknown_ones(project: Project, val: Dataset) -> None:
    with pytest.raises(UploadRejectedError, match="tram"):
        val.inference_sets.upload("n", inferences=inferences("tram"), progress=False)
    val.inference_sets.upload("n", inferences=inferences("tram"), add_classes=True, progress=False)
    assert project.refresh().class_names == ["car", "pedestrian", "tram"]
    assert recall(val) == 0.5
    report = {row["class_name"]: row for row in val.report("n")}
    assert (report["tram"]["fp"], report["tram"]["recall"]) == (8, None)


def test_category_ids_of_the_dataset_go_before_ids_of_the_class_map(project: Project, tmp_path: Path) -> None:
    """The class map says car 0, pedestrian 1; the file says pedestrian 0, car 1."""
    coco = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 100}],
        "categories": [{"id": 0, "name": "pedestrian"}, {"id": 1, "name": "car"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 20, 20], "area": 400}],
    }
    labels, results = tmp_path / "labels.json", tmp_path / "results.json"
    labels.write_text(json.dumps(coco))
    results.write_text(json.dumps([{"image_id": 1, "category_id": 1, "bbox": [5, 5, 20, 20], "score": 0.9}]))
    val = project.datasets.upload("val", coco=labels, progress=False)
    assert val.query("label(class:car)").count() == 1
    val.inference_sets.upload("m", coco_results=results, progress=False)
    assert val.query("inference@m(class:car)").count() == 1
    assert recall(val) == 1.0
    # A second dataset with ids of its own does not change what the first one's results mean.
    coco["categories"] = [{"id": 0, "name": "car"}, {"id": 1, "name": "pedestrian"}]
    labels.write_text(json.dumps(coco))
    other = project.datasets.upload("other", coco=labels, progress=False)
    other.inference_sets.upload("m", coco_results=results, progress=False)
    assert other.query("inference@m(class:pedestrian)").count() == 1
    val.inference_sets.upload("again", coco_results=results, progress=False)
    assert val.query("inference@again(class:car)").count() == 1
    # The class map's order is the user's; it may change.
    project.update(classes=["pedestrian", "car"])
    assert recall(val) == recall(other) == 1.0


def test_several_datasets_and_odd_names(project: Project) -> None:
    for name in ("v.1", "v-2", "v_3", "42"):
        assert project.datasets.upload(name, frames=frame_rows(2), progress=False).name == name
    assert [dataset.name for dataset in project.datasets] == sorted(("v.1", "v-2", "v_3", "42"))
    for name in ("a b", "a/b", "", "ä", "..", "."):
        with pytest.raises(InvalidInputError):
            project.datasets.upload(name, frames=frame_rows(2), progress=False)
    odd = ["ü n/i.jpg", "a%2Fb", "x?y=1&z#", "..", "'quoted' \"twice\"", "日本語.png", "a\\b"]
    val = project.datasets.upload(
        "odd", frames=[{"frame_id": name, "user field": name} for name in odd], progress=False
    )
    assert val.query().ids() == odd
    for name in odd:
        assert val.frames[name].frame["frame_id"] == name
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        assert val.query(f'id:"{quoted}"').ids() == [name]
    segment = val.segments.create("ä/b?c#d %25", type="bucket", ids=odd[:2])
    assert val.segments["ä/b?c#d %25"].ids() == odd[:2]
    assert val.segments[segment.id].name == segment.name
    made = val.segments.create_per_value("user field", "scenario", prefix="is ")
    assert [one.n_elements for one in made] == [1] * len(odd)
    assert sorted(one.ids()[0] for one in made) == sorted(odd)


def test_deleting_from_the_inside_out(sh: Shoal, project: Project, val: Dataset) -> None:
    home = Path(sh.address)
    val.segments.create("alarms", type="bucket", query="class:car", elements="inferences", inference_set="m")
    val.segments.create("test", type="split", query="split:test")
    folders = tables_of(home)
    val.inference_sets["m"].delete()
    assert list(val.inference_sets) == []
    assert [segment.name for segment in val.segments] == ["test"]
    assert val.matrix().to_dicts() == []
    with pytest.raises(NotFoundError, match="'m'"):
        val.report("m")
    val.inference_sets.upload("m", inferences=inferences("pedestrian"), progress=False)
    assert recall(val) == 0.0
    val.delete()
    with pytest.raises(NotFoundError):
        val.refresh()
    assert list(project.datasets) == []
    project.delete()
    assert project.name not in [one.name for one in sh.projects]
    assert folders


def tables_of(home: Path) -> set[str]:
    return {path.name for path in (home / "tables").iterdir()}


def test_tables_nobody_names_are_dropped_when_the_home_is_opened(tmp_path: Path) -> None:
    with shoal.connect(tmp_path / "home") as sh:
        project = sh.create_project("p", classes=["car", "pedestrian"])
        for name in ("one", "two"):
            dataset = project.datasets.upload(name, frames=frame_rows(), progress=False)
            dataset.inference_sets.upload("m", inferences=inferences(), progress=False)
        before = tables_of(tmp_path / "home")
        project.datasets.delete("one")
    with shoal.connect(tmp_path / "home") as sh:
        val = sh.project("p").datasets["two"]
        assert recall(val) == 0.5
        val.inference_sets["m"].delete()
    with shoal.connect(tmp_path / "home") as sh:
        assert sh.project("p").datasets["two"].n_frames == N
        after = tables_of(tmp_path / "home")
    assert len(before) == 6
    assert len(after) == 2
    assert after < before
