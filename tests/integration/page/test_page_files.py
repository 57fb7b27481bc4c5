from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from shoal.server.page import PageFiles

INDEX = "<!doctype html><title>Shoal</title>"
SCRIPT = "console.log('shoal');\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text(INDEX)
    (page / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("secret")
    return page


def browser(folder: Path) -> httpx.AsyncClient:
    interface = Starlette(routes=[Route("/api/v1/health", lambda _: PlainTextResponse("interface"))])
    transport = httpx.ASGITransport(app=PageFiles(interface, folder))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def _get(folder: Path, path: str, **headers: str) -> httpx.Response:
    async with browser(folder) as client:
        return await client.get(
            path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )


def get(folder: Path, path: str, **headers: str) -> httpx.Response:
    return asyncio.run(_get(folder, path, **headers))


@pytest.mark.parametrize(
    "path",
    ["/", "/jobs", "/p/demo/d/street/explore?q=a", "/p/demo/d/street/frames/a.jpg", f"/p/{'x' * 9000}"],
)
def test_every_address_of_the_page_gets_the_same_document(folder: Path, path: str) -> None:
    answer = get(folder, path)
    assert answer.status_code == 200
    assert answer.text == INDEX
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_assets_are_kept_for_ever_and_sent_compressed(folder: Path) -> None:
    answer = get(folder, "/assets/index-1a2b.js", accept_encoding="gzip")
    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(gzip.compress(SCRIPT.encode(), mtime=0)))
    assert "immutable" in answer.headers["cache-control"]
    assert get(folder, "/assets/index-1a2b.js", accept_encoding="identity").text == SCRIPT


def test_what_is_known_is_not_sent_again(folder: Path) -> None:
    etag = get(folder, "/").headers["etag"]
    assert get(folder, "/", if_none_match=etag).status_code == 304
    (folder / "index.html").write_text(INDEX + "<p>new</p>")
    assert get(folder, "/", if_none_match=etag).status_code == 200


def test_a_missing_asset_is_missing(folder: Path) -> None:
    answer = get(folder, "/assets/index-0000.js")
    assert answer.status_code == 404
    assert INDEX not in answer.text


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "//etc/passwd"]
)
def test_no_address_leads_out_of_the_folder(folder: Path, path: str) -> None:
    answer = get(folder, path)
    assert "secret" not in answer.text
    assert "root:" not in answer.text


def test_the_interface_keeps_its_addresses(folder: Path) -> None:
    assert get(folder, "/api/v1/health").text == "interface"
    assert get(folder, "/api/v1/nothing").status_code == 404


def test_without_a_built_page_the_way_out_is_told(tmp_path: Path) -> None:
    answer = get(tmp_path / "absent", "/")
    assert answer.status_code == 503
    assert "make page" in answer.text
    assert "/api/docs" in answer.text
