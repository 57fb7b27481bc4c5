"""Search by image: a picture that is in no dataset finds what the SDK finds, and becomes a segment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from shoal.client.dataset import Dataset

EXPLORE = "/p/demo/d/street/explore"
DAYS = "time_of_day:day"
N_SHOWN = 60

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def photo(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frame of the demo as somebody else might have it: smaller, saved anew."""
    original = sorted(demo.rglob("seq-0001_004.jpg"))[0]
    copy = tmp_path_factory.mktemp("photo") / "from my phone é.jpg"
    with Image.open(original) as image:
        image.resize((image.width * 3 // 4, image.height * 3 // 4)).save(copy, quality=85)
    return copy


def search(page: Page) -> Locator:
    page.get_by_role("button", name="Search by image").click()
    drawer = page.get_by_role("dialog", name="Search by image")
    expect(drawer.get_by_role("button", name="Choose an image")).to_be_visible()
    return drawer


def give(page: Page, image: Path) -> None:
    """Choose a file as a person does."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="an image").or_(
            page.get_by_role("button", name="Another image")
        ).click()
    chooser.value.set_files(image)


def found(drawer: Locator) -> list[str]:
    cells = drawer.get_by_role("list", name="Nearest").get_by_role("checkbox")
    expect(cells.first).to_be_visible()
    return [str(cell.get_attribute("aria-label")).removeprefix("Select ") for cell in cells.all()]


def test_a_copy_finds_its_original_and_what_the_sdk_finds(
    open_page: OpenPage, street: Dataset, photo: Path, serious_findings: Callable[[Page], list[str]]
) -> None:
    page = open_page(EXPLORE)
    drawer = search(page)
    give(page, photo)
    expected = [row["id"] for row in street.similar(image=photo, k=N_SHOWN).to_dicts()]
    assert expected[0] == "seq-0001_004.jpg"
    assert found(drawer) == expected
    assert serious_findings(page) == []


def test_the_query_holds_and_what_is_chosen_becomes_a_segment(
    open_page: OpenPage, street: Dataset, photo: Path
) -> None:
    page = open_page(f"{EXPLORE}?q={DAYS}")
    drawer = search(page)
    give(page, photo)
    expected = [row["id"] for row in street.similar(image=photo, k=N_SHOWN, query=DAYS).to_dicts()]
    assert found(drawer) == expected
    for name in expected[:3]:
        drawer.get_by_role("checkbox", name=f"Select {name}").check()
    expect(drawer.get_by_text("3 selected")).to_be_visible()
    drawer.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    dialog.get_by_role("textbox", name="Name").fill("Like my photo")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Like my photo” saved with 3 frames.")).to_be_visible()
    assert sorted(street.segments["Like my photo"].elements().ids()) == sorted(expected[:3])


def test_a_file_that_is_no_image_says_so_and_another_can_be_tried(
    open_page: OpenPage, photo: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not an image")
    page = open_page(EXPLORE, refusals=(422, 400))
    drawer = search(page)
    give(page, broken)
    expect(drawer.get_by_text("broken.jpg").last).to_be_visible()
    give(page, photo)
    assert found(drawer)[0] == "seq-0001_004.jpg"
