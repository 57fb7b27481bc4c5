"""Segments in a browser: sections, creation, elements, targets, history, conflicts, hostile names."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from shoal.client.dataset import Dataset
from shoal.client.segment import Segment

STREET = "/p/demo/d/street"
SEGMENTS = f"{STREET}/segments"
BASELINE = "v1_deployed"
HOSTILE = [
    "<img src=x onerror=\"document.title='taken'\"> \"quoted\" 'twice'",
    "夜 🌧️ <script>alert(1)</script>",
    "ليل ممطر ‮ reversed",
    "a/b?c#d%2F\\e",
    "x" * 256,
]

OpenPage = Callable[..., Page]


def score(value: float | None) -> str:
    """As the page writes it: exact halves go up."""
    return "–" if value is None else str(Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP))


def page_of(segment: Segment | str, tab: str = "") -> str:
    name = segment if isinstance(segment, str) else segment.name
    return f"{SEGMENTS}/{quote(name, safe='')}{f'?tab={tab}' if tab else ''}"


def make(street: Dataset, name: str, **options: Any) -> Segment:
    """A segment of one test alone."""
    given: dict[str, Any] = {"type": "scenario", "query": "time_of_day:night"} | options
    return street.segments.create(name, **given)


def row_of(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


def cells_of(page: Page, inference_set: str) -> dict[str, str]:
    """The row of a set on the Metrics tab, by the heads of its columns."""
    table = page.get_by_role("table", name="Inference sets on this segment")
    row = table.get_by_role("row").filter(has_text=inference_set).first
    expect(row).to_be_visible()
    heads = table.get_by_role("columnheader").all_inner_texts()
    return dict(zip(heads, row.locator("th, td").all_inner_texts(), strict=True))


def save_target(page: Page, title: str, minimum: str) -> None:
    page.get_by_role("textbox", name=f"Target for {title}").fill(minimum)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved 1 target")).to_be_visible()


def test_the_page_has_sections_model_performance_first(open_page: OpenPage, street: Dataset) -> None:
    make(street, "Blurred", type="frame_issue", query="weather:rain")
    page = open_page(SEGMENTS)
    performance = page.get_by_role("region", name="Model Performance")
    regions = performance.get_by_role("region")
    for place, (name, segment_type) in enumerate(
        [("Splits", "split"), ("Regression Tests", "regression_test"), ("Scenarios", "scenario")]
    ):
        expect(regions.nth(place)).to_have_accessible_name(name)
        wanted = [segment.name for segment in street.segments.list(type=segment_type)]
        links = performance.get_by_role("region", name=name).get_by_role("rowgroup").last.get_by_role("link")
        assert [text for text in links.all_inner_texts() if text in wanted] == wanted
    others = page.get_by_role("region", name="Other segments")
    expect(others.get_by_role("region", name="Frame Issues")).to_contain_text("Blurred")
    assert performance.bounding_box()["y"] < others.bounding_box()["y"]  # type: ignore[index]


def test_a_row_shows_the_newest_score_and_its_verdict(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(SEGMENTS)
    newest = street.segments["Night pedestrians"].metrics().items[-1]
    f1 = next(row for row in newest.rows if row["metric"] == "f1")
    row = row_of(page, "Regression Tests", "Night pedestrians")
    expect(row).to_contain_text(score(f1["value"]))
    expect(row).to_contain_text({True: "pass", False: "fail"}[bool(newest.passed)])
    expect(row).to_contain_text(str(street.segments["Night pedestrians"].n_elements))
    expect(row.get_by_role("img")).to_have_accessible_name(
        "F1 of v1_deployed, v2_candidate, v2_int8, v3_fixed: "
        + ", ".join(
            score(next(row["value"] for row in item.rows if row["metric"] == "f1"))
            for item in street.segments["Night pedestrians"].metrics().items
        )
    )


def test_search_and_filters_are_in_the_address(open_page: OpenPage) -> None:
    page = open_page(SEGMENTS)
    page.get_by_role("textbox", name="Search segments").fill("time_of_day rainy")
    expect(page.get_by_role("link", name="Rainy night")).to_be_visible()
    expect(page.get_by_role("link", name="Dusk")).to_have_count(0)
    page.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Split", exact=True).click()
    expect(page.get_by_text("No segment matches")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Search segments")).to_have_value("time_of_day rainy")
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("link", name="Dusk")).to_be_visible()


def test_a_segment_is_made_from_a_query_and_deleted(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(SEGMENTS)
    page.get_by_role("button", name="Create segment").click()
    page.get_by_role("menuitem", name="From a query").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Rainy evenings")
    dialog.get_by_role("textbox", name="Query").fill("weather:rain time_of_day:dusk")
    n_frames = street.query("weather:rain time_of_day:dusk").count()
    expect(dialog.get_by_text(f"{n_frames} frames", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(row_of(page, "Scenarios", "Rainy evenings")).to_contain_text(str(n_frames))
    assert street.segments["Rainy evenings"].query == "weather:rain time_of_day:dusk"

    page.get_by_role("button", name="Delete Rainy evenings").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete segment").click()
    expect(row_of(page, "Scenarios", "Rainy evenings")).to_have_count(0)
    assert "Rainy evenings" not in [segment.name for segment in street.segments]


def test_a_segment_is_made_for_each_value_of_a_field(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(SEGMENTS)
    page.get_by_role("button", name="Create segment").click()
    page.get_by_role("menuitem", name="One per value of a field").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Field").click()
    page.get_by_role("option", name="city", exact=True).click()
    dialog.get_by_role("textbox", name="Name begins with").fill("City ")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Made").first).to_be_visible()
    made = {s.name: s.n_elements for s in street.segments if s.name.startswith("City ")}
    assert sum(made.values()) == street.query("exists(city)").count()
    for name, n_elements in made.items():
        expect(row_of(page, "Splits", name)).to_contain_text(str(n_elements))


def test_metrics_are_the_sdks(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(page_of("Night pedestrians", "metrics"))
    found = street.segments["Night pedestrians"].metrics(baseline=BASELINE)
    heads = {
        ("precision", None): "Precision",
        ("recall", None): "Recall",
        ("f1", None): "F1",
        ("recall", "pedestrian"): "Recall of pedestrian",
    }
    for item in found.items:
        cells = cells_of(page, item.inference_set)
        for row in item.rows:
            shown = cells[heads[row["metric"], row["class_name"]]]
            assert score(row["value"]) in shown
            if row["delta"] is not None:
                sign = "−" if row["delta"] < 0 else "+"
                assert f"{sign}{score(abs(row['delta']))}" in shown
        assert {True: "pass", False: "fail", None: "inconclusive"}[item.passed] in cells["Targets"]
    rows = page.get_by_role("table", name="Inference sets on this segment").get_by_role("row")
    shown_order = [text.split()[0] for text in rows.all_inner_texts()[1:]]
    assert shown_order == [item.inference_set for item in found.items]


def test_targets_set_here_change_verdicts(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Targeted", type="regression_test")
    page = open_page(page_of(segment, "metrics"))
    page.get_by_role("button", name="Add target").click()
    today = next(
        row
        for row in street.report(BASELINE, segment="Targeted").to_dicts()
        if row["class_name"] == "weighted"
    )
    expect(page.get_by_role("region", name="Targets")).to_contain_text(f"today {score(today['recall'])}")
    page.get_by_role("button", name="Recall: set to baseline").click()
    box = page.get_by_role("textbox", name="Target for Recall")
    assert today["recall"] - 0.001 < float(box.input_value()) <= today["recall"]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved 1 target")).to_be_visible()
    expect(row_of(page, "Inference sets on this segment", BASELINE)).to_contain_text("pass")
    assert_verdicts(page, street)

    save_target(page, "Recall", "0.9999")
    expect(row_of(page, "Inference sets on this segment", BASELINE)).to_contain_text("fail")
    assert_verdicts(page, street)
    assert street.segments["Targeted"].targets == {"recall": 0.9999}


def assert_verdicts(page: Page, street: Dataset) -> None:
    for item in street.segments["Targeted"].metrics(baseline=BASELINE).items:
        wanted = {True: "pass", False: "fail", None: "inconclusive"}[item.passed]
        expect(row_of(page, "Inference sets on this segment", item.inference_set)).to_contain_text(wanted)


def test_a_target_of_one_class_and_what_cannot_be_saved(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Of one class")
    page = open_page(page_of(segment, "metrics"))
    page.get_by_role("button", name="Add target").click()
    page.get_by_role("combobox", name="Average").click()
    page.get_by_role("option", name="one class").click()
    page.get_by_role("combobox", name="Class").click()
    page.get_by_role("option", name="pedestrian").click()
    page.get_by_role("textbox", name="Target for Recall of pedestrian").fill("90")
    expect(page.get_by_role("region", name="Targets").get_by_role("alert")).to_contain_text("from 0 to 1")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    save_target(page, "Recall of pedestrian", "0.9")
    assert street.segments["Of one class"].targets == {"recall@pedestrian": 0.9}


def test_elements_are_removed_and_put_back(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Edited")
    before = segment.elements().ids()
    page = open_page(page_of(segment))
    expect(page.get_by_role("status").filter(has_text=f"{len(before)} frames").first).to_be_visible()
    for frame in before[:2]:
        page.get_by_role("checkbox", name=f"Select {frame}", exact=True).check(force=True)
    expect(page.get_by_text("2 frames selected")).to_be_visible()
    page.get_by_role("button", name="Remove from segment").click()
    expect(page.get_by_text("Removed 2 frames; this is version 2.")).to_be_visible()
    assert sorted(street.segments["Edited"].elements().ids()) == sorted(before[2:])

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: version 3 is as version 1.")).to_be_visible()
    assert sorted(street.segments["Edited"].elements().ids()) == sorted(before)

    page.get_by_role("tab", name="History").click()
    changes = page.get_by_role("table", name="Versions").get_by_role("row")
    expect(changes.nth(1)).to_contain_text("+2 −0")
    expect(changes.nth(2)).to_contain_text("+0 −2")
    expect(changes.nth(3)).to_contain_text(f"+{len(before)} −0")


def test_elements_are_added_by_query_and_by_id(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Growing")
    rain = street.query("weather:rain NOT time_of_day:night").ids()
    page = open_page(page_of(segment))
    page.get_by_role("button", name="Add elements").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Query").fill("weather:rain")
    dialog.get_by_role("textbox", name="Note").fill("rain <b>too</b>")
    dialog.get_by_role("button", name=f"Add {len(rain)} frames").click()
    expect(page.get_by_text(f"Added {len(rain)} frames; this is version 2.")).to_be_visible()

    other = street.query("time_of_day:day NOT weather:rain").ids()[0]
    page.get_by_role("button", name="Add elements").click()
    page.get_by_text("By ids").click()
    dialog.get_by_role("textbox", name="Ids of frames").fill(f"{other}\n")
    dialog.get_by_role("button", name="Add 1 frame").click()
    expect(page.get_by_text("Added 1 frame; this is version 3.")).to_be_visible()
    assert set(street.segments["Growing"].elements().ids()) == {*segment.elements().ids(), *rain, other}

    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("table", name="Versions")).to_contain_text("rain <b>too</b>")
    page.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_text("version 1 of 3, to look at")).to_be_visible()
    page.get_by_role("button", name="Make this the next version").click()
    expect(page.get_by_text("Version 4 holds what version 1 held.")).to_be_visible()
    assert street.segments["Growing"].n_elements == street.query("time_of_day:night").count()


def test_the_kept_query_becomes_the_next_version(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Drifted")
    night, day = street.query("time_of_day:night"), street.query("time_of_day:day")
    segment.remove(ids=night.ids()[:3])
    segment.add(ids=day.ids()[:1])
    page = open_page(SEGMENTS)
    page.get_by_role("link", name="query would add 3 / remove 1").click()
    kept = page.get_by_role("region", name="Kept query")
    expect(kept).to_contain_text("The query would add 3 / remove 1 against version 3.")
    expect(kept.get_by_role("link", name="See what it would add")).to_have_attribute(
        "href", f"{STREET}/explore?q=%28time_of_day:night%29+AND+NOT+segment:%22Drifted%22"
    )
    kept.get_by_role("button", name="Make this the next version").click()
    expect(kept).to_contain_text("Selects today exactly what version 4 holds.")
    assert sorted(street.segments["Drifted"].elements().ids()) == sorted(night.ids())


def test_a_conflict_has_a_way_out(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Contested")
    page = open_page(page_of(segment), refusals=(412,))
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Owner").fill("ada")
    street.segments["Contested"].update(owner="grace")
    page.get_by_role("button", name="Save", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("somebody else changed this segment")
    assert street.segments["Contested"].owner == "grace"
    alert.get_by_role("button", name="Reload segment").click()
    expect(alert).to_have_count(0)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("complementary")).to_contain_text("grace")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Owner").fill("ada")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("complementary")).to_contain_text("ada")
    assert street.segments["Contested"].owner == "ada"


def test_state_name_and_comments_are_changed_here(open_page: OpenPage, street: Dataset) -> None:
    segment = make(street, "Old name")
    page = open_page(page_of(segment, "history"))
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="In review").click()
    expect(page.get_by_role("combobox", name="State")).to_have_value("In review")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Name").fill("New name")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{page.url.split('/p/')[0]}{page_of('New name', 'history')}")
    renamed = street.segments["New name"]
    assert (renamed.id, renamed.state) == (segment.id, "in_review")

    comments = page.get_by_role("region", name="Comments")
    comments.get_by_role("textbox", name="New comment").fill("<i>watch</i> this & that")
    comments.get_by_role("button", name="Add comment").click()
    expect(comments.get_by_role("listitem")).to_contain_text("<i>watch</i> this & that")
    comments.get_by_role("button", name="Delete comment").click()
    expect(comments.get_by_role("listitem")).to_have_count(0)


@pytest.mark.parametrize(("item", "suffix"), [("JSON", ".json"), ("CSV", ".csv"), ("COCO subset", ".json")])
def test_a_segment_is_exported(open_page: OpenPage, street: Dataset, item: str, suffix: str) -> None:
    page = open_page(page_of("Night"))
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).click()
    assert download.value.suggested_filename.endswith(suffix)
    content = download.value.path().read_text(encoding="utf-8")
    for frame in street.segments["Night"].elements().ids():
        assert frame in content


@pytest.mark.parametrize("name", HOSTILE, ids=["html", "emoji", "rtl", "path", "long"])
def test_hostile_names_are_harmless(open_page: OpenPage, street: Dataset, name: str) -> None:
    segment = make(street, name, description=f"{name} " + "long " * 2000, owner=name[:200])
    try:
        page = open_page(SEGMENTS)
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_be_visible()
        link.click()
        for tab in ("Metrics", "History", "Elements"):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(name[:200])
            assert_harmless(page)
        expect(page.get_by_role("checkbox").first).to_be_attached()
    finally:
        street.segments.delete(segment.id)


def assert_harmless(page: Page) -> None:
    assert "taken" not in page.title().split(" · ")[0] or "onerror" in page.title()
    assert page.evaluate("document.querySelectorAll('img[onerror], #content script').length") == 0
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [SEGMENTS, *(page_of("Night pedestrians", tab) for tab in ("elements", "metrics", "history"))]
)
def test_axe_finds_nothing_serious(
    open_page: OpenPage, serious_findings: Callable[[Page], list[str]], path: str, scheme: str
) -> None:
    page = open_page(path, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []
