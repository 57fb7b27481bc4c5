"""`docs/openapi.json` is the schema of the interface, from which the page's types come.

Written anew with `SHOAL_WRITE_OPENAPI=1 pytest tests/contract/test_openapi.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shoal.client.asgi import AsgiServer
from shoal.server.app import create_app

PAGE = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    server = AsgiServer(create_app(tmp_path_factory.mktemp("openapi") / "home"))
    try:
        content: dict[str, Any] = server.request("GET", "/api/v1/openapi.json", "", {}, b"").json()
    finally:
        server.close()
    return content


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def inside(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(item)


def test_the_written_schema_is_the_interfaces_own(document: dict[str, Any]) -> None:
    written = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("SHOAL_WRITE_OPENAPI"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written, "write it anew with SHOAL_WRITE_OPENAPI=1"


def test_every_operation_is_described_and_answers_with_problems(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"].endswith("."), name
        assert operation["tags"], name
        problem = operation["responses"]["default"]["content"]
        assert problem == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
        }
        assert not [code for code in operation["responses"] if code.startswith(("4", "5"))], name


def test_the_schema_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for one in inside(document):
        reference = one.get("$ref")
        if isinstance(reference, str):
            assert reference.removeprefix("#/components/schemas/") in schemas
    for name, operation in operations(document):
        named = set(re.findall(r"\{(\w+)\}", name))
        given = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert named == given, name
        for one in operation.get("parameters", ()):
            Draft202012Validator.check_schema(one["schema"])
