"""Folders whose images may be shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import ForbiddenError, NotFoundError
from shoal.store.catalog import Catalog, Fact

PREFIX: Final = "image_root:"


def remember_image_root(session: Session, folder: Path, home: Path) -> None:
    """Note in the catalog that a folder was named for its images, by somebody who may read it.

    The note also says where the folder lies in the home, if it does: a home that is moved or copied shows
    the images it carries.

    Args:
        session: a writing session.
        folder: absolute, without links.
        home: the home's folder.
    """
    inside = folder.relative_to(home).as_posix() if folder.is_relative_to(home) else ""
    session.merge(Fact(key=f"{PREFIX}{folder}", value=inside))


class ImageRoots:
    """Says which local files may be shown: those really in an allowed folder, links followed.

    Allowed are the folders given, the home's own images, and the folders uploads took images from.

    Args:
        home: the home's folder.
        catalog: where folders of uploads are noted.
        given: absolute folders without links.
        is_open: whether the only caller is this process itself, which may read its own files anyway.
    """

    def __init__(self, home: Path, catalog: Catalog, given: Sequence[Path], *, is_open: bool) -> None:
        self._home = home
        self._catalog = catalog
        self._given = tuple(str(folder) for folder in (home / "media", *given))
        self._is_open = is_open
        self._noted: dict[str, str] = {}

    def resolve(self, path: str) -> Path:
        """Return the real path of a file that may be shown.

        Raises:
            ForbiddenError: it lies, or a link leads, outside the allowed folders.
            NotFoundError: it does not exist.
        """
        found = self._found(path)
        if found is None or not os.path.exists(found):
            self._noted = self._read_notes()
            found = self._found(path)
        if found is None:
            # Whether the file exists is not told: the folder is none of the caller's business.
            raise ForbiddenError(
                f"The image {path} lies outside the folders this server may show.",
                hint=f"Start it with: shoal serve --root {os.path.dirname(path) or '/'}",
                location={"path": path},
            )
        if not os.path.exists(found):  # false as well for names no file can have
            raise NotFoundError(
                f"There is no image {path}.",
                hint="The file was moved or deleted since the upload.",
                location={"path": path},
            )
        return found

    def _found(self, path: str) -> Path | None:
        carried = self._carried(path)
        if carried is not None and os.path.exists(carried):
            path = carried
        real = os.path.realpath(path)
        if self._is_open or any(_is_below(real, root) for root in (*self._given, *self._noted)):
            return Path(real)
        inside = (str(self._home / place) for place in self._noted.values() if place)
        return Path(real) if any(_is_below(real, root) for root in inside) else None

    def _carried(self, path: str) -> str | None:
        """Return where the home itself carries a file, when its images were in the home at upload."""
        for root, inside in self._noted.items():
            if inside and _is_below(path, root):
                return str(self._home / inside / os.path.relpath(path, root))
        return None

    def _read_notes(self) -> dict[str, str]:
        with self._catalog.read() as session:
            facts = session.scalars(select(Fact).where(Fact.key.startswith(PREFIX, autoescape=True)))
            return {fact.key.removeprefix(PREFIX): fact.value for fact in facts}


def _is_below(path: str, root: str) -> bool:
    return path.startswith(root.rstrip(os.sep) + os.sep)
