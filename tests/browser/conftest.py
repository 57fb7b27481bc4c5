"""A real browser against a real server that holds a small demo."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

import shoal
from shoal.client.dataset import Dataset
from shoal_server import running_server
from shoal_server import shoal as run_shoal

N_FRAMES = 120
PATIENCE_MS = 20_000
"""Machines that run all tests at once are slow."""

BUILT = Path(shoal.__file__).parent / "page" / "index.html"
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the demo of 120 frames, drawn once for all workers; nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    home: Path = (base if worker_id == "master" else base.parent) / "demo" / "home"
    with FileLock(f"{home.parent}.lock"):
        if not (home.parent / "is-drawn").exists():
            made = run_shoal("demo", "--frames", str(N_FRAMES), home=home)
            assert made.returncode == 0, made.stderr
            (home.parent / "is-drawn").touch()
    return home


@pytest.fixture(scope="module")
def server_url(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a copy of the demo, which the tests of a module may change."""
    if not BUILT.exists():
        pytest.skip("the page is not built: make page")
    home: Path = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo, home)
    with running_server(home, "--root", str(demo)) as server:
        yield server.url


@pytest.fixture(scope="module")
def street(server_url: str) -> Iterator[Dataset]:
    """The demo's dataset through the SDK, for the numbers the page must show."""
    with shoal.connect(server_url) as sh:
        yield sh.project("demo").datasets["street"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, server_url: str) -> Iterator[Callable[..., Page]]:
    """Opens addresses in pages of their own: `open_page("/p/…", scheme="dark")`.

    In the end the console must have been silent and nothing asked of other machines. Browsers write every
    refused request to the console; `refusals` are the statuses a test provokes.
    """
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage, refusals: tuple[int, ...]) -> None:
        is_expected = any(f"status of {status} " in message.text for status in refusals)
        if message.type in ("error", "warning") and not is_expected:
            complaints.append(f"{message.type}: {message.text}")

    def watch(request: Request) -> None:
        if not request.url.startswith((server_url, "data:", "blob:")):
            complaints.append(f"asked of elsewhere: {request.url}")

    def opened(
        path: str,
        *,
        scheme: str = "light",
        width: int = 1440,
        height: int = 900,
        refusals: tuple[int, ...] = (),
    ) -> Page:
        context = chromium.new_context(
            base_url=server_url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: note(message, refusals))
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.on("request", watch)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def serious_findings() -> Callable[[Page], list[str]]:
    """What axe finds serious or critical on a page, one line each."""
    if not AXE.exists():
        pytest.skip("axe is not installed: npm ci in web/")
    return _serious_findings


def _serious_findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html'][:200]} {json.dumps(node['any'][:1])[:300]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
