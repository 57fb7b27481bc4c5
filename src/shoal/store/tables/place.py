"""Where tables lie, and how Lance is reached."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shoal.errors import NotFoundError, ShoalError, StorageError
from shoal.store.locks import NamedLocks
from shoal.store.versions import TableVersion

if TYPE_CHECKING:
    import lance


class TableHome(Protocol):
    """What tables need to know of the home they lie in."""

    @property
    def path(self) -> Path:
        """The home's folder; relative URIs start here."""

    @property
    def tables_uri(self) -> str:
        """Where new tables go: `tables`, or a full URI such as `s3://bucket/tables`."""

    @property
    def locks(self) -> NamedLocks:
        """Amendments of one table take turns."""


def is_remote(uri: str) -> bool:
    """Return whether a table lies on an object store."""
    return "://" in uri


def location(home: TableHome, uri: str) -> str:
    """Return what Lance opens: an absolute path, or the URI of an object store as it is."""
    return uri if is_remote(uri) else str(home.path / uri)


def opened(home: TableHome, table: TableVersion) -> lance.LanceDataset:
    """Return the Lance dataset of one version.

    Raises:
        NotFoundError: the table or the version is gone.
    """
    import lance

    try:
        return lance.dataset(location(home, table.uri), version=table.version)
    except ValueError as error:
        raise NotFoundError(f"Table {table.uri} has no version {table.version}.") from error


@contextmanager
def translated(uri: str) -> Iterator[None]:
    """Run a block of work on a table; what Lance raises comes out as a `StorageError`."""
    try:
        yield
    except ShoalError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StorageError(
            f"Table {uri} could not be read or written: {reason}",
            hint="Check that the disk has room and that the folder or bucket can be reached.",
        ) from error


def flush_to_disk(folder: str, *, since_ns: int) -> None:
    """Ask the system to put a local table's files changed at or after `since_ns` on the disk.

    Lance leaves that to the system's own time; what the catalog names must survive a power cut.
    """
    for parent, _folders, files in os.walk(folder):
        for name in (*files, "."):
            path = os.path.join(parent, name)
            if os.stat(path).st_mtime_ns < since_ns:
                continue
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
