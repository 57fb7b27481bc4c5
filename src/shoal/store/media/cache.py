"""Copies of images on disk, content-addressed: the folder may be emptied at any time."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from shoal.errors import StorageError

_LOOKS: Final = 16
"""How often the folder is looked through while it is written full once."""

_ABANDONED_S: Final = 3600
"""A half-written file this old was left by a crash."""


class ImageCache:
    """Files by key, least recently used dropped first.

    A file appears as a whole under its name, or not at all.  Its bytes reach the disk when the system likes,
    unless asked otherwise, so a power cut may tear it: `read` and `find` take only what begins and ends as
    JPEG and WebP do.  The folder is looked through after every sixteenth of the limit that was written, and
    so holds a sixteenth too much at worst.

    Args:
        folder: where the files lie; made when first needed.
        byte_limit: disk space for all files.
    """

    def __init__(self, folder: Path, byte_limit: int) -> None:
        self.folder = folder
        self._byte_limit = byte_limit
        self._n_unseen = byte_limit  # other processes wrote before: the first write looks
        self._looking = threading.Lock()

    def path(self, key: str) -> Path:
        """Return where the file of a key lies; it need not be there."""
        return self.folder / key[:2] / key

    def read(self, key: str) -> bytes | None:
        """Return the bytes of a JPEG or WebP file, `None` when it is absent or torn."""
        path = self.path(key)
        try:
            data = path.read_bytes()
            if not _is_whole(data[:12], data[-2:], len(data)):
                return None
            os.utime(path)
        except FileNotFoundError:
            return None
        return data

    def find(self, key: str) -> Path | None:
        """Return the path of a JPEG or WebP file, `None` when it is absent or torn."""
        path = self.path(key)
        try:
            with path.open("rb") as file:
                head = file.read(12)
                n_bytes = file.seek(0, os.SEEK_END)
                file.seek(max(0, n_bytes - 2))
                if not _is_whole(head, file.read(2), n_bytes):
                    return None
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def find_exact(self, key: str, n_bytes: int) -> Path | None:
        """Return the path of any file kept with `durable`, `None` when it is absent or of another size."""
        path = self.path(key)
        try:
            if path.stat().st_size != n_bytes:
                return None
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def keep(self, key: str, data: bytes, *, durable: bool = False) -> Path:
        """Write a file, at once for whoever looks, and drop others when there are too many.

        Raises:
            StorageError: the disk is full or cannot be written.
        """
        path = self.path(key)
        fresh = path.with_name(f".{key[:16]}-{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise StorageError(
                f"An image could not be written to {self.folder}: {error.strerror or error}.",
                hint="Check that the disk has room; this folder may be emptied at any time.",
            ) from error
        self._n_unseen += len(data)
        if self._n_unseen > self._byte_limit // _LOOKS and self._looking.acquire(blocking=False):
            try:
                self._n_unseen = 0
                self._evict(path)
            finally:
                self._looking.release()
        return path

    def _evict(self, keep: Path) -> None:
        files = sorted((stat.st_mtime_ns, stat.st_size, path) for path, stat in self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._byte_limit:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        oldest = time.time() - _ABANDONED_S
        for folder in self.folder.iterdir():
            for entry in os.scandir(folder):
                with suppress(FileNotFoundError):
                    stat = entry.stat()
                    if not entry.name.startswith("."):
                        yield Path(entry.path), stat
                    elif stat.st_mtime < oldest:
                        os.unlink(entry.path)


def _is_whole(head: bytes, tail: bytes, n_bytes: int) -> bool:
    if head[:4] == b"RIFF":
        # The length of a RIFF file stands in its head; zeros after a power cut show by the end alone.
        return int.from_bytes(head[4:8], "little") + 8 == n_bytes
    return head[:2] == b"\xff\xd8" and tail == b"\xff\xd9"
