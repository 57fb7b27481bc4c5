"""Jobs are followed to their end, whatever that is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shoal.client.jobs import Job, wait_for
from shoal.client.session import Session
from shoal.client.transport import Params, Response
from shoal.errors import InvalidInputError, JobCancelledError
from shoal.wire.jobs import JobBody


class Worker:
    """Answers questions about one job with its next state; an exception in place of a state is raised."""

    address = "worker"
    in_process = True

    def __init__(self, *states: str | type[BaseException]) -> None:
        self.states = list(states)
        self.asked: list[tuple[str, str, Any]] = []

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self.asked.append((method, path, dict(params or {})))
        state = self.states.pop(0)
        if isinstance(state, type):
            raise state
        return Response(200, {}, body(state, revision=len(self.asked)).model_dump_json().encode())

    def close(self) -> None: ...


def body(state: str, *, revision: int = 0) -> JobBody:
    problem = {"type": "t", "title": "t", "status": 422, "code": "invalid_input", "detail": "Too dark."}
    values = dict.fromkeys(JobBody.model_fields)
    values |= {
        "id": "j1",
        "kind": "ingest_dataset",
        "state": state,
        "progress": 0.5,
        "step": "reading",
        "result": {"notes": ["one"]} if state == "succeeded" else None,
        "error": problem if state == "failed" else None,
        "attempts": 1,
        "revision": revision,
        "created_at": "2026-01-01T00:00:00Z",
        "url": "/j1",
    }
    return JobBody.model_validate_json(json.dumps(values))


def job(worker: Worker) -> Job:
    return Job(Session(worker), body("queued"))


def test_the_result_is_returned_and_each_question_waits_for_a_change() -> None:
    worker = Worker("queued", "running", "succeeded")
    assert wait_for(job(worker)) == {"notes": ["one"]}
    assert [asked[2]["after"] for asked in worker.asked] == [0, 1, 2]
    assert all(asked[2]["wait"] > 0 for asked in worker.asked)


def test_a_failed_job_raises_what_it_failed_with() -> None:
    with pytest.raises(InvalidInputError, match="Too dark"):
        wait_for(job(Worker("failed")))


def test_a_cancelled_job_says_that_nothing_was_stored() -> None:
    with pytest.raises(JobCancelledError, match="nothing was stored"):
        wait_for(job(Worker("running", "cancelled")))


def test_an_interrupt_cancels_the_job_and_lets_it_stop() -> None:
    worker = Worker("running", KeyboardInterrupt, "running", "running", "cancelled")
    with pytest.raises(KeyboardInterrupt):
        wait_for(job(worker))
    assert [(method, path.rsplit("/", 1)[1]) for method, path, _ in worker.asked] == [
        ("GET", "j1"),
        ("GET", "j1"),
        ("POST", "cancel"),
        ("GET", "j1"),
        ("GET", "j1"),
    ]


def test_a_job_is_readable() -> None:
    failed = Job(Session(Worker()), body("failed"))
    assert repr(failed) == "Job(ingest_dataset, failed, 50%, 'reading', id=j1)"
    assert isinstance(failed.error, InvalidInputError)
    assert failed.result is None
    assert Job(Session(Worker()), body("running")).error is None
