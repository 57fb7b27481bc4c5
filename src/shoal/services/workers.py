"""Threads that run jobs, fed by huey."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huey.consumer import Consumer

N_WORKERS = 2
_POLL_S = 0.02
_MAX_POLL_S = 0.2


class Workers:
    """Runs job ids on worker threads, in order; started by the first job.

    huey's queue is in memory on purpose: what is to be done is written in the catalog, and queued again from
    there after a crash, so that there is one truth.
    """

    def __init__(self) -> None:
        self._run: Callable[[str], None] | None = None
        self._consumer: Consumer | None = None
        self._task: Callable[[str], Any] | None = None
        self._lock = Lock()

    def bind(self, run: Callable[[str], None]) -> None:
        """Say what runs a job."""
        self._run = run

    def dispatch(self, job_id: str) -> None:
        """Queue a job."""
        with self._lock:
            if self._task is None:
                self._task = self._start()
        self._task(job_id)

    def _start(self) -> Callable[[str], Any]:
        from huey import MemoryHuey
        from huey.consumer import Consumer

        class ThreadConsumer(Consumer):  # type: ignore[misc]
            def _set_signal_handlers(self) -> None:
                """Signals belong to the server, not to its workers."""

        huey = MemoryHuey("shoal", results=False)
        task: Callable[[str], Any] = huey.task()(self._run_one)
        self._consumer = ThreadConsumer(
            huey,
            workers=N_WORKERS,
            periodic=False,
            initial_delay=_POLL_S,
            max_delay=_MAX_POLL_S,
            check_worker_health=False,
        )
        self._consumer.start()
        return task

    def _run_one(self, job_id: str) -> None:
        assert self._run is not None
        self._run(job_id)

    def close(self) -> None:
        """Stop taking jobs and wait for running ones to notice."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
