from __future__ import annotations

from typing import Any

import pytest

import shoal
from aquarium_client import Driver, canonical
from shoal_server import RunningServer

KINDS = ("classification", "binary", "flat", "masks", "instances", "solid", "words")


@pytest.fixture(scope="module")
def told(server: RunningServer, drive: Driver) -> Any:
    return drive("upload_kinds.py", server.url)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_equal_to_what_was_sent(told: Any, kind: str) -> None:
    assert told[kind]["logs"] == []
    for frame_id, sent in told[kind]["sent"].items():
        assert canonical(told[kind]["back"][frame_id]) == canonical(sent)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_shoal_scores_has_numbers(told: Any, kind: str) -> None:
    assert told[kind]["has_metrics"] == (kind not in ("masks", "instances"))


def test_shoal_scores_classes_and_boxes_and_nothing_else(told: Any, server: RunningServer) -> None:
    with shoal.connect(server.url) as sh:
        val = {kind: sh.project(kind).datasets["val"] for kind in KINDS}
        n_labels = {kind: val[kind].n_labels for kind in KINDS}
        scores = {
            kind: [row["value"] for row in val[kind].matrix(metrics=("recall",)).to_dicts()]
            for kind in ("classification", "binary", "flat", "masks")
        }
    assert n_labels == {
        "classification": 2,
        "binary": 2,
        "flat": 2,
        "masks": 0,
        "instances": 0,
        "solid": 0,
        "words": 0,
    }
    assert scores == {"classification": [0.5], "binary": [1.0], "flat": [1.0], "masks": [None]}
