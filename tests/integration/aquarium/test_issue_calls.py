"""Segments, metrics and confusions of the old wire on data that came through the SDK, without the client."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import shoal
from journey_data import write_journey_files
from shoal.client.dataset import Dataset
from shoal_server import running_server

FRAMES = ["é 0000.jpg", "é 0001.jpg", "é 0002.jpg"]
CANDIDATE = "det.inferences_val_candidate"


class Wire:
    """Calls below the old client's endpoint."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        answer = self._http.request(method, path, json=body, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def elements(self, issue: str, **query: Any) -> list[dict[str, Any]]:
        """Return the elements of a segment, followed through its link."""
        link = self("GET", f"/projects/det/issues/{issue}/download_elements", **query)["signed_url"]
        found: list[dict[str, Any]] = httpx.get(link).json()["elements"]
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, Dataset]]:
    folder = tmp_path_factory.mktemp("issues")
    files = write_journey_files(Path(folder) / "data")
    with (
        running_server(folder / "home") as server,
        shoal.connect(server.url) as sh,
        httpx.Client(base_url=f"{server.url}/aquarium/api/v1", timeout=60) as http,
    ):
        val = sh.create_project("det", task="object_detection").datasets.upload(
            "val", coco=files.coco, metadata=files.metadata
        )
        val.inference_sets.upload("baseline", coco_results=files.baseline)
        val.inference_sets.upload("candidate", coco_results=files.candidate)
        val.segments.create_per_value("split", type="split", targets={"recall": 0.6, "precision": 0.99})
        yield Wire(http), val


def frame(frame_id: str, **more: str) -> dict[str, str]:
    return {"id": frame_id, "frameId": frame_id, "type": "frame", "dataset": "det.val", **more}


def created(wire: Wire, name: str, elements: list[dict[str, str]], **more: Any) -> str:
    body = {
        "name": name,
        "elements": elements,
        "element_type": elements[0]["type"],
        "issue_template_type": "bucket",
        "dataset": "det.val",
        "compare_dataset": None,
        **more,
    }
    made: str = wire("POST", "/projects/det/issues", body)["id"]
    return made


def test_a_segment_of_frames_is_the_same_in_both_interfaces(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    issue = created(wire, "A: b/c %é", [frame(name) for name in FRAMES], issue_template_type="frameIssue")
    segment = val.segments["A: b/c %é"]
    assert (segment.id, segment.type, segment.n_elements) == (issue, "frame_issue", 3)
    change = {"edit_type": "add", "element_type": "frame", "elements": [frame("é 0009.jpg")]}
    wire("PATCH", f"/projects/det/issues/{issue}/elements", change)
    change = {"edit_type": "remove", "element_type": "frame", "elements": [frame(FRAMES[0])]}
    wire("PATCH", f"/projects/det/issues/{issue}/elements", change)
    wire("PATCH", f"/projects/det/issues/{issue}/rename", {"name": "renamed"})
    wire("PATCH", f"/projects/det/issues/{issue}/update_state", {"state": "ignored"})
    status = {"edit_type": "update", "elements": [{"id": FRAMES[1]}], "new_status": "done"}
    wire("PATCH", f"/projects/det/issues/{issue}/elements", status)
    found = {one["id"]: one for one in wire.elements(issue)}
    assert sorted(found) == [FRAMES[1], FRAMES[2], "é 0009.jpg"]
    assert [found[name]["status"] for name in sorted(found)] == ["done", "unstarted", "unstarted"]
    assert found[FRAMES[1]]["frameData"]["user__split"] == "validation"
    renamed = val.segments["renamed"]
    assert (renamed.state, renamed.version) == ("cancelled", 3)
    summary = next(one for one in wire("GET", "/projects/det/issues") if one["id"] == issue)
    assert (summary["name"], summary["state"], summary["dataset"]) == ("renamed", "ignored", "det.val")
    renamed.update(state="in_review", owner="ann@example.com")
    summary = next(one for one in wire("GET", "/projects/det/issues") if one["id"] == issue)
    assert (summary["state"], summary["assignee"]) == ("inReview", "ann@example.com")
    wire("DELETE", f"/projects/det/issues/{issue}")
    assert "renamed" not in [one.name for one in val.segments]
    wire("GET", f"/projects/det/issues/{issue}/download_elements", status=400)


def confusions(wire: Wire, items: list[list[str]], **more: Any) -> dict[str, Any]:
    body = {
        "inferences_table": CANDIDATE,
        "labels_table": "det.val",
        "labels_table_filtered": wire(
            "GET", "/joined_filtered_table", dataset="det.val", inference_set=CANDIDATE
        )["dest_table"],
        "encoded_filter_classes": base64.b64encode(json.dumps(items).encode()).decode(),
        "confidence_threshold": 0.3,
        "iou_threshold": 0.5,
        "ordering": "inference_data.confidence__by__desc",
        "max_results": 10_000,
        "cur_offset": 0,
        **more,
    }
    found: dict[str, Any] = wire("POST", "/confusion_matrix_query", body)
    return found


def test_crops_of_labels_and_inferences_may_be_mixed(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    rows = confusions(wire, [["pair", "car", "car"]])["rows"][:3]
    labels = [
        {"id": r["gt_data"]["uuid"], "frameId": r["task_id"], "type": "crop", "dataset": "det.val"}
        for r in rows
    ]
    inferences = [
        {**one, "id": r["inference_data"]["uuid"], "inferenceSet": CANDIDATE}
        for one, r in zip(labels, rows, strict=True)
    ]
    only = created(wire, "labels", labels)
    assert {one["cropType"] for one in wire.elements(only)} == {"label"}
    about = {"dataset": CANDIDATE, "compare_dataset": "det.val"}
    mixed = created(wire, "mixed", [*labels[:1], *inferences], **about)
    assert val.segments["mixed"].n_elements == 3
    found = wire.elements(mixed)
    assert sorted((one["id"], one["cropType"]) for one in found) == sorted(
        [(labels[0]["id"], "label"), *((one["id"], "inference") for one in inferences)]
    )
    assert all(one["cropData"]["uuid"] == one["id"] for one in found)
    change = {"edit_type": "remove", "element_type": "crop", "elements": [labels[0], inferences[0]]}
    wire("PATCH", f"/projects/det/issues/{mixed}/elements", change)
    assert {one["id"] for one in wire.elements(mixed)} == {one["id"] for one in inferences[1:]}
    assert {one["frameData"] for one in wire.elements(mixed, exclude_frame_data=True)} == {None}


def test_what_cannot_be_is_refused_with_a_message(served: tuple[Wire, Dataset]) -> None:
    wire, _ = served
    created(wire, "taken", [frame(FRAMES[0])])
    body = {
        "name": "taken",
        "elements": [frame(FRAMES[0])],
        "element_type": "frame",
        "issue_template_type": "bucket",
        "dataset": "det.val",
    }
    assert "exists already" in wire("POST", "/projects/det/issues", body, status=409)["message"]
    other = body | {"name": "n", "elements": [frame("nowhere")]}
    assert "'nowhere'" in wire("POST", "/projects/det/issues", other, status=400)["message"]
    crop = {"id": "nobody", "frameId": FRAMES[0], "type": "crop", "dataset": "det.val"}
    other = body | {"name": "n", "elements": [crop], "element_type": "crop"}
    assert "'nobody'" in wire("POST", "/projects/det/issues", other, status=400)["message"]
    other = body | {"name": "n", "issue_template_type": "testScenarioSplit", "element_type": "crop"}
    other["elements"] = []
    assert "holds frames" in wire("POST", "/projects/det/issues", other, status=422)["message"]


def metrics(wire: Wire, confidence: float, iou: float, **more: Any) -> list[dict[str, Any]]:
    wanted = {"name": "inferences_val_candidate", "iou": iou, "confidence": confidence, "is_other_inf": False}
    body = {"inferences": [wanted], "scenarios": None, "metrics_class": None, **more}
    found = wire("POST", "/projects/det/datasets/get_scenario_metrics", body)
    rows: list[dict[str, Any]] = found["inferences_val_candidate"]
    return rows


@pytest.mark.parametrize(("confidence", "iou"), [(30, 50), (35, 55), (0, 10), (62.5, 73)])
@pytest.mark.parametrize("class_name", [None, "pedestrian"])
def test_numbers_are_the_matrix_numbers(
    served: tuple[Wire, Dataset], confidence: float, iou: float, class_name: str | None
) -> None:
    wire, val = served
    rows = metrics(wire, confidence, iou, metrics_class=class_name)
    expected = val.matrix(
        segments=[row["name"] for row in rows],
        inference_sets=["candidate"],
        confidence=confidence / 100,
        iou=iou / 100,
        class_name=class_name,
    )
    assert rows[0]["name"] == "All Frames"
    for row in rows:
        values = row["metrics"][str(float(iou))][str(float(confidence))]
        own = [r for r in expected if r["segment"] == row["name"]]
        assert values[:3] == [
            next(r["value"] for r in own if r["metric"] == m) for m in ("precision", "recall", "f1")
        ]
        assert row["count"] == own[0]["n_frames"]
        assert row["issue_thresholds"] == {
            f"{r['metric']}_threshold": r["target"] for r in own if r["target"] is not None
        }


def test_counts_are_the_reports_and_the_rows_behind_them(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    report = val.report("candidate", segment="test", confidence=0.3, iou=0.5).body
    row = next(row for row in metrics(wire, 30, 50) if row["name"] == "test")
    counts = row["metrics"]["50.0"]["30.0"][3:]
    assert counts == [report.false_positives, report.false_negatives, report.confusions]
    everything = metrics(wire, 30, 50, scenarios=[])[0]["metrics"]["50.0"]["30.0"][3:]
    classes = ("car", "cyclist", "pedestrian")
    false_positives = confusions(wire, [["pair", "background", c] for c in classes])
    false_negatives = confusions(wire, [["pair", c, "background"] for c in classes])
    confused = confusions(wire, [["pair", a, b] for a in classes for b in classes if a != b])
    assert everything == [found["num_rows"] for found in (false_positives, false_negatives, confused)]
    confidences = [r["inference_data"]["confidence"] for r in false_positives["rows"]]
    assert confidences == sorted(confidences, reverse=True)
    second = confusions(wire, [["pair", "car", "car"]], cur_offset=5, max_results=2)
    first = confusions(wire, [["pair", "car", "car"]])
    assert (second["num_rows"], second["rows"]) == (first["num_rows"], first["rows"][5:7])
    assert confusions(wire, [["pair", "car", "car"]], cur_offset=10**6)["num_rows"] == 0


def test_counts_of_a_class_are_its_row_and_column(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    body = val.report("candidate", confidence=0.3, iou=0.5).body
    for i, class_name in enumerate(body.confusion_classes[:-1]):
        row = metrics(wire, 30, 50, scenarios=[], metrics_class=class_name.lower())[0]
        matrix = np.array(body.confusion)
        others = matrix[i, :-1].sum() + matrix[:-1, i].sum() - 2 * matrix[i, i]
        assert row["metrics"]["50.0"]["30.0"][3:] == [matrix[-1, i], matrix[i, -1], others]


def test_a_verdict_in_doubt_is_none_to_the_client(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    about: dict[str, Any] = {"inference_sets": ["candidate"], "confidence": 0.1, "iou": 0.5}
    recall = next(
        r["value"] for r in val.matrix(["test"], metrics=["recall"], **about) if r["segment"] == "test"
    )
    doubtful = val.segments.create(
        "in doubt", type="scenario", query="split:test", targets={"recall": recall, "precision": 1.0}
    )
    doubtful.update(rule="confident")
    verdicts = {
        r["metric"]: r["target_verdict"]
        for r in val.matrix(["in doubt"], **about)
        if r["segment"] == "in doubt"
    }
    assert verdicts["recall"] == "inconclusive"
    row = next(row for row in metrics(wire, 10, 50) if row["name"] == "in doubt")
    assert set(row["issue_thresholds"]) == {
        f"{metric}_threshold" for metric, verdict in verdicts.items() if verdict in ("pass", "fail")
    }
    doubtful.delete()


def test_scores_nobody_can_judge_come_without_targets(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    val.segments.create("empty", type="scenario", ids=[], targets={"f1": 0.5})
    row = next(row for row in metrics(wire, 30, 50) if row["name"] == "empty")
    assert (row["count"], row["issue_thresholds"]) == (0, {})
    assert row["metrics"]["50.0"]["30.0"] == [None, None, None, 0, 0, 0]
    listed = wire("GET", "/projects/det/datasets/val/list_scenarios")
    assert next(one for one in listed if one["name"] == "empty")["thresholds"] == {"f1_threshold": 0.5}
    background = metrics(wire, 30, 50, metrics_class="background", scenarios=[])[0]
    assert background["metrics"]["50.0"]["30.0"][:3] == [None, None, None]
    assert (
        "0.1 to 1"
        in wire(
            "POST",
            "/projects/det/datasets/get_scenario_metrics",
            {
                "inferences": [{"name": "inferences_val_candidate", "iou": 0, "confidence": 50}],
                "scenarios": [],
            },
            status=422,
        )["message"]
    )


def test_work_queues_come_in_batches(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    queue = {"issue_template_type": "workQueue", "issue_category": "work-queue", "work_queue_batch_size": 2}
    issue = created(wire, "queue", [frame(name) for name in FRAMES], **queue)
    status = {"edit_type": "update", "elements": [{"id": FRAMES[2]}], "new_status": "done"}
    wire("PATCH", f"/projects/det/issues/{issue}/elements", status)
    listed = wire("GET", "/projects/det/issues/work_queues/summaries")
    assert [one["batch_statuses"] for one in listed] == [{"batch_1": "queued", "batch_2": "done"}]
    val.segments["queue"].update(owner="ann@example.com")
    link = wire("GET", f"/projects/det/issues/work_queues/{issue}/download_elements")["signed_url"]
    found = httpx.get(link).json()
    assert (found["element_count"], found["batch_assignees"]["batch_1"]) == (3, "ann@example.com")
    assert [(one["batch_name"], one["status"]) for one in found["elements"]] == [
        ("batch_1", "assigned"),
        ("batch_1", "assigned"),
        ("batch_2", "done"),
    ]


def test_campaigns_are_segments_of_their_type(served: tuple[Wire, Dataset]) -> None:
    wire, _ = served
    issue = created(wire, "more like this", [frame(FRAMES[0])], issue_template_type="collectionCampaign")
    data = wire("POST", "/collection_campaigns/cache_elt_data", {"issue_uuid": issue})
    wire(
        "POST",
        "/collection_campaigns",
        {"issue_uuid": issue, "dataset": "det.val", "elt_data_gs_path": data["gs_path"]},
    )
    for query in ({"target_issue_uuids": issue}, {"target_project_names": "det"}, {}):
        wanted: dict[str, Any] = dict(query)
        listed = wire("GET", "/collection_campaigns/summaries", **wanted)
        assert [(one["issue_uuid"], one["active"], one["pca_signed_url"]) for one in listed] == [
            (issue, True, None)
        ]
    assert wire("GET", f"/projects/det/collection_frames/for_issue/{issue}") == []
    search = {"search_dataset_name": "val", "collection_campaign_id": issue}
    refused = wire("POST", f"/projects/det/issues/{issue}/find_similar_elements", search, status=400)
    assert "no embeddings of one model" in refused["message"]


def test_elements_like_those_of_a_segment_are_found_by_embeddings(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    ids = [f"é {i:04d}.jpg" for i in range(90)]
    angles = np.linspace(0.01, 1.5, len(ids))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    val.embeddings.upload("angles", ids, vectors, model_id="angles-1")
    issue = created(wire, "first", [frame(ids[0])], issue_template_type="collectionCampaign")
    search = {"search_dataset_name": "val", "collection_campaign_id": issue}
    wire("POST", f"/projects/det/issues/{issue}/find_similar_elements", search)
    state = wire("GET", f"/projects/det/issues/{issue}/similar_element_info", search_dataset_name="val")
    assert state == {"similar_elts_processing_status": "DONE"}
    path = f"/projects/det/collection_frames/for_issue/{issue}"
    found = wire("GET", path, search_dataset="val", sort_status="UNSORTED")
    assert [one["task_id"] for one in found] == ids[1:]
    scores = [one["similarity_score"] for one in found]
    assert scores[0] == pytest.approx(np.cos(angles[1] - angles[0]), abs=1e-5)
    val.segments["first"].discard([ids[1]])
    assert wire("GET", path, search_dataset="val", sort_status="UNSORTED")[0]["task_id"] == ids[2]
    discarded = wire("GET", path, search_dataset="val", sort_status="DISCARDED")
    assert [(one["task_id"], one["sort_status"]) for one in discarded] == [(ids[1], "DISCARDED")]


def test_classification_has_no_boxes_and_takes_any_iou(served: tuple[Wire, Dataset]) -> None:
    wire, val = served
    with shoal.connect(val.session.transport.address) as sh:
        animals = sh.create_project("animals", task="classification", classes=["Cat", "Dog"])
        rows = [{"frame_id": f"a{i}", "labels": [{"class": "Cat" if i % 2 else "Dog"}]} for i in range(8)]
        pictures = animals.datasets.upload("pictures", frames=rows)
        guesses = [{"frame_id": f"a{i}", "class": "Cat", "confidence": 0.9 - i / 10} for i in range(8)]
        pictures.inference_sets.upload("net", inferences=guesses)
        expected = [row["value"] for row in pictures.matrix(confidence=0.4, class_name="Cat")]
    wanted = {"name": "inferences_pictures_net", "iou": 0, "confidence": 40}
    body = {"inferences": [wanted], "scenarios": [], "metrics_class": "cat"}
    found = wire("POST", "/projects/animals/datasets/get_scenario_metrics", body)
    assert found["inferences_pictures_net"][0]["metrics"]["0.0"]["40.0"][:3] == expected
    about = {
        "inferences_table": "animals.inferences_pictures_net",
        "labels_table_filtered": "",
        "confidence_threshold": 0.4,
        "iou_threshold": 0.0,
        "ordering": "box_size__by__asc",
    }
    page = confusions(wire, [["pair", "dog", "cat"]], **about)
    assert [row["task_id"] for row in page["rows"]] == ["a0", "a2", "a4"]
    assert {row["box_size"] for row in page["rows"]} == {None}


def test_elements_of_another_dataset_never_go_missing_from_numbers(served: tuple[Wire, Dataset]) -> None:
    wire, _ = served
    known = frame(FRAMES[0])
    for dataset, word in (("det.nowhere", "nowhere"), ("no.such", "'no'"), ("baseline", "baseline")):
        body = {
            "name": "typed wrongly",
            "elements": [known, frame(FRAMES[1], dataset=dataset)],
            "element_type": "frame",
            "issue_template_type": "bucket",
            "dataset": "det.val",
            "compare_dataset": None,
        }
        refused = wire("POST", "/projects/det/issues", body, status=422 if dataset == "baseline" else 400)
        assert word in refused["message"]
    away = frame(FRAMES[1], dataset=CANDIDATE)
    body = {
        "name": "scored",
        "elements": [known, away],
        "element_type": "frame",
        "issue_template_type": "testScenarioGeneric",
        "dataset": "det.val",
        "compare_dataset": None,
    }
    refused = wire("POST", "/projects/det/issues", body, status=422)
    assert "holds frames of its own dataset" in refused["message"]
    bucket = created(wire, "from two", [known, away])
    assert [one["dataset"] for one in wire.elements(bucket)] == ["det.val", CANDIDATE]
    scored = created(wire, "scored", [known], issue_template_type="testScenarioGeneric")
    edit = {"edit_type": "add", "element_type": "frame", "elements": [away]}
    wire("PATCH", f"/projects/det/issues/{scored}/elements", edit, status=422)
    wire("PATCH", f"/projects/det/issues/{scored}/elements", {**edit, "edit_type": "remove"})
