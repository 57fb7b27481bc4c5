"""The application that answers the `aquariumlearning` client, mounted beside Shoal's own interface."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shoal.server.aquarium import answers
from shoal.server.aquarium.routers import ROUTERS
from shoal.services.runtime import Runtime

PREFIX = "/aquarium/api/v1"
"""What the client's `api_endpoint` ends in; it cuts `/api/v1` off to print links."""

SIGNED = ("storage", "documents")
"""Below these every address carries its own permission: the client follows them without its credentials."""


def create(runtime: Runtime) -> ASGIApp:
    """Return the application; it is no part of the OpenAPI document, for it is somebody else's contract."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, default_response_class=answers.Answer)
    app.state.runtime = runtime
    answers.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return _SingleSlashes(app)


class LostClient:
    """Tells the client, whose every request bears its version, that its `api_endpoint` is not this one.

    Args:
        app: the whole application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer where to go."""
        is_lost = scope["type"] == "http" and not scope["path"].startswith("/aquarium/")
        if is_lost and "x-illume-client-version" in Headers(scope=scope):
            where = f'Shoal answers this client below {PREFIX}: api_endpoint="http://HOST:PORT{PREFIX}".'
            await answers.refusal(where, 400)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _SingleSlashes:
    """Takes `//projects` for `/projects`: the client glues paths to an endpoint that may end in a slash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and "//" in scope["path"]:
            path = scope["path"]
            while "//" in path:
                path = path.replace("//", "/")
            scope = {**scope, "path": path}
        await self._app(scope, receive, send)
