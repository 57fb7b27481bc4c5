"""Local files on their way to the server: in chunks, resumed where a broken connection left off."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shoal.client.progress import Progress
from shoal.client.session import Session
from shoal.errors import ConflictError, ConnectionFailedError, ShoalError
from shoal.wire.uploads import UploadBody, UploadFile

CHUNK_BYTES = 16 * 1024 * 1024
RESUME_DELAYS_S = (0.5, 2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A local file and the name it gets in the upload."""

    name: str
    path: Path


class Upload:
    """A staging folder on the server.

    Args:
        session: what it talks through.
        chunk_bytes: size of one request's body.
        resume_delays_s: pauses before asking again after the connection broke; progress starts them anew.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        session: Session,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        resume_delays_s: Sequence[float] = RESUME_DELAYS_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._chunk_bytes = chunk_bytes
        self._delays = tuple(resume_delays_s)
        self._sleep = sleep
        self.id = session.read(UploadBody, "POST", ("uploads",)).id

    def send(self, files: Sequence[StagedFile], progress: Progress) -> None:
        """Send all files.

        Raises:
            ConnectionFailedError: the connection broke and did not come back.
            TooLargeError: a file is past the server's limit.
        """
        sizes = [file.path.stat().st_size for file in files]
        total, before = sum(sizes), 0
        for file, size in zip(files, sizes, strict=True):
            self._send_file(file, before, total, progress)
            before += size

    def discard(self) -> None:
        """Delete what was staged; a server that is gone or has cleaned up already is no failure."""
        with suppress(ShoalError):
            self._session.call("DELETE", ("uploads", self.id))

    def _send_file(self, file: StagedFile, before: int, total: int, progress: Progress) -> None:
        step = f"Uploading {file.path.name}"
        size, offset, broken = file.path.stat().st_size, 0, 0
        with file.path.open("rb") as source:
            while True:
                progress.show(step, before + offset, total, unit="bytes")
                source.seek(offset)
                chunk = source.read(self._chunk_bytes)
                try:
                    offset, broken = self._put(file.name, offset, chunk), 0
                except ConnectionFailedError:
                    if broken == len(self._delays):
                        raise
                    self._sleep(self._delays[broken])
                    broken += 1
                    offset = self._received(file.name, offset)
                    continue
                if offset >= size:
                    return

    def _put(self, name: str, offset: int, chunk: bytes) -> int:
        path = ("uploads", self.id, "files", *name.split("/"))
        try:
            return self._session.read(UploadFile, "PUT", path, params={"offset": offset}, content=chunk).size
        except ConflictError as error:
            expected = error.location.get("next_offset")
            if not isinstance(expected, int) or expected == offset:
                raise
            return expected

    def _received(self, name: str, fallback: int) -> int:
        try:
            body = self._session.read(UploadBody, "GET", ("uploads", self.id))
        except ConnectionFailedError:
            return fallback
        return next((file.size for file in body.files if file.name == name), 0)
