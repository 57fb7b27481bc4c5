"""Uploads on their way in: files that arrive in chunks, in any number of attempts."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from shoal.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    StorageError,
    TooLargeError,
)
from shoal.store.catalog import new_id
from shoal.store.locks import NamedLocks
from shoal.store.upload_names import inside, safe_name

MIB: Final = 2**20


class StagingHome(Protocol):
    """What staging needs to know of the home it lies in."""

    @property
    def uploads_path(self) -> Path:
        """The folder of uploads."""

    @property
    def locks(self) -> NamedLocks:
        """Chunks of one upload take turns."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much may come in, in bytes."""

    chunk: int = 64 * MIB
    file: int = 64 * 1024 * MIB
    upload: int = 256 * 1024 * MIB


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of an upload: its name, the bytes that are there, and whether it is finished."""

    name: str
    n_bytes: int
    finished: bool


@dataclass
class Staging:
    """The uploads of a home.

    An upload is a folder with files that are `coming` and files that are `ready`.  Chunks append; sending one
    again changes nothing, so a client that lost an answer repeats it.  Everything survives a restart.
    """

    home: StagingHome
    limits: UploadLimits = field(default_factory=UploadLimits)
    _totals: dict[str, int] = field(default_factory=dict)

    def create(self) -> str:
        """Begin an upload and return its id."""
        upload = new_id("up")
        for place in ("coming", "ready"):
            (self.home.uploads_path / upload / place).mkdir(parents=True)
        return upload

    def write_chunk(self, upload: str, name: str, offset: int, data: bytes) -> int:
        """Add a chunk to a file and return the offset of the next one.

        Args:
            upload: its id.
            name: the file's path inside the upload, with `/`.
            offset: where the chunk begins in the file.
            data: its bytes; what is there already is compared, not written again.

        Raises:
            ConflictError: chunks in between are missing (`location["next_offset"]` is the next one), or other
                bytes are there, or the file is finished with another content.
            ForbiddenError: the name leads out of the upload.
            InvalidInputError: the name cannot be a file's.
            NotFoundError: there is no such upload.
            TooLargeError: the chunk, the file or the upload is past its limit.
        """
        relative = safe_name(name)
        if len(data) > self.limits.chunk:
            raise _too_large("chunk", len(data), self.limits.chunk)
        with self._locked(upload), _disk_errors(name):
            ready = inside(self._folder(upload) / "ready", relative)
            if ready.exists():
                return _compared(ready, name, offset, data)
            file = inside(self._folder(upload) / "coming", relative)
            size = file.stat().st_size if file.exists() else 0
            if offset < 0 or offset > size:
                raise ConflictError(
                    f"Expected the next chunk of {name!r} at {size}, found one at {offset}.",
                    hint=f"Send on from offset {size}.",
                    location={"next_offset": size},
                )
            fresh = max(0, offset + len(data) - size)
            self._check_room(upload, fresh, size + fresh)
            self._append(file, name, offset, data, size)
            self._totals[upload] += fresh
            os.utime(self._folder(upload))
            return size + fresh

    def next_offset(self, upload: str, name: str) -> int:
        """Return where the next chunk of a file begins; 0 for a file not begun."""
        relative = safe_name(name)
        with self._locked(upload):
            for place in ("ready", "coming"):
                file = inside(self._folder(upload) / place, relative)
                if file.exists():
                    return file.stat().st_size
        return 0

    def finish(self, upload: str, name: str, *, n_bytes: int, sha256: str | None = None) -> Path:
        """Check a file that has come whole and return where it lies; finishing twice is fine.

        Args:
            upload: its id.
            name: the file's path inside the upload.
            n_bytes: how long it must be.
            sha256: what its bytes must hash to, in hexadecimal; not checked when absent.

        Raises:
            ConflictError: bytes are missing; `location["next_offset"]` is the next one.
            InvalidInputError: the hash differs; the file is thrown away and can be sent again.
            NotFoundError: nothing of the file has come.
        """
        relative = safe_name(name)
        with self._locked(upload), _disk_errors(name):
            ready = inside(self._folder(upload) / "ready", relative)
            file = ready if ready.exists() else inside(self._folder(upload) / "coming", relative)
            if not file.exists():
                raise NotFoundError(f"Upload {upload} has no file {name!r}.")
            size = file.stat().st_size
            if size != n_bytes:
                raise ConflictError(
                    f"Expected {n_bytes} bytes of {name!r}, found {size}.", location={"next_offset": size}
                )
            if sha256 is not None and _sha256(file) != sha256.lower():
                file.unlink()
                self._totals.pop(upload, None)
                raise InvalidInputError(
                    f"The bytes of {name!r} are not the ones that were sent: their SHA-256 differs.",
                    hint="Send the file again from the start.",
                )
            if file is not ready:
                ready.parent.mkdir(parents=True, exist_ok=True)
                file.replace(ready)
            return ready

    def files(self, upload: str) -> list[StagedFile]:
        """Return the files of an upload by name."""
        with self._locked(upload):
            found = []
            for place in ("coming", "ready"):
                root = self._folder(upload) / place
                for file in root.rglob("*"):
                    if file.is_file() and not file.is_symlink():
                        name = file.relative_to(root).as_posix()
                        found.append(StagedFile(name, file.stat().st_size, place == "ready"))
        return sorted(found, key=lambda staged: staged.name)

    def folder(self, upload: str) -> Path:
        """Return where the finished files of an upload lie.

        Raises:
            NotFoundError: there is no such upload.
        """
        with self._locked(upload):
            return self._folder(upload) / "ready"

    def uploads(self) -> list[str]:
        """Return the ids of all uploads."""
        return sorted(folder.name for folder in self.home.uploads_path.iterdir() if _is_id(folder.name))

    def discard(self, upload: str) -> None:
        """Delete an upload; one that is gone is fine."""
        if _is_id(upload):
            with self.home.locks.holding(f"upload/{upload}"):
                shutil.rmtree(self._folder(upload), ignore_errors=True)
                self._totals.pop(upload, None)

    def expire(self, *, idle_s: float) -> list[str]:
        """Delete uploads that got nothing for `idle_s` seconds and return their ids."""
        oldest = time.time() - idle_s
        gone = [upload for upload in self.uploads() if self._folder(upload).stat().st_mtime < oldest]
        for upload in gone:
            self.discard(upload)
        return gone

    def _folder(self, upload: str) -> Path:
        return self.home.uploads_path / upload

    @contextmanager
    def _locked(self, upload: str) -> Iterator[None]:
        if not _is_id(upload):
            raise NotFoundError(f"There is no upload {upload!r}.")
        with self.home.locks.holding(f"upload/{upload}"):
            if not self._folder(upload).is_dir():
                raise NotFoundError(f"There is no upload {upload!r}.", hint="Begin a new one.")
            yield

    def _check_room(self, upload: str, fresh: int, file_size: int) -> None:
        if upload not in self._totals:
            files = self._folder(upload).rglob("*")
            self._totals[upload] = sum(file.stat().st_size for file in files if file.is_file())
        if file_size > self.limits.file:
            raise _too_large("file", file_size, self.limits.file)
        if self._totals[upload] + fresh > self.limits.upload:
            raise _too_large("upload", self._totals[upload] + fresh, self.limits.upload)

    def _append(self, file: Path, name: str, offset: int, data: bytes, size: int) -> None:
        known = min(len(data), size - offset)
        if known:
            _compared(file, name, offset, data[:known])
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as stream:
            stream.write(data[known:])


def _is_id(upload: str) -> bool:
    return re.fullmatch(r"up_[0-9a-z]{12}", upload) is not None


def _compared(file: Path, name: str, offset: int, data: bytes) -> int:
    """Return a file's size when it holds these bytes at that offset already."""
    with file.open("rb") as stream:
        stream.seek(max(0, offset))
        if offset < 0 or stream.read(len(data)) != data:
            raise ConflictError(
                f"Other bytes of {name!r} are there at {offset}.",
                hint="Discard the upload and begin anew, or use another name.",
                location={"next_offset": file.stat().st_size},
            )
    return file.stat().st_size


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _too_large(what: str, found: int, limit: int) -> TooLargeError:
    return TooLargeError(
        f"The {what} has {found} bytes; the limit is {limit}.", location={"limit": limit, "what": what}
    )


@contextmanager
def _disk_errors(name: str) -> Iterator[None]:
    """A file where a folder is needed is the user's fault; everything else is the disk's."""
    try:
        yield
    except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
        raise ConflictError(f"Part of {name!r} is a file and a folder at once.") from error
    except OSError as error:
        raise StorageError(f"{name!r} could not be stored: {error.strerror or error}.") from error
