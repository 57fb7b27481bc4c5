"""Who may talk to a server without accounts: this machine, by its own names, from its own pages."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shoal.errors import ForbiddenError, ShoalError, TooLargeError
from shoal.server.limits import MAX_BODY_BYTES, too_large
from shoal.server.problems import problem_response

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
        await self._app(scope, _limited(receive), send)


def _limited(receive: Receive) -> Receive:
    """Count what is received: a body sent in pieces tells its size to nobody beforehand."""
    n_bytes = 0

    async def counted() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MAX_BODY_BYTES:
            # Anything else raised here would be answered as a body that cannot be parsed.
            raise HTTPException(TooLargeError.status)
        return message

    return counted


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
        return too_large(f"{int(length):,}")
    return None


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
