"""Where requests may come from: this machine by its own names, or anywhere; never from others' pages."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shoal.errors import ForbiddenError, ShoalError, TooLargeError
from shoal.server.limits import body_limit, too_large
from shoal.server.page import is_interface
from shoal.server.refusals import refusal

_LOCAL_NAMES = ("localhost",)


def is_loopback(host: str) -> bool:
    """Return whether a host name is this machine's own."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses requests that another site's page makes a browser send, and bodies past the limit.

    A page from elsewhere can make a browser send requests to 127.0.0.1, directly or by a name that suddenly
    means 127.0.0.1 (DNS rebinding).  Browsers always tell where a writing request comes from, and which name
    was meant; both must be ours.  A server that asks for tokens may have any name: under a name that means
    it only for the moment a browser holds no token.

    Args:
        app: the application behind the guard.
        is_open_to_all: whether requests may come from other machines, by any name.
    """

    def __init__(self, app: ASGIApp, *, is_open_to_all: bool = False) -> None:
        self._app = app
        self._is_open_to_all = is_open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it may not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = body_limit(scope["path"])
        fault = self._from_elsewhere(scope, headers) or _fault(headers, scope["path"], limit)
        if fault is not None:
            await refusal(scope["path"], fault)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, limit), send)

    def _from_elsewhere(self, scope: Scope, headers: Headers) -> ShoalError | None:
        if self._is_open_to_all:
            return None
        hint = "Without tokens the server answers only on 127.0.0.1 and localhost; see --require-token."
        host = headers.get("host", "")
        if not is_loopback(_host_name(host)):
            return ForbiddenError(f"The name {host!r} is not this machine's.", hint=hint)
        # A proxy on this machine tells whom it speaks for.
        caller = (scope.get("client") or ("", 0))[0]
        if _is_address(caller) and not is_loopback(caller):
            return ForbiddenError(f"The caller {caller} is not this machine.", hint=hint)
        return None


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what is received: a body sent in pieces tells its size to nobody beforehand."""
    n_bytes = 0

    async def counted() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > limit:
            # Anything else raised here would be answered as a body that cannot be parsed.
            raise HTTPException(TooLargeError.status)
        return message

    return counted


def _fault(headers: Headers, path: str, limit: int) -> ShoalError | None:
    origin = headers.get("origin")
    if origin is not None and _address(origin) != headers.get("host", ""):
        return ForbiddenError(f"Requests from pages of {origin!r} are not answered.")
    # A link from elsewhere may lead to the page, which asks for its numbers itself.
    if is_interface(path) and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return ForbiddenError("Requests from pages of other sites are not answered.")
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        return too_large(f"{int(length):,}", limit)
    return None


def _address(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
