"""A server that asks for tokens, in a browser: the way in, tokens made and revoked, the way out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import shoal
from shoal.errors import UnauthenticatedError
from shoal_server import running_server
from shoal_server import shoal as run_shoal

METRICS = "/p/demo/d/street/metrics"

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Closed:
    """A server on a copy of the demo, and the token of anna."""

    url: str
    anna: str


@pytest.fixture(scope="module")
def closed(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    home: Path = tmp_path_factory.mktemp("closed") / "home"
    shutil.copytree(demo, home)
    secret = run_shoal("token", "create", "anna", home=home).stdout.strip()
    with running_server(home, "--require-token", "--root", str(demo)) as server:
        yield Closed(server.url, secret)


@pytest.fixture(scope="module")
def server_url(closed: Closed) -> str:
    return closed.url


def token_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Token")


def sign_in(page: Page, secret: str) -> None:
    token_box(page).fill(secret)
    page.keyboard.press("Enter")


def test_whoever_has_a_token_comes_to_where_they_wanted(open_page: OpenPage, closed: Closed) -> None:
    page = open_page(METRICS, refusals=(401,))
    expect(page.get_by_role("heading", name="Sign in to Shoal")).to_be_visible()
    expect(token_box(page)).to_be_focused()
    expect(page.get_by_text("Night pedestrians")).to_have_count(0)
    sign_in(page, "shoal_nonsense")
    expect(page.get_by_role("alert")).to_contain_text("unknown, was revoked, or has expired")
    sign_in(page, closed.anna)
    expect(page.get_by_text("Night pedestrians").first).to_be_visible()
    expect(page).to_have_url(re.compile(f"{METRICS}"))
    page.goto("/p/demo/d/street/explore")
    image = page.locator("[data-place='0'] img").first
    expect(image).to_be_visible()
    assert image.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 0


def test_a_token_is_made_shown_once_used_and_revoked(open_page: OpenPage, closed: Closed) -> None:
    page = open_page("/settings")
    sign_in(page, closed.anna)
    tokens = page.get_by_role("table", name="Tokens")
    expect(tokens.get_by_role("row").filter(has_text="anna")).to_contain_text("never")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("ci")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("it is not shown again")
    secret = dialog.locator("pre").first.inner_text()
    assert secret.startswith("shoal_")
    page.keyboard.press("Escape")
    expect(dialog).to_contain_text("it is not shown again")
    expect(dialog.get_by_role("button", name="Close")).to_have_count(0)
    dialog.get_by_role("button", name="I have kept it").click()
    row = tokens.get_by_role("row").filter(has_text="ci")
    expect(row).to_contain_text("by anna")
    expect(page.get_by_text(secret)).to_have_count(0)
    with shoal.connect(closed.url, token=secret) as sh:
        assert [project.name for project in sh.projects] == ["demo"]
        row.get_by_role("button", name="Revoke ci").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke token").click()
        expect(page.get_by_text("Revoked token ci.")).to_be_visible()
        expect(tokens.get_by_role("row").filter(has_text="by anna")).to_have_count(0)
        with pytest.raises(UnauthenticatedError):
            list(sh.projects)


def test_signing_out_and_a_revoked_token_lead_to_the_way_in(open_page: OpenPage, closed: Closed) -> None:
    with shoal.connect(closed.url, token=closed.anna) as sh:
        bob = sh.tokens.create("bob")
        assert bob.secret is not None
        page = open_page("/settings", refusals=(401,))
        sign_in(page, bob.secret)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in to Shoal")).to_be_visible()
        sign_in(page, bob.secret)
        expect(page.get_by_text("Signed in with bob")).to_be_visible()
        bob.revoke()
        page.get_by_role("link", name="Jobs").click()
        expect(page.get_by_role("heading", name="Sign in to Shoal")).to_be_visible()
        sign_in(page, closed.anna)
        expect(page.get_by_role("heading", name="Jobs")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_has_no_serious_findings(
    open_page: OpenPage, closed: Closed, serious_findings: Callable[[Page], list[str]], scheme: str
) -> None:
    page = open_page("/settings", scheme=scheme)
    expect(token_box(page)).to_be_visible()
    assert serious_findings(page) == []
    sign_in(page, closed.anna)
    page.get_by_role("button", name="New token").click()
    expect(page.get_by_role("dialog", name="New token")).to_be_visible()
    assert serious_findings(page) == []
