"""Segments, targets, metrics and confusions with the real client, from its upload to Shoal's matrix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import shoal
from aquarium_client import Driver
from shoal.client.dataset import Dataset
from shoal_server import RunningServer

TARGETS = {"precision": 0.8, "recall": 0.999, "f1": 0.5}
SCENARIO = "Scenario: é 100 %"
N_FRAMES = 36


@pytest.fixture(scope="module")
def made(server: RunningServer, drive: Driver) -> Any:
    uploaded = drive("segments_upload.py", server.url)
    assert uploaded["datasets"] == ["street", "inferences_street_good", "inferences_street_bad", "archive"]
    return drive("segments_make.py", server.url)


@pytest.fixture(scope="module")
def street(server: RunningServer, made: Any) -> Iterator[Dataset]:
    with shoal.connect(server.url) as sh:
        yield sh.project("town").datasets["street"]


@pytest.fixture(scope="module")
def told(server: RunningServer, street: Dataset, drive: Driver) -> Any:
    for name in (SCENARIO, "Split: é 100 %"):
        street.segments[name].targets = TARGETS
    return drive("segments_metrics.py", server.url)


def test_segments_are_shoals_own(made: Any, street: Dataset) -> None:
    found = {segment.id: segment for segment in street.segments}
    assert set(found) == set(made["ids"].values()) - {made["ids"]["nobody"]}
    types = {kind: found[issue].type for kind, issue in made["ids"].items() if kind != "nobody"}
    assert types == {
        "Split": "split",
        "Regression Test": "regression_test",
        "Scenario": "scenario",
        "Collection Campaign": "collection_campaign",
        "Label Quality": "label_quality",
        "Bucket": "bucket",
        "Frame Issue": "frame_issue",
        "Work Queue": "work_queue",
        "labels": "bucket",
        "inferences": "bucket",
    }
    scenario = found[made["ids"]["Scenario"]]
    assert (scenario.name, scenario.state, scenario.version) == (SCENARIO, "in_review", 3)
    assert found[made["ids"]["Bucket"]].name == "thrown together"


def test_the_client_reads_the_elements_it_wrote(made: Any) -> None:
    frames = {one["element_id"] for one in made["segments"]["Scenario"]["elements"]}
    wanted = {*range(2, N_FRAMES, 2), 0, 1} - {2}
    assert frames == {f"frame {i:02d}" for i in wanted}
    assert {one["element_id"] for one in made["segments"]["labels"]["elements"]} == {"l021", "l030"}
    inferences = made["segments"]["inferences"]
    assert (inferences["dataset"], inferences["inference_set"]) == ("street", "inferences_street_good")
    assert sorted(made["crop_types"]["inferences"]) == ["inference", "inference", "label"]
    assert made["crop_types"]["labels"] == ["label", "label"]
    for element in [*inferences["elements"], *made["segments"]["labels"]["elements"]]:
        assert element["crop_data"]["uuid"] == element["element_id"]
        assert element["frame_data"]["task_id"] == element["frame_id"]
    assert {one["frame_data"] for one in made["bare"]["elements"]} == {None}


def test_the_client_reads_names_and_states_it_wrote(made: Any) -> None:
    summaries = {one["segment_id"]: one for one in made["summaries"]}
    assert set(summaries) == set(made["ids"].values()) - {made["ids"]["nobody"]}
    bucket = summaries[made["ids"]["Bucket"]]
    assert (bucket["name"], bucket["state"]) == ("thrown together", "backlog")
    assert summaries[made["ids"]["Scenario"]]["state"] == "inReview"
    assert summaries[made["ids"]["inferences"]]["inference_set"] == "inferences_street_good"


def test_work_queues_come_in_batches(made: Any) -> None:
    assert made["queues"][0]["batch_statuses"] == {
        "batch_1": "queued",
        "batch_2": "queued",
        "batch_3": "done",
    }
    batches = [(one["element_id"], one["batch_name"], one["status"]) for one in made["queue"]["elements"]]
    assert batches == [
        ("frame 00", "batch_1", "queued"),
        ("frame 01", "batch_1", "queued"),
        ("frame 02", "batch_2", "queued"),
        ("frame 03", "batch_2", "queued"),
        ("frame 04", "batch_3", "done"),
    ]


def test_a_campaign_finds_similar_frames_of_another_dataset(
    made: Any, server: RunningServer, drive: Driver
) -> None:
    answer = drive("segments_similar.py", server.url, made["ids"]["Collection Campaign"])
    found = answer["UNSORTED"]
    assert len(found) == N_FRAMES
    assert {one["task_id"] for one in found[:2]} <= {f"old {i:02d}" for i in range(3, N_FRAMES, 2)}
    assert found[0]["similarity_score"] == pytest.approx(1, abs=1e-5)
    assert answer["ACCEPTED"] == answer["collected"] == []
    assert "1 collection campaigns still awaiting postprocessing" in answer["printed"]


def test_scenarios_have_shoals_targets(told: Any) -> None:
    listed = {one["name"]: one["thresholds"] for one in told["scenarios"]}
    wanted = {f"{metric}_threshold": minimum for metric, minimum in TARGETS.items()}
    assert listed == {
        SCENARIO: wanted,
        "Split: é 100 %": wanted,
        "Regression Test: é 100 %": {},
    }


def test_the_clients_numbers_are_the_matrix_numbers(told: Any, street: Dataset) -> None:
    verdicts = set()
    for asked in told["numbers"]:
        matrix = street.matrix(
            inference_sets=[asked["set"]],
            confidence=asked["confidence"] / 100,
            iou=asked["iou"] / 100,
            class_name=asked["class"],
        ).to_dicts()
        expected = {(row["segment"], row["metric"]): row for row in matrix}
        assert len(asked["rows"]) * 3 == len(expected)
        assert asked["rows"][0]["segment_name"] == "All Frames"
        for row in asked["rows"]:
            for key, metric in (("precision", "precision"), ("recall", "recall"), ("f1_score", "f1")):
                own = expected[row["segment_name"], metric]
                assert row[key]["score"] == own["value"]
                assert row[key]["threshold"] == own["target"]
                assert row["frame_count"] == own["n_frames"]
                if own["target"] is None:
                    assert row[key]["succeeds"] is None
                elif metric != "recall":
                    # The client compares precision with the target of recall.
                    assert row[key]["succeeds"] is (own["target_verdict"] == "pass")
                    verdicts.add(row[key]["succeeds"])
    assert verdicts == {True, False}


def test_counts_are_those_of_the_report(told: Any, street: Dataset) -> None:
    row = told["whole"][0]
    report = street.report("good", confidence=0.3, iou=0.5).body
    assert len(told["whole"]) == 1
    assert row["false_positives"]["score"] == report.false_positives > 0
    assert row["false_negatives"]["score"] == report.false_negatives > 0
    assert row["total_confusions"]["score"] == report.confusions > 0
    assert [one["segment_name"] for one in told["named"]] == ["All Frames", told["scenarios"][0]["name"]]
    assert told["background"][0]["precision"] == {"score": None, "threshold": None, "succeeds": None}


def test_every_query_finds_what_is_in_its_cells(told: Any, street: Dataset) -> None:
    outcomes = street.outcomes("good", confidence=0.3, iou=0.5).to_dicts()
    assert told["classes"] == [*sorted(told["classes"][:-1]), "background"]
    for name, found in told["confusions"].items():
        cells = {tuple(cell) for cell in told["cells"][name]}
        expected = [one for one in outcomes if (one["truth"].lower(), one["predicted"].lower()) in cells]
        assert found["num_rows"] == len(found["rows"]) == len(expected), name
        rows = [
            (one["task_id"], one["gt_data"].get("uuid"), one["inference_data"].get("uuid"), one["iou"])
            for one in found["rows"]
        ]
        wanted = [(one["frame_id"], one["label_id"], one["inference_id"], one["iou"]) for one in expected]
        assert sorted(rows, key=str) == sorted(wanted, key=str), name
        confidences = [one["inference_data"].get("confidence", -1.0) for one in found["rows"]]
        assert confidences == sorted(confidences, reverse=True)
    sizes = {name: len(found["rows"]) for name, found in told["confusions"].items()}
    assert min(sizes[name] for name in ("correct", "confusions", "false_positives", "false_negatives")) > 0


def test_rows_come_in_every_order(told: Any) -> None:
    def key(name: str, row: dict[str, Any]) -> float:
        value = row["inference_data"]["confidence"] if "CONF" in name else row["iou"]
        return float(row["box_size"] if "BOX" in name else value)

    assert len(told["orders"]) == 6
    for name, rows in told["orders"].items():
        values = [key(name, row) for row in rows]
        assert values == sorted(values, reverse=name.endswith("DESC")), name
        assert len(rows) == 9
