"""Explore in a browser: query, selection by mouse and keys, Add to Segment, crops, facets, a frame."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

import shoal
from shoal.client.dataset import Dataset

EXPLORE = "/p/demo/d/street/explore"
NEWEST = "v3_fixed"
WORDS = {
    "false_negative": "missed",
    "false_positive": "false alarm",
    "confusion": "confused",
    "true_positive": "found",
}

OpenPage = Callable[..., Page]


def score(value: float | None) -> str:
    """As the page writes it: exact halves go up."""
    return "–" if value is None else str(Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP))


def kind_of(outcome: dict[str, Any]) -> str:
    if outcome["predicted"] == "background":
        return "false_negative"
    if outcome["truth"] == "background":
        return "false_positive"
    return "true_positive" if outcome["truth"] == outcome["predicted"] else "confusion"


def cells(page: Page) -> Locator:
    return page.get_by_role("gridcell")


def selected(page: Page) -> Locator:
    return page.locator("[role=gridcell][aria-selected=true]")


def ask(page: Page, query: str) -> None:
    box = page.get_by_role("textbox", name="Query")
    box.fill(query)
    box.press("Enter")


def add_to_segment(page: Page) -> Locator:
    page.get_by_role("button", name="Add to Segment").click()
    return page.get_by_role("dialog", name="Add to Segment")


def choose(dialog: Locator, label: str, option: str) -> None:
    dialog.get_by_role("textbox", name=label, exact=True).or_(
        dialog.get_by_role("combobox", name=label, exact=True)
    ).first.click()
    dialog.page.get_by_role("option", name=option, exact=True).click()


def test_the_splits_story_word_for_word(open_page: OpenPage, street: Dataset) -> None:
    expected = street.query("user__split:training")
    page = open_page(EXPLORE)
    ask(page, "user__split:training")
    expect(page.get_by_text(f"{expected.count()} frames", exact=True)).to_be_visible()
    page.get_by_role("button", name="Select all").click()
    expect(page.get_by_text(f"{expected.count()} selected", exact=True)).to_be_visible()
    dialog = add_to_segment(page)
    expect(dialog.get_by_role("radio", name="Frame")).to_be_checked()
    choose(dialog, "Type", "Split")
    dialog.get_by_role("textbox", name="Name").fill("Training frames")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Split “Training frames” saved with {expected.count()} frames.")).to_be_visible()

    saved = street.segments["Training frames"]
    assert (saved.body.type, saved.body.query) == ("split", "user__split:training")
    assert saved.elements().ids() == expected.ids()
    page.get_by_role("link", name="Metrics").click()
    expect(
        page.get_by_role("region", name="Splits").get_by_role("link", name="Training frames")
    ).to_be_visible()
    value = street.report(NEWEST, segment=saved.name).to_dicts()[-3]["f1"]
    expect(page.get_by_role("button", name=f"Training frames, {NEWEST}, F1")).to_contain_text(score(value))
    page.get_by_role("link", name="Segments").click()
    section = page.get_by_role("region", name="Model Performance").get_by_role("region", name="Splits")
    expect(section.get_by_role("link", name="Training frames")).to_be_visible()


def test_a_mouse_selects_one_more_a_range_and_a_rectangle(open_page: OpenPage) -> None:
    page = open_page(EXPLORE)
    at = [page.locator(f"[data-place='{place}']") for place in range(8)]
    at[1].click()
    expect(selected(page)).to_have_count(1)
    at[5].click(modifiers=["Shift"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    at[7].click(modifiers=["Control"])
    at[2].click(modifiers=["Control"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    expect(at[2]).to_have_attribute("aria-selected", "false")
    first, last = at[0].bounding_box(), at[5].bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 8, first["y"] + 60)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.get_by_text("4 selected")).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(selected(page)).to_have_count(0)


def test_a_range_reaches_beyond_what_was_loaded(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(EXPLORE)
    page.locator("[data-place='0']").click()
    page.keyboard.press("Shift+End")
    expect(page.get_by_text(f"{street.n_frames} selected")).to_be_visible()


def test_keys_alone_find_select_and_look(open_page: OpenPage, street: Dataset) -> None:
    ids = street.query("time_of_day:night").ids()
    page = open_page(EXPLORE)
    expect(cells(page).first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("time_of_day:night")
    expect(page.get_by_text(f"{len(ids)} frames", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("[data-place='0']")).to_have_accessible_name(ids[0])
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(selected(page)).to_have_accessible_name(ids[1])
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+j")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=ids[2])).to_be_visible()
    expect(page.get_by_text("2 of 2 selected")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name=ids[1])).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(selected(page)).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(page.get_by_text(f"{len(ids)} selected")).to_be_visible()


def test_the_address_of_a_dataset_leads_to_explore_and_keeps_the_query(
    open_page: OpenPage, street: Dataset
) -> None:
    page = open_page("/p/demo/d/street?q=time_of_day:night")
    expect(page).to_have_url(re.compile(rf"{EXPLORE}\?q=time_of_day:night$"))
    expect(
        page.get_by_text(f"{street.query('time_of_day:night').count()} frames", exact=True)
    ).to_be_visible()


def test_select_all_waits_for_the_number_of_the_new_query(open_page: OpenPage, street: Dataset) -> None:
    before, after = street.query("time_of_day:night"), street.query("time_of_day:night weather:rain")
    assert before.count() != after.count()
    page = open_page(f"{EXPLORE}?q=time_of_day:night")
    expect(page.get_by_text(f"{before.count()} frames", exact=True)).to_be_visible()
    held: list[Route] = []
    is_holding = True

    def hold(route: Route) -> None:
        if is_holding:
            held.append(route)
        else:
            route.continue_()

    page.route("**/query", hold)
    ask(page, "time_of_day:night weather:rain")
    expect(page).to_have_url(re.compile("weather"))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    expect(page.get_by_text(re.compile(r"^\d+ selected$"))).to_have_count(0)
    is_holding = False
    for route in held:
        route.continue_()
    expect(page.get_by_text(f"{after.count()} selected", exact=True)).to_be_visible()


def test_everything_that_matches_is_counted_anew_when_the_confidence_moves(
    open_page: OpenPage, street: Dataset
) -> None:
    page = open_page(f"{EXPLORE}?q=outcome(kind:false_positive)")
    before, after = (
        len({row["frame_id"] for row in outcomes.to_dicts() if kind_of(row) == "false_positive"})
        for outcomes in (street.outcomes(NEWEST), street.outcomes(NEWEST, confidence=0.5))
    )
    assert 0 < after < before
    expect(page.get_by_text(f"{before} frames", exact=True)).to_be_visible()
    page.get_by_role("button", name="Select all").click()
    expect(page.get_by_text(f"{before} selected", exact=True)).to_be_visible()
    slider = page.get_by_role("slider", name="Confidence threshold")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]conf=0\.5(&|$)"))
    expect(page.get_by_text(f"{after} selected", exact=True)).to_be_visible()


def test_facets_count_what_matches_and_narrow_the_query(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{EXPLORE}?q=time_of_day:night")
    facets = page.get_by_role("complementary", name="Facets")
    for value in street.facets("weather", "time_of_day:night").items[0].values:
        row = facets.get_by_role("button", name=f"{value.value} {value.count}", exact=True)
        expect(row).to_be_visible()
    rain = facets.get_by_role("button", name=re.compile(r"^(✓ )?rain \d"))
    rain.click()
    box = page.get_by_role("textbox", name="Query")
    expect(box).to_have_value("time_of_day:night weather:rain")
    n = street.query("time_of_day:night weather:rain").count()
    expect(page.get_by_text(f"{n} frames", exact=True)).to_be_visible()
    expect(rain).to_have_attribute("aria-pressed", "true")
    rain.click()
    expect(box).to_have_value("time_of_day:night")
    page.go_back()
    expect(box).to_have_value("time_of_day:night weather:rain")


def test_outcomes_of_the_facets_are_the_sdks(open_page: OpenPage, street: Dataset) -> None:
    counts = Counter(kind_of(row) for row in street.outcomes(NEWEST).to_dicts())
    page = open_page(EXPLORE)
    outcomes = page.get_by_role("region", name="Outcomes")
    for kind, word in WORDS.items():
        text = f"{word} {counts[kind]:,}"
        expect(outcomes.get_by_role("button", name=text, exact=True)).to_be_visible()
    outcomes.get_by_role("button", name=re.compile("^missed")).click()
    n = street.query(f"outcome@{NEWEST}(kind:false_negative)").count()
    expect(page.get_by_text(f"{n} frames", exact=True)).to_be_visible()


def test_frames_are_sorted_by_how_a_model_does(open_page: OpenPage, street: Dataset) -> None:
    rows = street.query(inference_set=NEWEST).frames(columns=["id", "f1"]).to_dicts()
    worst = sorted(row["f1"] for row in rows if row["f1"] is not None)[:3]
    page = open_page(f"{EXPLORE}?sort=f1")
    for place, value in enumerate(worst):
        expect(page.locator(f"[data-place='{place}']")).to_contain_text(score(value))


def test_frames_are_sorted_by_disagreement_of_two_sets(open_page: OpenPage, street: Dataset) -> None:
    column = "disagreement@v1_deployed"
    page = open_page(EXPLORE)
    page.get_by_role("combobox", name="Sort by").click()
    page.get_by_role("option", name="Disagreement with v1_deployed").click()
    selection = street.query(inference_set=NEWEST)
    first = selection.page(sort=f"-{column}", limit=3, columns=[column]).items
    assert first[0][column] > 0
    for place, row in enumerate(first):
        shown = page.locator(f"[data-place='{place}']")
        expect(shown).to_contain_text(row["id"])
        expect(shown).to_contain_text(str(row[column]))


def test_crops_become_a_segment_and_so_do_the_frames_they_are_in(
    open_page: OpenPage, street: Dataset
) -> None:
    query = "class:pedestrian area_px < 400"
    labels = street.query(query, elements="labels")
    page = open_page(EXPLORE)
    page.get_by_role("radio", name="Crop").check()
    ask(page, query)
    expect(page.get_by_text(f"{labels.count()} labels", exact=True)).to_be_visible()
    page.get_by_role("button", name="Select all").click()
    dialog = add_to_segment(page)
    expect(dialog.get_by_role("radio", name="Crop")).to_be_checked()
    dialog.get_by_role("textbox", name="Name").fill("Far pedestrians")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Bucket “Far pedestrians” saved with {labels.count()} labels.")).to_be_visible()
    assert street.segments["Far pedestrians"].elements().ids() == labels.ids()

    dialog = add_to_segment(page)
    dialog.get_by_role("radio", name="Frame").check()
    frames = street.query("label(class:pedestrian area_px < 400)")
    expect(dialog.get_by_text(f"the {frames.count()} frames they are in")).to_be_visible()
    choose(dialog, "Type", "Scenario")
    dialog.get_by_role("textbox", name="Name").fill("Far pedestrians in sight")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("saved with").last).to_contain_text(f"{frames.count()} frames")
    assert street.segments["Far pedestrians in sight"].elements().ids() == frames.ids()


def test_targets_stand_beside_the_baselines_present_scores(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{EXPLORE}?q=outcome(kind:false_negative)&set={NEWEST}")
    page.get_by_role("button", name="Select all").click()
    dialog = add_to_segment(page)
    expect(dialog.get_by_role("note")).to_contain_text(NEWEST)
    choose(dialog, "Type", "Regression Test")
    dialog.get_by_role("textbox", name="Name").fill("Where the fix fails")
    today = dialog.get_by_text(re.compile(r"^today \d"))
    expect(today).to_have_count(3)
    shown = today.all_inner_texts()
    dialog.get_by_role("button", name="Set to baseline: Recall").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Regression Test “Where the fix fails” saved")).to_be_visible()

    saved = street.segments["Where the fix fails"]
    rows = street.report("v1_deployed", segment=saved.name).to_dicts()
    weighted = next(row for row in rows if row["class_name"] == "weighted")
    assert shown == [f"today {score(weighted[metric])}" for metric in ("precision", "recall", "f1")]
    (target,) = saved.body.targets
    assert target.metric == "recall"
    assert 0 <= weighted["recall"] - target.minimum < 0.001
    assert saved.versions[0].origin["selected_on"] == [NEWEST]


def test_a_segment_for_each_value_of_a_field(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{EXPLORE}?q=split:training")
    page.get_by_role("button", name="Select all").click()
    dialog = add_to_segment(page)
    dialog.get_by_text("One per value").click()
    choose(dialog, "Field", "time_of_day")
    choose(dialog, "Type", "Scenario")
    dialog.get_by_role("textbox", name="Prefix").fill("Training by ")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("segments saved, one per value of time_of_day.")).to_be_visible()
    made = [segment for segment in street.segments if segment.name.startswith("Training by ")]
    assert {segment.name: segment.body.n_elements for segment in made} == {
        f"Training by {value.value}": value.count
        for value in street.facets("time_of_day", "split:training").items[0].values
    }


def test_more_frames_for_a_segment_that_is_there(open_page: OpenPage, street: Dataset) -> None:
    ids = street.query("").ids()
    known = street.segments.create("Picked by hand", type="scenario", ids=ids[:2])
    page = open_page(EXPLORE)
    page.locator("[data-place='1']").click()
    page.locator("[data-place='3']").click(modifiers=["Shift"])
    dialog = add_to_segment(page)
    expect(dialog.get_by_text("3 frames selected")).to_be_visible()
    dialog.get_by_text("Existing segment").click()
    choose(dialog, "Segment", "Picked by hand · 2")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 frames added to “Picked by hand”.")).to_be_visible()
    assert street.segments[known.name].elements().ids() == ids[:4]


def test_the_page_of_a_frame_lists_what_the_sdk_says(open_page: OpenPage, street: Dataset) -> None:
    outcomes = street.outcomes(NEWEST).to_dicts()
    errors = Counter(row["frame_id"] for row in outcomes if kind_of(row) != "true_positive")
    frame = errors.most_common(1)[0][0]
    page = open_page(f"/p/demo/d/street/frames/{quote(frame)}")
    own = [row for row in outcomes if row["frame_id"] == frame]
    listed = page.get_by_role("region", name=f"Outcomes of {NEWEST}")
    expect(listed.get_by_text(f"{errors[frame]} errors")).to_be_visible()
    expect(listed.get_by_role("listitem")).to_have_count(len(own))
    for kind, word in WORDS.items():
        n = sum(kind_of(row) == kind for row in own)
        expect(listed.get_by_role("button", name=re.compile(rf"\b{word}\b"))).to_have_count(n)
    place = street.query("").ids().index(frame) + 1
    expect(page.get_by_text(f"{place} of {street.n_frames}", exact=True)).to_be_visible()
    metadata = page.get_by_role("region", name="Metadata")
    expect(metadata.get_by_role("row", name="split")).to_contain_text(re.compile("training|validation|test"))

    image = page.get_by_role("group", name=f"Image of {frame}")
    image.focus()
    scale = page.get_by_role("button", name="show the whole image")
    before = scale.inner_text().split("%")[0] + "%"
    page.keyboard.press("+")
    expect(scale).not_to_contain_text(before)
    page.keyboard.press("0")
    expect(scale).to_contain_text(before)
    listed.get_by_role("button").first.click()
    expect(scale).not_to_contain_text(before)


def test_two_sets_side_by_side(open_page: OpenPage) -> None:
    page = open_page("/p/demo/d/street/frames/seq-0000_000.jpg?sets=v1_deployed,v2_candidate")
    page.get_by_text("Side by side").click()
    expect(page.get_by_role("figure")).to_have_count(2)
    expect(page.get_by_role("figure").nth(1)).to_contain_text("v2_candidate")


HOSTILE_ID = '<img src=x onerror="alert(1)"> "quoted" شارع 🚦/../%2e%2e?#'
LONG = "x" * 10_000


@pytest.fixture(scope="module")
def odd(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Frames with every kind of name, without images."""
    hostile = "<script>document.title='pwned'</script>"
    box = {"x": 1.0, "y": 2.0, "w": 30.0, "h": 40.0}
    frames: list[dict[str, Any]] = [
        {
            "frame_id": HOSTILE_ID,
            "width": 100,
            "height": 80,
            "note": hostile,
            "labels": [{"class": hostile, **box}],
        },
        {"frame_id": LONG, "width": 100, "height": 80, "note": LONG, "labels": [{"class": "شاحنة", **box}]},
        {"frame_id": "plain", "note": "שלום", "labels": []},
    ]
    with shoal.connect(server_url) as sh:
        project = sh.create_project("odd", classes=[hostile, "شاحنة"])
        yield project.datasets.upload("val", frames=frames, progress=False)


def test_hostile_names_are_shown_harmlessly(open_page: OpenPage, odd: Dataset) -> None:
    page = open_page("/p/odd/d/val/explore")
    expect(cells(page)).to_have_count(3)
    expect(page.get_by_text("No image").first).to_be_visible()
    expect(page.locator("[data-place='0']")).to_have_accessible_name(HOSTILE_ID)
    note = page.get_by_role("button", name=re.compile("^<script>")).first
    note.click()
    expect(page.get_by_text("1 frame", exact=True)).to_be_visible()
    page.locator("[data-place='0']").dblclick()
    expect(page.get_by_role("heading", name=HOSTILE_ID)).to_be_visible()
    expect(page.get_by_text("This frame has no image")).to_be_visible()
    assert "pwned" not in page.title()
    page.goto(f"/p/odd/d/val/frames/{LONG}")
    expect(page.get_by_role("region", name="Metadata")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_broken_image_says_so_and_harms_nothing_else(open_page: OpenPage) -> None:
    def broken(route: Route) -> None:
        route.fulfill(status=200, content_type="image/jpeg", body="not an image")

    page = open_page("/p/demo/d/street/segments")
    page.route(re.compile(r"/images/seq-0000_001\.jpg"), broken)
    page.get_by_role("link", name="Explore").click()
    expect(page.locator("[data-place='1']")).to_contain_text("Image missing or unreadable")
    expect(page.locator("[data-place='0'] img")).to_be_visible()
    expect(page.locator("[data-place='2'] img")).to_be_visible()


def test_nothing_found_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page(f"{EXPLORE}?q=city:nowhere")
    expect(page.get_by_text("No frames match")).to_be_visible()
    page.get_by_role("button", name="Clear the query").click()
    expect(cells(page).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anyone(
    open_page: OpenPage, serious_findings: Callable[[Page], list[str]], scheme: str
) -> None:
    page = open_page(f"{EXPLORE}?q=split:test", scheme=scheme)
    expect(cells(page).first).to_be_visible()
    page.locator("[data-place='0']").click()
    expect(page.get_by_role("region", name="Outcomes")).to_be_visible()
    assert serious_findings(page) == []
    add_to_segment(page)
    expect(page.get_by_text(re.compile(r"^today \d")).first).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-place='0']").dblclick()
    expect(page.get_by_role("region", name="Metadata")).to_be_visible()
    assert serious_findings(page) == []
