"""What Shoal writes, read by others and by Shoal itself."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pycocotools.coco import COCO

import shoal
from coco_oracle import class_counts, twelve_numbers
from journey_data import JourneyFiles, write_journey_files
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.client.results import MATRIX_COLUMNS, OUTCOME_COLUMNS

SEGMENT = 'Night | "fast"'


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> JourneyFiles:
    return write_journey_files(tmp_path_factory.mktemp("files"), n_frames=60, seed=3)


@pytest.fixture(scope="module")
def val(sh: Shoal, files: JourneyFiles) -> Dataset:
    project = sh.create_project("exports", confidence=0.3)
    val = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
    val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
    val.inference_sets.upload("v2", coco_results=files.candidate, progress=False)
    targets = {"recall": 0.5}
    val.segments.create(SEGMENT, type="scenario", query="time_of_day:night speed_kmh > 20", targets=targets)
    val.segments.create("Nothing", type="scenario", query="speed_kmh < 0")
    return val.refresh()


def test_a_coco_subset_gives_the_same_numbers_elsewhere(
    sh: Shoal, val: Dataset, files: JourneyFiles, tmp_path: Path
) -> None:
    path = val.export.segment(SEGMENT, tmp_path / "night.json", format="coco")
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    ids = {image["file_name"].rsplit("/", 1)[-1] for image in coco.loadImgs(coco.getImgIds())}
    assert ids == set(val.segments[SEGMENT].ids())
    subset = json.loads(path.read_text())
    original = json.loads(files.coco.read_text())
    images = {image["id"] for image in subset["images"]}
    kept = [one for one in original["annotations"] if one["image_id"] in images]
    keys = ("id", "image_id", "category_id", "bbox", "area", "iscrowd")
    assert [{k: one[k] for k in keys} for one in subset["annotations"]] == [
        {k: one[k] for k in keys} for one in kept
    ]
    results = [r for r in json.loads(files.candidate.read_text()) if r["image_id"] in images]
    (tmp_path / "results.json").write_text(json.dumps(results))
    project = sh.create_project("elsewhere", confidence=0.3)
    again = project.datasets.upload("night", coco=path, progress=False)
    again.inference_sets.upload("v2", coco_results=tmp_path / "results.json", progress=False)
    assert again.report("v2").to_dicts() == val.report("v2", segment=SEGMENT).to_dicts()
    assert again.coco("v2") == val.coco("v2", segment=SEGMENT)
    assert again.coco("v2") == pytest.approx(twelve_numbers(subset, results, sorted(images)), abs=1e-9)
    counts = class_counts(subset, results, sorted(images), confidence=0.3, iou=0.5)
    assert {name: counts[name] for name in counts} == {
        row["class_name"]: (row["tp"], row["fp"], row["fn"]) for row in [*again.report("v2")][:-3]
    }
    assert again.query("time_of_day:night").count() == again.n_frames, "metadata travels along"


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_the_matrix_as_a_file(val: Dataset, tmp_path: Path, kind: str) -> None:
    path = val.export.matrix(tmp_path / f"m.{kind}", baseline="v1", format=kind)
    rows = val.matrix(baseline="v1").to_dicts()
    found: list[dict[str, Any]]
    if kind == "csv":
        with path.open(newline="") as file:
            found = list(csv.DictReader(file))
        shown = [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
        numeric = {name for name, type_ in MATRIX_COLUMNS.items() if type_ != "string"}
        for one, expected in zip(found, shown, strict=True):
            for name in MATRIX_COLUMNS:
                if name in numeric and expected[name]:
                    assert float(one[name]) == float(expected[name])
                else:
                    assert one[name] == expected[name]
        return
    found = pl.read_parquet(path).to_dicts() if kind == "parquet" else json.loads(path.read_text())
    assert [{name: row[name] for name in MATRIX_COLUMNS} for row in found] == rows


def test_the_matrix_as_markdown(val: Dataset, tmp_path: Path) -> None:
    path = val.export.matrix(tmp_path / "m.md", segments=[SEGMENT, "Nothing"], format="markdown")
    lines = path.read_text().splitlines()
    rows = val.matrix(segments=[SEGMENT, "Nothing"]).to_dicts()
    assert len(lines) == len(rows) + 2
    assert 'Night \\| "fast"' in lines[-1 - len(rows) // 3]
    cells = [line.replace("\\|", "").count("|") for line in lines]
    assert len(set(cells)) == 1
    assert "| – |" in lines[-1 - 2 * len(rows) // 3] or "| – |" in path.read_text()


def test_a_matrix_without_rows_still_has_its_columns(sh: Shoal, tmp_path: Path) -> None:
    val = sh.create_project("bare", classes=["car"]).datasets.upload(
        "val", frames=[{"frame_id": "a"}], progress=False
    )
    assert val.matrix().to_dicts() == []
    assert val.matrix().to_polars().columns == list(MATRIX_COLUMNS)
    path = val.export.matrix(tmp_path / "m.csv")
    assert path.read_text().startswith("segment,segment_type,segment_version,inference_set,metric")
    assert pl.read_parquet(val.export.matrix(tmp_path / "m.parquet", format="parquet")).height == 0
    assert json.loads(val.export.matrix(tmp_path / "m.json", format="json").read_text()) == []


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_outcomes_as_a_file(val: Dataset, tmp_path: Path, kind: str) -> None:
    path = val.export.outcomes("v2", tmp_path / "o", segment=SEGMENT, confidence=0.5, iou=0.4, format=kind)
    expected = val.outcomes("v2", segment=SEGMENT, confidence=0.5, iou=0.4).to_dicts()
    assert expected
    if kind == "csv":
        found = pl.read_csv(
            path, schema_overrides={"label_id": pl.String, "inference_id": pl.String}
        ).to_dicts()
    else:
        found = pl.read_parquet(path).to_dicts() if kind == "parquet" else json.loads(path.read_text())
    assert [{name: row[name] for name in OUTCOME_COLUMNS} for row in found] == expected


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_frames_as_a_file(sh: Shoal, val: Dataset, tmp_path: Path, kind: str) -> None:
    path = val.export.frames(tmp_path / f"frames.{kind}", query="time_of_day:night", format=kind)
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "json": pl.read_json}[kind]
    table = read(path)  # type: ignore[operator]
    assert table["frame_id"].to_list() == val.query("time_of_day:night").ids()
    columns = ["frame_id", "user__split", "user__speed_kmh"]
    assert table.select(columns).to_dicts() == val.query("time_of_day:night").table(columns).to_dicts()
    again = sh.create_project(f"again_{kind}", classes=["car"]).datasets.upload(
        "val", frames=path if kind != "json" else table, progress=False
    )
    assert again.query("split:test").count() == val.query("split:test time_of_day:night").count()
    assert again.query("speed_kmh > 50").count() == val.query("speed_kmh > 50 time_of_day:night").count()


def test_segments_as_lists(val: Dataset, tmp_path: Path) -> None:
    path = val.export.segment(SEGMENT, tmp_path / "s.json", format="json")
    assert [row["frame_id"] for row in json.loads(path.read_text())] == val.segments[SEGMENT].ids()
    path = val.export.segment(SEGMENT, tmp_path / "s.csv", format="csv")
    assert pl.read_csv(path)["frame_id"].to_list() == val.segments[SEGMENT].ids()
    empty = json.loads(val.export.segment("Nothing", tmp_path / "n.json", format="coco").read_text())
    assert (empty["images"], empty["annotations"], len(empty["categories"])) == ([], [], 3)
    with pytest.raises(shoal.ShoalError):
        val.export.segment(SEGMENT, tmp_path / "s.xml", format="xml")
