"""A server without tokens answers this machine, by its own names, from its own pages, in measure."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from problem_bodies import problem_of
from shoal.server.limits import MAX_BODY_BYTES
from shoal.store.home import Home
from shoal_server import shoal, start_server


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost:80@evil.example",
        "10.0.0.1",
        "",
    ],
)
def test_another_name_for_this_machine_is_refused(served: Any, host: str) -> None:
    body = problem_of(served.http.get("/health", headers={"host": host}), 403, "forbidden")
    assert repr(host) in body["detail"]
    assert "127.0.0.1" in body["hint"]


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]:8000"])
def test_own_names_are_answered(served: Any, host: str) -> None:
    assert served.http.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"origin": "http://["},
        {"x-forwarded-for": "203.0.113.8"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_pages_from_elsewhere_are_refused(served: Any, method: str, headers: dict[str, str]) -> None:
    problem_of(served.http.request(method, "/projects", headers=headers), 403, "forbidden")


def test_own_pages_are_answered(served: Any) -> None:
    own = {"origin": served.url, "sec-fetch-site": "same-origin"}
    assert served.http.get("/projects", headers=own).status_code == 200


def in_pieces(n_bytes: int) -> Iterator[bytes]:
    """A body whose size nobody tells beforehand."""
    piece = b" " * (1 << 20)
    for _ in range(n_bytes // len(piece)):
        yield piece


@pytest.mark.parametrize("path", ["/projects", "/projects/driving/datasets/val/query"])
def test_a_body_past_the_limit_is_refused_though_it_tells_no_length(served: Any, path: str) -> None:
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    headers = {"content-type": "application/json", "transfer-encoding": "chunked"}
    connection.request(
        "POST", f"/api/v1{path}", in_pieces(MAX_BODY_BYTES + (2 << 20)), headers, encode_chunked=True
    )
    answer = connection.getresponse()
    assert answer.status == 413
    assert b'"too_large"' in answer.read()
    connection.close()


def test_a_length_past_the_limit_is_refused_at_once(served: Any) -> None:
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.putrequest("PUT", "/api/v1/uploads/up_000000000000/files/a")
    connection.putheader("content-length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert f"{MAX_BODY_BYTES:,}".encode() in answer.read()
    connection.close()


def test_a_chunk_past_its_own_limit_is_refused_and_leaves_the_file(served: Any) -> None:
    upload = served.http.post("/uploads").json()["id"]
    where = f"/uploads/{upload}/files/a"
    assert served.http.put(where, content=b"01").json()["size"] == 2
    body = problem_of(
        served.http.put(where, params={"offset": 2}, content=b" " * (65 << 20)), 413, "too_large"
    )
    assert body["location"] == {"limit": 64 << 20, "what": "chunk"}
    assert served.http.get(f"/uploads/{upload}").json()["files"] == [{"name": "a", "size": 2}]


def test_a_link_from_another_site_leads_to_the_page(served: Any) -> None:
    answer = httpx.get(f"{served.url}/jobs", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert "<html" in answer.text


def test_a_second_server_names_the_first(served: Any) -> None:
    done = shoal("serve", "--port", "0", "--no-browser", home=served.home)
    assert done.returncode == 1
    assert served.url in done.stderr
    assert str(served.sh.health().pid) in done.stderr


def test_the_lock_of_a_killed_server_is_taken_over(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = start_server(home)
    first.process.kill()
    first.process.communicate()
    assert (home / "owner.json").exists()
    with Home.open(home):
        pass
