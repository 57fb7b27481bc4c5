"""The transport into a server of this very process: an ASGI application on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from shoal.client.transport import Params, Response, encoded_body, query_string
from shoal.errors import ConnectionFailedError, ShoalError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

_VERSIONS = {"version": "3.0", "spec_version": "2.4"}
_HOST = "localhost"


class AsgiServer:
    """An ASGI application with its event loop and its lifespan; requests may come from any thread.

    The constructor returns once the application has started, `close` once it has stopped.

    Args:
        app: the application.
        name: of the thread, for debuggers.

    Raises:
        Exception: whatever the application raised while it started.
    """

    def __init__(self, app: AsgiApp, *, name: str = "shoal") -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._started: Future[None] = Future()
        self._failure: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        try:
            self._started.result()
        except BaseException:
            self._halt()
            raise

    def request(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Send one request into the application and wait for its whole response.

        Raises:
            ConnectionFailedError: the application has been closed.
            ShoalError: the application raised before it answered.
        """
        if not self._thread.is_alive():
            raise ConnectionFailedError("The connection is closed.", hint="Call `shoal.connect` again.")
        scope = self._scope(method, path, query, headers)
        answer = asyncio.run_coroutine_threadsafe(_exchange(self._app, scope, body), self._loop)
        try:
            return answer.result()
        except CancelledError as error:
            raise ConnectionFailedError("The connection was closed while a request was under way.") from error
        except BaseException:
            answer.cancel()
            raise

    def close(self) -> None:
        """Stop the application, wait until it has, and raise what it raised; calling it twice is harmless."""
        self._halt()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _halt(self) -> None:
        with suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _scope(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Message:
        return {
            "type": "http",
            "asgi": _VERSIONS,
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": [
                (b"host", _HOST.encode()),
                *((k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()),
            ],
            "client": ("127.0.0.1", 0),
            "server": (_HOST, 80),
            "state": dict(self._state),
        }

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._live())
            except BaseException as error:  # outermost boundary of the thread: handed to whoever waits
                if self._started.done():
                    self._failure = error
                else:
                    self._started.set_exception(error)

    async def _live(self) -> None:
        events: asyncio.Queue[Message] = asyncio.Queue()
        answers: asyncio.Queue[Message] = asyncio.Queue()
        scope: Message = {"type": "lifespan", "asgi": _VERSIONS, "state": self._state}
        lifespan = asyncio.ensure_future(self._app(scope, events.get, answers.put))
        await self._step(lifespan, events, answers, "startup")
        self._started.set_result(None)
        await self._stop.wait()
        await self._step(lifespan, events, answers, "shutdown")
        await lifespan

    @staticmethod
    async def _step(
        lifespan: asyncio.Future[None],
        events: asyncio.Queue[Message],
        answers: asyncio.Queue[Message],
        step: str,
    ) -> None:
        await events.put({"type": f"lifespan.{step}"})
        answer = asyncio.ensure_future(answers.get())
        waited: set[asyncio.Future[Any]] = {lifespan, answer}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        failed = not answer.done() or answer.result()["type"] == f"lifespan.{step}.failed"
        if not failed:
            return
        answer.cancel()
        await lifespan  # raises what the application raised, which says more than its message
        raise ShoalError(f"The server in this process failed at {step}.")


@dataclass(slots=True)
class _Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    complete: asyncio.Event = field(default_factory=asyncio.Event)


async def _exchange(app: AsgiApp, scope: Message, body: bytes) -> Response:
    answer = _Answer()
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if pending:
            return pending.pop()
        await answer.complete.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            answer.chunks.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                answer.complete.set()

    try:
        await app(scope, receive, send)
    except Exception as error:
        # A framework answers 500 and raises again for the server's log; the answer is what counts then.
        if not answer.complete.is_set():
            raise ShoalError(f"The server in this process failed: {error!r}.") from error
    return Response(answer.status, answer.headers, b"".join(answer.chunks))


class InProcessTransport:
    """Carries requests into an `AsgiServer`.

    Args:
        server: the running application.
        address: where its data is, for people.
        release: called once on `close`; the server itself may serve others.
    """

    in_process = True

    def __init__(self, server: AsgiServer, *, address: str, release: Callable[[], None]) -> None:
        self.address = address
        self._server = server
        self._release = release
        self._closed = False

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
        """Send one request into the application."""
        if self._closed:
            raise ConnectionFailedError("The connection is closed.", hint="Call `shoal.connect` again.")
        body, all_headers = encoded_body(json, content, headers)
        all_headers["content-length"] = str(len(body))
        return self._server.request(method, path, query_string(params), all_headers, body)

    def close(self) -> None:
        """Let go of the server."""
        if not self._closed:
            self._closed = True
            self._release()
