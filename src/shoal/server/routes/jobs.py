"""Jobs: state, long poll, events, cancel, retry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from shoal.server.access import RuntimeOf
from shoal.services.jobs import is_final
from shoal.wire.jobs import JobBody, JobList
from shoal.wire.jobs import JobState as JobStateName

router = APIRouter(prefix="/jobs", tags=["jobs"])

_EVENT_WAIT_S = 5.0


@router.get("")
def list_jobs(runtime: RuntimeOf, project: str | None = None, state: JobStateName | None = None) -> JobList:
    """Return jobs, newest first."""
    return runtime.board.list(project=project, state=state)


@router.get("/{job}")
def get_job(
    runtime: RuntimeOf,
    job: str,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
    after: int = -1,
) -> JobBody:
    """Return a job; with `wait`, once it changed after revision `after` or the seconds are over."""
    if wait:
        return runtime.board.wait(job, after=after, timeout_s=wait)
    return runtime.board.get(job)


@router.post("/{job}/cancel")
def cancel_job(runtime: RuntimeOf, job: str) -> JobBody:
    """Ask a job to stop."""
    return runtime.board.cancel(job)


@router.post("/{job}/retry")
def retry_job(runtime: RuntimeOf, job: str) -> JobBody:
    """Queue a failed or cancelled job again."""
    return runtime.board.retry(job)


@router.get("/{job}/events")
async def job_events(runtime: RuntimeOf, job: str) -> StreamingResponse:
    """Send the job at every change as server-sent events, until it ends."""
    first = await run_in_threadpool(runtime.board.get, job)

    async def events() -> AsyncIterator[str]:
        body, sent = first, -1
        while True:
            if body.revision > sent:
                sent = body.revision
                yield f"event: progress\ndata: {body.model_dump_json()}\n\n"
            else:
                yield ": still here\n\n"
            if is_final(body):
                yield f"event: end\ndata: {body.model_dump_json()}\n\n"
                return
            body = await run_in_threadpool(runtime.board.wait, job, after=sent, timeout_s=_EVENT_WAIT_S)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
