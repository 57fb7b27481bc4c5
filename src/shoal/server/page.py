"""The web page: files the package build left in `shoal/page`, served beside the interface."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(__file__).parents[1] / "page"
"""Where the build puts the page."""

_INTERFACES = ("/api", "/aquarium")
_ASSETS = "assets/"
_FILE_NAME = re.compile(r"(assets/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".woff2": "font/woff2",
}

SECURITY_HEADERS = {
    # Images of a dataset may lie on any web server; everything else comes from here.
    # The component library writes its measures into style attributes.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob: http: https:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
"""Sent with every file of the page."""

_NOT_BUILT = """The page of Shoal was not built when this copy was installed.

Build it with `make page` in a checkout of Shoal, or install Shoal again without SHOAL_SKIP_PAGE,
then load this address again.  The interface works without it: /api/docs
"""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the page as it is sent.

    Attributes:
        content: its bytes.
        packed: the same, compressed with gzip; `None` where that saves nothing.
        etag: changes with the content.
        media_type: from the ending of its name.
        stamp: modification time and size of what was read.
    """

    content: bytes
    packed: bytes | None
    etag: str
    media_type: str
    stamp: tuple[int, int]


class PageFiles:
    """Answers reading requests outside the interface with the page; all others go to the application.

    An address that is no file is one of the page's own (`/p/demo/d/street/explore`): it gets `index.html`.

    Args:
        app: the application with the interface.
        folder: the built page.
    """

    def __init__(self, app: ASGIApp, folder: Path = FOLDER) -> None:
        self._app = app
        self._folder = folder
        self._read: dict[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file of the page, or pass the request on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or is_interface(scope["path"]):
            await self._app(scope, receive, send)
            return
        response = self._answer(scope["path"].lstrip("/"), Headers(scope=scope))
        response.headers.update(SECURITY_HEADERS)
        await response(scope, receive, send)

    def _answer(self, name: str, asked: Headers) -> Response:
        found = self._file(name)
        if found is None and name.startswith(_ASSETS):
            return PlainTextResponse("There is no such file.\n", status_code=404)
        found = found or self._file("index.html")
        if found is None:
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        return _response(found, asked, caching=_FOREVER if name.startswith(_ASSETS) else _ASK_AGAIN)

    def _file(self, name: str) -> _File | None:
        if not _FILE_NAME.fullmatch(name):
            return None
        path = self._folder / name
        if not path.is_file():
            return None
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._read.get(name)
        if known is None or known.stamp != stamp:
            known = self._read[name] = _load(path, stamp)
        return known


def is_interface(path: str) -> bool:
    """Return whether a path is no part of the page."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _INTERFACES)


def _load(path: Path, stamp: tuple[int, int]) -> _File:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0)
    return _File(
        content=content,
        packed=packed if len(packed) < 0.9 * len(content) else None,
        etag=f'"{sha256(content).hexdigest()[:32]}"',
        media_type=_MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        stamp=stamp,
    )


def _response(file: _File, asked: Headers, *, caching: str) -> Response:
    headers = {"Cache-Control": caching, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = file.content
    if file.packed is not None and "gzip" in asked.get("accept-encoding", ""):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=file.media_type, headers=headers)
