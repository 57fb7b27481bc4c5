"""The one place that wires everything: home, services, routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from shoal import __version__
from shoal.errors import ForbiddenError
from shoal.server import documentation, problems
from shoal.server.aquarium import wiring as aquarium
from shoal.server.aquarium.preview_routes import pages as aquarium_pages
from shoal.server.guard import Guard
from shoal.server.page import PageFiles
from shoal.server.routes import ROUTERS
from shoal.server.token_gate import TokenGate
from shoal.services.runtime import Runtime

PREFIX = "/api/v1"


def create_app(
    home: Path | str,
    *,
    local: bool = False,
    roots: Sequence[Path | str] = (),
    url: str | None = None,
    catalog_url: str | None = None,
    ray_address: str | None = None,
    requires_token: bool = False,
) -> FastAPI:
    """Open a home and return the application that serves it; its lifespan closes the home.

    Args:
        home: the data folder.
        local: whether the only caller is this process, which may name any of its own files.
        roots: folders on this machine that requests may name files in.
        url: where the application will be served, told to others who want the home.
        catalog_url: the catalog database; default SQLite in the home.
        ray_address: the Ray cluster that describes pictures; default this process.
        requires_token: whether to answer those alone who have a token, from wherever they call.

    Raises:
        ForbiddenError: a token is required and there is none yet.
        HomeInUseError: another process owns the home.
    """
    runtime = Runtime.open(
        home, catalog_url=catalog_url, roots=roots, url=url, is_local=local, ray_address=ray_address
    )
    if requires_token and not runtime.tokens.are_any():
        runtime.close()
        raise ForbiddenError(
            "Whoever can reach this server needs a token, and there is none that holds.",
            hint=f"Make one: shoal token create NAME --home {runtime.home.path}",
        )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            runtime.close()

    app = FastAPI(
        title="Shoal",
        version=__version__,
        description="For every important subset of your data: is the new model good enough to ship?",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.runtime = runtime
    app.state.requires_token = requires_token
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.mount(aquarium.PREFIX, aquarium.create(runtime))
    app.include_router(aquarium_pages)
    documentation.install(app, openapi_url=f"{PREFIX}/openapi.json")
    app.add_middleware(TokenGate, runtime=runtime, is_required=requires_token)
    app.add_middleware(PageFiles)
    app.add_middleware(aquarium.LostClient)
    app.add_middleware(Guard, is_open_to_all=requires_token)
    return app
