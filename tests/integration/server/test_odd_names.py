"""Names as people write them: everywhere they can be given, over a socket, by SDK and plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shoal.client.dataset import Dataset

NAMES = (
    "with blank",
    "colon: and more",
    "café Ärger",
    "100%",
    "50%25",
    "left/right",
    "a/versions/b",
    "../up",
    "..",
    "'single' \"double\"",
    "🚲 at night",
    "<b>&amp;",
    "a\\b",
    "?query#hash;semi+plus",
    "[0]*~",
    "日本語",
)


def key_of(name: str) -> str:
    """The key of an image; COCO files with quotes or backslashes in keys are read without their own keys."""
    return "key " + name.replace('"', "'").replace("\\", "|")


@pytest.fixture(scope="module")
def odd(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """A dataset whose frames, classes, fields and values have these names."""
    images = [
        {"id": i, "file_name": f"{name}.jpg", "width": 640, "height": 480, "where": name, key_of(name): i}
        for i, name in enumerate(NAMES)
    ]
    categories = [{"id": i, "name": name} for i, name in enumerate(NAMES)]
    labels = [{"id": i, "image_id": i, "category_id": i, "bbox": [1, 2, 30, 40]} for i in range(len(NAMES))]
    results = [
        {"image_id": i, "category_id": i, "bbox": [1, 2, 30, 40], "score": 0.9} for i in range(len(NAMES))
    ]
    folder = tmp_path_factory.mktemp("odd names é %")
    (folder / "labels 1.json").write_text(
        json.dumps({"images": images, "annotations": labels, "categories": categories}), encoding="utf-8"
    )
    (folder / "results é.json").write_text(json.dumps(results))
    project = served.sh.create_project("odd")
    val: Dataset = project.datasets.upload(
        "val", coco=folder / "labels 1.json", frame_id_from="path", progress=False
    )
    val.inference_sets.upload("v1", coco_results=folder / "results é.json", progress=False)
    yield val
    served.sh.delete_project("odd")


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_found_by_its_id(odd: Dataset, name: str) -> None:
    body = odd.frames.get(f"{name}.jpg", inference_sets=["v1"])
    assert body.frame["frame_id"] == f"{name}.jpg"
    assert [label["class"] for label in body.labels] == [name]
    assert [found["class"] for found in body.inferences["v1"]] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_values_and_classes_can_be_asked_for(odd: Dataset, name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert odd.query(f"where:{quoted}").ids() == [f"{name}.jpg"]
    assert odd.query(f"label(class:{quoted})").ids() == [f"{name}.jpg"]
    rows = {row["class_name"]: row for row in odd.report("v1").to_dicts()}
    assert rows[name]["tp"] == 1
    assert odd.matrix(class_name=name, metrics=["recall"]).to_dicts()[0]["value"] == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_segment_lives_under_its_name(odd: Dataset, served: Any, name: str) -> None:
    made = odd.segments.create(name, "regression_test", ids=[f"{name}.jpg"], targets={f"recall@{name}": 0.5})
    assert odd.segments.get(name).id == odd.segments.get(made.id).id == made.id
    assert odd.segments[name].targets == {f"recall@{name}": 0.5}
    assert made.ids() == [f"{name}.jpg"]
    row = odd.matrix(segments=[name]).to_dicts()[-1]
    assert (row["segment"], row["n_frames"]) == (name, 1)
    assert odd.report("v1", segment=name).to_dicts()
    made.comment(f"on {name}", author=name)
    assert [(one.text, one.author) for one in made.comments] == [(f"on {name}", name)]
    again = odd.segments.create(name, "regression_test", query="n_labels:1", exist_ok=True)
    assert (again.id, again.version, again.n_elements) == (made.id, 2, len(NAMES))
    odd.segments.delete(name)
    assert name not in [one.name for one in odd.segments]


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_lives_under_its_name(odd: Dataset, name: str) -> None:
    odd.checkpoints.create(name)
    assert [one.checkpoints for one in odd.checkpoints.list()] == [[name]]
    odd.checkpoints.restore(name)
    odd.checkpoints.delete(name)
    assert odd.checkpoints.list() == []


def test_segments_per_value_take_every_value(odd: Dataset) -> None:
    made = odd.segments.create_per_value("where", prefix="at ")
    assert sorted(one.name for one in made) == sorted(f"at {name}" for name in NAMES)
    assert {one.n_elements for one in made} == {1}
    for one in made:
        assert one.difference().n_add == one.difference().n_remove == 0
        one.delete()


def test_fields_with_odd_names_can_be_asked_for(odd: Dataset) -> None:
    for i, name in enumerate(NAMES):
        assert odd.query(f'"{key_of(name)}":{i}').ids() == [f"{name}.jpg"]


def test_exports_keep_the_names(odd: Dataset, tmp_path: Path) -> None:
    odd.segments.create("left/right: 100% é", "bucket", query="")
    file = odd.export.segment("left/right: 100% é", tmp_path / "subset.json", format="coco")
    written = json.loads(file.read_text())
    assert [one["name"] for one in written["categories"]] == list(NAMES)
    assert sorted(one["file_name"] for one in written["images"]) == sorted(f"{name}.jpg" for name in NAMES)


@pytest.mark.parametrize("name", ["a b", "é", "a/b", "", ".", "..", "...", "a\n", "x" * 200, "a:b", "%41"])
def test_names_in_addresses_are_slugs(served: Any, name: str) -> None:
    response = served.http.post("/projects", json={"name": name})
    assert response.status_code == 422
    assert response.json()["location"]["field"] == "body.name"


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "tab\there", "nul\0", "x" * 300, "All Frames"])
def test_a_segments_name_is_one_line(odd: Dataset, served: Any, name: str) -> None:
    body = {"name": name, "type": "bucket", "selection": {"query": ""}}
    response = served.http.post("/projects/odd/datasets/val/segments", json=body)
    assert response.status_code == 422, response.text
    assert response.json()["location"]["field"].endswith("name")
