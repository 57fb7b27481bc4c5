from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

import shoal
from aquarium_client import Driver, canonical
from shoal_server import RunningServer


@pytest.fixture(scope="module")
def told(server: RunningServer, drive: Driver) -> Any:
    return drive("change_dataset.py", server.url)


def test_a_frame_sent_again_replaces_the_frame(told: Any) -> None:
    back = told["grow"]["back"]
    assert sorted(back) == ["f0", "f1", "f2", "f3"]
    assert canonical(back["f1"]) == canonical(told["grow"]["replaced"])
    assert canonical(back["f3"]) == canonical(told["grow"]["added"])


def test_a_changed_frame_keeps_what_the_change_does_not_name(told: Any) -> None:
    assert told["grow"]["logs"] == []
    frame, labels = (told["grow"]["back"]["f0"][key] for key in ("frame", "labels"))
    assert frame["date_captured"] == "2024-01-01T00:00:00+00:00"
    assert frame["device_id"] == "rear"
    assert {key: frame[key] for key in frame if key.startswith("user__")} == {
        "user__split": "train",
        "user__n": 2,
        "user__fresh": "yes",
    }
    assert [label["uuid"] for label in labels] == ["f0_a", "f0_b", "f0_c"]
    assert labels[0]["attributes"] == {
        "top": 5,
        "left": 6,
        "width": 10,
        "height": 10,
        "user__checked": True,
    }
    assert labels[2]["label_coordinate_frame"] == "DEFAULT"


def test_shoal_has_the_changes(told: Any, server: RunningServer) -> None:
    with shoal.connect(server.url) as sh:
        grow = sh.project("p").datasets["grow"]
        assert grow.query("split:train").ids() == ["f0", "f2"]
        assert grow.query("n:2").ids() == ["f0"]
        assert grow.query("class:car", elements="labels").count() == 3


def test_embeddings_are_a_space_of_their_model(told: Any, server: RunningServer) -> None:
    with shoal.connect(server.url) as sh:
        grow = sh.project("p").datasets["grow"]
        near = grow.similar(vector=[1.0, 0.0, 0.0, 0.5], k=4).to_dicts()
    # f1 came again with another vector, f0 was changed and keeps its own.
    assert [row["id"] for row in near] == ["f0", "f1", "f3", "f2"]
    assert near[0]["distance"] == pytest.approx(0, abs=1e-6)


def test_bad_rows_are_told_and_change_nothing(told: Any, server: RunningServer) -> None:
    (fault,) = (log["msg"] for log in told["refused"]["dataset"])
    assert "line 1, frame 'f0', label 'flat': left, top, width, height" in fault
    assert "expected a width and a height above 0, found [5, 5, 0, 10]" in fault
    assert told["refused"]["state"][0] == "ERRORED"
    (fault,) = (log["msg"] for log in told["refused"]["inferences"])
    assert "expected a frame of the dataset, found 'elsewhere'" in fault
    assert httpx.get(f"{server.url}/api/v1/projects/p/datasets/bad").json()["n_frames"] == 0


def test_messages_reach_the_user(told: Any) -> None:
    frame, dataset, project = told["refused"]["said"]
    assert frame.startswith("Error: There is no frame 'no such frame' in dataset 'grow'.")
    assert dataset.startswith("Error: There is no dataset 'no_such_dataset' in project 'p'.")
    assert "has the task 2D_OBJECT_DETECTION, not CLASSIFICATION" in project


def test_classes_are_appended_and_changed(told: Any) -> None:
    project = told["aside"]["project"]
    assert [(entry["name"], entry["id"]) for entry in project["label_class_map"]] == [
        ("car", 0),
        ("bus", 1),
        ("van", 2),
    ]
    assert project["label_class_map"][0]["color"] == [1, 2, 3]
    assert project["external_metadata"] == {"team": "b"}
    assert told["aside"]["schema"] == [{"name": "weather", "type": "STRING"}]


def test_assets_are_kept_and_shown(told: Any) -> None:
    picture, empty = (httpx.get(url) for url in told["aside"]["assets"])
    assert picture.content == b"not really a picture"
    assert empty.content == b""
    assert picture.headers["content-security-policy"].startswith("sandbox")


def test_unlabeled_frames_have_no_labels_in_shoal(told: Any, server: RunningServer) -> None:
    assert told["aside"]["unlabeled"] == ["u1", "u2", "u3"]
    for name in ("un", "un2"):
        assert httpx.get(f"{server.url}/api/v1/projects/p/datasets/{name}").json()["n_labels"] == 0


def test_a_preview_is_a_page(told: Any, server: RunningServer) -> None:
    found = re.search(rf"{server.url}/aquarium/projects/p/preview_frame/[0-9a-f-]+", told["printed"])
    assert found is not None
    page = httpx.get(found.group())
    assert page.status_code == 200
    assert "Frame f0" in page.text
    there = httpx.get(f"{server.url}/aquarium/projects/p/details?tab=streaming_uploads")
    assert there.headers["location"] == "/jobs"


def test_what_was_deleted_is_gone(told: Any) -> None:
    assert told["deleted"]["exists"] is False
    assert told["deleted"]["project_exists"] is False
    assert "archived" in told["deleted"]["said"]
