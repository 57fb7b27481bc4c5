"""Jobs and their progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from shoal.wire.base import Shape
from shoal.wire.problems import ProblemBody

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobBody(Shape):
    """One piece of long work."""

    id: str
    kind: str
    state: JobState
    progress: float
    step: str
    result: dict[str, Any] | None
    error: ProblemBody | None
    attempts: int
    revision: int
    project: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    url: str


class JobList(Shape):
    """Jobs, newest first."""

    items: list[JobBody]


class HealthBody(Shape):
    """The server's word on itself."""

    status: Literal["ok"]
    version: str
    home: str
    pid: int
    roots: list[str]
