"""Serving a home over a socket."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import uvicorn

from shoal.errors import InvalidInputError
from shoal.server.app import create_app
from shoal.server.whole_answers import WholeAnswers

_OF_ALL_ADDRESSES: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where this machine finds a server that listens on all its addresses."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How a home is served.

    Attributes:
        url: where this machine finds it.
        port: it listens on.
        is_local: whether it listens to this machine alone.
        is_everywhere: whether it listens on all addresses of this machine.
        requires_token: whether callers need a token.
    """

    url: str
    port: int
    is_local: bool
    is_everywhere: bool
    requires_token: bool


def serve(
    home: Path | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    roots: Sequence[Path | str] = (),
    catalog_url: str | None = None,
    ray_address: str | None = None,
    require_token: bool = False,
    open_browser: bool = False,
    on_ready: Callable[[Serving], None] | None = None,
) -> None:
    """Serve a home until the process is told to stop.

    Args:
        home: the data folder.
        host: the address to listen on; whoever calls another than a loopback address needs a token.
        port: 0 takes any free one.
        roots: folders requests may name files in.
        catalog_url: the catalog database; default SQLite in the home.
        ray_address: the Ray cluster that describes pictures; default this process.
        require_token: whether callers from this machine need a token too, as behind a proxy.
        open_browser: whether to open the server's address.
        on_ready: called once requests are answered.

    Raises:
        ForbiddenError: a token is needed and there is none yet.
        HomeInUseError: another process owns the home; it is named.
        InvalidInputError: the port is taken.
    """
    listener = _listen(host, port)
    serving = _serving(listener, host, require_token=require_token)
    try:
        app = create_app(
            home,
            roots=roots,
            url=serving.url,
            catalog_url=catalog_url,
            ray_address=ray_address,
            requires_token=serving.requires_token,
        )
        server = _Server(
            uvicorn.Config(
                app, http=WholeAnswers, log_level="warning", lifespan="on", timeout_graceful_shutdown=3
            )
        )

        def ready() -> None:
            if on_ready is not None:
                on_ready(serving)
            if open_browser:
                webbrowser.open(serving.url)

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


def _serving(listener: socket.socket, host: str, *, require_token: bool) -> Serving:
    # The address, not the name, says who can reach it.
    address, port = listener.getsockname()[:2]
    is_local = ip_address(address).is_loopback
    own_name = _OF_ALL_ADDRESSES.get(address, host.strip("[]"))
    return Serving(
        url=f"http://{_bracketed(own_name)}:{port}",
        port=port,
        is_local=is_local,
        is_everywhere=address in _OF_ALL_ADDRESSES,
        requires_token=require_token or not is_local,
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named; with it, answers wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise InvalidInputError(
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            hint="Choose another with --port, or 0 for any free one.",
            location={"field": "port"},
        ) from error
    return listener
