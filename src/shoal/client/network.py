"""The transport over a socket."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from shoal.client.transport import Params, Response, encoded_body, request_target
from shoal.errors import ConnectionFailedError, InvalidInputError

RETRY_DELAYS_S = (0.2, 1.0, 3.0)
_TIMEOUT = httpx.Timeout(connect=10.0, read=600.0, write=120.0, pool=10.0)
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_PASSING = frozenset({502, 503, 504})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NetworkTransport:
    """Speaks HTTP to a server; requests that may be repeated are, when the network fails.

    Args:
        url: `http(s)://host[:port][/prefix]`.
        token: sent as `Authorization: Bearer …` when given; space around it does not count.
        is_direct: whether to pass by the proxies the environment names, as for this machine's own servers.
        retry_delays_s: pauses before each repetition, seconds.
        backend: an httpx transport in place of real sockets.
        sleep: waits so many seconds.

    Attributes:
        close: closes the sockets; also called when the transport is forgotten, and at exit.
    """

    in_process = False

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        is_direct: bool = False,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        backend: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInputError(
                f"Expected a server's address such as http://127.0.0.1:8000, found {url!r}."
            )
        self.address = url.rstrip("/")
        self._delays = tuple(retry_delays_s)
        self._sleep = sleep
        self._client = httpx.Client(
            headers=_authorization(token),
            timeout=_TIMEOUT,
            transport=backend,
            # A proxy from the environment cannot reach this machine's own loopback.
            trust_env=not is_direct and parts.hostname not in _LOOPBACK,
        )
        self.close = weakref.finalize(self, self._client.close)

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
        """Send one request, again after a failure when that can do no harm."""
        body, all_headers = encoded_body(json, content, headers)
        url = self.address + request_target(path, params)
        for delay in self._delays:
            try:
                response = self._send(method, url, body, all_headers)
            except httpx.ConnectError:
                pass
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                if method not in _REPEATABLE:
                    raise self._failure(error) from error
            else:
                if method not in _REPEATABLE or response.status not in _PASSING:
                    return response
            self._sleep(delay)
        try:
            return self._send(method, url, body, all_headers)
        except httpx.TransportError as error:
            raise self._failure(error) from error

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        try:
            answer = self._client.request(method, url, content=body, headers=headers)
        except httpx.TimeoutException as error:
            raise self._failure(error) from error
        except httpx.UnsupportedProtocol as error:
            raise self._failure(error) from error
        return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    def _failure(self, error: httpx.TransportError) -> ConnectionFailedError:
        return ConnectionFailedError(
            f"No answer from {self.address}: {error or type(error).__name__}.",
            hint="Check the address, and that the server runs there (`shoal serve --home DIR`).",
        )


def _authorization(token: str | None) -> dict[str, str] | None:
    secret = token.strip() if token else ""
    if not secret:
        return None
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        # The value is not repeated: errors end in logs.
        raise InvalidInputError(
            "The token holds characters no token has.", hint="Copy it whole: it begins with shoal_."
        )
    return {"authorization": f"Bearer {secret}"}
