from __future__ import annotations

from typing import Any

import httpx
import pytest

import shoal
from aquarium_client import Driver, canonical
from shoal_server import RunningServer

IDS = ["f1", "with space", "50%", "a:b", "é%25", "00123"]


@pytest.fixture(scope="module")
def told(server: RunningServer, drive: Driver) -> Any:
    return drive("upload_detection.py", server.url)


def test_frames_come_back_equal_to_what_was_sent(told: Any) -> None:
    assert told["ids"] == IDS
    assert [canonical(one) for one in told["back"]] == [canonical(one) for one in told["sent"]]


def test_a_frame_alone_is_found_whatever_its_id(told: Any) -> None:
    assert [canonical(one) for one in told["singly"]] == [canonical(one) for one in told["sent"]]


def test_the_project_keeps_settings_and_classes(told: Any) -> None:
    project = told["project"]
    assert project["id"] == "det"
    assert project["external_metadata"] == {"team": "vision"}
    assert [entry["name"] for entry in project["label_class_map"]] == ["Car", "person", "unused"]


def test_the_list_names_datasets_and_inference_sets(told: Any) -> None:
    found = {entry["id"]: entry for entry in told["datasets"]}
    assert list(found) == ["ds_1", "inferences_ds_1_model_1", "inferences_ds_1_model_2"]
    assert found["ds_1"]["external_metadata"] == {"k": "v"}
    assert found["inferences_ds_1_model_1"]["external_metadata"] == {"model": "model_1"}
    assert found["inferences_ds_1_model_1"]["bbox_metrics_metadata"]["metrics_table"]
    assert [told[key] for key in ("processed", "set_processed", "exists")] == [True, True, True]
    assert told["logs"] == []


def test_the_same_data_is_in_shoal(told: Any, server: RunningServer) -> None:
    with shoal.connect(server.url) as sh:
        val = sh.project("det").datasets["ds_1"]
        assert val.query("split:train").count() == 3
        assert val.query("night:true").count() == 1
        rows = val.matrix(metrics=("f1",)).to_dicts()
        scores = {row["inference_set"]: row["value"] for row in rows if row["segment"] == "All Frames"}
        # The second model's boxes lie elsewhere; both saw nothing on the last of six frames.
        assert scores["model_2"] == 0
        assert scores["model_1"] == pytest.approx(2 * (10 / 12) / (1 + 10 / 12))


def test_the_page_may_show_the_upload(told: Any, server: RunningServer) -> None:
    body = httpx.get(f"{server.url}/api/v1/projects/det/datasets/ds_1/frames/f1").json()
    assert body["frame"]["url"] == "https://images.example/0.png"
    assert {label["label_id"] for label in body["labels"]} == {"f1 car", "f1 person"}
