"""Images in S3 and Google Cloud Storage, fetched once and kept."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shoal.errors import InvalidInputError, NotFoundError, UnreadableImageError
from shoal.store.media.cache import ImageCache

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

MAX_OBJECT_BYTES: Final = 128 << 20
"""Larger objects are not fetched."""

_ADDRESS: Final = re.compile(r"(s3|gs)://([A-Za-z0-9][\w.-]{1,221})/(.+)", re.DOTALL | re.ASCII)
_CONNECT_TIMEOUT_S: Final = 5
_REQUEST_TIMEOUT_S: Final = 30


@dataclass(frozen=True, slots=True)
class BucketImage:
    """An object and how to fetch it.

    Attributes:
        url: its address.
        changed_ns: when it was last written.
        n_bytes: its size.
    """

    url: str
    changed_ns: int
    n_bytes: int
    _key: str
    _files: FileSystem
    _cache: ImageCache

    @property
    def name(self) -> str:
        """The address."""
        return self.url

    @property
    def identity(self) -> tuple[str, int, int]:
        """Address, time and size."""
        return self.url, self.changed_ns, self.n_bytes

    def path(self) -> Path:
        """Return the file it was fetched into.

        Raises:
            NotFoundError: it cannot be read (any more).
            StorageError: the disk failed.
        """
        key = hashlib.sha256(repr(("object", *self.identity)).encode()).hexdigest()
        kept = self._cache.find_exact(key, self.n_bytes)
        if kept is not None:
            return kept
        try:
            with self._files.open_input_file(self._key) as stream:
                data = stream.read(MAX_OBJECT_BYTES)
        except OSError as error:
            raise _unreachable(self.url) from error
        return self._cache.keep(key, data, durable=True)


class Buckets:
    """Finds objects with the credentials of the server's environment, or anonymously where those fail.

    The address of the store comes from the environment (`AWS_ENDPOINT_URL`) alone: an address in a dataset
    names a bucket and a key, never a host, so nobody makes the server talk to machines of their choice.

    Args:
        cache: keeps what was fetched.
    """

    def __init__(self, cache: ImageCache) -> None:
        self._cache = cache
        self._guard = threading.Lock()
        self._known: dict[tuple[str, str], FileSystem] = {}

    def find(self, url: str) -> BucketImage:
        """Return an object by its address.

        Raises:
            InvalidInputError: not an address of an object.
            NotFoundError: there is no such object, or it may not be read.
            UnreadableImageError: it is too large.
        """
        parts = _ADDRESS.fullmatch(url)
        if parts is None:
            raise InvalidInputError(
                f"Expected an address such as s3://bucket/key, found {url!r}.", location={"url": url}
            )
        scheme, bucket, key = parts.groups()
        files, info = self._look_up(scheme, bucket, f"{bucket}/{key}", url)
        if not info.is_file:
            raise NotFoundError(f"There is no image {url}.", location={"url": url})
        if info.size > MAX_OBJECT_BYTES:
            raise UnreadableImageError(
                f"The image {url} is too large: at most {MAX_OBJECT_BYTES:,} bytes are fetched, "
                f"found {info.size:,}.",
                location={"url": url, "limit": MAX_OBJECT_BYTES},
            )
        return BucketImage(url, info.mtime_ns or 0, info.size, f"{bucket}/{key}", files, self._cache)

    def _look_up(self, scheme: str, bucket: str, key: str, url: str) -> tuple[FileSystem, FileInfo]:
        known = self._known.get((scheme, bucket))
        fault: OSError | None = None
        for is_anonymous in (False, True):
            try:
                files = known or _connected(scheme, bucket, is_anonymous=is_anonymous)
                info = files.get_file_info(key)
            except OSError as error:
                fault = error
                if known is not None:
                    break
            else:
                with self._guard:
                    self._known[scheme, bucket] = files
                return files, info
        raise _unreachable(url) from fault


def _connected(scheme: str, bucket: str, *, is_anonymous: bool) -> FileSystem:
    from pyarrow import fs

    if scheme == "gs":
        return fs.GcsFileSystem(anonymous=is_anonymous)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if region is None and endpoint is None:
        region = fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(
        anonymous=is_anonymous,
        region=region,
        endpoint_override=endpoint,
        connect_timeout=_CONNECT_TIMEOUT_S,
        request_timeout=_REQUEST_TIMEOUT_S,
    )


def _unreachable(url: str) -> NotFoundError:
    return NotFoundError(
        f"The image {url} cannot be read.",
        hint="Check that it exists and that the server's environment holds credentials for the bucket.",
        location={"url": url},
    )
