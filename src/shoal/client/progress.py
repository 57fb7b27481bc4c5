"""Progress on standard error: a bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class Progress(Protocol):
    """Shows one line of work at a time; a context manager."""

    def show(self, step: str, done: float, total: float, *, unit: str = "") -> None:
        """Show that `done` of `total` of a step is behind us; `unit` is `bytes` or empty."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class SilentProgress:
    """Shows nothing."""

    def show(self, step: str, done: float, total: float, *, unit: str = "") -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class TerminalProgress:
    """A bar on standard error that goes away when done."""

    def __init__(self) -> None:
        self._bars: RichProgress | None = None
        self._step: str | None = None

    def show(self, step: str, done: float, total: float, *, unit: str = "") -> None:
        """Show the step in place of the one before."""
        assert self._bars is not None
        shown = f"{step} ({_megabytes(done)} of {_megabytes(total)} MB)" if unit == "bytes" else step
        for task in self._bars.task_ids[:1]:
            self._bars.update(task, description=shown, completed=done, total=total)
            return
        self._bars.add_task(shown, completed=int(done), total=total)

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._bars = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


def open_progress(wanted: bool) -> Progress:
    """Return a bar when one is wanted and standard error is a terminal, else a silent one."""
    return TerminalProgress() if wanted and sys.stderr.isatty() else SilentProgress()


def _megabytes(n_bytes: float) -> str:
    return f"{n_bytes / 1e6:,.1f}"
