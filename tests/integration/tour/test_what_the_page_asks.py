"""What the page asks beyond the SDK: pages by place, crops of frames, objects to draw, unsaved reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, NotFoundError
from shoal.wire.evaluation import ReportBody, ReportRequest
from shoal.wire.objects import ObjectsBody, ObjectsRequest
from shoal.wire.selections import FacetList, QueryPage, QueryRequest

N = 12


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.25}


@pytest.fixture(scope="module")
def val(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    frames: list[dict[str, Any]] = [
        {
            "frame_id": f"f{i:02}",
            "split": ("training", "test")[i % 2],
            "lux": 100.0 - i,
            "labels": [{"class": "car", **box(5)}] * (1 + i % 3) + [{"class": "bus", **box(60)}],
        }
        for i in range(N)
    ]
    cars = [
        {"frame_id": f"f{i:02}", "class": "car", "confidence": c, **box(5.5)}
        for i in range(N)
        for c in (0.5, 0.9)
    ]
    with shoal.connect(tmp_path_factory.mktemp("home")) as sh:
        project = sh.create_project("streets", classes=["car", "bus"])
        dataset = project.datasets.upload("val", frames=frames, progress=False)
        dataset.inference_sets.upload("v1", inferences=cars, progress=False)
        yield dataset


def ask(val: Dataset, selection: dict[str, Any], **more: Any) -> QueryPage:
    request = QueryRequest.model_validate({"selection": selection, **more})
    return val.session.read(QueryPage, "POST", (*val.path, "query"), body=request)


def ids(page: QueryPage) -> list[str]:
    return [row["id"] for row in page.items]


def test_a_page_begins_anywhere(val: Dataset) -> None:
    page = ask(val, {"query": "split:test"}, offset=2, limit=2, sort="lux")
    assert ids(page) == ["f07", "f05"]
    assert (page.offset, page.count) == (2, 6)
    assert ids(ask(val, {"query": "split:test"}, offset=99, limit=2)) == []


def test_a_page_is_centred_on_an_element(val: Dataset) -> None:
    page = ask(val, {"query": "split:test"}, around="f05", limit=3)
    assert (ids(page), page.offset) == (["f03", "f05", "f07"], 1)
    assert ids(ask(val, {"query": "split:test"}, around="f01", limit=3))[0] == "f01"
    assert ids(ask(val, {"query": "split:test"}, around="f00", limit=3)) == []


def test_one_way_to_say_where_a_page_begins(val: Dataset) -> None:
    with pytest.raises(ValueError, match="at most one"):
        QueryRequest.model_validate({"selection": {"query": ""}, "offset": 1, "around": "f01"})


def test_crops_of_frames_and_frames_of_crops(val: Dataset) -> None:
    frames = {"selection": {"ids": ["f00", "f02"]}, "elements": "frames"}
    assert ask(val, {"of": frames}, elements="labels").count == 2 + 4
    assert ask(val, {"of": frames}, elements="inferences", inference_set="v1").count == 4
    crops = {"selection": {"query": "class:car split:test"}, "elements": "labels"}
    assert ask(val, {"of": crops}).count == 6
    assert ask(val, {"of": crops}, elements="inferences", inference_set="v1").count == 12


def test_crops_have_the_columns_of_their_frame(val: Dataset) -> None:
    columns = ["class", "frame.lux", "frame.frame_id"]
    page = ask(val, {"query": "class:bus"}, elements="labels", columns=columns, sort="frame.lux", limit=1)
    assert {**page.items[0], "id": ""} == {
        "id": "",
        "class": "bus",
        "frame.lux": 89.0,
        "frame.frame_id": "f11",
    }


def test_a_page_says_whose_errors_chose_it(val: Dataset) -> None:
    assert ask(val, {"query": "f1 < 0.9"}, inference_set="v1").selected_on == ["v1"]
    assert ask(val, {"query": "lux > 95"}, inference_set="v1").selected_on == []
    of = {"selection": {"query": "recall@v1 < 1"}, "elements": "frames"}
    assert ask(val, {"of": of}, elements="labels").selected_on == ["v1"]


def test_objects_come_in_arrays_in_the_order_asked_for(val: Dataset) -> None:
    request = ObjectsRequest(frame_ids=["f02", "f00"], inference_sets=["v1"])
    body = val.session.read(ObjectsBody, "POST", (*val.path, "objects"), body=request)
    assert body.labels.offsets == [0, 4, 6]
    assert body.labels.classes == [0, 0, 0, 1, 0, 1]
    assert body.labels.boxes is not None
    assert body.labels.boxes[-4:] == [60.0, 10.0, 20.0, 20.2]
    assert body.labels.confidence is None
    assert body.inferences["v1"].offsets == [0, 2, 4]
    assert body.inferences["v1"].confidence == [0.9, 0.5, 0.9, 0.5]


def test_objects_of_no_frames_and_of_unknown_ones(val: Dataset) -> None:
    none = ObjectsRequest(frame_ids=[], inference_sets=["v1"])
    assert val.session.read(ObjectsBody, "POST", (*val.path, "objects"), body=none).labels.offsets == [0]
    unknown = ObjectsRequest(frame_ids=["f00", "nowhere"])
    with pytest.raises(NotFoundError, match="'nowhere'"):
        val.session.read(ObjectsBody, "POST", (*val.path, "objects"), body=unknown)


def test_the_labels_of_selected_frames_are_counted(val: Dataset) -> None:
    params = {"query": "id:f01", "elements": "labels", "query_elements": "frames", "field": ["class"]}
    facets = val.session.read(FacetList, "GET", (*val.path, "facets"), params=params)
    assert facets.count == 3
    assert {value.value: value.count for value in facets.items[0].values} == {"car": 2, "bus": 1}
    searched = val.session.read(FacetList, "GET", (*val.path, "facets"), params={**params, "contains": "BU"})
    assert searched.count == 3
    assert [(value.value, value.count) for value in searched.items[0].values] == [("bus", 1)]
    assert searched.items[0].n_distinct == 1


def test_a_report_on_a_selection_is_that_of_the_segment_it_becomes(val: Dataset) -> None:
    request = ReportRequest.model_validate({"inference_set": "v1", "selection": {"query": "split:test"}})
    body = val.session.read(ReportBody, "POST", (*val.path, "report"), body=request)
    val.segments.create("Test", type="split", query="split:test")
    expected = val.report("v1", segment="Test").to_dicts()
    assert [row.f1 for row in body.rows] == [row["f1"] for row in expected]
    assert (body.context.segment, body.context.n_frames) == ("", 6)


def test_a_report_needs_frames(val: Dataset) -> None:
    val.segments.create("Cars", type="bucket", query="class:car", elements="labels")
    selection = {"segment": "Cars", "version": 1}
    request = ReportRequest.model_validate({"inference_set": "v1", "selection": selection})
    with pytest.raises(InvalidInputError, match="labels"):
        val.session.read(ReportBody, "POST", (*val.path, "report"), body=request)
