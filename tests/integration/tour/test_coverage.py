"""What an inference set covers, what a comparison is about, and what stays the same when asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset

N = 60


def frame_rows(n: int = N) -> list[dict[str, Any]]:
    return [
        {
            "frame_id": f"f{i:03}",
            "split": ("training", "test")[i % 2],
            "sequence_id": f"s{i // 4}",
            "labels": [{"class": "car", **_box(0)}, {"class": "pedestrian", **_box(50)}],
        }
        for i in range(n)
    ]


def _box(left: int) -> dict[str, int]:
    return {"x": left, "y": 0, "w": 20, "h": 20}


def inferences(seed: int, frames: range | list[int], chance: float = 0.8) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for i in frames:
        rows.append({"frame_id": f"f{i:03}"})
        for name, left in (("car", 0), ("pedestrian", 50)):
            if rng.random() < chance:
                rows.append({"frame_id": f"f{i:03}", "class": name, "confidence": 0.9, **_box(left)})
    return rows


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def upload(sh: Shoal, name: str, **options: Any) -> Dataset:
    project = sh.create_project(name, classes=["car", "pedestrian"], **options)
    return project.datasets.upload("val", frames=frame_rows(), progress=False)


def cells(val: Dataset, metric: str = "recall", **options: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (row["segment"], row["inference_set"]): row
        for row in val.matrix(metrics=[metric], details=True, **options)
    }


def test_partial_coverage_is_counted_shown_and_not_judged(sh: Shoal) -> None:
    val = upload(sh, "partial")
    val.segments.create_per_value("split", "split", targets={"recall": 0.5})
    listed = val.inference_sets.upload("listed", inferences=inferences(1, range(30)), covers="listed")
    assert (listed.n_covered, listed.coverage) == (30, 0.5)
    tested = val.inference_sets.upload(
        "tested", inferences=inferences(2, range(1, N, 2)), covers="query:split:test"
    )
    assert tested.n_covered == 30
    found = cells(val)
    assert found["All Frames", "listed"]["coverage"] == 0.5
    assert found["All Frames", "listed"]["n_labels"] == 60
    assert found["test", "tested"]["coverage"] == 1.0
    assert found["test", "tested"]["target_verdict"] == "pass"
    for segment, name in (("test", "listed"), ("training", "listed")):
        row = found[segment, name]
        assert (row["n_frames"], row["n_segment_frames"]) == (15, 30)
        assert row["value"] is not None
        assert row["target_verdict"] == "not_evaluable"
        assert row["reason"] == "listed covers 15 of 30 frames"
    nothing = found["training", "tested"]
    assert (nothing["value"], nothing["coverage"], nothing["n_labels"]) == (None, 0.0, 0)
    assert nothing["reason"] == "tested covers no frame of the segment"
    succeeds = {one.inference_set: one for one in val.segments["test"].metrics().items}
    assert (succeeds["listed"].succeeds, succeeds["listed"].passed) == ({"recall": None}, None)
    assert (succeeds["tested"].succeeds, succeeds["tested"].passed) == ({"recall": True}, True)

    sh.project("partial").update(allow_partial_coverage=True)
    assert cells(val)["test", "listed"]["target_verdict"] == "pass"
    assert cells(val)["training", "tested"]["target_verdict"] == "not_evaluable"


def test_inferences_outside_the_stated_coverage_are_refused(sh: Shoal) -> None:
    val = upload(sh, "outside")
    with pytest.raises(shoal.ShoalError, match="not in the coverage"):
        val.inference_sets.upload("m", inferences=inferences(1, range(N)), covers="query:split:test")
    assert list(val.inference_sets) == []


def test_frames_added_later_are_not_covered(sh: Shoal) -> None:
    val = upload(sh, "later")
    val.segments.create("seen", type="scenario", query="split:test", targets={"recall": 0.1})
    val.inference_sets.upload("m", inferences=inferences(3, range(N)))
    sh.project("later").datasets.upload(
        "val", frames=[{**row, "frame_id": f"n{i}"} for i, row in enumerate(frame_rows(20))], mode="upsert"
    )
    found = cells(val.refresh())
    assert found["All Frames", "m"]["n_segment_frames"] == N + 20
    assert found["All Frames", "m"]["coverage"] == N / (N + 20)
    assert found["seen", "m"]["coverage"] == 1.0
    assert found["seen", "m"]["target_verdict"] == "pass"
    val.segments["seen"].follow_query()
    assert cells(val)["seen", "m"]["target_verdict"] == "not_evaluable"
    val.inference_sets.upload(
        "m", inferences=[{"frame_id": f"n{i}"} for i in range(20)], mode="extend", covers="listed"
    )
    row = cells(val)["seen", "m"]
    assert (row["coverage"], row["target_verdict"], row["segment_version"]) == (1.0, "pass", 2)


def test_comparisons_are_about_shared_frames(sh: Shoal) -> None:
    val = upload(sh, "shared")
    val.inference_sets.upload("old", inferences=inferences(4, range(40), 0.5), covers="listed")
    val.inference_sets.upload("new", inferences=inferences(5, range(20, N), 0.9), covers="listed")
    row = cells(val, baseline="old")["All Frames", "new"]
    assert row["n_shared_frames"] == 20
    shared = val.segments.create("shared", type="scenario", ids=[f"f{i:03}" for i in range(20, 40)])
    both = cells(val)
    expected = both[shared.name, "new"]["value"] - both[shared.name, "old"]["value"]
    assert row["delta"] == pytest.approx(expected, abs=1e-12)
    assert row["delta"] != pytest.approx(row["value"] - both["All Frames", "old"]["value"])
    apart = val.segments.create("apart", type="scenario", ids=["f000", "f059"])
    nothing = cells(val, baseline="old")[apart.name, "new"]
    assert (nothing["n_shared_frames"], nothing["delta"], nothing["p"]) == (0, None, None)
    assert nothing["baseline_verdict"] == "not_evaluable"
    assert "share no frame" in nothing["reason"]


@pytest.mark.parametrize("spelling", ["sequence_id", "user__sequence_id"])
def test_the_group_field_is_the_unit_of_resampling(sh: Shoal, spelling: str) -> None:
    val = upload(sh, f"grouped_{spelling}", group_field=spelling)
    val.inference_sets.upload("old", inferences=inferences(4, range(N), 0.5))
    val.inference_sets.upload("new", inferences=inferences(5, range(N), 0.9))
    row = cells(val, baseline="old")["All Frames", "new"]
    assert row["n_groups"] == N // 4
    assert row["small"]
    sh.project(f"grouped_{spelling}").update(group_field=None)
    by_frame = cells(val, baseline="old")["All Frames", "new"]
    assert (by_frame["n_groups"], by_frame["small"]) == (N, False)
    assert (by_frame["value"], by_frame["delta"]) == (row["value"], row["delta"])
    assert (by_frame["low"], by_frame["p"]) != (row["low"], row["p"])


def test_the_same_question_has_the_same_answer(tmp_path: Path) -> None:
    answers = []
    for home, order in (("one", ("old", "new", "segments")), ("two", ("segments", "new", "old"))):
        with shoal.connect(tmp_path / home) as sh:
            val = upload(sh, home)
            for step in order:
                if step == "segments":
                    val.segments.create_per_value("split", "split")
                else:
                    rows = inferences(len(step) + (step == "new"), range(N), 0.6 if step == "old" else 0.65)
                    val.inference_sets.upload(step, inferences=rows)
            sets = ["old", "new"]
            first = val.matrix(inference_sets=sets, baseline="old", details=True).to_dicts()
            val.matrix(inference_sets=sets, baseline="new", confidence=0.95)
            again = val.matrix(inference_sets=sets, baseline="old", details=True).to_dicts()
            assert again == first
            answers.append(first)
    assert any(row["p"] not in (None, 1.0) for row in answers[0])
    assert answers[0] == answers[1]


def test_numbers_without_labels_or_inferences_are_undefined(sh: Shoal) -> None:
    project = sh.create_project("bare", classes=["car", "pedestrian", "unseen"])
    rows: list[dict[str, Any]] = [{"frame_id": f"f{i:03}", "labels": []} for i in range(3)]
    rows[0]["labels"] = [{"class": "car", **_box(0)}]
    val = project.datasets.upload("val", frames=rows)
    val.segments.create("empty scenes", type="scenario", ids=["f001", "f002"], targets={"f1": 0.1})
    val.inference_sets.upload("none", inferences=[{"frame_id": "f000"}])
    val.inference_sets.upload(
        "alarms", inferences=[{"frame_id": "f001", "class": "car", "confidence": 0.9, **_box(0)}]
    )
    for row in val.matrix(details=True):
        if row["segment"] == "empty scenes":
            assert (row["value"], row["low"], row["high"]) == (None, None, None)
            assert row["reason"]
            assert row["n_inferences"] == (1 if row["inference_set"] == "alarms" else 0)
            if row["metric"] == "f1":
                assert row["target_verdict"] == "not_evaluable"
    for row in val.matrix(class_name="unseen", details=True):
        assert row["value"] is None
        assert row["reason"]
    report = {row["class_name"]: row for row in val.report("none")}
    assert report["car"] | {"ap": 0.0} == report["car"]
    assert (report["car"]["precision"], report["car"]["recall"]) == (None, 0.0)
    assert (report["unseen"]["precision"], report["unseen"]["recall"], report["unseen"]["ap"]) == (None,) * 3
    assert val.coco("alarms", segment="empty scenes")["AP"] is None


def test_settings_and_uploads_change_numbers_at_once(sh: Shoal) -> None:
    val = upload(sh, "changing")
    project = sh.project("changing")
    rows = [
        {"frame_id": "f000", "class": "pedestrian", "confidence": 0.9, **_box(0)},
        {"frame_id": "f001", "class": "car", "confidence": 0.5, **_box(0)},
    ]
    first = val.inference_sets.upload("m", inferences=rows, progress=False)

    def found() -> tuple[float, float]:
        return cells(val)["All Frames", "m"]["value"], len(val.outcomes("m"))

    assert found() == (1 / (2 * N), 2 * N)
    first.update(confidence=0.8)
    assert found() == (0.0, 2 * N)
    assert cells(val, confidence=0.4)["All Frames", "m"]["value"] == 1 / (2 * N)
    first.update(confidence=None)
    assert found()[0] == 1 / (2 * N)
    project.update(confidence=0.6)
    assert found()[0] == 0.0
    project.update(confidence=0.1)
    project.update(
        classes=[{"name": "car", "train_name": "thing"}, {"name": "pedestrian", "train_name": "thing"}]
    )
    assert found()[0] == 2 / (2 * N)
    project.update(classes=["car", {"name": "pedestrian", "ignore_in_eval": True}])
    assert found() == (1 / N, N)
    project.update(classes=["car", {"name": "pedestrian", "train_name": ""}])
    assert found() == (1 / N, N)
    project.update(classes=["car", "pedestrian"])
    assert found() == (1 / (2 * N), 2 * N)
    with pytest.raises(shoal.ShoalError, match="cannot be removed"):
        project.update(classes=["car"])
    again = val.inference_sets.upload("m", inferences=rows[1:], progress=False)
    assert (again.version, again.n_inferences) == (2, 1)
    assert found() == (1 / (2 * N), 2 * N)
    val.inference_sets.upload("m", inferences=[{**rows[0], "class": "car"}], mode="extend", progress=False)
    assert found()[0] == 2 / (2 * N)
    report = val.report("m")
    assert (report.body.false_negatives, report.body.confusions) == (2 * N - 2, 0)


def test_a_project_may_change_its_matching_rule(sh: Shoal) -> None:
    project = sh.create_project("rules", classes=["car", "pedestrian"])
    wide, narrow = {"x": 0, "y": 0, "w": 20, "h": 20}, {"x": 0, "y": 0, "w": 20, "h": 14}
    labels = [{"class": "car", **wide}, {"class": "pedestrian", **narrow}]
    val = project.datasets.upload("val", frames=[{"frame_id": "a", "labels": labels}], progress=False)
    said = [{"frame_id": "a", "class": "car", "confidence": 0.9, **narrow}]
    val.inference_sets.upload("m", inferences=said, progress=False)
    by_class = [(row["truth"], row["predicted"]) for row in val.outcomes("m")]
    assert by_class == [("car", "car"), ("pedestrian", "background")]
    assert {row["matching"] for row in val.matrix()} == {"class-first"}
    project.update(matching="global")
    assert [(row["truth"], row["predicted"]) for row in val.outcomes("m")] == [
        ("pedestrian", "car"),
        ("car", "background"),
    ]
    assert {(row["matching"], row["value"]) for row in val.matrix(metrics=["recall"])} == {("global", 0.0)}


def test_frames_not_covered_have_no_scores_outcomes_or_flips(sh: Shoal) -> None:
    val = upload(sh, "uncovered")
    half = [row for row in inferences(1, range(30), 0.5) if "class" in row]
    val.inference_sets.upload("half", inferences=half, covers="query:id:f00* OR id:f01* OR id:f02*")
    val.inference_sets.upload("all", inferences=inferences(2, range(N)))
    covered = {f"f{i:03}" for i in range(30)}
    rows = val.query(inference_set="half").table(["id", "precision", "recall", "f1", "n_errors"])
    for row in rows:
        if row["id"] not in covered:
            assert (row["precision"], row["recall"], row["f1"], row["n_errors"]) == (None,) * 4
        else:
            assert row["recall"] is not None
    for text in ("f1@half < 0.9", "recall@half >= 0", "n_errors@half >= 0", "outcome@half()"):
        assert set(val.query(text).ids()) <= covered, text
    assert set(val.query("recall@half <= recall@all").ids()) <= covered
    assert val.query("NOT exists(recall@half)").count() == 30
    flips = val.flips("half", "all")
    assert flips.n_shared_frames == 30
    assert set(val.query("flipped(half, all)").ids()) == set(flips.broken) <= covered
    assert set(val.query("flipped(all, half)").ids()) == set(flips.mended) <= covered
    assert {row["frame_id"] for row in val.outcomes("half")} <= covered


def test_a_group_field_the_dataset_lacks_is_told(sh: Shoal) -> None:
    val = upload(sh, "ungrouped", group_field="drive")
    val.inference_sets.upload("new", inferences=inferences(5, range(N), 0.9))
    matrix = val.matrix()
    assert matrix.body.group_field is None
    (note,) = matrix.body.notes
    assert "'drive'" in note
    assert "each frame" in note
    sh.project("ungrouped").update(group_field="sequence_id")
    assert val.matrix().body.notes == []
