"""Whatever is sent to any operation, the answer is one of ours: never a 500, never a driver's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shoal
from journey_data import write_journey_files
from problem_bodies import problem_of
from shoal.client.asgi import AsgiServer
from shoal.server.app import create_app

WORDS = (
    *(
        "",
        "a",
        "Night",
        "v1",
        "p",
        "d",
        "é🐟",
        "a b",
        "a/b",
        "../..",
        "\0",
        "'; drop table job;--",
        "x" * 300,
    ),
    *("0", "-1", "1e400", "nan", "99999999999999999999999", "true", "null", "[]", "All Frames", "\ud800"),
    *("time_of_day:night", "(", "inference(", "confidence:>0.5", "split", "-split", "recall", "csv", "json"),
    *("coco", "arrow", "parquet", "regression_test", "frames", "labels", "inferences", "*", "\n", "query:("),
)
NUMBERS = (0, 1, -1, 0.5, 2**31, 2**63, 2**64, 10**30, 1e308)
KNOWN = {
    "project": "p",
    "dataset": "d",
    "segment": "Night",
    "name": "v1",
    "inference_set": "v1",
    "baseline": "v1",
    "candidate": "v1",
}
LEFT_OUT = {"wait"}
"""A long poll only takes time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AsgiServer, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("surprises")
    files = write_journey_files(folder, n_frames=12)
    with shoal.connect(folder / "home") as sh:
        val = sh.create_project("p").datasets.upload(
            "d", coco=files.coco, metadata=files.metadata, progress=False
        )
        val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
        val.segments.create("Night", type="regression_test", query="time_of_day:night")
    app = create_app(folder / "home")
    running = AsgiServer(app)
    yield running, app.openapi()
    running.close()


def values(schema: dict[str, Any], shapes: dict[str, Any], data: st.DataObject, depth: int = 0) -> Any:
    """Draw a value that mostly fits a schema."""
    if depth > 5 or data.draw(st.integers(0, 7)) == 0:
        return data.draw(st.sampled_from([*WORDS, *NUMBERS, None, True, [], {}, [1], {"a": 1}]))
    if "$ref" in schema:
        return values(shapes[schema["$ref"].rsplit("/", 1)[1]], shapes, data, depth + 1)
    if "anyOf" in schema:
        return values(data.draw(st.sampled_from(schema["anyOf"])), shapes, data, depth + 1)
    if "enum" in schema:
        return data.draw(st.sampled_from(schema["enum"]))
    kind = schema.get("type", "string")
    if kind == "array":
        n_items = data.draw(st.integers(0, 2))
        return [values(schema.get("items", {}), shapes, data, depth + 1) for _ in range(n_items)]
    if kind == "object":
        required = schema.get("required", ())
        chosen = {
            key: values(one, shapes, data, depth + 1)
            for key, one in schema.get("properties", {}).items()
            if key in required or data.draw(st.integers(0, 3)) == 0
        }
        more = schema.get("additionalProperties")
        return (
            {**chosen, "recall": values(more, shapes, data, depth + 1)} if isinstance(more, dict) else chosen
        )
    if kind in ("number", "integer"):
        return data.draw(st.sampled_from(NUMBERS))
    return data.draw(st.booleans() if kind == "boolean" else st.sampled_from(WORDS))


def as_text(value: Any) -> str:
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


def parameter(given_as: dict[str, Any], shapes: dict[str, Any], data: st.DataObject) -> Any:
    name = given_as["name"]
    if name in KNOWN and data.draw(st.integers(0, 5)):
        return KNOWN[name]
    return values(given_as["schema"], shapes, data)


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_operation_answers_in_our_words(
    server: tuple[AsgiServer, dict[str, Any]], data: st.DataObject
) -> None:
    running, document = server
    shapes = document["components"]["schemas"]
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "delete" and not path.endswith("/cancel")
    ]
    path, method, operation = data.draw(st.sampled_from(operations))
    query: list[str] = []
    headers = {"content-type": "application/json"}
    for one in operation.get("parameters", ()):
        name = one["name"]
        if one["in"] == "path":
            path = path.replace(f"{{{name}}}", as_text(parameter(one, shapes, data)) or "x")
        elif one["in"] == "header":
            if name == "if-match" and data.draw(st.booleans()):
                headers[name] = data.draw(
                    st.sampled_from(['"1"', "abc", 'W/"1"', '"9999999999999999999999"'])
                )
        elif name not in LEFT_OUT and (one.get("required") or data.draw(st.booleans())):
            value = parameter(one, shapes, data)
            query += [f"{name}={as_text(item)}" for item in (value if isinstance(value, list) else [value])]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = b"" if content is None else json.dumps(values(content["schema"], shapes, data)).encode()
    headers["content-length"] = str(len(body))
    answer = running.request(method.upper(), path, "&".join(query), headers, body)
    assert answer.status < 500, answer.content
    if answer.status >= 400:
        response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.content)
        problem_of(response, answer.status, response.json()["code"])
