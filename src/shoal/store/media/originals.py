"""Images as they were stored: files of this machine, and objects in buckets."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shoal.errors import InvalidInputError, NotFoundError
from shoal.store.media.buckets import BucketImage, Buckets
from shoal.store.media.roots import ImageRoots


class Original(Protocol):
    """An image that exists and may be shown."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def identity(self) -> tuple[str, int, int]:
        """Address, time of the last change in nanoseconds, bytes: other content has another identity."""

    def path(self) -> Path:
        """Return a file with its bytes; fetches them when they are elsewhere."""


@dataclass(frozen=True, slots=True)
class LocalImage:
    """A file of this machine.

    Attributes:
        file: its real path.
        changed_ns: when it was last written.
        n_bytes: its size.
    """

    file: Path
    changed_ns: int
    n_bytes: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    @property
    def identity(self) -> tuple[str, int, int]:
        """Path, time and size."""
        return str(self.file), self.changed_ns, self.n_bytes

    def path(self) -> Path:
        """Return the file."""
        return self.file


def find_original(url: str, roots: ImageRoots, buckets: Buckets) -> LocalImage | BucketImage:
    """Return the image at a `file://`, `s3://` or `gs://` address.

    Raises:
        ForbiddenError: a file outside the allowed folders.
        InvalidInputError: another kind of address.
        NotFoundError: nothing there, or no plain file.
        UnreadableImageError: an object too large to fetch.
    """
    parts = urlsplit(url)
    if parts.scheme in ("s3", "gs"):
        return buckets.find(url)
    path = unquote(url.removeprefix("file://").removeprefix("localhost"))
    if parts.scheme != "file" or not path.startswith("/") or "\0" in path:
        raise InvalidInputError(
            f"Expected an address such as file:///data/1.jpg, s3://… or gs://…, found {url!r}.",
            location={"url": url},
        )
    file = roots.resolve(path)
    try:
        found = file.stat()
    except OSError as error:
        raise NotFoundError(
            f"The image {path} cannot be read: {error.strerror or error}.", location={"path": path}
        ) from error
    if not stat.S_ISREG(found.st_mode):  # opening a pipe or a device would never end
        raise NotFoundError(f"{path} is no file.", location={"path": path})
    return LocalImage(file, found.st_mtime_ns, found.st_size)
