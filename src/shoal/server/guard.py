"""Who may talk to a server without accounts: this machine, by its own names, from its own pages."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shoal.errors import ForbiddenError, ShoalError, TooLargeError
from shoal.server.problems import problem_response

MAX_BODY_BYTES = 72 << 20
"""The largest body of one request: a chunk of an upload and some room."""

_LOCAL_NAMES = ("localhost", "shoal.local")


def is_loopback(host: str) -> bool:
    """Return whether a host name is this machine's own."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackGuard:
    """Refuses requests whose Host or Origin is not this machine, and bodies past the limit.

    A page from elsewhere can make a browser send requests to 127.0.0.1, directly or by a name that suddenly
    means 127.0.0.1 (DNS rebinding).  Browsers always tell where a writing request comes from, and which name
    was meant; both must be ours.

    Args:
        app: the application behind the guard.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it may not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        fault = _fault(headers)
        if fault is not None:
            await problem_response(fault)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _fault(headers: Headers) -> ShoalError | None:
    host = headers.get("host", "")
    if not is_loopback(_host_name(host)):
        return ForbiddenError(
            f"The name {host!r} is not this machine's.",
            hint="Until accounts exist the server answers only on 127.0.0.1 and localhost.",
        )
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return ForbiddenError(f"Requests from pages of {origin!r} are not answered.")
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return ForbiddenError("Requests from pages of other sites are not answered.")
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        return TooLargeError(
            f"The body has {int(length):,} bytes; one request may carry {MAX_BODY_BYTES:,}.",
            hint="Send files as uploads, in chunks.",
        )
    return None


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
