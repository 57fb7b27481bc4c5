"""Pages for people who call the interface: every operation to try out, every error explained; offline."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from shoal.errors import ShoalError, StorageError

URL = "/api/docs"
ASSETS = f"{URL}/assets"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Errors of Shoal</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}
dt{{margin-top:1rem}}dt:target{{background:#fff3bf}}</style></head>
<body><h1>Errors</h1>
<p>Every error is a problem (RFC 9457) with a stable <code>code</code>, a <code>detail</code> that says what
was expected and what was found, a <code>hint</code> with the way out where there is one, and a
<code>location</code>.
<a href="{url}">All operations</a></p>
<dl>
{rows}
</dl></body></html>
"""


_PROBLEM: Final = {
    "description": "A problem; `code` tells which.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
}

_TOKEN: Final = {"type": "http", "scheme": "bearer", "description": "A token of `/api/v1/tokens`."}


def install(app: FastAPI, *, openapi_url: str) -> None:
    """Serve the pages at `/api/docs` and `/api/docs/errors`, and document problems in the schema."""
    plain = app.openapi

    def with_problems() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(plain())
        return app.openapi_schema

    app.openapi = with_problems  # type: ignore[method-assign]
    app.mount(ASSETS, StaticFiles(directory=_assets()), name="documentation")
    app.add_api_route(URL, lambda: _operations(openapi_url), include_in_schema=False)
    app.add_api_route(f"{URL}/errors", _errors, include_in_schema=False)


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose operations answer faults with problems, in place of FastAPI's own bodies."""
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {"token": _TOKEN}
    # Either a token or none: whether one is asked for is the server's setting.
    document["security"] = [{"token": []}, {}]
    return document


def _assets() -> Path:
    # The package's own module is not imported: only the files it carries are of use here.
    found = find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise StorageError("The files of the documentation page are missing.", hint="Install Shoal again.")
    return Path(found.origin).parent / "static"


def _operations(openapi_url: str) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=openapi_url,
        title="Shoal: all operations",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
    )


def _errors() -> HTMLResponse:
    rows = "\n".join(
        f'<dt id="{kind.code}"><code>{kind.code}</code> (HTTP {kind.status})</dt>'
        f"<dd>{escape(_description(kind)).replace('`', '')}</dd>"
        for kind in _tree(ShoalError)
    )
    return HTMLResponse(_PAGE.format(url=URL, rows=rows))


def _description(kind: type[ShoalError]) -> str:
    return cleandoc(kind.__doc__ or "").partition("\n\n")[0]


def _tree(kind: type[ShoalError]) -> Iterator[type[ShoalError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)
