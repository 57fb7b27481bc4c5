"""Who may call: the tokens that come with requests, in every form clients send them."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from shoal.errors import ShoalError, UnauthenticatedError
from shoal.server.aquarium import wiring as aquarium
from shoal.server.limits import WAY_IN
from shoal.server.page import is_interface
from shoal.server.refusals import refusal
from shoal.services import sessions
from shoal.services.credentials import PREFIX, Holder
from shoal.services.runtime import Runtime

logger = logging.getLogger(__name__)

_SIGNED: Final = tuple(f"{aquarium.PREFIX}/{part}/" for part in aquarium.SIGNED)
_SIGNPOST: Final = re.compile(r"/aquarium/projects/[^/]+/details")
"""An address the old client prints; it only leads to the page, which asks for a token itself."""

_MAKE_ONE: Final = (
    "Make one with `shoal token create NAME` beside the server, or in its page under Settings; pass it as "
    "token=…, $SHOAL_TOKEN or `Authorization: Bearer …`."
)
_LEAVE_IT_OUT: Final = "This server asks for none: leave it out (unset SHOAL_TOKEN)."


class TokenGate:
    """Finds out whose token came with a request, and refuses requests without one where one is required.

    A secret of Shoal's that does not hold is refused everywhere but on the way in: whoever sends it believes
    that it does.  Other credentials mean nothing where none is required, as those of the product Shoal's old
    client was made for, and no more than none beside a cookie, as those of a proxy.
    `request.state.holder` is whose token it was, `None` when none came.

    Args:
        app: the application behind the gate.
        runtime: the open home.
        is_required: whether the interface is closed to those without a token.
    """

    def __init__(self, app: ASGIApp, runtime: Runtime, *, is_required: bool) -> None:
        self._app = app
        self._runtime = runtime
        self._is_required = is_required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it may not."""
        if scope["type"] != "http" or not is_interface(path := scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            holder = self._admitted(Headers(scope=scope), path)
        except ShoalError as error:
            await refusal(path, error)(scope, receive, send)
            return
        if holder is not None and self._runtime.tokens.is_use_due(holder):
            # Nobody waits for it: the catalog has one writer, and a long write may hold it.
            asyncio.get_running_loop().run_in_executor(None, self._note_use, holder)
        await self._app({**scope, "state": {**scope.get("state", {}), "holder": holder}}, receive, send)

    def _admitted(self, headers: Headers, path: str) -> Holder | None:
        holder, fault = self._holder(headers)
        if holder is not None or path == WAY_IN:
            return holder
        is_open = path.startswith(_SIGNED) or _SIGNPOST.fullmatch(path)
        if fault is None and self._is_required and not is_open:
            fault = "This server asks for a token, and none came."
        if fault is not None:
            raise UnauthenticatedError(fault, hint=_MAKE_ONE if self._is_required else _LEAVE_IT_OUT)
        return None

    def _holder(self, headers: Headers) -> tuple[Holder | None, str | None]:
        """Return whose token came, and what is wrong with what came instead."""
        fault = None
        if presented := _presented(headers):
            secret, name = presented
            holder = self._runtime.tokens.holder(secret)
            if holder is not None:
                if name is None or name in (holder.name, holder.id):
                    return holder, None
                return None, f"The key that came with app id {name!r} is that of another token."
            if self._is_required or secret.startswith(PREFIX):
                fault = "The token that came is unknown, was revoked, or has expired."
            if secret.startswith(PREFIX):
                return None, fault
        cookie = _cookie(headers, sessions.cookie_name(self._runtime))
        return sessions.holder_of(self._runtime, cookie), fault

    def _note_use(self, holder: Holder) -> None:
        try:
            self._runtime.tokens.note_use(holder)
        except Exception:
            # What is noted is for people to look at; a server that closes, or a full disk, may lose it.
            logger.warning("The last use of token %s was not written down.", holder.name, exc_info=True)


def _presented(headers: Headers) -> tuple[str, str | None] | None:
    """Return the secret of a request, and the name it came with; in the old client's order."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip(), None
    if key := headers.get("x-illume-api-key"):
        return key, None
    if key := headers.get("x-illume-key"):
        return key, headers.get("x-illume-app")
    return None


def _cookie(headers: Headers, name: str) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(name)
