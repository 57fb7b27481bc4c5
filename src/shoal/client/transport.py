"""The seam between the SDK and a server: one method, several implementations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from shoal.errors import InvalidInputError

API_PREFIX = "/api/v1"

ParamValue = str | int | float | bool | None
Params = Mapping[str, ParamValue | Sequence[ParamValue]]


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: HTTP status, headers with lower-case names, and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.content)


class Transport(Protocol):
    """Carries one request to a server and its response back.

    Attributes:
        address: where the server is, for people: a URL or a folder.
        in_process: whether the server runs in this process and sees the same disk.
    """

    @property
    def address(self) -> str:
        """Where the server is, for people."""
        ...

    @property
    def in_process(self) -> bool:
        """Whether the server runs in this process and so sees the same disk."""
        ...

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request; `path` is percent-encoded and starts with `/`.

        Raises:
            ConnectionFailedError: no response came.
        """
        ...

    def close(self) -> None:
        """Release what the transport holds; calling it twice is harmless."""
        ...


def quoted_path(*parts: str) -> str:
    """Return `/api/v1/…` with each part percent-encoded, so that any name or frame id is one part.

    Dots alone are encoded as well: an HTTP library would otherwise resolve `..` as the parent.
    """
    return "/".join([API_PREFIX, *(_quoted(part) for part in parts)])


def _quoted(part: str) -> str:
    if not part:
        raise InvalidInputError("Expected a name, found an empty text.", location={"field": "name"})
    return part.replace(".", "%2E") if part in (".", "..") else quote(part, safe="")


def query_string(params: Params | None) -> str:
    """Return parameters as a query string; `None` is left out, a list repeats its name."""
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        pairs.extend((name, _param_text(one)) for one in values if one is not None)
    return urlencode(pairs, quote_via=quote)


def _param_text(value: ParamValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def request_target(path: str, params: Params | None) -> str:
    """Return `path?query`, or the path alone when there is no query."""
    query = query_string(params)
    return f"{path}?{query}" if query else path


def encoded_body(
    json_body: Any, content: bytes | None, headers: Mapping[str, str] | None
) -> tuple[bytes, dict[str, str]]:
    """Return the bytes of a request and its headers, with the content type that fits."""
    merged = {"accept": "application/json, */*;q=0.8", **(headers or {})}
    if content is not None:
        return content, {"content-type": "application/octet-stream", **merged}
    if json_body is not None:
        return json.dumps(json_body, allow_nan=False).encode(), {"content-type": "application/json", **merged}
    return b"", merged
