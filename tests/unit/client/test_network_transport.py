"""The network transport: what is sent, what is repeated, what is not."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from shoal.client.network import NetworkTransport
from shoal.errors import ConnectionFailedError, InvalidInputError

Answer = Callable[[httpx.Request], httpx.Response]


class Script:
    """Answers requests with the next of its steps and keeps the requests."""

    def __init__(self, *steps: int | type[httpx.TransportError]) -> None:
        self.steps = list(steps)
        self.seen: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        step = self.steps.pop(0)
        if isinstance(step, int):
            return httpx.Response(step, json={"ok": True})
        raise step("broken", request=request)

    def transport(self, token: str | None = None) -> NetworkTransport:
        return NetworkTransport(
            "http://shoal.test/base/",
            token=token,
            retry_delays_s=(1.0, 2.0),
            backend=httpx.MockTransport(self),
            sleep=self.slept.append,
        )


def test_address_token_and_encoded_path_are_sent_as_they_are() -> None:
    script = Script(200)
    script.transport("secret").request("GET", "/api/v1/frames/a%2Fb%20%C3%A9", params={"q": "a b"})
    request = script.seen[0]
    assert request.url.raw_path == b"/base/api/v1/frames/a%2Fb%20%C3%A9?q=a%20b"
    assert request.headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, 503])
def test_a_repeatable_request_is_sent_again(method: str, fault: int | type[httpx.TransportError]) -> None:
    script = Script(fault, fault, 200)
    assert script.transport().request(method, "/x").status == 200
    assert script.slept == [1.0, 2.0]


def test_a_post_is_sent_again_only_if_it_never_left() -> None:
    script = Script(httpx.ConnectError, 200)
    assert script.transport().request("POST", "/x", json={}).status == 200
    lost = Script(httpx.ReadError, 200)
    with pytest.raises(ConnectionFailedError, match=r"shoal\.test"):
        lost.transport().request("POST", "/x", json={})
    assert len(lost.seen) == 1
    assert Script(503).transport().request("POST", "/x", json={}).status == 503


def test_a_timeout_is_not_repeated() -> None:
    script = Script(httpx.ReadTimeout, 200)
    with pytest.raises(ConnectionFailedError):
        script.transport().request("GET", "/x")
    assert len(script.seen) == 1


def test_after_the_last_try_the_failure_is_told_with_a_way_out() -> None:
    script = Script(*[httpx.ConnectError] * 3)
    with pytest.raises(ConnectionFailedError) as caught:
        script.transport().request("GET", "/x")
    assert "shoal serve" in caught.value.hint
    assert len(script.seen) == 3


@pytest.mark.parametrize("url", ["ftp://host", "http://", "host:80"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match="address"):
        NetworkTransport(url)
