"""A real browser on a real server, and what runs inside the page to measure it with its own clock."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.measuring import environment

WINDOW = {"width": 1440, "height": 900}
PATIENCE_MS = 120_000

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

_MARKS = (Path(__file__).parent / "page_marks.js").read_text(encoding="utf-8")


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Start a server on a home and yield its address."""
    shoal = str(Path(sys.executable).with_name("shoal"))
    command = [sys.executable, shoal, "serve", "--home", str(home), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        yield next(found.group() for line in lines if (found := re.search(r"http://[\w.\[\]:]+", line)))
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start Chromium without a window.

    Raises:
        FileNotFoundError: there is no `chromium` on this machine.
    """
    executable = shutil.which("chromium")
    if executable is None:
        raise FileNotFoundError("The page is measured in Chromium: install the package `chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def fresh_page(browser: Browser, url: str) -> Iterator[Page]:
    """Open a page of its own with empty caches and `marks`, the clock of `page_marks.js`, in it."""
    context: BrowserContext = browser.new_context(base_url=url, viewport=WINDOW)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    try:
        page = context.new_page()
        page.add_init_script(_MARKS)
        yield page
    finally:
        context.close()
