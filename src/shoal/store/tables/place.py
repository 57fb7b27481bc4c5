"""Where tables lie, and how Lance is reached."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shoal.errors import NotFoundError, ShoalError, StorageError
from shoal.store.locks import NamedLocks
from shoal.store.reasons import reason_of
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
    """Return what Lance opens: an absolute path, or the URI of an object store as it is.

    Raises:
        StorageError: the URI is not one that `write` gives: nothing else may be read, let alone deleted.
    """
    if is_remote(uri):
        return uri
    if not re.fullmatch(r"tables/[a-z]+-[0-9a-f]+\.lance", uri):
        raise StorageError(f"{uri!r} does not name a table of this home.")
    return str(home.path / uri)


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
        raise StorageError(
            f"Table {uri} could not be read or written: {reason_of(error)}.",
            hint="Check that the disk has room and that the folder or bucket can be reached.",
        ) from error


def files_of(home: TableHome, uri: str) -> frozenset[str]:
    """Return the files of a local table; nothing for one on an object store."""
    if is_remote(uri):
        return frozenset()
    return frozenset(
        os.path.join(parent, name)
        for parent, _, names in os.walk(location(home, uri))
        for name in names
        if name != "latest_version_hint.json"
    )


def flush_to_disk(home: TableHome, uri: str, *, known: frozenset[str] = frozenset()) -> None:
    """Ask the system to put the files of a local table that are not `known` on the disk, now.

    Lance leaves that to the system's own time; what the catalog names must survive a power cut.
    """
    fresh = files_of(home, uri) - known
    folders = {os.path.dirname(path) for path in fresh}
    if fresh and not known:
        folders |= {location(home, uri), os.path.dirname(location(home, uri))}
    for path in (*fresh, *folders):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
