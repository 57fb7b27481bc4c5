"""Who may call: the tokens that come with requests, in every form clients send them."""

from __future__ import annotations

import logging
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from shoal.errors import ShoalError, UnauthenticatedError
from shoal.server.aquarium import answers as aquarium_answers
from shoal.server.aquarium import wiring as aquarium
from shoal.server.page import is_interface
from shoal.server.problems import problem_response
from shoal.services import sessions
from shoal.services.credentials import PREFIX, Holder
from shoal.services.runtime import Runtime

logger = logging.getLogger(__name__)

_WAY_IN: Final = "/api/v1/session"
_SIGNED: Final = tuple(f"{aquarium.PREFIX}/{part}/" for part in aquarium.SIGNED)

_HINT: Final = (
    "Make one with `shoal token create NAME` beside the server, or in its page under Settings; pass it as "
    "token=…, $SHOAL_TOKEN or `Authorization: Bearer …`."
)


class TokenGate:
    """Finds out whose token came with a request, and refuses requests without one where one is required.

    A secret of Shoal's that does not hold is refused everywhere: whoever sends it believes that it does.
    Other credentials mean nothing where none is required, as those of the product Shoal's old client was
    made for.  `request.state.holder` is whose token it was, `None` when none came.

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
        if scope["type"] != "http" or not is_interface(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            holder = self._holder(Headers(scope=scope))
            if holder is None and self._is_required and not _is_open(scope["path"]):
                raise UnauthenticatedError("This server asks for a token, and none came.", hint=_HINT)
        except UnauthenticatedError as error:
            await _refusal(scope["path"], error)(scope, receive, send)
            return
        if holder is not None:
            await self._note_use(holder)
        await self._app({**scope, "state": {**scope.get("state", {}), "holder": holder}}, receive, send)

    def _holder(self, headers: Headers) -> Holder | None:
        presented = _presented(headers)
        if presented is None:
            return sessions.holder_of(self._runtime, _cookie(headers, sessions.cookie_name(self._runtime)))
        secret, name = presented
        holder = self._runtime.tokens.holder(secret)
        is_named = holder is None or name is None or name in (holder.name, holder.id)
        if holder is not None and is_named:
            return holder
        if self._is_required or secret.startswith(PREFIX):
            raise UnauthenticatedError(
                "The token that came is unknown, was revoked, or has expired."
                if is_named
                else f"The key that came with app id {name!r} is that of another token.",
                hint=_HINT,
            )
        return None

    async def _note_use(self, holder: Holder) -> None:
        if not self._runtime.tokens.is_use_due(holder):
            return
        try:
            await run_in_threadpool(self._runtime.tokens.note_use, holder)
        except ShoalError:
            logger.warning("The last use of token %s was not written down.", holder.name, exc_info=True)


def _is_open(path: str) -> bool:
    """Return whether a path is answered without a token: the way in, and links with their own permission."""
    return path == _WAY_IN or path.startswith(_SIGNED)


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


def _refusal(path: str, error: UnauthenticatedError) -> ASGIApp:
    if path.startswith(f"{aquarium.PREFIX}/"):
        return aquarium_answers.refusal(str(error), error.status)
    return problem_response(error, headers={"WWW-Authenticate": "Bearer"})
