"""One process at a time owns a home; others learn which."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from shoal.errors import HomeInUseError
from shoal.store.files import read_json, read_secret, write_json, write_secret

WAIT_S = 0.2
"""How long to wait for a lock: an owner that is just closing gets the time to finish."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that owns a home.

    Attributes:
        pid: its process id.
        host: the machine it runs on.
        url: where it serves the home; empty when it serves nothing.
        started: when it took the home, ISO 8601 in UTC.
        birth: a number that tells it from another process with the same id; 0 where unknown.
    """

    pid: int
    host: str
    url: str
    started: str
    birth: int = 0

    @property
    def is_here(self) -> bool:
        """Whether the process runs on this machine."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs; on another machine it is taken to."""
        if not self.is_here:
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return not self.birth or birth_of(self.pid) in (0, self.birth)


def birth_of(pid: int) -> int:
    """Return the clock tick a process started at, 0 where the system does not tell (not Linux)."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(line.rpartition(")")[2].split()[19])


def read_owner(path: Path) -> Owner | None:
    """Return who owns a home, `None` when nobody does or it is not for this user's eyes.

    The lock is not touched.

    Args:
        path: the home's folder; it need not exist.
    """
    try:
        found = read_json(path / "owner.json")
    except PermissionError:
        return None
    try:
        owner = Owner(**found) if isinstance(found, dict) else None
    except TypeError:
        return None
    return owner if owner is not None and owner.is_alive else None


def read_owner_key(path: Path) -> str | None:
    """Return the key the owner of a home takes in place of a token; `None` for who may not read it.

    Args:
        path: the home's folder; it need not exist.
    """
    return read_secret(path / "owner.key")


class Ownership:
    """The lock on a home, held until `release` or the end of the process, however it ends.

    Attributes:
        key: lets whoever may read it (the file `owner.key`, for this user's eyes) call the process that
            serves the home without a token; another one each time.

    Raises:
        HomeInUseError: another process, or another `Home` of this one, holds it.
    """

    def __init__(self, path: Path, url: str) -> None:
        self._file = path / "owner.json"
        self._key_file = path / "owner.key"
        self._lock = FileLock(path / "owner.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=WAIT_S)
        except Timeout as error:
            raise _in_use(path, read_owner(path)) from error
        self.key = secrets.token_urlsafe(32)
        write_secret(self._key_file, self.key)
        self.set_url(url)

    def set_url(self, url: str) -> None:
        """Tell others where the home is served."""
        pid = os.getpid()
        started = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(self._file, asdict(Owner(pid, socket.gethostname(), url, started, birth_of(pid))))

    def release(self) -> None:
        """Let others have the home; what the next owner writes stays when this is called again."""
        if self._lock.is_locked:
            self._file.unlink(missing_ok=True)
            self._key_file.unlink(missing_ok=True)
            self._lock.release()


def _in_use(path: Path, owner: Owner | None) -> HomeInUseError:
    if owner is None:
        return HomeInUseError(
            f"The folder {path} is being opened by another process.", hint="Try again in a moment."
        )
    where = "" if owner.is_here else f" on {owner.host}"
    serving = f", which serves it at {owner.url}" if owner.url else ""
    return HomeInUseError(
        f"The folder {path} is in use by process {owner.pid}{where}{serving}.",
        hint=f"Connect to {owner.url} instead." if owner.url else "Close that process first.",
        location={"url": owner.url, "pid": owner.pid},
    )
