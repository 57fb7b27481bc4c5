"""What an upload has written and the catalog does not name yet: taken back at once when the upload fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from shoal.errors import InvalidInputError, StorageError
from shoal.services.uploads import path_of
from shoal.store import tables
from shoal.store.catalog import Project, named_tables
from shoal.store.tables import TableVersion
from shoal.wire.uploads import FileRef

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


class Drafts:
    """The tables one upload has written so far, and the images it moved into the store."""

    def __init__(self) -> None:
        self._uris: list[str] = []
        self._moved: list[tuple[Path, Path]] = []

    def keep(self, table: TableVersion) -> TableVersion:
        """Remember a table and return it."""
        self._uris.append(table.uri)
        return table

    def adopt_images(self, runtime: Runtime, reference: FileRef) -> Path:
        """Return the folder of images; uploaded ones move into the store, where they stay.

        Raises:
            NotFoundError: the upload is gone or holds no such folder.
        """
        if reference.upload is None:
            return image_folder(runtime, reference)
        kept = runtime.home.media_path / reference.upload
        if kept.exists():  # moved by this very job before a crash
            staged = runtime.uploads.folder(reference.upload) / reference.path.rstrip("/")
        else:
            staged = image_folder(runtime, reference)
            staged.rename(kept)
        self._moved.append((staged, kept))
        return kept

    def take_back(self, runtime: Runtime) -> None:
        """Drop new tables, rid amended ones of what the catalog does not name, and return the images."""
        for staged, kept in self._moved:
            if staged.parent.is_dir():
                kept.rename(staged)
            else:  # the upload was discarded meanwhile
                shutil.rmtree(kept, ignore_errors=True)
        with runtime.catalog.read() as session:
            named = named_tables(session) if self._uris else {}
        for uri in self._uris:
            tables.cleanup(runtime.home, uri, named.get(uri, ()))


@contextmanager
def drafts(runtime: Runtime, project: str) -> Iterator[Drafts]:
    """Write to the tables of a project, one upload at a time; on failure nothing of it stays.

    What cannot be reached now is collected when the home is opened next.

    Args:
        runtime: the open home.
        project: name or id; uploads into one project take turns, for they share its class map.
    """
    with runtime.catalog.read() as session:
        matches = (Project.name == project) | (Project.id == project)
        owner = session.scalar(select(Project.id).where(matches)) or project
    with runtime.home.locks.holding(f"ingest:{owner}"):
        written = Drafts()
        try:
            yield written
        except BaseException:
            with suppress(StorageError):
                written.take_back(runtime)
            raise


def image_folder(runtime: Runtime, reference: FileRef) -> Path:
    """Return the folder of images a request names.

    Raises:
        InvalidInputError: it is a file.
    """
    folder = path_of(runtime, reference)
    if not folder.is_dir():
        raise InvalidInputError(
            f"Expected a folder of images, found the file {reference.path!r}.", location={"field": "images"}
        )
    return folder
