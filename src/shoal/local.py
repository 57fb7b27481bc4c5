"""`shoal.connect`: one client over a socket, or over a server started in this very process."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.client.asgi import AsgiServer, InProcessTransport
from shoal.client.connection import Shoal
from shoal.errors import ConnectionFailedError, HomeInUseError, UnauthenticatedError

if TYPE_CHECKING:
    from shoal.client.transport import Transport

DEFAULT_HOME = "shoal-data"


def connect(target: str | os.PathLike[str] | None = None, token: str | None = None) -> Shoal:
    """Connect to a server or to a data folder.

    A folder that a running server owns is reached through that server, without a token by whoever may read
    the folder's own files; any other folder is served in this
    process, and created when absent.  Connections to one folder share one server; it stops with the last.

    A folder's catalog is an SQLite file in it, or the database `$SHOAL_CATALOG_URL` names, which has to stay
    the same for as long as the folder lives.  Embeddings are computed in this process, or on the Ray cluster
    at `$SHOAL_RAY_ADDRESS`.

    Args:
        target: `http(s)://…` or a folder; default `$SHOAL_URL`, then `$SHOAL_HOME`, then `./shoal-data`.
        token: sent to a server as `Authorization: Bearer …`; default the key of a folder's own server, then
            `$SHOAL_TOKEN`.

    Raises:
        ConnectionFailedError: no server answers at the address.
        UnauthenticatedError: the folder's server asks for a token, and its key is for another user's eyes.
        HomeInUseError: another process that is no server owns the folder.
    """
    address = os.fspath(target) if target is not None else default_target()
    if address.startswith(("http://", "https://")):
        return Shoal(_network(address, token))
    home = Path(address).expanduser().resolve()
    try:
        return Shoal(_owner_transport(home, token) or _SERVERS.transport(home))
    except HomeInUseError:
        # A server may have taken the folder since it was looked at.
        transport = _owner_transport(home, token)
        if transport is None:
            raise
        return Shoal(transport)


def default_target() -> str:
    """Return what `connect` takes without a target: `$SHOAL_URL`, `$SHOAL_HOME`, else `shoal-data`."""
    return os.environ.get("SHOAL_URL") or os.environ.get("SHOAL_HOME") or DEFAULT_HOME


def _network(url: str, token: str | None, *, is_direct: bool = False) -> Transport:
    from shoal.client.network import NetworkTransport

    return NetworkTransport(url, token=token or os.environ.get("SHOAL_TOKEN"), is_direct=is_direct)


def _owner_transport(home: Path, token: str | None) -> Transport | None:
    if _SERVERS.has(home):
        return None
    from shoal.server.ownership import read_owner, read_owner_key

    owner = read_owner(home)
    if owner is None or not owner.url:
        return None
    # The key is for the process that wrote it; on another machine another one may listen at that address.
    key = read_owner_key(home) if owner.is_here else None
    transport = _network(owner.url, token or key, is_direct=owner.is_here)
    try:
        served = Shoal(transport).health().home
    except ConnectionFailedError:
        served = ""
    except UnauthenticatedError:
        if token or key is None:
            raise
        served = ""
    if served and Path(served).resolve() == home:
        return transport
    transport.close()
    return None


@dataclass(slots=True)
class _Running:
    server: AsgiServer
    n_users: int = 0


class InProcessServers:
    """The servers of this process, one per data folder, kept while anybody is connected."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Path, _Running] = {}
        self._closer: threading.Thread | None = None

    def has(self, home: Path) -> bool:
        """Whether this process serves the folder."""
        with self._lock:
            return home in self._running

    def transport(self, home: Path) -> InProcessTransport:
        """Return a transport into the folder's server, which is started when there is none.

        Raises:
            HomeInUseError: another process owns the folder.
        """
        with self._lock:
            running = self._running.get(home)
            if running is None:
                running = self._running[home] = _Running(_start(home))
                self._close_with_process()
            running.n_users += 1
        return InProcessTransport(running.server, address=str(home), release=lambda: self._release(home))

    def close_all(self) -> None:
        """Stop every server."""
        with self._lock:
            for running in self._running.values():
                running.server.close()
            self._running.clear()

    def _release(self, home: Path) -> None:
        with self._lock:
            running = self._running.get(home)
            if running is None:
                return
            running.n_users -= 1
            if running.n_users == 0:
                del self._running[home]
                running.server.close()

    def _close_with_process(self) -> None:
        # `atexit` comes too late: the interpreter first waits for threads that only a closed server ends.
        if self._closer is None:
            self._closer = threading.Thread(target=self._await_end, name="shoal-closer", daemon=False)
            self._closer.start()

    def _await_end(self) -> None:
        threading.main_thread().join()
        self.close_all()


def _start(home: Path) -> AsgiServer:
    from shoal.server.app import create_app

    catalog_url = os.environ.get("SHOAL_CATALOG_URL") or None
    ray_address = os.environ.get("SHOAL_RAY_ADDRESS") or None
    app = create_app(home, local=True, catalog_url=catalog_url, ray_address=ray_address)
    return AsgiServer(app, name=f"shoal {home.name}")


_SERVERS = InProcessServers()
