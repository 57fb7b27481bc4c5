"""Long work: durable in the catalog, dispatched by huey, reported while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shoal.errors import ConflictError, JobCancelledError, NotFoundError, ShoalError, UploadRejectedError
from shoal.store.catalog import Catalog, Job, JobState, Project, now
from shoal.wire.jobs import JobBody, JobList
from shoal.wire.problems import ProblemBody, RowProblem

_REPORT_EVERY_S = 0.2


def is_final(body: JobBody) -> bool:
    """Return whether a job will not change any more."""
    return JobState(body.state).is_final


def job_body(job: Job) -> JobBody:
    """Return a job as the wire shows it."""
    return JobBody.model_validate(
        {
            "id": job.id,
            "kind": job.kind,
            "state": job.state,
            "progress": job.progress,
            "step": job.step,
            "result": job.result,
            "error": job.error,
            "attempts": job.attempts,
            "revision": job.revision,
            "project": (job.arguments or {}).get("project"),
            "created_at": job.created_at,
            "started_at": job.started_at,
            "finished_at": job.finished_at,
            "url": f"/api/v1/jobs/{job.id}",
        }
    )


def problem_body(error: ShoalError) -> ProblemBody:
    """Return an error as the wire shows it."""
    rows = error.problems if isinstance(error, UploadRejectedError) else ()
    return ProblemBody(
        type=f"/api/docs/errors#{error.code}",
        title=error.code.replace("_", " ").capitalize(),
        status=error.status,
        code=error.code,
        detail=error.message,
        hint=error.hint,
        location=error.location,
        problems=[
            RowProblem(
                file=row.file,
                place=row.place,
                field=row.field,
                expected=row.expected,
                found=row.found,
                hint=row.hint,
            )
            for row in rows
        ],
        total=error.total if isinstance(error, UploadRejectedError) else 0,
    )


class JobProgress:
    """What a running job reports to: progress out, cancellation in.

    Args:
        catalog: where the job's row is.
        job_id: the job.
        board: the board the job is on.
    """

    def __init__(self, catalog: Catalog, job_id: str, board: JobBoard) -> None:
        self.job_id = job_id
        self._catalog = catalog
        self._board = board
        self._last = 0.0
        self._step = ""

    def report(self, fraction: float, step: str) -> None:
        """Say how far the job is; written at most five times a second unless the step changes.

        Args:
            fraction: done so far, 0 to 1.
            step: what is going on, in a few words.

        Raises:
            JobCancelledError: a user asked to cancel, or the process is closing.
        """
        if self._board.is_closing:
            raise JobCancelledError("Shoal is closing; the job starts again with it.")
        moment = time.monotonic()
        if step == self._step and moment - self._last < _REPORT_EVERY_S:
            return
        self._last, self._step = moment, step
        with self._catalog.begin() as session:
            job = session.get(Job, self.job_id)
            if job is None or job.cancel_requested:
                raise JobCancelledError("The job was cancelled; what it had prepared is discarded.")
            job.progress, job.step = min(max(fraction, 0.0), 1.0), step
        self._board.announce()


class JobBoard:
    """All jobs of a home: written first, then run; what a crash cut short is run again.

    Args:
        catalog: where jobs are kept.
        dispatch: hands a job's id to the workers.
    """

    def __init__(self, catalog: Catalog, dispatch: Callable[[str], None]) -> None:
        self._catalog = catalog
        self._dispatch = dispatch
        self._changed = Condition()
        self.is_closing = False

    def announce(self) -> None:
        """Wake everyone who waits for a change of a job."""
        with self._changed:
            self._changed.notify_all()

    def submit(self, kind: str, arguments: dict[str, Any]) -> JobBody:
        """Write a job down and hand it to the workers; `arguments["project"]` names its project."""
        with self._catalog.begin() as session:
            body = job_body(self.add(session, kind, arguments))
        self.start(body.id)
        return body

    def add(self, session: Session, kind: str, arguments: dict[str, Any]) -> Job:
        """Write a job down in a transaction that writes more; `start` it once that is committed."""
        name = arguments.get("project")
        project_id = session.scalar(select(Project.id).where(Project.name == name)) if name else None
        job = Job(kind=kind, arguments=arguments, project_id=project_id)
        session.add(job)
        session.flush()
        return job

    def start(self, job_id: str) -> None:
        """Hand a job that is written down to the workers."""
        self._dispatch(job_id)

    def resume(self) -> int:
        """Queue again what was queued or running when the process ended; return how many."""
        with self._catalog.begin() as session:
            jobs = list(
                session.scalars(select(Job).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))))
            )
            for job in jobs:
                job.state, job.progress, job.step = JobState.QUEUED, 0.0, "waiting to start again"
            ids = [job.id for job in jobs]
        for job_id in ids:
            self._dispatch(job_id)
        return len(ids)

    def claim(self, job_id: str) -> Job | None:
        """Mark a queued job as running and return it; `None` when somebody else did, or it was cancelled."""
        with self._catalog.begin() as session:
            taken = session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state == JobState.QUEUED)
                .values(
                    state=JobState.RUNNING,
                    started_at=now(),
                    attempts=Job.attempts + 1,
                    revision=Job.revision + 1,
                )
            )
            job = session.get(Job, job_id) if taken.rowcount else None  # type: ignore[attr-defined]
        self.announce()
        return job

    def finish(self, job_id: str, state: JobState, *, error: ShoalError | None = None) -> None:
        """Record how a job ended; a success is recorded by the job's own transaction."""
        with self._catalog.begin() as session:
            job = session.get(Job, job_id)
            if job is not None and not job.state.is_final:
                job.state, job.finished_at = state, now()
                job.error = problem_body(error).model_dump(mode="json") if error else None
        self.announce()

    def progress(self, job_id: str) -> JobProgress:
        """Return what a running job reports to."""
        return JobProgress(self._catalog, job_id, self)

    def get(self, job_id: str) -> JobBody:
        """Return a job.

        Raises:
            NotFoundError: there is none of that id.
        """
        with self._catalog.read() as session:
            job = session.get(Job, job_id)
            if job is None:
                raise NotFoundError(f"There is no job {job_id!r}.", location={"job": job_id})
            return job_body(job)

    def wait(self, job_id: str, *, after: int, timeout_s: float) -> JobBody:
        """Return a job once its revision is past `after`, or as it is when the time is over."""
        deadline = time.monotonic() + timeout_s
        while True:
            body = self.get(job_id)
            left = deadline - time.monotonic()
            if body.revision > after or is_final(body) or left <= 0:
                return body
            with self._changed:
                self._changed.wait(min(left, 0.5))

    def list(self, *, project: str | None = None, state: str | None = None) -> JobList:
        """Return jobs, newest first, at most 1,000."""
        chosen = select(Job).order_by(Job.created_at.desc(), Job.id).limit(1000)
        if state is not None:
            chosen = chosen.where(Job.state == JobState(state))
        if project is not None:
            chosen = chosen.join(Project, Project.id == Job.project_id).where(Project.name == project)
        with self._catalog.read() as session:
            return JobList(items=[job_body(job) for job in session.scalars(chosen)])

    def cancel(self, job_id: str) -> JobBody:
        """Ask a job to stop: at once when it is queued, at its next report when it runs."""
        with self._catalog.begin() as session:
            job = session.get(Job, job_id)
            if job is None:
                raise NotFoundError(f"There is no job {job_id!r}.", location={"job": job_id})
            if job.state.is_final:
                raise ConflictError(f"Job {job_id} has {job.state} already.")
            job.cancel_requested = True
            if job.state is JobState.QUEUED:
                job.state, job.finished_at = JobState.CANCELLED, now()
        self.announce()
        return self.get(job_id)

    def retry(self, job_id: str) -> JobBody:
        """Queue a failed or cancelled job again."""
        with self._catalog.begin() as session:
            job = session.get(Job, job_id)
            if job is None:
                raise NotFoundError(f"There is no job {job_id!r}.", location={"job": job_id})
            if job.state not in (JobState.FAILED, JobState.CANCELLED):
                raise ConflictError(
                    f"Job {job_id} is {job.state}; only a failed or cancelled one can be retried."
                )
            job.state, job.error, job.cancel_requested = JobState.QUEUED, None, False
            job.progress, job.finished_at = 0.0, None
        self._dispatch(job_id)
        return self.get(job_id)
