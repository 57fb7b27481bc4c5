"""What plain HTTP promises: problems, links, entity tags, idempotent PUT, pages, context beside numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.transport import Response

DATASET = "/api/v1/projects/web/datasets/val"


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        project = opened.create_project("web", classes=["car"])
        box = {"class": "car", "x": 0, "y": 0, "w": 9, "h": 9}
        rows = [{"frame_id": f"f{i}", "lux": float(i), "labels": [box]} for i in range(7)]
        val = project.datasets.upload("val", frames=rows, progress=False)
        said = [{"frame_id": f"f{i}", "confidence": 0.9, **box} for i in range(5)]
        val.inference_sets.upload("m", inferences=said, progress=False)
        val.segments.create("dark", type="regression_test", query="lux < 3", targets={"recall": 0.5})
        yield opened


def ask(sh: Shoal, method: str, path: str, **options: Any) -> Response:
    return sh.session.transport.request(method, path, **options)


def body(response: Response) -> Any:
    return json.loads(response.content)


def test_problems_have_a_code_a_hint_and_a_place(sh: Shoal) -> None:
    for method, path, payload, status, code in (
        ("GET", "/api/v1/projects/wob", None, 404, "not_found"),
        ("GET", f"{DATASET}/segments/drk", None, 404, "not_found"),
        ("POST", f"{DATASET}/query", {"selection": {"query": "lux <"}}, 422, "query_syntax"),
        ("POST", f"{DATASET}/query", {"selection": {"query": "luz < 3"}}, 422, "query_type"),
        ("POST", f"{DATASET}/query", {"selection": {}}, 422, "invalid_input"),
        ("POST", f"{DATASET}/query", {"selection": {"query": ""}, "limit": 1001}, 422, "invalid_input"),
        ("POST", f"{DATASET}/matrix", {"averag": "macro"}, 422, "invalid_input"),
        ("POST", f"{DATASET}/gate", {"candidate": "m", "policy": "version: 1"}, 422, "policy_invalid"),
        ("GET", f"{DATASET}/nothing/here", None, 404, "not_found"),
        ("DELETE", "/api/v1/health", None, 405, "invalid_input"),
    ):
        response = ask(sh, method, path, json=payload)
        problem = body(response)
        assert (response.status, problem["status"], problem["code"]) == (status, status, code), path
        assert response.headers["content-type"].startswith("application/problem+json")
        assert {"type", "title", "detail", "hint", "location"} <= problem.keys(), path
        assert problem["detail"]
    syntax = body(ask(sh, "POST", f"{DATASET}/query", json={"selection": {"query": "luz < 3"}}))
    assert "lux" in syntax["hint"]
    assert syntax["location"]["offset"] == 0


def test_what_exists_is_a_conflict_with_a_link_and_put_repeats_itself(sh: Shoal) -> None:
    segment = {"name": "dark", "type": "scenario", "selection": {"query": "lux < 3"}}
    for path, payload in (
        ("/api/v1/projects", {"name": "web"}),
        ("/api/v1/projects/web/datasets", {"name": "val"}),
        (f"{DATASET}/inference-sets", {"name": "m"}),
        (f"{DATASET}/segments", segment),
    ):
        response = ask(sh, "POST", path, json=payload)
        problem = body(response)
        assert (response.status, problem["code"]) == (409, "already_exists")
        assert ask(sh, "GET", problem["location"]["url"]).status == 200, path
    payload = {"name": "again", "type": "scenario", "selection": {"query": "lux > 3"}}
    first = body(ask(sh, "PUT", f"{DATASET}/segments/again", json=payload))
    second = body(ask(sh, "PUT", f"{DATASET}/segments/again", json=payload))
    assert (first["id"], first["version"]) == (second["id"], second["version"])
    assert body(ask(sh, "PUT", "/api/v1/projects/web", json={"name": "web"}))["name"] == "web"
    assert ask(sh, "DELETE", f"{DATASET}/segments/again").status in (200, 204)


def test_entity_tags_guard_changes(sh: Shoal) -> None:
    read = ask(sh, "GET", f"{DATASET}/segments/dark")
    tag = read.headers["etag"]
    path = f"{DATASET}/segments/dark"
    change = {"metric": "recall", "minimum": 0.4}
    done = ask(sh, "PUT", f"{path}/targets", json=[change], headers={"If-Match": tag})
    assert (done.status, done.headers["etag"] != tag) == (200, True)
    late = ask(sh, "PATCH", path, json={"owner": "x"}, headers={"If-Match": tag})
    assert (late.status, body(late)["code"]) == (412, "conflict")
    assert body(ask(sh, "GET", path))["owner"] == ""
    again = ask(sh, "GET", path)
    ok = ask(sh, "PATCH", path, json={"owner": "x"}, headers={"If-Match": again.headers["etag"]})
    assert ok.status == 200


def test_pages_have_cursors(sh: Shoal) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = body(
            ask(sh, "GET", f"{DATASET}/frames", params={"limit": 3, "cursor": cursor, "query": "lux > 0"})
        )
        seen += [item["frame_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"f{i}" for i in range(1, 7)]
    assert page["total"] == 6
    bad = ask(sh, "GET", f"{DATASET}/frames", params={"cursor": "!!!"})
    assert (bad.status, body(bad)["code"]) == (422, "invalid_input")


def test_numbers_carry_their_context(sh: Shoal) -> None:
    params: dict[str, Any] = {"inference_set": "m", "segment": "dark"}
    context = body(ask(sh, "GET", f"{DATASET}/report", params=params))["context"]
    assert (
        context
        | {
            "dataset_version": 1,
            "segment_version": 1,
            "inference_set": "m",
            "confidence": 0.1,
            "iou": 0.5,
            "matching": "class-first",
            "coverage": 1.0,
            "n_frames": 3,
            "n_labels": 3,
        }
        == context
    )
    matrix = body(ask(sh, "POST", f"{DATASET}/matrix", json={}))
    assert (matrix["dataset_version"], matrix["matching"]) == (1, "class-first")
    page = body(ask(sh, "GET", f"{DATASET}/outcomes", params={**params, "kind": "true_positive"}))
    assert (page["total"], page["context"]["segment"]) == (3, "dark")


def test_the_interface_describes_itself(sh: Shoal) -> None:
    document = body(ask(sh, "GET", "/api/v1/openapi.json"))
    assert document["openapi"].startswith("3.1")
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(one.get("summary") or one.get("description") for one in operations)
    health = body(ask(sh, "GET", "/api/v1/health"))
    assert health["version"] == shoal.__version__
