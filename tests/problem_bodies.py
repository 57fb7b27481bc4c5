"""What every problem body must look like."""

from __future__ import annotations

from typing import Any

import httpx

FIELDS = {"type", "title", "status", "code", "detail", "hint", "location", "problems", "total"}
INSIDES = (
    "Traceback",
    "sqlite",
    "sqlalchemy",
    "psycopg",
    "pydantic",
    "NoneType",
    "lance",
    "polars",
    "pyarrow",
)


def problem_of(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return a problem body after holding it to its form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) == FIELDS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/api/docs/errors#{code}"
    assert body["title"]
    assert body["detail"]
    said = f"{body['detail']} {body['hint']}".casefold()
    assert not [word for word in INSIDES if word.casefold() in said], said
    return body
