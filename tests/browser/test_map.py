"""The map in a browser: lasso, box and legend select what the SDK says lies there; also without WebGL."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, Request, expect

from shoal.client.dataset import Dataset
from twins.maps import is_inside

EXPLORE = "/p/demo/d/street/explore"
MAP = f"{EXPLORE}?view=map&colour=field:time_of_day"
SPACE = "planted"
TIMES = ("day", "night", "dusk")

OpenPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def mapped(street: Dataset) -> Dataset:
    """Vectors in three groups by time of day, far apart, with a little noise."""
    table = street.query("").table(["id", "time_of_day"])
    rng = np.random.default_rng(3)
    centres = {time: 3 * rng.normal(size=12) for time in TIMES}
    vectors = np.stack([centres[row["time_of_day"]] + 0.4 * rng.normal(size=12) for row in table])
    for space in street.embeddings.list():
        space.delete()
    street.embeddings.upload(SPACE, table.column("id"), vectors, model_id="planted/1", progress=False)
    return street


def opened(open_page: OpenPage, path: str = MAP, **options: Any) -> tuple[Page, Locator]:
    page = open_page(path, **options)
    plane = page.get_by_role("group", name="Map of")
    expect(plane).to_be_visible()
    expect(page.get_by_role("region", name="Legend")).to_contain_text("night")
    return page, plane


def drawn(page: Page, plane: Locator, tool: str, path: list[tuple[float, float]], key: str = "") -> Any:
    """Draw along shares of the plane; return the selection the page asked the server about."""
    page.get_by_role("button", name=tool, exact=True).click()
    box = plane.bounding_box()
    assert box is not None
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]

    def is_drawn(request: Request) -> bool:
        return request.url.endswith("/map/mask") and '"area"' in (request.post_data or "")

    with page.expect_request(is_drawn) as asked:
        if key:
            page.keyboard.down(key)
        page.mouse.move(*corners[0])
        page.mouse.down()
        for corner in corners[1:]:
            page.mouse.move(*corner, steps=6)
        page.mouse.up()
        if key:
            page.keyboard.up(key)
    return json.loads(asked.value.post_data or "")["selection"]


def inside(dataset: Dataset, polygon: list[tuple[float, float]]) -> list[str]:
    """What lies in a polygon, by the points the SDK gives and the plainest test there is."""
    return [row["id"] for row in dataset.map() if is_inside((row["x"], row["y"]), polygon)]


def expect_selected(page: Page, ids: list[str] | set[str]) -> None:
    expect(page.get_by_text(f"{len(ids)} selected", exact=True)).to_be_visible()


def save(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog", name="Add to Segment")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile(f"“{name}” saved with"))).to_be_visible()


LEFT = [(0.0, 0.02), (0.5, 0.02), (0.5, 0.98), (0.0, 0.98)]
TOP = [(0.02, 0.0), (0.8, 0.0), (0.8, 0.5), (0.02, 0.5)]
STRIP = [(0.02, 0.02), (0.3, 0.98)]


def test_a_lasso_selects_what_lies_in_it_and_becomes_a_segment(open_page: OpenPage, mapped: Dataset) -> None:
    page, plane = opened(open_page)
    asked = drawn(page, plane, "Lasso", LEFT)
    expected = inside(mapped, asked["area"]["polygon"])
    assert 10 < len(expected) < mapped.n_frames - 10
    expect_selected(page, expected)
    assert mapped.in_area(asked["area"]["polygon"]).ids() == expected
    page.get_by_role("button", name="Add to Segment").click()
    save(page, "Left of the map")
    saved = mapped.segments["Left of the map"]
    assert saved.elements().ids() == expected

    page.get_by_text("Both", exact=True).click()
    chosen = set(expected)
    shown = page.get_by_role("gridcell")
    expect(shown.first).to_have_attribute("aria-label", re.compile("seq-"))
    first = mapped.query("").ids()[:4]
    for name in first:
        expect(page.get_by_role("gridcell", name=name)).to_have_attribute(
            "aria-selected", "true" if name in chosen else "false"
        )


def test_shift_adds_alt_takes_away_and_a_query_bounds_all(open_page: OpenPage, mapped: Dataset) -> None:
    page, plane = opened(open_page, f"{MAP}&q=city:(berlin,%20oslo,%20porto)")
    bound = set(mapped.query("city:(berlin, oslo, porto)").ids())
    first = drawn(page, plane, "Lasso", LEFT)
    one = set(inside(mapped, first["all_of"][1]["area"]["polygon"])) & bound
    expect_selected(page, one)
    second = drawn(page, plane, "Lasso", TOP, "Shift")
    both = one | (set(inside(mapped, second["any_of"][1]["all_of"][1]["area"]["polygon"])) & bound)
    expect_selected(page, both)
    third = drawn(page, plane, "Box", STRIP, "Alt")
    rest = both - set(inside(mapped, third["minus"][1]["all_of"][1]["area"]["polygon"]))
    assert rest != both
    expect_selected(page, rest)
    page.get_by_role("button", name="Add to Segment").click()
    save(page, "Drawn thrice")
    assert set(mapped.segments["Drawn thrice"].elements().ids()) == rest


def test_the_legend_counts_within_the_query_and_selects_by_key(open_page: OpenPage, mapped: Dataset) -> None:
    page, _ = opened(open_page, f"{MAP}&q=city:(berlin,%20oslo)")
    counts = Counter(mapped.query("city:(berlin, oslo)").table(["time_of_day"]).column("time_of_day"))
    legend = page.get_by_role("region", name="Legend")
    for time in TIMES:
        entry = legend.get_by_role("listitem").filter(has_text=time)
        expect(entry).to_contain_text(re.compile(rf"{time}.*\b{counts[time]}\b"))
    time = max(counts, key=counts.__getitem__)
    button = legend.get_by_role("button", name=re.compile(rf"{time}\s*: select\s+{counts[time]}\s+frames"))
    page.get_by_role("button", name="Density").focus()
    for _ in range(12):
        if button.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expected = mapped.query(f"city:(berlin, oslo) time_of_day:{time}").ids()
    expect_selected(page, expected)
    page.get_by_role("button", name="Add to Segment").focus()
    page.keyboard.press("Enter")
    save(page, "By the legend")
    assert mapped.segments["By the legend"].elements().ids() == expected


def test_a_click_selects_one_a_double_click_opens_it_and_hovering_shows_it(
    open_page: OpenPage, mapped: Dataset
) -> None:
    page, plane = opened(open_page)
    rows = mapped.map().to_dicts()
    xy = np.array([[row["x"], row["y"]] for row in rows])
    lowest, highest = xy.min(axis=0), xy.max(axis=0)
    box = plane.bounding_box()
    assert box is not None
    scale = min(
        (box["width"] - 64) / (highest[0] - lowest[0]), (box["height"] - 64) / (highest[1] - lowest[1])
    )
    middle = (lowest + highest) / 2
    row = min(rows, key=lambda one: one["x"])
    at = (
        box["x"] + box["width"] / 2 + (row["x"] - middle[0]) * scale,
        box["y"] + box["height"] / 2 - (row["y"] - middle[1]) * scale,
    )
    page.mouse.move(*at)
    expect(page.get_by_text(row["id"], exact=True)).to_be_visible()
    page.mouse.click(*at)
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    page.mouse.dblclick(*at)
    expect(page).to_have_url(re.compile(f"/frames/{re.escape(row['id'])}"))
    page.go_back()
    expect(plane).to_be_visible()


def test_keys_move_the_map_and_the_tools(open_page: OpenPage, mapped: Dataset) -> None:
    page, plane = opened(open_page)
    assert mapped.n_frames
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Lasso")).to_have_attribute("aria-pressed", "true")
    before = coloured(plane)
    plane.focus()
    for key in ("+", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function(
        "([plane, before]) => plane.querySelector('canvas').toDataURL() !== before",
        arg=[plane.element_handle(), before],
    )
    page.keyboard.press("0")
    page.wait_for_function(
        "([plane, before]) => plane.querySelector('canvas').toDataURL() === before",
        arg=[plane.element_handle(), before],
    )


def coloured(plane: Locator) -> str:
    """The picture of the points, as text."""
    found: str = plane.evaluate("it => it.querySelector('canvas').toDataURL()")
    return found


def test_a_better_map_is_made_while_the_first_one_stays(open_page: OpenPage, mapped: Dataset) -> None:
    pytest.importorskip("faiss")
    page, _ = opened(open_page)
    expect(page.get_by_text(f"{mapped.n_frames} frames by PCA of")).to_be_visible()
    page.get_by_role("button", name="Make a better map").click()
    expect(page.get_by_text(f"{mapped.n_frames} frames by PaCMAP of")).to_be_visible()
    assert mapped.map().body.method == "pacmap"
    page.get_by_role("combobox", name="Map by").or_(page.get_by_role("textbox", name="Map by")).first.click()
    page.get_by_role("option", name="PCA").click()
    expect(page.get_by_text(f"{mapped.n_frames} frames by PCA of")).to_be_visible()
    expect(page).to_have_url(re.compile("map=pca"))


def test_points_lie_on_the_paper_of_the_page(open_page: OpenPage, mapped: Dataset) -> None:
    page, plane = opened(open_page, f"{MAP}&draw=canvas")
    expect(page.get_by_text(f"{mapped.n_frames} frames by")).to_be_visible()
    corner = "it => [...it.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data]"
    assert plane.evaluate(corner) == [255, 255, 255, 255]


def faults_of(page: Page) -> list[Error]:
    """What goes wrong in a page from now on. Its console is not looked at: pictures of WebGL slow it down."""
    faults: list[Error] = []
    page.on("pageerror", lambda error: faults.append(error))
    return faults


def test_webgl_and_the_plain_canvas_draw_the_same_points(
    chromium: Browser, server_url: str, mapped: Dataset
) -> None:
    assert mapped.n_frames
    shares = {}
    for way in ("canvas", "webgl"):
        context = chromium.new_context(base_url=server_url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        faults = faults_of(page)
        page.goto(f"{MAP}&map=pca&draw={way}")
        plane = page.get_by_role("group", name="Map of")
        expect(page.get_by_role("region", name="Legend")).to_contain_text("night")
        if plane.get_attribute("data-drawn-by") != way:
            pytest.skip("this browser has no WebGL 2: the page draws without it")
        page.wait_for_load_state("networkidle")
        picture = np.asarray(Image.open(io.BytesIO(plane.screenshot())).convert("RGB")).astype(int)
        points = picture[:, : picture.shape[1] * 3 // 4]
        shares[way] = (points.max(axis=2) - points.min(axis=2) > 80).sum()
        assert faults == []
        context.close()
    assert shares["canvas"] > 1000
    assert shares["webgl"] == pytest.approx(shares["canvas"], rel=0.25)


@pytest.mark.parametrize(("view", "scheme"), [("map", "light"), ("both", "dark")])
def test_axe_finds_nothing_serious(
    open_page: OpenPage, mapped: Dataset, serious_findings: Findings, scheme: str, view: str
) -> None:
    page, _ = opened(open_page, f"{EXPLORE}?view={view}&colour=field:time_of_day", scheme=scheme)
    assert mapped.n_frames
    page.wait_for_load_state("networkidle")
    page.get_by_role("region", name="Legend").get_by_role("button").first.click()
    expect(page.get_by_text("selected", exact=False).first).to_be_visible()
    assert serious_findings(page) == []


def test_without_vectors_the_page_says_how_to_come_by_them(open_page: OpenPage, mapped: Dataset) -> None:
    page = open_page(f"{EXPLORE}?view=map&elements=labels")
    assert all(space.elements == "frames" for space in mapped.embeddings)
    expect(page.get_by_role("heading", name="No embeddings of labels yet")).to_be_visible()
    expect(page.get_by_text("shoal embeddings compute")).to_be_visible()
    expect(page.get_by_role("button", name="Compute embeddings")).to_be_enabled()
