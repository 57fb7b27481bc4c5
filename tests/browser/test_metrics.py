"""Metrics in a browser: the SDK's numbers, live sliders, outcomes behind numbers, flips, release report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

import shoal
from shoal.client.dataset import Dataset

METRICS = "/p/demo/d/street/metrics"
REPORT = "/p/demo/d/street/report"
BASELINE, CANDIDATE = "v1_deployed", "v2_candidate"
WORDS = {
    "improved": "▲improved",
    "regressed": "▼regressed",
    "not_worse": "=not worse",
    "inconclusive": "≈inconclusive",
    "not_evaluable": "–not evaluable",
}

OpenPage = Callable[..., Page]


def score(value: float | None) -> str:
    """As the page writes it: exact halves go up."""
    return "–" if value is None else str(Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP))


def delta(value: float) -> str:
    text = score(abs(value))
    return text if text == "0.000" else f"{'−' if value < 0 else '+'}{text}"


def cell(page: Page, segment: str, inference_set: str) -> Locator:
    name = re.compile(rf"^{re.escape(segment)}, {re.escape(inference_set)}, ")
    return page.get_by_role("gridcell", name=name).get_by_role("button")


def rows_of(street: Dataset, **about: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = street.matrix(baseline=BASELINE, **about).to_dicts()
    return [row for row in rows if row["metric"] == "f1"]


def assert_shows(page: Page, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        shown = cell(page, row["segment"], row["inference_set"])
        expect(shown).to_contain_text(score(row["value"]))
        if row["delta"] is not None:
            expect(shown).to_contain_text(delta(row["delta"]))
        if row["baseline_verdict"] is not None:
            expect(shown).to_contain_text(WORDS[row["baseline_verdict"]])


def test_the_matrix_shows_the_sdks_numbers(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(METRICS)
    expect(page.get_by_role("tab", name="Scenarios")).to_have_attribute("aria-selected", "true")
    assert_shows(page, rows_of(street))
    for region, first in (
        ("Splits", "All Frames"),
        ("Regression Tests", "Crowded crossings"),
        ("Scenarios", "Dusk"),
    ):
        rows = page.get_by_role("region", name=region).get_by_role("rowheader")
        expect(rows.first).to_contain_text(first)


def test_a_missed_target_of_one_class_is_seen_beside_the_overall_score(
    open_page: OpenPage, street: Dataset
) -> None:
    page = open_page(METRICS)
    rows = street.matrix(class_name="pedestrian", segments=["Night pedestrians"]).to_dicts()
    missed = next(
        row
        for row in rows
        if row["inference_set"] == CANDIDATE and row["metric"] == "recall" and row["target"]
    )
    assert missed["target_verdict"] == "fail"
    shown = cell(page, "Night pedestrians", CANDIDATE)
    expect(shown).to_contain_text(f"✗failrecall pedestrian {score(missed['value'])}")


def test_values_follow_a_slider_and_verdicts_follow_values(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(METRICS)
    assert_shows(page, rows_of(street)[:4])
    held: list[Route] = []
    is_holding = True

    def hold_statistics(route: Route) -> None:
        asked: dict[str, Any] = json.loads(route.request.post_data or "{}")
        if is_holding and asked["statistics"]:
            held.append(route)
        else:
            route.continue_()

    page.route("**/matrix", hold_statistics)
    slider = page.get_by_role("slider", name="Confidence threshold")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]conf=0\.5(&|$)"))
    rows = rows_of(street, confidence=0.5)
    for row in rows:
        expect(cell(page, row["segment"], row["inference_set"])).to_contain_text(score(row["value"]))
    expect(page.get_by_text("Intervals updating…")).to_be_visible()
    expect(cell(page, "All Frames", CANDIDATE)).not_to_contain_text("improved")
    is_holding = False
    for route in held:
        route.continue_()
    assert_shows(page, rows)
    expect(page.get_by_text("Intervals updating…")).to_have_count(0)


def test_thresholds_of_one_set_come_from_the_address(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{METRICS}?conf={CANDIDATE}:0.6&iou=0.7&metric=recall&average=macro")
    rows = street.matrix(baseline=BASELINE, average="macro", confidence={CANDIDATE: 0.6}, iou=0.7).to_dicts()
    for row in rows:
        if row["metric"] == "recall":
            expect(cell(page, row["segment"], row["inference_set"])).to_contain_text(score(row["value"]))


def test_filters_and_order(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{METRICS}?sort=worst")
    rows = rows_of(street)
    assert_shows(page, rows[:4])
    worst = {row["segment"]: 0.0 for row in rows if row["segment_type"] == "regression_test"}
    for row in rows:
        if row["segment"] in worst and row["delta"] is not None:
            worst[row["segment"]] = min(worst[row["segment"]], row["delta"])
    heads = page.get_by_role("region", name="Regression Tests").get_by_role("rowheader")
    for place, segment in enumerate(sorted(worst, key=lambda name: worst[name])):
        expect(heads.nth(place)).to_contain_text(segment)
    page.get_by_text(re.compile("^Regressed [0-9]+$")).click()
    regressed = {row["segment"] for row in rows if row["baseline_verdict"] == "regressed"}
    expect(page.get_by_role("rowheader")).to_have_count(len(regressed))
    page.go_back()
    expect(page.get_by_role("rowheader")).to_have_count(len({row["segment"] for row in rows}))


def test_a_cell_by_keyboard_alone(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(METRICS)
    first = cell(page, "All Frames", BASELINE)
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("gridcell").locator(":focus")
    expect(second).to_contain_text(f"test, {CANDIDATE}")
    page.keyboard.press("Enter")
    details = page.get_by_role("dialog", name=f"test, {CANDIDATE}")
    row = next(r for r in rows_of(street) if (r["segment"], r["inference_set"]) == ("test", CANDIDATE))
    expect(details).to_contain_text(f"{score(row['low'])}–{score(row['high'])}")
    expect(details).to_contain_text(f"{row['n_labels']:,} labels")
    expect(details).to_contain_text("matching class-first")
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(second).to_be_focused()


def test_the_class_report_and_what_is_behind_a_confusion(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{METRICS}?tab=metrics&set={CANDIDATE}")
    report = street.report(CANDIDATE)
    table = page.get_by_role("table", name=f"Class report of {CANDIDATE}")
    for row in report.to_dicts():
        if row["class_name"] in ("weighted", "macro", "micro"):
            continue
        line = table.get_by_role("row", name=re.compile(f"^{row['class_name']}"))
        for name in ("precision", "recall", "f1"):
            expect(line).to_contain_text(score(row[name]))
    outcomes = street.outcomes(CANDIDATE).to_dicts()
    behind = [o for o in outcomes if (o["truth"], o["predicted"]) == ("pedestrian", "cyclist")]
    grid = page.get_by_role("grid", name=re.compile("Confusion matrix"))
    grid.get_by_role("button", name="pedestrian taken for cyclist").click()
    drawer = page.get_by_role("dialog", name="pedestrian taken for cyclist")
    expect(drawer.get_by_text(f"{len(behind)} outcomes")).to_be_visible()
    surest = max(o["confidence"] for o in behind)
    expect(drawer.get_by_role("article").first).to_contain_text(score(surest))
    drawer.get_by_role("button", name="Select all").click()
    expect(drawer.get_by_text(f"{len(behind)} selected")).to_be_visible()
    explore = drawer.get_by_role("link", name="Open in Explore").get_attribute("href")
    assert explore is not None
    query = parse_qs(urlsplit(explore).query)["q"][0]
    assert query == f"outcome@{CANDIDATE}(truth:pedestrian predicted:cyclist)"
    assert street.query(query).count() == len({o["frame_id"] for o in behind})
    drawer.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog.get_by_role("button", name="Save")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.go_back()
    expect(drawer).to_have_count(0)


def test_outcomes_by_the_size_of_their_objects(open_page: OpenPage, street: Dataset) -> None:
    missed = "kind:false_negative truth:pedestrian"
    small = "(label.area_px < 1024 OR (truth:background inference.area_px < 1024))"
    rows = street.outcomes(CANDIDATE, where=f"{missed} {small}").to_dicts()
    everything = street.outcomes(CANDIDATE, where=missed)
    assert 0 < len(rows) < len(everything)
    behind = quote(f"set={CANDIDATE}&truth=pedestrian&kind=false_negative")
    page = open_page(f"{METRICS}?tab=metrics&set={CANDIDATE}&behind={behind}")
    drawer = page.get_by_role("dialog", name="pedestrian missed")
    expect(drawer.get_by_text(f"{len(everything)} outcomes")).to_be_visible()
    expect(drawer.get_by_label("Attribute of labels")).to_have_count(0)
    drawer.get_by_role("combobox", name="Size of objects").click()
    page.get_by_role("option", name="Small").click()
    expect(drawer.get_by_text(f"{len(rows)} outcomes")).to_be_visible()
    expect(page).to_have_url(re.compile("size%3Dsmall"))
    drawer.get_by_role("button", name="Select all").click()
    explore = drawer.get_by_role("link", name="Open in Explore").get_attribute("href")
    assert explore is not None
    query = parse_qs(urlsplit(explore).query)["q"][0]
    frames = {row["frame_id"] for row in rows}
    assert set(street.query(query).ids()) == frames
    drawer.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    dialog.get_by_role("textbox", name="Name").fill("Small and missed")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Small and missed.*")).first).to_be_visible()
    expect(dialog).to_have_count(0)
    assert set(street.segments["Small and missed"].elements().ids()) == frames
    street.segments["Small and missed"].delete()


def test_outcomes_by_the_attributes_of_labels(open_page: OpenPage, server_url: str) -> None:
    box = {"class": "car", "y": 0.0, "w": 40.0, "h": 40.0}
    frames = [
        {
            "frame_id": f"f{i}",
            "labels": [
                {**box, "x": 50.0 * k, "occluded": k == i % 3, "odd name": f"n {k}"} for k in range(3)
            ],
        }
        for i in range(6)
    ]
    seen = [{"frame_id": "f0", **box, "x": 0.0, "confidence": 0.9}]
    with shoal.connect(server_url) as sh:
        project = sh.create_project("attributes", classes=["car"])
        dataset = project.datasets.upload("val", frames=frames, progress=False)
        dataset.inference_sets.upload("m", inferences=seen, progress=False)
        page = open_page(
            f"/p/attributes/d/val/metrics?tab=metrics&behind={quote('set=m&kind=false_negative')}"
        )
        drawer = page.get_by_role("dialog", name="Missed")
        expect(drawer.get_by_text("17 outcomes")).to_be_visible()
        for option, where, n_rows in (
            ("occluded: yes", "label.occluded:true", 5),
            ("odd name: n 1", 'label."odd name":"n 1"', 6),
        ):
            drawer.get_by_role("combobox", name="Attribute of labels").click()
            page.get_by_role("option", name=option).click()
            expect(drawer.get_by_text(f"{n_rows} outcomes")).to_be_visible()
            assert len(dataset.outcomes("m", where=f"kind:false_negative {where}")) == n_rows
        drawer.get_by_role("combobox", name="Attribute of labels").click()
        page.get_by_role("option", name="Every attribute").click()
        expect(drawer.get_by_text("17 outcomes")).to_be_visible()
        sh.delete_project("attributes")


def test_a_query_narrows_the_class_report(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{METRICS}?tab=metrics&set={CANDIDATE}&q=time_of_day:night")
    night = street.report(CANDIDATE, segment="Night").to_dicts()
    line = page.get_by_role("row", name=re.compile("^Weighted average"))
    expect(line).to_contain_text(score(next(r["f1"] for r in night if r["class_name"] == "weighted")))


def test_a_query_narrows_the_matrix(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(METRICS)
    box = page.get_by_role("textbox", name="Query")
    box.fill("time_of_day:night")
    box.press("Enter")
    expect(
        page.get_by_text(f"{street.query('time_of_day:night').count()} frames", exact=True)
    ).to_be_visible()
    expect(page.get_by_text(re.compile("Only frames of time_of_day:night are scored"))).to_be_visible()
    rows = rows_of(street, query="time_of_day:night")
    assert rows[1]["value"] != rows_of(street)[1]["value"]
    assert_shows(page, rows)
    expect(page.get_by_role("gridcell").filter(has_text="✗fail")).to_have_count(0)


def test_the_operating_point_is_dragged_on_a_curve(open_page: OpenPage) -> None:
    page = open_page(f"{METRICS}?tab=metrics&set={CANDIDATE}")
    marker = page.get_by_role("slider", name=f"Operating point of {CANDIDATE} on the F1 curve")
    marker.scroll_into_view_if_needed()
    box = marker.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"], steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]conf=0\.[4-9]"))
    shown = float(parse_qs(urlsplit(page.url).query)["conf"][0])
    expect(marker).to_have_attribute("aria-valuenow", str(shown))
    page.get_by_role("button", name="Use the confidence that maximises F1").click()
    expect(marker).not_to_have_attribute("aria-valuenow", str(shown))


def test_flips_both_ways(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{METRICS}?tab=compare&set={CANDIDATE}")
    flips = street.flips(BASELINE, CANDIDATE)
    assert flips.broken
    assert flips.mended
    for word, frames in (("Broken", flips.broken), ("Mended", flips.mended)):
        region = page.get_by_role("region", name=f"{word} by {CANDIDATE}")
        expect(region.get_by_role("listitem")).to_have_count(min(60, len(frames)))
        expect(region.get_by_role("listitem").first).to_contain_text(frames[0])
        expect(region.get_by_role("button", name="Add to Segment")).to_be_enabled()
    href = (
        page.get_by_role("region", name=f"Broken by {CANDIDATE}")
        .get_by_role("link", name="Open in Explore")
        .get_attribute("href")
    )
    assert href is not None
    query = parse_qs(urlsplit(href).query)["q"][0]
    assert sorted(street.query(query).ids()) == sorted(flips.broken)


def test_the_release_report(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{REPORT}?candidate={CANDIDATE}&baseline={BASELINE}")
    gate = street.gate(candidate=CANDIDATE, baseline=BASELINE)
    assert gate.passed is False
    expect(page.get_by_role("banner").or_(page.locator("article > header"))).to_contain_text(gate.reason)
    deciding = [row for row in gate.rows if row.effect in ("rejects", "withholds")]
    checks = page.get_by_role("region", name="Deciding checks").locator("tbody").get_by_role("row")
    expect(checks).to_have_count(len(deciding))
    for place, row in enumerate(deciding):
        expect(checks.nth(place)).to_contain_text(row.segment)
        expect(checks.nth(place)).to_contain_text(score(row.value))
    with page.expect_download() as started:
        page.get_by_role("link", name="Markdown").click()
    assert started.value.path().read_text(encoding="utf-8") == gate.to_markdown()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "sign"),
    [
        (METRICS, "All Frames"),
        (f"{METRICS}?view=cards", "All Frames"),
        (f"{METRICS}?tab=metrics&set={CANDIDATE}&beside={BASELINE}", "Calibration"),
        (f"{METRICS}?tab=compare&set={CANDIDATE}", "Broken by"),
        (
            f"{METRICS}?tab=metrics&set={CANDIDATE}&behind=set%3D{CANDIDATE}%26kind%3Dconfusion",
            "Open in Explore",
        ),
        (f"{REPORT}?candidate={CANDIDATE}&baseline={BASELINE}", "What the numbers rest on"),
    ],
)
def test_nothing_serious_for_axe(
    open_page: OpenPage, serious_findings: Callable[[Page], list[str]], path: str, sign: str, scheme: str
) -> None:
    page = open_page(path, scheme=scheme)
    expect(page.get_by_text(sign).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []
