"""The home: the folder that holds everything one Shoal keeps."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shoal.errors import InvalidInputError, StorageError
from shoal.store.catalog import Catalog, Fact, new_id
from shoal.store.files import read_json, read_secret, write_json, write_secret
from shoal.store.garbage import collect_garbage
from shoal.store.locks import NamedLocks
from shoal.store.ownership import Owner, Ownership, read_owner

__all__ = ["FORMAT", "Home", "Owner", "read_owner"]

FORMAT: Final = 1
"""The layout of the folder; a folder with a higher number was made by a newer Shoal."""

FOLDERS: Final = ("tables", "derived", "uploads", "media", "unsettled")


@dataclass
class Home:
    """An open home; one process owns it at a time.

    Attributes:
        path: the folder.
        catalog: the database of everything small.
        tables_uri: where new tables go, relative to `path` or a full URI such as `s3://bucket/tables`.
        locks: locks by name for work that must take turns inside this process.
    """

    path: Path
    catalog: Catalog
    tables_uri: str
    _ownership: Ownership
    locks: NamedLocks = field(default_factory=NamedLocks)

    @staticmethod
    def open(
        path: Path | str,
        *,
        catalog_url: str | None = None,
        owner_url: str | None = None,
        tables_uri: str = "tables",
    ) -> Home:
        """Take a home over, make it when it is new, and clear away what crashes left.

        Args:
            path: the folder.
            catalog_url: the catalog database, `catalog.sqlite` in the folder when absent.
            owner_url: where this process serves the home; see `set_url`.
            tables_uri: where new tables go.

        Raises:
            HomeInUseError: another process owns it; `location` holds its `pid` and `url`.
            InvalidInputError: a newer Shoal made the folder, the catalog belongs to another folder, or
                `tables_uri` is no URI.
            StorageError: the folder cannot be written.
        """
        if tables_uri != "tables" and "://" not in tables_uri:
            raise InvalidInputError(
                f"Expected tables_uri to be a URI such as s3://bucket/tables, found {tables_uri!r}.",
                location={"field": "tables_uri"},
            )
        folder = Path(path).expanduser().resolve()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            ownership = Ownership(folder, owner_url or "")
        except OSError as error:
            raise StorageError(f"The folder {folder} cannot be used: {error.strerror or error}.") from error
        try:
            return _opened(folder, ownership, catalog_url, tables_uri)
        except BaseException:
            ownership.release()
            raise

    @property
    def derived_path(self) -> Path:
        """The folder of derived arrays; may be deleted at any time."""
        return self.path / "derived"

    @property
    def uploads_path(self) -> Path:
        """The folder of uploads on their way in."""
        return self.path / "uploads"

    @property
    def media_path(self) -> Path:
        """The folder of images uploaded into the store."""
        return self.path / "media"

    @property
    def owner_key(self) -> str:
        """What lets this machine's user call this process without a token; see `Ownership`."""
        return self._ownership.key

    @cached_property
    def signing_key(self) -> str:
        """What this home signs links and cookies with: 64 hexadecimal digits in a file for this user's eyes.

        Not in the catalog: whoever may read that, or a copy of it, could sign in as anybody.
        """
        path = self.path / "signing.key"
        found = read_secret(path)
        if found is None:
            found = secrets.token_hex(32)
            write_secret(path, found)
        return found

    def set_url(self, url: str) -> None:
        """Tell others where this process serves the home."""
        self._ownership.set_url(url)

    def close(self) -> None:
        """Close the catalog and let others have the home; closing twice is fine."""
        self.catalog.close()
        self._ownership.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(folder: Path, ownership: Ownership, catalog_url: str | None, tables_uri: str) -> Home:
    identity = _identity(folder)
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    catalog = Catalog.open(catalog_url or folder / "catalog.sqlite")
    try:
        _bind(catalog, folder, identity)
        home = Home(folder, catalog, tables_uri, ownership)
        collect_garbage(home)
    except BaseException:
        catalog.close()
        raise
    return home


def _identity(folder: Path) -> str:
    """Return the id of a home, given when its folder is first used."""
    file = folder / "format.json"
    found = read_json(file)
    if not isinstance(found, dict):
        found = {"format": FORMAT, "home": new_id("hm")}
        write_json(file, found)
    if found["format"] > FORMAT:
        raise InvalidInputError(
            f"The folder {folder} has format {found['format']}; this Shoal knows formats up to {FORMAT}.",
            hint="A newer Shoal made it: upgrade Shoal.",
        )
    identity: str = found["home"]
    return identity


def _bind(catalog: Catalog, folder: Path, identity: str) -> None:
    """Make sure that folder and catalog belong together: tables a catalog does not name are deleted."""
    with catalog.read() as session:
        fact = session.get(Fact, "home")
    if fact is not None and fact.value == identity:
        return
    if fact is not None or any((folder / "tables").iterdir()):
        raise InvalidInputError(
            f"The folder {folder} and the catalog {catalog.url.render_as_string()} do not belong together.",
            hint="Give the catalog URL this folder was made with, or an empty folder with a new catalog.",
        )
    with catalog.begin() as session:
        session.add(Fact(key="home", value=identity))
