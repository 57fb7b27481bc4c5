"""Similarity Search, similar frames: what the page suggests and keeps equals the SDK's word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from shoal.client.dataset import Dataset
from shoal.client.segment import Segment
from shoal.client.similarity import SimilarTable
from shoal.client.suggestions import SuggestionTable

STREET = "/p/demo/d/street"
SPACE = "planted"
N_MEMBERS = 4
N_SUGGESTED = 24

OpenPage = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Planted:
    """Frames by the group their vectors lie in: what is wanted, what only looks like it, all others."""

    wanted: list[str]
    alike: list[str]
    others: list[str]


@pytest.fixture(scope="module")
def planted(street: Dataset) -> Planted:
    """Vectors in groups: the first two lie side by side, and answers can tell them apart."""
    ids = street.query("").ids()
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(3, 16))
    centres[1] = centres[0] + 0.35 * rng.normal(size=16)
    group = np.repeat([0, 1, 2], [30, 30, len(ids) - 60])
    vectors = (centres[group] + 0.25 * rng.normal(size=(len(ids), 16))).astype(np.float32)
    for space in street.embeddings.list():
        space.delete()
    street.embeddings.upload(SPACE, ids, vectors, model_id="planted/1")
    return Planted(*([name for name, g in zip(ids, group, strict=True) if g == k] for k in range(3)))


def make(street: Dataset, name: str, planted: Planted) -> Segment:
    """A regression test of a few wanted frames."""
    return street.segments.create(name, type="regression_test", ids=planted.wanted[:N_MEMBERS])


def page_of(segment: str, search: str = "similar=suggestions") -> str:
    return f"{STREET}/segments/{quote(segment, safe='')}?{search}"


def suggested(page: Page) -> list[str]:
    """Ids in the order shown."""
    grid = page.get_by_role("grid", name="Suggestions")
    expect(grid).to_have_attribute("aria-busy", "false")
    return [str(cell.get_attribute("data-id")) for cell in grid.get_by_role("gridcell").all()]


def cell_of(page: Page, frame: str) -> Locator:
    return page.locator(f"[role=gridcell][data-id='{frame}']")


def ids_of(table: SimilarTable | SuggestionTable) -> list[str]:
    return [row["id"] for row in table.to_dicts()]


def expect_ranking(page: Page, segment: Segment, **options: str) -> list[str]:
    """The page shows the SDK's ranking; gives it."""
    wanted = ids_of(segment.similar(k=N_SUGGESTED, **options))
    expect(page.get_by_role("gridcell").first).to_have_attribute("data-id", wanted[0])
    assert suggested(page) == wanted
    return wanted


def test_answers_change_the_ranking_and_become_the_next_version(
    open_page: OpenPage, street: Dataset, planted: Planted
) -> None:
    segment = make(street, "Wanted", planted)
    page = open_page(f"{STREET}/segments/Wanted")
    page.get_by_role("button", name="Similarity Search").click()
    before = expect_ranking(page, segment)
    in_force = page.get_by_label("Ranking in force")
    expect(in_force).to_contain_text("Nearest first")
    expect(page.get_by_role("radio", name="Classifier")).to_be_disabled()

    accepted = [frame for frame in before if frame in planted.wanted][:5]
    discarded = [frame for frame in before if frame in planted.alike][:3]
    assert (len(accepted), len(discarded)) == (5, 3)
    for frame in accepted:
        page.get_by_role("button", name=f"Accept {frame}").click()
        expect(cell_of(page, frame)).to_have_attribute("data-answer", "accepted")
    for frame in discarded:
        page.get_by_role("button", name=f"Discard {frame}").click()
        expect(cell_of(page, frame)).to_have_attribute("data-answer", "discarded")
    expect(page.get_by_role("button", name="Rank anew with 8 answers")).to_be_enabled()
    assert suggested(page) == before
    answers = segment.answers
    assert (list(answers.accepted), list(answers.discarded)) == (accepted, discarded)

    page.get_by_role("button", name="Rank anew with 8 answers").click()
    expect(in_force).to_contain_text("Likeliest first")
    after = expect_ranking(page, segment)
    assert not set(after) & {*accepted, *discarded}
    assert after != [frame for frame in before if frame in after]
    page.locator("label").get_by_text("Nearest", exact=True).click()
    expect(in_force).to_contain_text("Nearest first")
    assert expect_ranking(page, segment, ranking="nearest") != after

    page.get_by_role("button", name="Save 5 accepted as version 2").click()
    expect(page.get_by_text("Added 5 frames; this is version 2.")).to_be_visible()
    expect(page.get_by_text(f"{N_MEMBERS + 5} frames · version 2")).to_be_visible()
    saved = street.segments["Wanted"]
    assert (saved.version, saved.n_elements) == (2, N_MEMBERS + 5)
    assert set(saved.elements().ids()) == {*planted.wanted[:N_MEMBERS], *accepted}
    assert list(saved.answers.accepted) == []
    assert list(saved.answers.discarded) == discarded
    expect(page.get_by_role("button", name="Save accepted")).to_be_disabled()

    page.get_by_role("tab", name="History").click()
    newest = page.get_by_role("table", name="Versions").get_by_role("row").nth(1)
    expect(newest).to_contain_text("2, current")
    expect(newest).to_contain_text("+5 −0")
    expect(newest).to_contain_text("Similarity Search")


def test_keys_answer_move_on_and_take_back(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    segment = make(street, "By keys", planted)
    page = open_page(f"{STREET}/segments/By%20keys")
    page.get_by_role("button", name="Similarity Search").focus()
    page.keyboard.press("Enter")
    order = expect_ranking(page, segment)
    page.keyboard.press("a")
    expect(cell_of(page, order[0])).to_have_attribute("data-answer", "accepted")
    expect(cell_of(page, order[1])).to_be_focused()
    page.keyboard.press("d")
    expect(cell_of(page, order[2])).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell_of(page, order[3])).to_be_focused()
    page.keyboard.press("a")
    expect(cell_of(page, order[3])).to_have_attribute("data-answer", "accepted")
    expect(cell_of(page, order[4])).to_be_focused()
    page.keyboard.press("k")
    expect(cell_of(page, order[3])).to_be_focused()
    page.keyboard.press("u")
    expect(cell_of(page, order[3])).not_to_have_attribute("data-answer", "accepted")
    expect(page.get_by_role("button", name="Rank anew with 2 answers")).to_be_enabled()
    assert suggested(page) == order
    answers = segment.answers
    assert (list(answers.accepted), list(answers.discarded)) == ([order[0]], [order[1]])

    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Rank anew", exact=True)).to_be_disabled()
    expect_ranking(page, segment)
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Shortcuts")
    for words in ("Accept", "Discard", "Take the answer back", "Rank anew"):
        expect(shortcuts.get_by_text(words, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add elements")).to_be_visible()


def takes_back(response: Response, element: str) -> bool:
    asked = json.loads(response.request.post_data or "{}")
    return response.request.method == "PUT" and element in asked.get("take_back", [])


def test_answers_are_taken_back_by_undo_and_in_the_list(
    open_page: OpenPage, street: Dataset, planted: Planted
) -> None:
    segment = make(street, "Regretted", planted)
    first, second, third = ids_of(segment.similar(k=3))
    page = open_page(page_of("Regretted"))
    page.get_by_role("button", name=f"Accept {first}").click()
    messages = page.get_by_role("status", name="Messages")
    expect(messages).to_contain_text(f"Accepted {first}.")
    messages.get_by_role("button", name="Undo").click()
    expect(cell_of(page, first)).not_to_have_attribute("data-answer", "accepted")
    page.get_by_role("button", name=f"Accept {second}").click()
    page.get_by_role("button", name=f"Discard {third}").click()

    page.get_by_text("Answered 2", exact=True).click()
    expect(page.get_by_role("region", name="Accepted")).to_contain_text(second)
    expect(page.get_by_role("region", name="Discarded")).to_contain_text(third)
    with page.expect_response(lambda response: takes_back(response, third)):
        page.get_by_role("button", name=f"Take back {third}").click()
    expect(page.get_by_role("region", name="Discarded")).to_contain_text("Nothing discarded.")
    page.reload()
    expect(page.get_by_role("region", name="Accepted")).to_contain_text(second)
    answers = segment.answers
    assert (list(answers.accepted), list(answers.discarded)) == ([second], [])
    page.go_back()
    expect(page.get_by_role("grid", name="Suggestions")).to_be_visible()


def test_the_query_and_more_of_them(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    segment = make(street, "Narrowed", planted)
    page = open_page(page_of("Narrowed"))
    expect_ranking(page, segment)
    query = "time_of_day:night"
    page.get_by_role("textbox", name="Query").fill(query)
    page.keyboard.press("Enter")
    allowed = set(street.query(query).ids()) - set(planted.wanted[:N_MEMBERS])
    expect_ranking(page, segment, query=query)
    assert set(suggested(page)) <= allowed
    if len(allowed) > N_SUGGESTED:
        page.get_by_role("button", name=f"Show {N_SUGGESTED} more").click()
        n_shown = min(2 * N_SUGGESTED, len(allowed))
        expect(page.get_by_role("gridcell")).to_have_count(n_shown)
        assert suggested(page) == ids_of(segment.similar(k=2 * N_SUGGESTED, query=query))
    page.go_back()
    expect(page.get_by_role("textbox", name="Query")).to_have_value("")
    page.get_by_role("textbox", name="Query").fill("city:nowhere")
    expect(page.get_by_text("Nothing left to suggest")).to_be_visible()
    page.get_by_role("button", name="Clear the query").click()
    expect_ranking(page, segment)


def test_a_frame_shows_what_is_similar(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    frame = planted.wanted[0]
    found = street.similar(ids=[frame], k=16).to_dicts()
    page = open_page(f"{STREET}/frames/{frame}")
    strip = page.get_by_role("region", name="Similar frames")
    links = strip.get_by_role("listitem").get_by_role("link")
    expect(links).to_have_count(16)
    names = [str(link.get_attribute("aria-label")) for link in links.all()]
    assert names == [f"{row['id']}, distance {row['distance']:.3f}" for row in found]
    links.nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(found[1]["id"])
    nearest = ids_of(street.similar(ids=[found[1]["id"]], k=1))[0]
    expect(links.first).to_have_accessible_name(re.compile(f"^{re.escape(nearest)}, distance"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(frame)
    strip.get_by_role("link", name="Show all similar").click()
    query = f'similar(id:"{frame}", 50)'
    expect(page.get_by_role("textbox", name="Query")).to_have_value(query)
    expect(page.get_by_text("50 frames", exact=True)).to_be_visible()
    assert street.query(query).count() == 50


def test_an_empty_segment_has_nothing_to_start_from(
    open_page: OpenPage, street: Dataset, planted: Planted
) -> None:
    street.segments.create("Empty", type="bucket", query="city:nowhere")
    page = open_page(page_of("Empty"))
    expect(page.get_by_text("Nothing to start from")).to_be_visible()
    page.get_by_role("button", name="Back to the elements").click()
    expect(page.get_by_role("button", name="Similarity Search")).to_be_visible()


def test_spaces_are_told_apart(open_page: OpenPage, street: Dataset, planted: Planted) -> None:
    segment = make(street, "Twice described", planted)
    ids = street.query("").ids()
    vectors = np.random.default_rng(8).normal(size=(len(ids), 8)).astype(np.float32)
    street.embeddings.upload("second", ids, vectors, model_id="other/1")
    try:
        page = open_page(page_of("Twice described"))
        expect_ranking(page, segment, space=SPACE)
        page.get_by_role("combobox", name="Embedding space").click()
        page.get_by_role("option", name="second").click()
        expect_ranking(page, segment, space="second")
        page.reload()
        expect_ranking(page, segment, space="second")
    finally:
        street.embeddings.delete("second")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_page: OpenPage,
    serious_findings: Callable[[Page], list[str]],
    street: Dataset,
    planted: Planted,
    scheme: str,
) -> None:
    segment = make(street, f"Looked at {scheme}", planted)
    found = ids_of(segment.similar(k=2))
    page = open_page(page_of(segment.name), scheme=scheme)
    for word, frame in zip(("Accept", "Discard"), found, strict=True):
        page.get_by_role("button", name=f"{word} {frame}").click()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []
    page.get_by_text("Answered 2", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []
    page.goto(f"{STREET}/frames/{planted.wanted[0]}")
    expect(page.get_by_role("region", name="Similar frames").get_by_role("listitem").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []
