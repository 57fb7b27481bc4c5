"""Bodies that are not what they should be are refused with a message; none is a surprise to the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import shoal
from shoal.client.dataset import Dataset
from shoal_server import RunningServer

ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    -1,
    0.5,
    float("inf"),
    float("nan"),
    10**30,
    "",
    "x",
    "\x00",
    "\ud800",
    [],
    [1],
    [[]],
    [None],
    {},
    {"id": 1},
    [{"id": "a"}],
    [{"id": "a", "frameId": "a", "dataset": 1}],
)
FRAME = {"id": "a", "frameId": "a", "type": "frame", "dataset": "p.d"}
INFERENCES = "p.inferences_d_m"
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/projects/p/issues"): {
        "name": "fuzz",
        "elements": [FRAME],
        "element_type": "frame",
        "issue_template_type": "workQueue",
        "dataset": "p.d",
        "compare_dataset": None,
        "work_queue_batch_size": 2,
    },
    ("PATCH", "/projects/p/issues/ISSUE/elements"): {
        "edit_type": "add",
        "element_type": "frame",
        "elements": [FRAME],
        "new_status": "done",
    },
    ("PATCH", "/projects/p/issues/ISSUE/update_state"): {"state": "triage"},
    ("PATCH", "/projects/p/issues/ISSUE/rename"): {"name": "fuzzed"},
    ("POST", "/collection_campaigns"): {"issue_uuid": "ISSUE"},
    ("POST", "/collection_campaigns/cache_elt_data"): {"issue_uuid": "ISSUE"},
    ("POST", "/projects/p/issues/ISSUE/find_similar_elements"): {"search_dataset_name": "d"},
    ("POST", "/projects/p/datasets/get_scenario_metrics"): {
        "inferences": [{"name": "inferences_d_m", "iou": 50, "confidence": 50}],
        "scenarios": [],
        "metrics_class": "car",
        "labels_table_filtered": "joined:p.d.m",
    },
    ("POST", "/confusion_matrix_query"): {
        "inferences_table": INFERENCES,
        "labels_table_filtered": "joined:p.d.m",
        "encoded_filter_classes": "W10=",
        "confidence_threshold": 0.3,
        "iou_threshold": 0.5,
        "ordering": "iou__by__asc",
        "max_results": 10,
        "cur_offset": 0,
    },
}


@pytest.fixture(scope="module")
def dataset(server: RunningServer) -> Iterator[Dataset]:
    with shoal.connect(server.url) as sh:
        box = {"class": "car", "x": 0, "y": 0, "w": 9, "h": 9}
        project = sh.create_project("p", classes=["car"])
        dataset = project.datasets.upload("d", frames=[{"frame_id": "a", "labels": [box]}])
        dataset.inference_sets.upload("m", inferences=[{"frame_id": "a", "confidence": 0.9, **box}])
        yield dataset


@pytest.mark.parametrize("call", BODIES, ids=" ".join)
def test_odd_bodies_are_no_surprise(server: RunningServer, dataset: Dataset, call: tuple[str, str]) -> None:
    for segment in list(dataset.segments):
        segment.delete()
    issue = dataset.segments.create("odd", type="work_queue", ids=["a"]).id
    method, path = call
    with httpx.Client(base_url=f"{server.url}/aquarium/api/v1") as http:
        for key in BODIES[call]:
            for value in ODD:
                text = json.dumps({**BODIES[call], key: value}).replace("ISSUE", issue)
                answer = http.request(method, path.replace("ISSUE", issue), content=text)
                assert answer.status_code < 500, text
                assert answer.status_code < 400 or answer.json()["message"], text
        for text in ("", "[]", "nothing", "null"):
            answer = http.request(method, path.replace("ISSUE", issue), content=text)
            assert answer.status_code < 500, text
