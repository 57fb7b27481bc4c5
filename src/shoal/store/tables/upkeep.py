"""Keeping tables free of what nothing names any more."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shoal.store.tables.place import TableHome, is_remote, location, translated

if TYPE_CHECKING:
    import lance

NO_AGE: Final = timedelta(days=36500)
"""An age no version has: cleaning versions older than it takes only files that no version names."""

TIP: Final = "shoal-restored"
"""The Lance tag of a newest version that repeats an older one, made to push a leftover off the top."""


def drop(home: TableHome, uri: str) -> None:
    """Delete a table with all its versions; a table that is gone already is fine."""
    with translated(uri):
        if is_remote(uri):
            _drop_remote(uri)
        else:
            shutil.rmtree(location(home, uri), ignore_errors=True)
        _mark(home, uri).unlink(missing_ok=True)


def cleanup(home: TableHome, uri: str, keep: Collection[int]) -> None:
    """Delete all versions of a table but those in `keep`, and files no version names.

    Only while nobody writes to the table: an upload under way would lose its files.

    Args:
        home: where the table lies.
        uri: the table.
        keep: versions the catalog names; when empty the table is dropped.

    Raises:
        StorageError: the disk failed.
    """
    if not keep:
        drop(home, uri)
        return
    import lance

    with home.locks.holding(uri), translated(uri):
        newest = lance.dataset(location(home, uri))
        if newest.version not in keep:
            _restore(newest, max(keep))
        kept = {*keep, newest.latest_version}
        forget_versions(newest, [v["version"] for v in newest.versions() if v["version"] not in kept])
        newest.cleanup_old_versions(older_than=NO_AGE, delete_unverified=True)
        _mark(home, uri).unlink(missing_ok=True)


def _drop_remote(uri: str) -> None:
    import lance

    try:
        lance.LanceDataset.drop(uri)
    except (OSError, ValueError) as error:
        if "not found" not in str(error).lower():
            raise


def forget_versions(dataset: lance.LanceDataset, versions: Sequence[int]) -> None:
    """Delete versions and the files only they name; files of uploads under way stay."""
    if versions:
        dataset.cleanup_old_versions(versions=list(versions), error_if_tagged_old_versions=False)


@contextmanager
def unsettled(home: TableHome, uri: str) -> Iterator[None]:
    """Leave a mark in the home for as long as a table is being written.

    A mark that is there when the home is opened tells of files to clean up.  For a table on an object store
    it stays until then: listing what is there would be slow, and the bucket may hold others' tables.
    """
    mark = _mark(home, uri)
    half_written = mark.with_name(f".{mark.name}")
    half_written.write_text(uri, encoding="utf-8")
    half_written.replace(mark)
    yield
    if not is_remote(uri):
        mark.unlink(missing_ok=True)


def _mark(home: TableHome, uri: str) -> Path:
    return home.path / "unsettled" / uri.rsplit("/", 1)[-1]


def _restore(newest: lance.LanceDataset, version: int) -> None:
    """Lance cannot delete its newest version, so the wanted one is put on top under a tag."""
    wanted = newest.checkout_version(version)
    wanted.restore()  # type: ignore[no-untyped-call]
    if TIP in newest.tags.list():
        newest.tags.delete(TIP)
    newest.tags.create(TIP, wanted.version)
    newest.checkout_latest()  # type: ignore[no-untyped-call]
