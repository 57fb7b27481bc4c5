"""The flows of the specification in a browser, start to end, against the SDK; half of them by keys alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from shoal.client.dataset import Dataset

STREET = "/p/demo/d/street"
BASELINE, CANDIDATE, FIX = "v1_deployed", "v2_candidate", "v3_fixed"
WORDS = {True: "pass", False: "fail", None: "inconclusive"}

OpenPage = Callable[..., Page]


def score(value: float | None) -> str:
    """As the page writes it: exact halves go up."""
    return "–" if value is None else str(Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP))


def cell(page: Page, segment: str, inference_set: str) -> Locator:
    name = re.compile(rf"^{re.escape(segment)}, {re.escape(inference_set)}, ")
    return page.get_by_role("gridcell", name=name).get_by_role("button")


def scored(street: Dataset, segment: str, inference_set: str, metric: str = "f1") -> float:
    """A weighted average of a segment, from the SDK."""
    rows = street.report(inference_set, segment=segment).to_dicts()
    value = next(row for row in rows if row["class_name"] == "weighted")[metric]
    assert isinstance(value, float)
    return value


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until a control has the focus."""
    expect(target).to_be_enabled()
    for _ in range(120):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def choose_by_keys(page: Page, box: Locator, option: str) -> None:
    """Open a list with the arrow and go down to an option."""
    tab_to(page, box)
    page.keyboard.press("ArrowDown")
    wanted = page.get_by_role("option", name=option, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(12):
        if wanted.get_attribute("data-combobox-selected") is not None:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value(option)


def go_by_keys(page: Page, destination: str) -> None:
    """Ctrl-K, a name, Enter."""
    page.keyboard.press("Control+k")
    page.keyboard.type(destination)
    expect(page.get_by_role("option").first).to_contain_text(destination)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(destination)


def save_by_keys(page: Page, name: str, segment_type: str) -> None:
    """From a selection: Add to Segment, Frame, a type, a name, Save."""
    tab_to(page, page.get_by_role("button", name="Add to Segment"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
    tab_to(page, dialog.get_by_role("radio", name="Frame"))
    page.keyboard.press("Space")
    expect(dialog.get_by_role("radio", name="Frame")).to_be_checked()
    choose_by_keys(page, dialog.get_by_role("combobox", name="Type"), segment_type)
    tab_to(page, dialog.get_by_role("textbox", name="Name"))
    page.keyboard.type(name)
    tab_to(page, dialog.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{segment_type} “{name}” saved")).to_be_visible()


def halved(results: Path, to: Path) -> Path:
    """A model that finds every other object of another."""
    found: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
    to.write_text(json.dumps(found[::2]), encoding="utf-8")
    return to


def test_splits_by_keys_and_a_later_inference_set_is_there_unasked(
    open_page: OpenPage, street: Dataset, demo: Path, tmp_path: Path
) -> None:
    names = {"training": "To learn from", "validation": "To tune on", "test": "To judge by"}
    page = open_page(f"{STREET}/explore")
    for value, name in names.items():
        expected = street.query(f"user__split:{value}")
        expect(page.get_by_role("gridcell").first).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type(f"user__split:{value}")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{expected.count()} frames", exact=True)).to_be_visible()
        tab_to(page, page.get_by_role("button", name="Select all"))
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{expected.count()} selected", exact=True)).to_be_visible()
        save_by_keys(page, name, "Split")
        assert street.segments[name].elements().ids() == expected.ids()

    go_by_keys(page, "Metrics")
    splits = page.get_by_role("region", name="Splits")
    expect(splits.get_by_role("rowheader").first).to_contain_text("All Frames")
    for name in names.values():
        expect(splits.get_by_role("rowheader", name=name)).to_be_visible()
        for inference_set in (BASELINE, CANDIDATE, FIX):
            shown = score(scored(street, name, inference_set))
            expect(cell(page, name, inference_set)).to_contain_text(shown)
    go_by_keys(page, "Segments")
    performance = page.get_by_role("region", name="Model Performance")
    for name in names.values():
        link = performance.get_by_role("region", name="Splits").get_by_role("link", name=name)
        expect(link).to_be_visible()

    results = halved(demo / "demo" / "street" / f"{FIX}.json", tmp_path / "v4_late.json")
    street.inference_sets.upload("v4_late", coco_results=results, progress=False)
    try:
        go_by_keys(page, "Metrics")
        page.reload()
        for name in ("All Frames", *names.values()):
            segment = None if name == "All Frames" else name
            rows = street.report("v4_late", segment=segment).to_dicts()
            value = next(row for row in rows if row["class_name"] == "weighted")["f1"]
            expect(cell(page, name, "v4_late")).to_contain_text(score(value))
    finally:
        street.inference_sets.delete("v4_late")


def test_everything_has_a_name_to_go_to(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{STREET}/metrics")
    expect(cell(page, "All Frames", FIX)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("night")  # letters count from the first on, however long the list takes to open
    options = page.get_by_role("dialog").get_by_role("option")
    named = [segment.name for segment in street.segments if "night" in segment.name.lower()]
    expect(options).to_have_count(len(named))
    for name in named:
        expect(options.filter(has=page.get_by_text(name, exact=True))).to_be_visible()


def test_the_release_story(open_page: OpenPage, street: Dataset) -> None:
    matrix = {
        (row["segment"], row["inference_set"]): row
        for row in street.matrix(baseline=BASELINE).to_dicts()
        if row["metric"] == "f1" and row["class_name"] is None
    }
    better = matrix["All Frames", CANDIDATE]
    assert better["delta"] > 0
    page = open_page(f"{STREET}/metrics?baseline={BASELINE}")
    overall = cell(page, "All Frames", CANDIDATE)
    expect(overall).to_contain_text(score(better["value"]))
    expect(overall).to_contain_text(f"+{score(better['delta'])}")
    night = next(
        item
        for item in street.segments["Night pedestrians"].metrics(baseline=BASELINE).items
        if item.inference_set == CANDIDATE
    )
    recall = next(row for row in night.rows if row["class_name"] == "pedestrian")
    assert night.passed is False
    assert recall["delta"] < 0
    expect(cell(page, "Night pedestrians", CANDIDATE)).to_contain_text(
        f"✗failrecall pedestrian {score(recall['value'])}"
    )

    overall.click()
    details = page.get_by_role("dialog", name=f"All Frames, {CANDIDATE}")
    details.get_by_role("button", name="Compare").click()
    flips = street.flips(BASELINE, CANDIDATE)
    broken = page.get_by_role("region", name=f"Broken by {CANDIDATE}")
    expect(broken.get_by_role("listitem")).to_have_count(len(flips.broken))
    expect(broken.get_by_role("img").first).to_be_visible()
    broken.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog.get_by_role("note")).to_contain_text(CANDIDATE)
    dialog.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Regression Test", exact=True).click()
    dialog.get_by_role("textbox", name="Name").fill("Must stay right")
    dialog.get_by_role("button", name="Set to baseline: Recall").click()
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Open the segment").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Must stay right")
    saved = street.segments["Must stay right"]
    assert sorted(saved.elements().ids()) == sorted(flips.broken)
    page.get_by_role("tab", name="Metrics").click()
    verdicts = {item.inference_set: item.passed for item in saved.metrics(baseline=BASELINE).items}
    assert (verdicts[BASELINE], verdicts[CANDIDATE], verdicts[FIX]) == (True, False, True)
    table = page.get_by_role("table", name="Inference sets on this segment")
    for inference_set, passed in verdicts.items():
        row = table.get_by_role("row").filter(has_text=inference_set)
        expect(row).to_contain_text(WORDS[passed])
        expect(row).to_contain_text(score(scored(street, saved.name, inference_set, "recall")))
    page.get_by_role("navigation").get_by_role("link", name="Metrics").click()
    tests = page.get_by_role("region", name="Regression Tests")
    expect(tests.get_by_role("rowheader", name="Must stay right")).to_be_visible()
    expect(cell(page, saved.name, CANDIDATE)).to_contain_text("✗fail")
    expect(cell(page, saved.name, FIX)).to_contain_text("✓pass")


def test_a_segment_by_keys_elements_metrics_history(open_page: OpenPage, street: Dataset) -> None:
    segment = street.segments.create(
        "Kept by keys",
        type="regression_test",
        query="time_of_day:night label(class:pedestrian)",
        targets={"f1": 0.7},
    )
    ids = segment.elements().ids()
    page = open_page(f"{STREET}/segments")
    expect(page.get_by_role("region", name="Model Performance")).to_be_visible()
    go_by_keys(page, "Kept by keys")
    expect(page.get_by_role("status").filter(has_text=f"{len(ids)} frames").first).to_be_visible()
    tab_to(page, page.get_by_role("checkbox", name=f"Select {ids[0]}", exact=True))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Remove from segment"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Removed 1 frame; this is version 2.")).to_be_visible()
    assert street.segments["Kept by keys"].elements().ids() == ids[1:]

    tab_to(page, page.get_by_role("tab", name="Elements"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Metrics")).to_have_attribute("aria-selected", "true")
    least = round(scored(street, segment.name, BASELINE), 2) + 0.01
    box = page.get_by_role("textbox", name="Target for F1")
    tab_to(page, box)
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{least:.2f}")
    tab_to(page, page.get_by_role("button", name="Save", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved 1 target")).to_be_visible()
    found = street.segments["Kept by keys"].metrics(baseline=BASELINE).items
    assert {item.passed for item in found} == {True, False}
    for item in found:
        row = page.get_by_role("table", name="Inference sets on this segment").get_by_role("row")
        row = row.filter(has_text=item.inference_set)
        expect(row).to_contain_text(WORDS[item.passed])
        for metric in ("precision", "recall", "f1"):
            value = next(row["value"] for row in item.rows if row["metric"] == metric)
            expect(row).to_contain_text(score(value))

    tab_to(page, page.get_by_role("tab", name="Metrics"))
    page.keyboard.press("ArrowRight")
    versions = page.get_by_role("table", name="Versions").get_by_role("row")
    expect(versions.nth(1)).to_contain_text("+0 −1")
    expect(versions.nth(2)).to_contain_text(f"+{len(ids)} −0")
    expect(page.get_by_role("region", name="Kept query")).to_contain_text("would add 1 against version 2")


def test_from_a_number_to_a_segment(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{STREET}/explore")
    page.get_by_role("navigation").get_by_role("link", name="Metrics").click()
    page.get_by_role("tab", name="Metrics").click()
    page.get_by_role("combobox", name="Inference set").first.click()
    page.get_by_role("option", name=CANDIDATE).first.click()
    missed = [
        row
        for row in street.outcomes(CANDIDATE).to_dicts()
        if (row["truth"], row["predicted"]) == ("pedestrian", "background")
    ]
    grid = page.get_by_role("grid", name=re.compile("Confusion matrix"))
    number = grid.get_by_role("button", name="pedestrian missed")
    expect(number).to_contain_text(f"{len(missed):,}")
    number.click()
    drawer = page.get_by_role("dialog", name="pedestrian missed")
    expect(drawer.get_by_text(f"{len(missed)} outcomes")).to_be_visible()
    drawer.get_by_role("button", name="Select all").click()
    drawer.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    expect(dialog.get_by_role("radio", name="Frame")).to_be_checked()
    dialog.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Scenario", exact=True).click()
    dialog.get_by_role("textbox", name="Name").fill("Overlooked people")
    dialog.get_by_role("button", name="Save").click()
    frames = {row["frame_id"] for row in missed}
    expect(page.get_by_text(f"Scenario “Overlooked people” saved with {len(frames)} frames.")).to_be_visible()
    saved = street.segments["Overlooked people"]
    assert set(saved.elements().ids()) == frames
    assert saved.versions[0].origin["selected_on"] == [CANDIDATE]
    page.goto(f"{STREET}/metrics")
    for inference_set in (BASELINE, CANDIDATE, FIX):
        shown = score(scored(street, saved.name, inference_set))
        expect(cell(page, saved.name, inference_set)).to_contain_text(shown)


def test_the_worst_frames_and_another_segment_by_keys(open_page: OpenPage, street: Dataset) -> None:
    rows = street.query("time_of_day:night", inference_set=FIX).frames(columns=["id", "f1"]).to_dicts()
    values = {row["id"]: row["f1"] for row in rows}
    worst = sorted(value for value in values.values() if value is not None)[:3]
    page = open_page(f"{STREET}/explore?q=time_of_day:night&sort=f1")
    expect(page.locator("[data-place='0']")).to_contain_text(score(worst[0]))
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("3 selected")).to_be_visible()
    save_by_keys(page, "Worst nights", "Scenario")
    assert sorted(values[frame] for frame in street.segments["Worst nights"].elements().ids()) == worst

    rest = street.query('segment:"Night" NOT segment:"Worst nights"')
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type('segment:"Night" NOT segment:"Worst nights"')
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{rest.count()} frames", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    expect(page.get_by_text(f"{rest.count()} selected", exact=True)).to_be_visible()
    save_by_keys(page, "Better nights", "Scenario")
    assert street.segments["Better nights"].elements().ids() == rest.ids()
