"""Single images sent to the home, to be kept for good."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Protocol

from shoal.errors import StorageError
from shoal.store.catalog import Catalog
from shoal.store.media.roots import remember_image_root
from shoal.store.upload_names import inside, safe_name


class AssetHome(Protocol):
    """What keeping needs to know of a home."""

    @property
    def path(self) -> Path:
        """The home's folder."""

    @property
    def media_path(self) -> Path:
        """The folder of its images."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""


def keep_asset(home: AssetHome, folder: str, name: str, data: bytes) -> Path:
    """Write a file into a folder of the home's images, at once and for good; sending it again is fine.

    Raises:
        ForbiddenError: the name leads elsewhere.
        StorageError: the disk failed.
    """
    path = inside(home.media_path / folder, safe_name(name))
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageError(f"{name!r} could not be stored: {error.strerror or error}.") from error
    with home.catalog.begin() as session:
        # A home that is moved finds its images again by this note.
        remember_image_root(session, home.media_path, home.path)
    return path
