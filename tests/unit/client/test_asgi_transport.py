"""The in-process transport, against a small real ASGI application."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from shoal.client.asgi import AsgiServer, InProcessTransport
from shoal.errors import ConnectionFailedError, HomeInUseError, ShoalError


async def echo(request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "raw_path": request.scope["raw_path"].decode(),
            "query": request.query_params.multi_items(),
            "size": len(await request.body()),
            "type": request.headers.get("content-type"),
            "state": request.state.greeting,
            "thread": threading.current_thread().name,
        }
    )


async def stream(_: Request) -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for part in (b"one ", b"two ", b"three"):
            await asyncio.sleep(0)
            yield part

    return StreamingResponse(chunks())


async def broken(_: Request) -> JSONResponse:
    raise RuntimeError("boom")


def make_app(log: list[str], *, fails: Exception | None = None) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, str]]:
        if fails is not None:
            raise fails
        log.append("started")
        yield {"greeting": "hello"}
        log.append("stopped")

    routes = [
        Route("/api/v1/stream", stream),
        Route("/api/v1/broken", broken),
        Route("/api/v1/{rest:path}", echo, methods=["GET", "PUT", "POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def transport_into(server: AsgiServer) -> InProcessTransport:
    return InProcessTransport(server, address="here", release=server.close)


def test_requests_carry_path_query_and_body_and_the_lifespan_runs_around_them() -> None:
    log: list[str] = []
    transport = transport_into(AsgiServer(make_app(log), name="shoal test"))
    params = {"a": ["1", "2"], "b": None, "c": True, "d": "é & ü"}
    answer = transport.request("PUT", "/api/v1/x/a%2Fb%20%25", params=params, content=b"\x00" * 5).json()
    assert answer["raw_path"] == "/api/v1/x/a%2Fb%20%25"
    assert answer["path"] == "/api/v1/x/a/b %"
    assert answer["query"] == [["a", "1"], ["a", "2"], ["c", "true"], ["d", "é & ü"]]
    assert (answer["size"], answer["type"]) == (5, "application/octet-stream")
    assert (answer["state"], answer["thread"]) == ("hello", "shoal test")
    assert log == ["started"]
    transport.close()
    assert log == ["started", "stopped"]


def test_a_streamed_answer_arrives_whole() -> None:
    transport = transport_into(AsgiServer(make_app([])))
    assert transport.request("GET", "/api/v1/stream").content == b"one two three"
    transport.close()


def test_many_threads_at_once_each_get_their_own_answer() -> None:
    transport = transport_into(AsgiServer(make_app([])))

    def ask(number: int) -> int:
        answer = transport.request("POST", "/api/v1/x", json=list(range(number))).json()
        return int(answer["size"])

    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(ask, range(40)))
    assert sizes == [len(json.dumps(list(range(number))).encode()) for number in range(40)]
    transport.close()


def test_an_error_page_of_the_framework_is_an_answer() -> None:
    transport = transport_into(AsgiServer(make_app([])))
    assert transport.request("GET", "/api/v1/broken").status == 500
    transport.close()


def test_what_start_up_raises_reaches_the_caller_as_it_is() -> None:
    with pytest.raises(HomeInUseError, match="pid 12"):
        AsgiServer(make_app([], fails=HomeInUseError("The folder belongs to pid 12.")))


def test_a_closed_transport_says_so() -> None:
    server = AsgiServer(make_app([]))
    transport = transport_into(server)
    transport.close()
    transport.close()
    with pytest.raises(ConnectionFailedError, match="closed"):
        transport.request("GET", "/api/v1/x")
    with pytest.raises(ConnectionFailedError, match="closed"):
        transport_into(server).request("GET", "/api/v1/x")


def test_closing_while_a_request_hangs_ends_it() -> None:
    entered, hang = threading.Event(), asyncio.Event()

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        if scope["type"] == "lifespan":
            await make_app([])(scope, receive, send)  # type: ignore[arg-type]
        else:
            entered.set()
            await hang.wait()

    server = AsgiServer(app)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(transport_into(server).request, "GET", "/api/v1/x")
        assert entered.wait(10)
        server.close()
        with pytest.raises(ConnectionFailedError, match="under way"):
            asked.result(10)


def test_an_application_that_gives_no_answer_is_reported() -> None:
    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        if scope["type"] == "lifespan":
            await make_app([])(scope, receive, send)  # type: ignore[arg-type]
        else:
            raise ValueError("broken before the answer")

    server = AsgiServer(app)  # type: ignore[arg-type]
    with pytest.raises(ShoalError, match="broken before the answer"):
        transport_into(server).request("GET", "/api/v1/x")
    server.close()


_FORGETFUL = """
import sys, threading
from contextlib import asynccontextmanager
from pathlib import Path
import anyio.to_thread
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
import shoal.local as local
from shoal.client.asgi import AsgiServer

@asynccontextmanager
async def lifespan(app):
    yield
    await anyio.to_thread.run_sync(lambda: print("stopped", flush=True))

def answer(request):
    return PlainTextResponse("ok")

local._start = lambda home: AsgiServer(Starlette(routes=[Route("/api/v1/x", answer)], lifespan=lifespan))
servers = local.InProcessServers()
transport = servers.transport(Path("somewhere"))
print(transport.request("GET", "/api/v1/x").content.decode(), flush=True)
"""


def test_a_process_that_forgets_to_close_still_stops_the_server_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _FORGETFUL],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\nstopped\n", "")
