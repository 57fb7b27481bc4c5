"""Hostile names in numbers, and image files of every bad kind from a real server: shown, harming nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import shoal
from shoal.client.dataset import Dataset

HTML = "<img src=x onerror=\"document.title='taken'\"> & \"quoted\" 'twice'"
ARABIC = "شاحنة ‮ كبيرة"
EMOJI = "🚦👩‍👩‍👧‍👦 夜"
LONG = "long " * 1_999 + "long!"
CLASSES = [HTML, ARABIC, EMOJI, LONG]
SEGMENTS = [HTML, ARABIC, EMOJI, "s" * 256]
HOSTILE = "/p/hostile/d/val"
BROKEN = {"missing.png", "text.jpg", "empty.png", "cut.jpg", "huge.png"}

OpenPage = Callable[..., Page]


def draw_images(folder: Path) -> None:
    """A good one, and one of each bad kind; the huge one is small on disk."""
    folder.mkdir()
    good = Image.linear_gradient("L").convert("RGB")
    good.save(folder / "good.png")
    good.save(folder / "cut.jpg")
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 8])
    (folder / "text.jpg").write_text("<script>document.title='taken'</script>", encoding="utf-8")
    (folder / "empty.png").write_bytes(b"")
    Image.new("1", (12_000, 12_000)).save(folder / "huge.png")


@pytest.fixture(scope="module")
def hostile(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Classes, metadata and segments with every kind of name; two inference sets."""
    folder = tmp_path_factory.mktemp("hostile") / "images"
    draw_images(folder)
    boxes = [
        {"class": name, "x": 20.0 * n, "y": 10.0, "w": 15.0, "h": 30.0} for n, name in enumerate(CLASSES)
    ]
    frames: list[dict[str, Any]] = [
        {"frame_id": name, "file_name": name, "width": 256, "height": 256, "note": note, "labels": boxes}
        for name, note in zip(["good.png", *sorted(BROKEN)], [*CLASSES, *CLASSES], strict=False)
    ]
    found = [
        {"frame_id": frame["frame_id"], "confidence": 0.9, **box}
        for frame in frames[:4]
        for box in [*boxes[1:], {**boxes[0], "class": ARABIC}]
    ]
    with shoal.connect(server_url) as sh:
        project = sh.create_project("hostile", classes=CLASSES)
        dataset = project.datasets.upload("val", frames=frames, images=folder, progress=False)
        for name in ("one", "two"):
            dataset.inference_sets.upload(name, inferences=found, progress=False)
        for name in SEGMENTS:
            dataset.segments.create(
                name, type="scenario", ids=["good.png", "cut.jpg"], targets={"recall": 0.5}, description=LONG
            )
        yield dataset


def assert_harmless(page: Page) -> None:
    """No markup came alive, and nothing is wider than the window."""
    assert "taken" not in page.title().replace(HTML, "")
    assert page.locator("[onerror], #content script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("metrics", EMOJI),
        ("metrics?view=cards", EMOJI),
        ("metrics?tab=metrics&set=one&beside=two", EMOJI),
        ("metrics?tab=compare&set=two&baseline=one", EMOJI),
        (f"metrics?tab=metrics&set=one&segment={quote(HTML)}", ARABIC),
        ("report?candidate=two&baseline=one", EMOJI),
        ("segments", EMOJI),
    ],
)
def test_names_are_text_beside_numbers(open_page: OpenPage, path: str, sign: str) -> None:
    page = open_page(f"{HOSTILE}/{path}")
    expect(page.get_by_text(sign).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_harmless(page)


def test_numbers_of_hostile_classes_are_the_sdks(open_page: OpenPage, hostile: Dataset) -> None:
    page = open_page(f"{HOSTILE}/metrics?tab=metrics&set=one", refusals=(422,))
    table = page.get_by_role("table", name="Class report of one")
    rows = {row["class_name"]: row for row in hostile.report("one").to_dicts()}
    for name in CLASSES:
        line = table.get_by_role("row").filter(has=page.get_by_text(name, exact=True))
        expect(line).to_contain_text(f"{rows[name]['recall']:.3f}")
    page.get_by_role("button", name=f"{HTML} taken for {ARABIC}").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("4 outcomes")).to_be_visible()
    # One of the four frames has a good image; the others are three of the broken ones.
    expect(drawer.get_by_text("Image missing or unreadable")).to_have_count(3)
    assert_harmless(page)


def test_bad_image_files_say_so_beside_good_ones(open_page: OpenPage, hostile: Dataset) -> None:
    page = open_page(f"{HOSTILE}/explore", refusals=(404, 422))
    cells = page.get_by_role("gridcell")
    expect(cells).to_have_count(hostile.n_frames)
    for name in BROKEN:
        expect(page.get_by_role("gridcell", name=name)).to_contain_text("Image missing or unreadable")
    expect(page.get_by_role("gridcell", name="good.png").locator("img")).to_be_visible()
    page.get_by_role("radio", name="Crop").check()
    expect(cells.first).to_be_visible()
    expect(page.get_by_text("Image missing or unreadable").first).to_be_visible()
    assert_harmless(page)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_page_of_a_frame_with_a_bad_image_shows_the_rest(open_page: OpenPage, name: str) -> None:
    page = open_page(f"{HOSTILE}/frames/{name}", refusals=(404, 422))
    expect(page.get_by_text(re.compile("missing or unreadable|could not be", re.IGNORECASE))).to_be_visible()
    expect(page.get_by_role("region", name="Metadata")).to_be_visible()
    expect(page.get_by_role("region", name="Outcomes of two")).to_be_visible()
    assert_harmless(page)


@pytest.mark.usefixtures("hostile")
def test_a_hostile_query_is_a_fault_at_its_place(open_page: OpenPage) -> None:
    page = open_page(f"{HOSTILE}/explore", refusals=(404, 400, 422))
    box = page.get_by_role("textbox", name="Query")
    for text in (HTML, "((((", f'"{ARABIC}', "x" * 10_000, "' OR 1=1 --"):
        box.fill(text)
        box.press("Enter")
        expect(page.get_by_role("search").get_by_role("alert")).to_be_visible()
        assert_harmless(page)
    box.fill("")
    box.press("Enter")
    expect(page.get_by_text("6 frames", exact=True)).to_be_visible()
