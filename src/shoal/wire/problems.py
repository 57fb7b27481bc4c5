"""Errors on the wire (RFC 9457)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shoal.wire.base import Shape


class RowProblem(Shape):
    """One thing wrong with one row of an upload."""

    file: str
    place: str
    field: str
    expected: str
    found: str
    hint: str = ""


class ProblemBody(Shape):
    """The body of every error, served as `application/problem+json`."""

    type: str = Field(description="A link to the description of the code.")
    title: str
    status: int
    code: str
    detail: str
    hint: str = ""
    location: dict[str, Any] = Field(default_factory=dict)
    problems: list[RowProblem] = Field(
        default_factory=list, description="At most 50 rows of a rejected upload."
    )
    total: int = Field(default=0, description="How many rows are at fault in all.")
