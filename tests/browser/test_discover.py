"""Discover: near-duplicates and leaks between splits, as the SDK lists them; what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from shoal.client.dataset import Dataset

STREET = "/p/demo/d/street"
DISCOVER = f"{STREET}/discover"
N_LEAKS = 5
N_COPIES = 3

OpenPage = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Planted:
    """Frames with a near-copy: of another split by frame, and groups within training."""

    leaks: dict[str, str]
    copies: list[list[str]]


@pytest.fixture(scope="module")
def planted(street: Dataset) -> Planted:
    """Vectors far from each other, but for a few pairs across splits and one group within."""
    ids = street.query("").ids()
    training, test = (street.query(f"split:{name}").ids() for name in ("training", "test"))
    rng = np.random.default_rng(11)
    vectors = dict(zip(ids, rng.normal(size=(len(ids), 24)).astype(np.float32), strict=True))

    def copy(of: str, onto: str) -> None:
        vectors[onto] = vectors[of] + rng.normal(scale=0.01, size=24).astype(np.float32)

    leaks = dict(zip(test[:N_LEAKS], training[:N_LEAKS], strict=True))
    for leaked, original in leaks.items():
        copy(original, leaked)
    copies = [training[N_LEAKS + 3 * n : N_LEAKS + 3 * n + 3] for n in range(N_COPIES)]
    for first, *others in copies:
        for other in others:
            copy(first, other)
    for space in street.embeddings.list():
        space.delete()
    street.embeddings.upload("planted", ids, np.stack([vectors[name] for name in ids]), model_id="planted/1")
    return Planted(leaks, copies)


def search(page: Page) -> None:
    """Start the search, unless it was done."""
    done = page.get_by_role("button", name="Searched")
    open_question = page.get_by_text("Not searched yet at this distance")
    expect(done.or_(open_question)).to_be_visible()
    if open_question.is_visible():
        page.get_by_role("button", name="Search", exact=True).click()
    expect(done).to_be_visible()


def shown_pairs(page: Page) -> set[frozenset[str]]:
    cards = page.get_by_role("list", name="Pairs across splits").get_by_role("article")
    return {frozenset(str(card.get_attribute("aria-label")).split(" and ")) for card in cards.all()}


def test_leaks_are_searched_and_shown(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    page = open_page(STREET)
    page.get_by_role("link", name="Discover").click()
    expect(page.get_by_text("Not searched yet at this distance")).to_be_visible()
    search(page)
    expect(page.get_by_text(f"{N_LEAKS} frames of test are nearly in training.")).to_be_visible()
    assert shown_pairs(page) == {frozenset(pair) for pair in planted.leaks.items()}
    found = street.leakage().to_dicts()
    assert {frozenset((row["id"], row["other_id"])) for row in found} == shown_pairs(page)
    card = page.get_by_role("list", name="Pairs across splits").get_by_role("article").first
    expect(card.get_by_role("img")).to_have_count(2)
    nearest = min(row["distance"] for row in found)
    expect(card).to_contain_text(f"distance {'<0.001' if nearest < 0.001 else f'{nearest:.3f}'}")
    for name in ("test", "training"):
        expect(card).to_contain_text(name)


def test_leaking_frames_become_a_segment(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    page = open_page(DISCOVER)
    search(page)
    page.get_by_role("button", name="Add to Segment: leaking frames of test").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog).to_contain_text(f"{N_LEAKS} frames")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("Leaking frames of test")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"saved with {N_LEAKS} frames")).to_be_visible()
    made = street.segments["Leaking frames of test"]
    assert (made.type, set(made.elements().ids())) == ("bucket", set(planted.leaks))


def test_groups_are_listed_page_by_page(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    page = open_page(f"{DISCOVER}?tab=all")
    search(page)
    n_elements = 2 * N_LEAKS + 3 * N_COPIES
    n_groups = N_LEAKS + N_COPIES
    expect(page.get_by_text(f"{n_elements} frames in {n_groups} groups of near-duplicates.")).to_be_visible()
    groups = page.get_by_role("list", name="Groups of near-duplicates").get_by_role("article")
    expect(groups).to_have_count(n_groups)
    for first, *_ in planted.copies:
        group = page.get_by_role("article", name=f"Group of {first}")
        expect(group.get_by_role("img")).to_have_count(3)
    page.get_by_role("button", name="Add all but one of each").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog).to_contain_text(f"{N_LEAKS + 2 * N_COPIES} frames")
    page.keyboard.press("Escape")
    assert len({row["group"] for row in street.near_duplicates().to_dicts()}) == n_groups


def test_the_distance_and_the_tab_are_in_the_address(open_page: OpenPage, planted: Planted) -> None:
    page = open_page(DISCOVER)
    search(page)
    page.get_by_role("tab", name="Near-duplicates").click()
    page.get_by_role("textbox", name="Largest distance").fill("0")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("No near-duplicates at this distance")).to_be_visible()
    assert "distance=0" in page.url
    assert "tab=all" in page.url
    page.reload()
    expect(page.get_by_role("textbox", name="Largest distance")).to_have_value("0")
    expect(page.get_by_text("No near-duplicates at this distance")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("textbox", name="Largest distance")).to_have_value("0.05")
    page.go_back()
    expect(page.get_by_role("tab", name="Leakage across splits")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["leakage", "all"])
def test_axe_finds_nothing_serious(
    open_page: OpenPage,
    serious_findings: Callable[[Page], list[str]],
    planted: Planted,
    tab: str,
    scheme: str,
) -> None:
    page = open_page(f"{DISCOVER}?tab={tab}", scheme=scheme)
    search(page)
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []


def test_leaking_frames_leave_their_split(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    page = open_page(DISCOVER)
    search(page)
    before = street.segments["test"]
    leaked = next(iter(planted.leaks))
    page.get_by_role("button", name=f"Remove: {leaked} from test").click()
    question = page.get_by_role("dialog", name="Remove 1 frame from test?")
    question.get_by_role("button", name="Cancel").click()
    assert street.segments["test"].version == before.version

    page.get_by_role("button", name="Remove from split: leaking frames of test").click()
    question = page.get_by_role("dialog", name=f"Remove {N_LEAKS} frames from test?")
    expect(question).to_contain_text(f"version {before.version + 1}")
    question.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text(f"Removed {N_LEAKS} frames from test")).to_be_visible()
    expect(page.get_by_text("No leak between splits at this distance.")).to_be_visible()
    after = street.segments["test"]
    assert set(after.elements().ids()) == set(before.elements().ids()) - set(planted.leaks)
    assert after.versions[0].note == "near-duplicates of training"
    assert street.leakage().to_dicts() == []

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"{N_LEAKS} frames of test are nearly in training.")).to_be_visible()
    assert set(street.segments["test"].elements().ids()) == set(before.elements().ids())


def test_without_vectors_it_says_how_to_get_them(
    open_page: OpenPage, street: Dataset, planted: Planted, serious_findings: Callable[[Page], list[str]]
) -> None:
    street.embeddings.delete("planted")
    page = open_page(DISCOVER)
    expect(page.get_by_text("No embeddings of frames yet")).to_be_visible()
    expect(page.get_by_role("button", name="Compute embeddings")).to_be_enabled()
    expect(page.get_by_text("shoal embeddings compute")).to_be_visible()
    assert serious_findings(page) == []
    page.goto(f"{STREET}/segments/Night?similar=suggestions")
    expect(page.get_by_text("No embeddings of frames yet")).to_be_visible()
    page.goto(f"{STREET}/frames/{next(iter(planted.leaks))}")
    strip = page.get_by_role("region", name="Similar frames")
    strip.get_by_role("link", name="Compute them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Discover")
