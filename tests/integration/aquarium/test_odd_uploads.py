"""Bodies of uploads that are not what they should be are refused with a message, never a surprise."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from shoal_server import RunningServer

ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    -1,
    float("nan"),
    10**30,
    "",
    "x",
    "a/b",
    "\x00",
    "\ud800",
    [],
    [1],
    [None],
    {},
    {"id": 1},
    [{"id": "a"}],
    [{"name": "x", "id": "y"}],
    [{"name": None, "id": 0}],
    {"frame": 7},
    {"frame": ["x"], "crop": {}},
)
CLASS = {"name": "car", "id": 0, "color": [1, 2, 3], "keypoint_names": ["a"], "skeleton": [[0, 0]]}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/projects"): {
        "project_id": "p",
        "label_class_map": [CLASS],
        "primary_task": "2D_OBJECT_DETECTION",
        "binary_classification_negative_class": None,
        "confidence_threshold": 0.3,
        "iou_threshold": 0.5,
        "external_metadata": {},
    },
    ("POST", "/projects/p/metadata"): {"external_metadata": {}},
    ("PATCH", "/projects/p/label_class_map"): {"label_class_map": [CLASS]},
    ("POST", "/projects/p/preview_frame"): {"labeled_frame": {}, "inference_frame": {}},
    ("POST", "/datasets/verify_urls"): {"urls": []},
    ("POST", "/projects/p/datasets"): {
        "dataset_id": "d",
        "data_url": {},
        "upload_version": "v",
        "external_metadata": {},
        "frame_embedding_dim": 4,
        "is_unlabeled_indexed_dataset": False,
    },
    ("POST", "/projects/p/datasets/d/inferences"): {
        "inferences_id": "m",
        "data_url": [],
        "embeddings_url": [],
        "upload_version": "w",
        "external_metadata": {},
    },
    ("POST", "/projects/p/datasets/unlabeled_v2"): {"dataset_name": "u", "external_metadata": {}},
    ("POST", "/projects/p/datasets/unlabeled_v2/u/upload"): {"data_url": []},
    ("POST", "/projects/p/datasets/d/metadata"): {"external_metadata": {}},
    ("POST", "/projects/p/datasets/d/object_metadata_schema"): {"schema": []},
    ("POST", "/projects/p/datasets/d/frames/LATEST"): {"frame_ids": []},
    ("POST", "/projects/p/datasets/d/frame_windows/LATEST"): {"frame_ids": []},
}


@pytest.fixture(scope="module")
def http(server: RunningServer) -> Any:
    with httpx.Client(base_url=f"{server.url}/aquarium/api/v1", timeout=30) as client:
        client.post("/projects", json={"project_id": "p", "label_class_map": [CLASS]})
        client.post("/projects/p/datasets", json={"dataset_id": "d", "upload_version": "first"})
        client.post("/projects/p/datasets/unlabeled_v2", json={"dataset_name": "u"})
        yield client


@pytest.mark.parametrize("call", BODIES, ids=" ".join)
def test_odd_bodies_are_no_surprise(http: httpx.Client, call: tuple[str, str]) -> None:
    method, path = call
    texts = ["", "[]", "nothing", "null", "{}"]
    texts += [json.dumps({**BODIES[call], key: value}) for key in BODIES[call] for value in ODD]
    for text in texts:
        answer = http.request(method, path, content=text)
        assert answer.status_code < 500, text
        assert answer.status_code < 400 or answer.json()["message"], text
    for path in ("/projects", "/projects/p", "/projects/p/datasets", "/projects/p/datasets/d"):
        assert http.get(path).status_code == 200
