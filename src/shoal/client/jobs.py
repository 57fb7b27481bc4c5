"""Long work on the server, watched from here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from shoal.client.problems import error_from_problem
from shoal.client.progress import Progress, SilentProgress, open_progress
from shoal.client.resource import Resource
from shoal.client.session import Session
from shoal.errors import JobCancelledError, ShoalError
from shoal.wire.jobs import JobBody, JobList

POLL_S = 15
"""How long the server may hold one question open until something changes."""

CANCEL_POLLS = 20
"""How many changes to wait for until a cancelled job has stopped."""


class Job(Resource[JobBody]):
    """One piece of long work."""

    @property
    def kind(self) -> str:
        """What it does, such as `dataset.ingest`."""
        return self.body.kind

    @property
    def state(self) -> str:
        """`queued`, `running`, `succeeded`, `failed` or `cancelled`, as last read."""
        return self.body.state

    @property
    def progress(self) -> float:
        """How much is done, from 0 to 1, as last read."""
        return self.body.progress

    @property
    def step(self) -> str:
        """What it is doing, as last read."""
        return self.body.step

    @property
    def result(self) -> dict[str, Any] | None:
        """What it gave, once it has succeeded."""
        return self.body.result

    @property
    def error(self) -> ShoalError | None:
        """Why it failed."""
        return error_from_problem(self.body.error.model_dump()) if self.body.error else None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.body.state in ("succeeded", "failed", "cancelled")

    def refresh(self) -> Job:
        """Read it again and return it."""
        self.body = self.session.read(JobBody, "GET", ("jobs", self.id))
        return self

    def cancel(self) -> Job:
        """Ask it to stop; what it had prepared is discarded."""
        self.body = self.session.read(JobBody, "POST", ("jobs", self.id, "cancel"))
        return self

    def retry(self) -> Job:
        """Start it again after a failure."""
        self.body = self.session.read(JobBody, "POST", ("jobs", self.id, "retry"))
        return self

    def wait(self, *, progress: bool = True) -> dict[str, Any]:
        """Return its result once it has succeeded; an interrupt from the keyboard cancels it.

        Raises:
            ShoalError: it failed, with the error it failed with.
            JobCancelledError: somebody cancelled it.
        """
        with open_progress(progress) as shown:
            return wait_for(self, shown)

    def __repr__(self) -> str:
        return f"Job({self.kind}, {self.state}, {self.progress:.0%}, {self.step!r}, id={self.id})"


class Jobs:
    """The jobs of a server, newest first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, project: str | None = None, state: str | None = None) -> list[Job]:
        """Return jobs, of one project and in one state when given."""
        params = {"project": project, "state": state}
        body = self._session.read(JobList, "GET", ("jobs",), params=params)
        return [Job(self._session, item) for item in body.items]

    def get(self, job_id: str) -> Job:
        """Return a job by its id.

        Raises:
            NotFoundError: there is none.
        """
        return Job(self._session, self._session.read(JobBody, "GET", ("jobs", job_id)))

    def __getitem__(self, job_id: str) -> Job:
        return self.get(job_id)

    def __iter__(self) -> Iterator[Job]:
        return iter(self.list())

    def __repr__(self) -> str:
        return "\n".join(repr(job) for job in self) or "Jobs (none)"


def wait_for(job: Job, progress: Progress | None = None) -> dict[str, Any]:
    """Follow a job to its end and return its result.

    Raises:
        ShoalError: it failed, with the error it failed with.
        JobCancelledError: it was cancelled, also by an interrupt from the keyboard.
    """
    shown = progress or SilentProgress()
    try:
        while not job.is_finished:
            shown.show(job.step or job.kind, job.progress, 1.0)
            _poll(job)
    except KeyboardInterrupt:
        with suppress(ShoalError):
            _cancel(job)
        raise
    if job.state == "cancelled":
        raise JobCancelledError(f"Job {job.id} ({job.kind}) was cancelled; nothing was stored.")
    if job.state == "failed":
        raise job.error or ShoalError(f"Job {job.id} ({job.kind}) failed.")
    return job.result or {}


def _poll(job: Job) -> None:
    params = {"wait": POLL_S, "after": job.body.revision}
    job.body = job.session.read(JobBody, "GET", ("jobs", job.id), params=params)


def _cancel(job: Job) -> None:
    """Cancel a job and give it time to stop, so that nothing is taken from under it."""
    job.cancel()
    for _ in range(CANCEL_POLLS):
        if job.is_finished:
            return
        _poll(job)
