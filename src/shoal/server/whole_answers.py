"""Answers that go out whole: the head of an answer and the beginning of its body in one write."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

_HELD_BYTES: Final = 64 << 10


class WholeAnswers(H11Protocol):
    """HTTP as uvicorn speaks it, through a transport that joins writes.

    By itself uvicorn writes the head of an answer, then its body.  A process that is killed between the two
    leaves the caller with a head alone; while a job holds the interpreter that takes milliseconds.  The old
    client (urllib3 below 2) takes it for an empty answer and gives up an upload that would have gone on.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        # The stand-in has all of a transport that uvicorn uses; asyncio's types know no stand-ins.
        super().connection_made(_JoinedWrites(transport))  # type: ignore[arg-type]


class _JoinedWrites:
    """A transport that holds what is written, up to 64 KiB, until the event loop comes round."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._n_held = 0

    def write(self, data: bytes) -> None:
        """Send, with what follows at once."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._n_held += len(data)
        if self._n_held > _HELD_BYTES:
            self._send()

    def close(self) -> None:
        """Send what is held and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        held, self._held, self._n_held = b"".join(self._held), [], 0
        if held and not self._transport.is_closing():
            self._transport.write(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
