"""Serving a home over a socket."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from shoal.errors import ForbiddenError, InvalidInputError
from shoal.server.app import create_app
from shoal.server.guard import is_loopback


def serve(
    home: Path | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    roots: Sequence[Path | str] = (),
    catalog_url: str | None = None,
    ray_address: str | None = None,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a home until the process is told to stop.

    Args:
        home: the data folder.
        host: a loopback address; others wait for accounts.
        port: 0 takes any free one.
        roots: folders requests may name files in.
        catalog_url: the catalog database; default SQLite in the home.
        ray_address: the Ray cluster that describes pictures; default this process.
        open_browser: whether to open the server's address.
        on_ready: called with the address once requests are answered.

    Raises:
        ForbiddenError: the host is not a loopback address.
        HomeInUseError: another process owns the home; it is named.
        InvalidInputError: the port is taken.
    """
    if not is_loopback(host):
        raise ForbiddenError(
            f"The server binds to this machine only, found host {host!r}.",
            hint="Until accounts exist use --host 127.0.0.1, and an SSH tunnel to reach it from elsewhere.",
        )
    listener = _listen(host, port)
    url = f"http://{_bracketed(host)}:{listener.getsockname()[1]}"
    try:
        app = create_app(home, roots=roots, url=url, catalog_url=catalog_url, ray_address=ray_address)
        server = _Server(uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=3))

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:
                webbrowser.open(url)

        server.on_ready = ready
        server.run(sockets=[listener])
    finally:
        listener.close()


class _Server(uvicorn.Server):
    on_ready: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self.on_ready is not None:
            self.on_ready()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named; with it, answers wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InvalidInputError(
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            hint="Choose another with --port, or 0 for any free one.",
            location={"field": "port"},
        ) from error
    return listener
