"""Near-duplicates and leakage through SDK, HTTP and command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shoal
from shoal.cli.app import run
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, NotFoundError

N = 60
D = 16
IDS = [f"f{i:02}" for i in range(N)]
SPLITS = [("training", "test", "validation")[i % 3] for i in range(N)]

PLANTED = {(0, 1): 0.0, (0, 3): 0.0, (9, 10): 0.01, (20, 23): 0.01, (30, 32): 0.02}
"""Pairs and about how far they are: 0, 3 and 1 are copies; 20 and 23 are both validation frames."""


def vectors() -> Any:
    rows = np.random.default_rng(4).standard_normal((N, D))
    rng = np.random.default_rng(5)
    for (one, other), distance in PLANTED.items():
        step = rng.standard_normal(D)
        step -= rows[one] * (step @ rows[one]) / (rows[one] @ rows[one])
        size = np.linalg.norm(rows[one]) / np.linalg.norm(step)
        rows[other] = rows[one] + step * size * np.tan(np.arccos(1 - distance))
    return rows.astype(np.float32)


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def val(sh: Shoal) -> Dataset:
    project = sh.create_project("leak", classes=["car"])
    rows = [
        {
            "frame_id": name,
            "split": split,
            "labels": [{"id": f"{name}-car", "class": "car", "x": 1, "y": 1, "w": 5, "h": 5}],
        }
        for name, split in zip(IDS, SPLITS, strict=True)
    ]
    dataset = project.datasets.upload("val", frames=rows, progress=False)
    dataset.embeddings.upload("clip", IDS, vectors(), "clip", progress=False)
    crops = [f"{name}-car" for name in IDS]
    dataset.embeddings.upload("clip", crops, vectors(), "clip", elements="labels", progress=False)
    for split in ("training", "test", "validation"):
        dataset.segments.create(split, type="split", query=f"split:{split}")
    return dataset.refresh()


def pairs_of(rows: Any) -> set[tuple[int, int]]:
    return {(IDS.index(row["id"]), IDS.index(row["other_id"])) for row in rows}


def test_near_duplicates_are_the_planted_ones(val: Dataset) -> None:
    found = val.near_duplicates(0.03, progress=False)
    rows = found.to_dicts()
    assert pairs_of(rows) == set(PLANTED)
    assert (found.n_groups, found.n_elements, found.counts) == (4, 9, {})
    assert [row["group"] for row in rows] == [0, 0, 1, 2, 3]
    for row in rows:
        pair = (IDS.index(row["id"]), IDS.index(row["other_id"]))
        assert row["distance"] == pytest.approx(PLANTED[pair], abs=1e-5)
        assert row["segment"] == SPLITS[pair[0]]
        assert row["other_segment"] == SPLITS[pair[1]]
    assert pairs_of(val.near_duplicates(0.015, progress=False)) == set(PLANTED) - {(30, 32)}


def test_leakage_is_all_that_crosses_splits_and_nothing_else(val: Dataset) -> None:
    found = val.leakage(max_distance=0.03, progress=False)
    # 0 and 3 are both in training, 1 in test: both leak, though 3 was linked with 0 alone.
    assert pairs_of(found.to_dicts()) == {(0, 1), (1, 3), (9, 10), (30, 32)}
    assert found.counts == {"training": 4, "test": 2, "validation": 1}
    some = val.leakage(["training", "validation"], max_distance=0.03, progress=False)
    assert pairs_of(some.to_dicts()) == {(30, 32)}
    assert some.counts == {"training": 1, "validation": 1}


def test_crops_leak_through_the_splits_of_their_frames(val: Dataset) -> None:
    found = val.leakage(max_distance=0.03, elements="labels", progress=False)
    assert {(row["frame_id"], row["other_frame_id"]) for row in found.to_dicts()} == {
        ("f00", "f01"),
        ("f01", "f03"),
        ("f09", "f10"),
        ("f30", "f32"),
    }


def test_a_search_is_a_job_and_its_answer_is_kept(val: Dataset) -> None:
    path = (*val.path, "duplicates")
    question = {"space": "clip", "max_distance": 0.5}
    before = val.session.call("POST", path, body=question).json()
    assert (before["is_ready"], before["items"], before["job"]) == (False, [], None)
    val.near_duplicates(0.5, progress=False)
    after = val.session.call("POST", path, body={**question, "limit": 1}).json()
    assert after["is_ready"]
    assert after["n_groups"] >= len(after["items"]) == 1
    counts = val.session.call("POST", path, body={**question, "limit": 0}).json()
    assert (counts["items"], counts["next_cursor"], counts["n_pairs"]) == ([], None, after["n_pairs"])


def test_pages_hold_every_group_once(val: Dataset) -> None:
    val.near_duplicates(0.03, progress=False)
    seen, cursor = [], None
    while True:
        question = {"max_distance": 0.03, "limit": 3, "max_pairs": 1, "cursor": cursor}
        page = val.session.call("POST", (*val.path, "duplicates"), body=question).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [len(group["elements"]) for group in seen] == [3, 2, 2, 2]
    assert all(len(group["pairs"]) == 1 for group in seen)


def test_what_cannot_be_asked_is_said(val: Dataset, sh: Shoal) -> None:
    with pytest.raises(InvalidInputError, match=r"at least two different segments.*found test"):
        val.leakage(["test", "test"], progress=False)
    with pytest.raises(NotFoundError, match="no segment 'tset'"):
        val.leakage(["tset", "test"], progress=False)
    with pytest.raises(NotFoundError, match="embedding space 'clop'"):
        val.near_duplicates(space="clop", progress=False)
    with pytest.raises(InvalidInputError):
        val.near_duplicates(-1, progress=False)
    bare = sh.create_project("bare", classes=["car"]).datasets.upload(
        "val", frames=[{"frame_id": "a"}, {"frame_id": "b"}], progress=False
    )
    bare.embeddings.upload("clip", ["a", "b"], np.ones((2, 3)), "clip", progress=False)
    with pytest.raises(InvalidInputError, match=r"at least two Split segments.*found none"):
        bare.leakage(progress=False)
    assert bare.near_duplicates(progress=False).to_dicts()[0]["distance"] == 0


def test_the_command_line_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home")]
    with shoal.connect(tmp_path / "home") as sh:
        dataset = sh.create_project("p", classes=["car"]).datasets.upload(
            "val",
            frames=[{"frame_id": n, "split": s} for n, s in zip(IDS, SPLITS, strict=True)],
            progress=False,
        )
        dataset.embeddings.upload("clip", IDS, vectors(), "clip", progress=False)
        for split in ("training", "test"):
            dataset.segments.create(split, type="split", query=f"split:{split}")
    assert run(["duplicates", "--max-distance", "0.03", *home]) == 0
    out = capsys.readouterr().out
    assert "9 frames in 4 groups, 5 pairs" in out
    assert "f20" in out
    assert run(["duplicates", "--max-distance", "0.03", "--leakage", "--json", *home]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"] == {"test": 2, "training": 3}
    assert pairs_of(answer["pairs"]) == {(0, 1), (1, 3), (9, 10)}
