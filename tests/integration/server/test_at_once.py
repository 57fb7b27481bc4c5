"""Many at once: readers while an upload is read, uploads into one dataset, editors of one segment."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shoal.client.dataset import Dataset
from shoal.client.project import Project
from shoal.errors import ConflictError

CATEGORIES = [{"id": 1, "name": "car"}]


def labels_file(path: Path, frames: range, round_number: int) -> Path:
    """Labels whose every frame says which upload it comes from, with that many labels each."""
    images = [
        {"id": i, "file_name": f"{i}.jpg", "width": 640, "height": 480, "round": round_number} for i in frames
    ]
    boxes = [
        {"id": i * 100 + k, "image_id": i, "category_id": 1, "bbox": [1, 2, 30, 40]}
        for i in frames
        for k in range(round_number)
    ]
    path.write_text(json.dumps({"images": images, "annotations": boxes, "categories": CATEGORIES}))
    return path


def results_file(path: Path, frames: range) -> Path:
    found = [{"image_id": i, "category_id": 1, "bbox": [1, 2, 30, 40], "score": 0.9} for i in frames]
    path.write_text(json.dumps(found))
    return path


@pytest.fixture
def project(served: Any, request: pytest.FixtureRequest) -> Project:
    made: Project = served.sh.create_project(f"once-{request.node.name[:60].replace('[', '-')}")
    return made


def together(*work: Callable[[], Any]) -> list[Any]:
    """Run each on a thread of its own, all starting at one moment."""
    gate = threading.Barrier(len(work))

    def started(one: Callable[[], Any]) -> Any:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(started, work))


def test_readers_see_one_version_or_the_other(project: Project, tmp_path: Path) -> None:
    frames = range(300)
    val = project.datasets.upload("val", coco=labels_file(tmp_path / "1.json", frames, 1), progress=False)
    val.inference_sets.upload("v1", coco_results=results_file(tmp_path / "r.json", frames), progress=False)
    files = [labels_file(tmp_path / f"{n}.json", frames, n) for n in (2, 3, 4)]
    is_over = threading.Event()
    seen: set[int] = set()

    def read() -> int:
        n_read = 0
        while not is_over.is_set() or n_read == 0:
            row = val.matrix(metrics=["recall"]).to_dicts()[0]
            assert row["n_labels"] % 300 == 0
            assert row["value"] == pytest.approx(300 / row["n_labels"])
            page = val.query("").page(columns=["frame_id", "round"], limit=1000)
            assert len({item["round"] for item in page.items}) == 1
            assert page.count == 300
            counts = val.query(f"n_labels:{page.items[0]['round']}").page(limit=0)
            assert counts.count == 300 or counts.dataset_version != page.dataset_version
            frame = val.frames.get("7.jpg")
            assert len(frame.labels) == frame.frame["user__round"], frame.frame
            seen.add(row["n_labels"] // 300)
            n_read += 1
        return n_read

    def write() -> int:
        try:
            for file in files:
                project.datasets.upload("val", coco=file, progress=False)
        finally:
            is_over.set()
        return 0

    together(write, read, read)
    assert seen <= {1, 2, 3, 4}
    assert val.matrix(metrics=["recall"]).to_dicts()[0]["n_labels"] == 1200


def test_uploads_into_one_dataset_take_turns(project: Project, tmp_path: Path) -> None:
    val = project.datasets.create("val")
    files = [labels_file(tmp_path / f"{n}.json", range(n * 10, n * 10 + 15), n) for n in range(1, 7)]

    def upload(number: int) -> Callable[[], Any]:
        return lambda: project.datasets.upload(
            "val", coco=files[number - 1], mode="upsert", note=str(number), progress=False
        )

    together(*(upload(number) for number in range(1, 7)))
    versions = val.versions
    assert [version.number for version in versions] == [6, 5, 4, 3, 2, 1]
    expected: dict[str, int] = {}
    for version in reversed(versions):
        number = int(version.note)
        expected.update({f"{i}.jpg": number for i in range(number * 10, number * 10 + 15)})
        assert (version.n_frames, version.n_labels) == (len(expected), sum(expected.values()))
    rows = val.query("").frames(["frame_id", "round"]).to_dicts()
    found = {row["frame_id"]: row["round"] for row in rows}
    assert found == expected


def test_inference_sets_at_once_and_a_dataset_beside_them(project: Project, tmp_path: Path) -> None:
    frames = range(60)
    val = project.datasets.upload("val", coco=labels_file(tmp_path / "1.json", frames, 1), progress=False)
    results = results_file(tmp_path / "r.json", frames)
    again = labels_file(tmp_path / "2.json", frames, 2)
    together(
        lambda: project.datasets.upload("val", coco=again, progress=False),
        *(
            lambda name=name: val.inference_sets.upload(name, coco_results=results, progress=False)
            for name in ("a", "b", "c")
        ),
    )
    rows = val.matrix(metrics=["recall"]).to_dicts()
    assert {(row["inference_set"], row["value"], row["coverage"]) for row in rows} == {
        (name, 0.5, 1.0) for name in "abc"
    }


def test_deletions_restores_and_uploads_make_one_history(project: Project, tmp_path: Path) -> None:
    val = project.datasets.upload("val", coco=labels_file(tmp_path / "1.json", range(40), 1), progress=False)
    val.checkpoints.create("first")
    more = labels_file(tmp_path / "2.json", range(40, 60), 2)
    together(
        lambda: project.datasets.upload("val", coco=more, mode="upsert", progress=False),
        lambda: val.frames.delete(["3.jpg"]),
        lambda: val.frames.delete(["4.jpg"]),
        lambda: val.checkpoints.restore("first"),
    )
    versions = val.versions
    assert [version.number for version in versions] == [5, 4, 3, 2, 1]
    n_frames = 0
    for version in reversed(versions):
        if version.number == 1 or version.note.startswith("restored"):
            n_frames = 40
        else:
            n_frames += -1 if version.note.startswith("deleted") else 20
        assert version.n_frames == n_frames
    assert val.refresh().n_frames == n_frames == val.query("").count()


def test_editors_of_one_segment_do_not_overwrite_each_other(project: Project, tmp_path: Path) -> None:
    val = project.datasets.upload("val", coco=labels_file(tmp_path / "1.json", range(40), 1), progress=False)
    val.segments.create("s", "bucket", ids=["0.jpg"])

    def add(number: int) -> Callable[[], int]:
        def work() -> int:
            segment = val.segments.get("s")
            conflicts = 0
            while True:
                try:
                    segment.add([f"{number}.jpg"])
                except ConflictError:
                    conflicts += 1
                    segment.refresh()
                else:
                    return conflicts

        return work

    together(*(add(number) for number in range(1, 7)))
    segment = val.segments.get("s")
    assert sorted(segment.ids()) == sorted(f"{i}.jpg" for i in range(7))
    assert [version.number for version in segment.versions] == [7, 6, 5, 4, 3, 2, 1]
    assert {version.n_added for version in segment.versions} == {1}


def test_one_name_is_made_once(served: Any, project: Project) -> None:
    answers = together(*(lambda: served.http.post("/projects", json={"name": "race"}).status_code,) * 6)
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]
    path = f"/projects/{project.name}/datasets/val"
    answers = together(*(lambda: served.http.put(path).status_code,) * 6)
    assert set(answers) == {200}
    assert [dataset.name for dataset in project.datasets] == ["val"]


def test_a_dataset_deleted_during_an_upload_is_gone(project: Project, tmp_path: Path) -> None:
    val: Dataset = project.datasets.upload(
        "val", coco=labels_file(tmp_path / "1.json", range(40), 1), progress=False
    )
    together(val.delete, lambda: list(project.datasets))
    assert list(project.datasets) == []
