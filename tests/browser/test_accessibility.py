"""Every page that has no tests of its own before axe, light and dark; headings, titles and the skip link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

STREET = "/p/demo/d/street"
NEWEST = "v3_fixed"

OpenPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


def nothing(page: Page) -> None:
    """The page as it comes."""


def open_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("night")
    expect(page.get_by_role("option").first).to_be_visible()


def open_operating_points(page: Page) -> None:
    page.get_by_role("button", name="Operating point of each inference set").click()
    expect(page.get_by_label(f"Confidence threshold of {NEWEST}")).to_be_visible()


def open_sets(page: Page) -> None:
    page.get_by_role("button", name="Choose inference sets").click()
    expect(page.get_by_role("radio", name=f"{NEWEST} is the baseline")).to_be_visible()


def open_creation(page: Page) -> None:
    page.get_by_role("button", name="Create segment").click()
    page.get_by_role("menuitem", name="From a query").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def open_point_of_a_set(page: Page) -> None:
    page.get_by_role("button", name=f"Change the operating point of {NEWEST}").click()
    expect(page.get_by_role("dialog")).to_be_visible()


VIEWS = {
    "projects": ("/", "demo", nothing),
    "project": ("/p/demo", "Class map", nothing),
    "crops": (f"{STREET}/explore?elements=labels", "pedestrian", nothing),
    "fault in a query": (f"{STREET}/explore?q=time_of_day:", "character", nothing),
    "nothing found": (f"{STREET}/explore?q=city:nowhere", "No frames match", nothing),
    "inference sets": (f"{STREET}/inference-sets", NEWEST, open_point_of_a_set),
    "upload": (f"{STREET}/upload", "Upload", nothing),
    "creation of a segment": (f"{STREET}/segments", "Crowded crossings", open_creation),
    "jobs": ("/jobs", "Jobs", nothing),
    "settings": ("/settings", "Settings", nothing),
    "no such page": ("/nowhere", "There is no such page", nothing),
    "shortcuts": (f"{STREET}/explore", "Select all", open_shortcuts),
    "palette": (f"{STREET}/metrics", "All Frames", open_palette),
    "operating points": (f"{STREET}/metrics", "All Frames", open_operating_points),
    "choice of sets": (f"{STREET}/metrics", "All Frames", open_sets),
}
REFUSED = {"fault in a query": (422, 400)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious_on(
    open_page: OpenPage, serious_findings: Findings, view: str, scheme: str
) -> None:
    path, sign, prepare = VIEWS[view]
    page = open_page(path, scheme=scheme, refusals=REFUSED.get(view, ()))
    expect(page.get_by_text(sign).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    prepare(page)
    assert serious_findings(page) == []


PAGES = (
    "/",
    "/p/demo",
    "/jobs",
    "/settings",
    f"{STREET}/explore",
    f"{STREET}/frames/seq-0000_000.jpg",
    f"{STREET}/metrics",
    f"{STREET}/report?candidate=v2_candidate&baseline=v1_deployed",
    f"{STREET}/segments",
    f"{STREET}/segments/Night",
    f"{STREET}/discover",
    f"{STREET}/inference-sets",
    f"{STREET}/upload",
)


def test_every_page_has_one_heading_a_title_of_its_own_and_scrolls_only_inside(open_page: OpenPage) -> None:
    titles = set()
    page = open_page("/")
    for path in PAGES:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main").or_(page.get_by_role("article"))).not_to_have_count(0)
        titles.add(page.title())
        assert page.evaluate("document.documentElement.lang") == "en"
        if page.get_by_role("navigation", name="Main").count():
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert len(titles) == len(PAGES)


def test_the_first_tab_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page(f"{STREET}/segments")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")
