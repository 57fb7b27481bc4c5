from __future__ import annotations

from typing import Any

import httpx
import pytest

import shoal
from aquarium_client import Driver
from shoal_server import RunningServer


@pytest.fixture(scope="module")
def told(server: RunningServer, drive: Driver) -> Any:
    return drive("upload_embeddings.py", server.url)


def spaces(server: RunningServer, dataset: str) -> set[tuple[str, str, str | None, int, int]]:
    answer = httpx.get(f"{server.url}/api/v1/projects/emb/datasets/{dataset}/embeddings").json()
    return {
        (one["name"], one["elements"], one["inference_set"], one["dimension"], one["n_vectors"])
        for one in answer["items"]
    }


def test_vectors_are_spaces_of_their_models_and_dummies_are_none(told: Any, server: RunningServer) -> None:
    assert told["logs"] == []
    assert spaces(server, "only_frames") == {("frame_model_1", "frames", None, 4, 4)}
    assert spaces(server, "only_labels") == {("label_model", "labels", None, 5, 8)}
    assert spaces(server, "both") == {
        ("frame_model_1", "frames", None, 4, 4),
        ("label_model", "labels", None, 5, 8),
        ("m_frames.m", "frames", None, 7, 4),
        ("m_boxes", "inferences", "m", 6, 4),
    }


def test_what_is_changed_without_a_vector_keeps_its_own(told: Any, server: RunningServer) -> None:
    with shoal.connect(server.url) as sh:
        both = sh.project("emb").datasets["both"]

        def nearest(vector: list[float], space: str, elements: str) -> str:
            found = both.similar(vector=vector, k=1, space=space, elements=elements).to_dicts()
            nearest_id: str = found[0]["id"]
            return nearest_id

        assert nearest([1.01, 0.01, 0.01, 0.01], "frame_model_1", "frames") == "f0"
        assert nearest([0.0, 0.0, 0.0, 1.0], "frame_model_1", "frames") == "f1"
        assert nearest([1.01, 0.01, 0.01, 0.01, 0.01], "label_model", "labels") == "both 0 0"
        assert nearest([0.02, 1.02, 0.02, 0.02, 0.02], "label_model", "labels") == "both 0 1"
        assert nearest([1.0, 1.0, 0.0, 0.0, 0.0], "label_model", "labels") == "both 1 0"
