"""An answer is not torn between its head and its body."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx


def test_head_and_body_come_in_one_piece(served: Any) -> None:
    address = urlsplit(served.url)
    request = f"GET /api/v1/projects HTTP/1.1\r\nhost: {address.netloc}\r\n\r\n".encode()
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        for _ in range(200):
            connection.sendall(request)
            head, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert json.loads(body)["items"]


def test_large_answers_are_whole_too(served: Any) -> None:
    for _ in range(3):
        answer = httpx.get(f"{served.url}/api/v1/openapi.json")
        assert len(answer.content) == int(answer.headers["content-length"]) > 1 << 16
        assert answer.json()["openapi"].startswith("3.1")


def test_a_connection_that_is_closed_after_the_answer_gets_all_of_it(served: Any) -> None:
    answer = httpx.get(f"{served.url}/api/v1/projects", headers={"connection": "close"})
    assert answer.json()["items"]
