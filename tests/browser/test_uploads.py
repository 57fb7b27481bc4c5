"""Uploads, inference sets, projects, jobs and settings in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset

STREET = "/p/demo/d/street"
BASELINE = "v1_deployed"
HOSTILE = '<img src=x onerror="alert(1)"> "q" \'s\' 🚦 ليل'

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def sh(server_url: str) -> Iterator[Shoal]:
    """The server through the SDK."""
    with shoal.connect(server_url) as connection:
        yield connection


@pytest.fixture
def files(demo: Path) -> Path:
    """The files the demo was made from."""
    return demo / "demo" / "street"


def choose(page: Page, *paths: Path) -> None:
    page.get_by_label("Files", exact=True).set_input_files([str(path) for path in paths])
    for path in paths:
        expect(page.get_by_role("table", name="Files")).to_contain_text(path.name)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check files").click()
    expect(page.get_by_role("region", name="What the files hold")).to_be_visible()


def name_set(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Name of the inference set").fill(name)


def test_another_inference_set_has_its_numbers_unasked(
    open_page: OpenPage, street: Dataset, files: Path
) -> None:
    page = open_page(f"{STREET}/upload")
    choose(page, files / "v2_candidate.json")
    expect(page.get_by_role("combobox", name="Format of v2_candidate.json")).to_have_value("COCO JSON")
    expect(page.get_by_role("combobox", name="What v2_candidate.json holds")).to_have_value("Inferences")
    name_set(page, "again")
    code = page.get_by_role("region", name="The same in code")
    expect(code).to_contain_text('"again", coco_results="v2_candidate.json"')
    expect(code).to_contain_text("shoal upload inferences again")
    check(page)
    report = page.get_by_role("region", name="What the files hold")
    n_inferences = street.inference_sets["v2_candidate"].n_inferences
    expect(report).to_contain_text(f"{n_inferences:,}")
    expect(report).to_contain_text("Nothing is wrong with the files")
    assert "again" not in [one.name for one in street.inference_sets]

    report.get_by_role("button", name="Upload").click()
    expect(page.get_by_text(f"again: {n_inferences:,} inferences, 120 frames covered")).to_be_visible()
    page.get_by_role("link", name="See its metrics").click()
    expect(page).to_have_url(re.compile("/metrics"))

    page.goto(f"{STREET}/segments/Night%20pedestrians?tab=metrics")
    row = page.get_by_role("table", name="Inference sets on this segment").get_by_role("row").last
    expect(row).to_contain_text("again")
    found = street.segments["Night pedestrians"].metrics(baseline=BASELINE).items[-1]
    assert found.inference_set == "again"
    for score in found.rows:
        expect(row).to_contain_text(f"{score['value']:.3f}")


def test_what_was_sent_before_a_reload_is_not_sent_again(open_page: OpenPage, files: Path) -> None:
    page = open_page(f"{STREET}/upload")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "PUT" else None)
    choose(page, files / "v2_candidate.json")
    name_set(page, "taken_up")
    check(page)
    n_chunks = len(sent)
    assert n_chunks > 0
    page.reload()
    choose(page, files / "v2_candidate.json")
    name_set(page, "taken_up")
    check(page)
    assert len(sent) == n_chunks
    page.get_by_role("button", name="Remove v2_candidate.json").click()
    choose(page, files / "v1_deployed.json")
    check(page)
    assert len(sent) > n_chunks


def test_a_broken_file_is_told_row_by_row_and_stores_nothing(
    open_page: OpenPage, street: Dataset, tmp_path: Path
) -> None:
    frame = street.query("").ids()[0]
    unquoted = HOSTILE.replace('"', "")
    rows = [f"{frame},car,1,2,0,4,0.5", f"nowhere,cat,1,2,3,4,{unquoted}"]
    broken = tmp_path / "broken.csv"
    broken.write_text("frame_id,class,x,y,w,h,score\n" + "\n".join(rows + ["nowhere,car,1,2,3,4,0.5"] * 60))
    before = [one.name for one in street.inference_sets]
    page = open_page(f"{STREET}/upload")
    choose(page, broken)
    expect(page.get_by_role("combobox", name="Name of the inference set")).to_have_value("broken")
    check(page)
    problems = page.get_by_role("region", name="Problems")
    expect(problems).to_contain_text("The first 50 of")
    expect(problems.get_by_role("row")).to_have_count(51)
    first = problems.get_by_role("row").nth(1)
    for told in ("broken.csv", "line 3", "nowhere"):
        expect(first).to_contain_text(told)
    expect(page.get_by_role("button", name="Upload", exact=True)).to_have_count(0)
    assert page.locator("#content img").count() == 0
    assert [one.name for one in street.inference_sets] == before

    mended = tmp_path / "mended.csv"
    mended.write_text(f"frame_id,class,x,y,w,h,score\n{frame},car,1,2,3,4,0.5\n")
    page.get_by_role("button", name="Remove broken.csv").click()
    choose(page, mended)
    page.get_by_role("combobox", name="The model was run on").click()
    page.get_by_role("option", name="the frames the file names").click()
    expect(page.get_by_role("region", name="The same in code")).to_contain_text('covers="listed"')
    check(page)
    columns = page.get_by_role("table", name="Columns of mended.csv")
    expect(columns.get_by_role("row").filter(has_text="score")).to_contain_text("confidence")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("broken: 1 inference, 1 frame covered")).to_be_visible()
    assert street.inference_sets["broken"].n_covered == 1


def test_what_a_file_is_taken_for_can_be_changed(
    open_page: OpenPage, street: Dataset, tmp_path: Path
) -> None:
    frames = street.query("").ids()[:2]
    table = tmp_path / "moods.txt"
    table.write_text("frame_id;mood\n" + "\n".join(f"{frame};calm" for frame in frames))
    page = open_page(f"{STREET}/upload")
    choose(page, table)
    expect(page.get_by_role("combobox", name="Format of moods.txt")).to_have_value("CSV")
    expect(page.get_by_role("combobox", name="What moods.txt holds")).to_have_value("Metadata")
    page.get_by_role("combobox", name="What moods.txt holds").click()
    page.get_by_role("option", name="Inferences").click()
    page.get_by_text("Inference set", exact=True).click()
    expect(page.get_by_role("region", name="The same in code")).to_contain_text("shoal upload inferences")
    page.get_by_role("button", name="Remove moods.txt").click()
    expect(page.get_by_role("table", name="Files")).to_have_count(0)


def test_a_project_is_made_and_filled_from_the_page(
    open_page: OpenPage, sh: Shoal, files: Path, tmp_path: Path
) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Create project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("driving")
    dialog.get_by_role("textbox", name="Group field").fill("sequence_id")
    dialog.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("driving")
    page.get_by_role("button", name="Create dataset").click()
    dialog.get_by_role("textbox", name="Name").fill("val")
    dialog.get_by_role("button", name="Create and upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload into val")

    labels = json.loads((files / "labels.json").read_text(encoding="utf-8"))
    labels["categories"][0]["name"] = HOSTILE
    hostile = tmp_path / "labels.json"
    hostile.write_text(json.dumps(labels), encoding="utf-8")
    choose(page, hostile, files / "metadata.parquet")
    images = sorted((files / "images").glob("*.jpg"))
    page.get_by_label("Folder", exact=True).set_input_files(str(files / "images"))
    expect(page.get_by_role("table", name="Files")).to_contain_text(f"{len(images)} images")
    check(page)
    report = page.get_by_role("region", name="What the files hold")
    expect(report).to_contain_text(f"{len(labels['images']):,}")
    expect(report).to_contain_text(f"{len(labels['annotations']):,}")
    expect(report.get_by_role("region", name="Classes")).to_contain_text(HOSTILE)
    assert sh.project("driving").datasets["val"].version == 0

    report.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("region", name="Uploaded")).to_contain_text(f"{len(labels['images'])} frames")
    dataset = sh.project("driving").datasets["val"]
    assert dataset.n_frames == len(labels["images"])
    assert dataset.n_labels == len(labels["annotations"])
    assert dataset.query("exists(sequence_id)").count() == dataset.n_frames

    page.goto("/p/driving")
    page.get_by_role("textbox", name=f"{HOSTILE} is predicted as").fill("car")
    page.get_by_role("checkbox", name="Regions of bus are ignored").check()
    page.get_by_role("button", name="Save class map").click()
    expect(page.get_by_text("Saved the class map.")).to_be_visible()
    classes = {one.name: one for one in sh.project("driving").body.classes}
    assert classes[HOSTILE].train_name == "car"
    assert classes["bus"].ignore_in_eval

    page.get_by_role("textbox", name="Confidence threshold").fill("0.45")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Saved. Scores follow the new settings.")).to_be_visible()
    assert sh.project("driving").body.confidence == 0.45

    page.get_by_role("button", name="Delete project driving").click()
    delete = dialog.get_by_role("button", name="Delete project")
    expect(delete).to_be_disabled()
    dialog.get_by_role("textbox", name="Type driving to confirm").fill("driving")
    delete.click()
    expect(page.get_by_role("region", name="demo")).to_be_visible()
    assert "driving" not in [project.name for project in sh.projects]


def test_inference_sets_are_judged_where_they_are_told(open_page: OpenPage, street: Dataset) -> None:
    page = open_page(f"{STREET}/inference-sets")
    table = page.get_by_role("table", name="Inference sets")
    for name in ("v1_deployed", "v2_candidate", "v2_int8", "v3_fixed"):
        row = table.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text(f"{street.inference_sets[name].n_inferences:,}")
        expect(row).to_contain_text("120 of 120")

    page.get_by_role("button", name="Change the operating point of v2_int8").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Suggest the confidence that maximises F1 on").click()
    page.get_by_role("option", name="Night", exact=True).click()
    dialog.get_by_role("button", name="Take it").click()
    taken = float(dialog.get_by_role("textbox", name="Confidence threshold").input_value())
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. v2_int8 is judged")).to_be_visible()
    assert street.inference_sets["v2_int8"].body.confidence == pytest.approx(taken)
    best = street.report("v2_int8", segment="Night", confidence=taken).to_dicts()[-1]["f1"]
    for other in (taken - 0.1, taken + 0.1):
        confidence = min(max(other, 0.0), 1.0)
        assert street.report("v2_int8", segment="Night", confidence=confidence).to_dicts()[-1]["f1"] <= best


def test_an_inference_set_goes_after_its_name_was_typed(
    open_page: OpenPage, street: Dataset, files: Path
) -> None:
    street.inference_sets.upload("doomed", coco_results=files / "v2_int8.json", progress=False)
    page = open_page(f"{STREET}/inference-sets")
    page.get_by_role("button", name="Delete doomed").click()
    dialog = page.get_by_role("dialog")
    delete = dialog.get_by_role("button", name="Delete inference set")
    expect(delete).to_be_disabled()
    dialog.get_by_role("textbox", name="Type doomed to confirm").fill("doomed")
    delete.click()
    expect(page.get_by_text("Deleted the inference set doomed.")).to_be_visible()
    assert "doomed" not in [one.name for one in street.inference_sets]


def test_a_failed_job_shows_all_its_problems_and_can_be_retried(
    open_page: OpenPage, street: Dataset, tmp_path: Path
) -> None:
    broken = tmp_path / "late.csv"
    broken.write_text("frame_id,class,x,y,w,h,score\nnowhere,car,1,2,3,4,0.5\n")
    with pytest.raises(shoal.ShoalError):
        street.inference_sets.upload("late", inferences=broken, progress=False)
    page = open_page("/jobs?state=failed")
    row = page.get_by_role("table", name="Jobs").get_by_role("row").nth(1)
    expect(row).to_contain_text("failed")
    expect(row).to_contain_text("late.csv, line 2, frame_id")
    expect(row.get_by_role("button", name="Retry")).to_be_enabled()
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="done").click()
    expect(page.get_by_role("table", name="Jobs")).to_contain_text("Read an inference set")


def test_settings_show_the_server_and_change_the_theme(open_page: OpenPage, server_url: str) -> None:
    page = open_page("/settings")
    expect(page.get_by_role("region", name="Server")).to_contain_text(shoal.__version__)
    page.get_by_text("Dark", exact=True).click()
    scheme = "document.documentElement.dataset.mantineColorScheme"
    assert page.evaluate(scheme) == "dark"
    page.reload()
    expect(page.get_by_role("region", name="Server")).to_be_visible()
    assert page.evaluate(scheme) == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/p/demo", f"{STREET}/inference-sets", f"{STREET}/upload", "/jobs", "/settings"]
)
def test_axe_finds_nothing_serious_on_quiet_pages(
    open_page: OpenPage, serious_findings: Callable[[Page], list[str]], path: str, scheme: str
) -> None:
    page = open_page(path, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert serious_findings(page) == []


def test_a_dry_run_passes_axe(
    open_page: OpenPage, serious_findings: Callable[[Page], list[str]], files: Path
) -> None:
    page = open_page(f"{STREET}/upload", scheme="dark")
    choose(page, files / "labels.json", files / "metadata.parquet")
    check(page)
    assert serious_findings(page) == []


def test_an_address_of_nothing_says_so(open_page: OpenPage) -> None:
    page = open_page(f"{STREET}/segments/{quote(HOSTILE, safe='')}", refusals=(404,))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("onerror")
    alert.get_by_role("link", name="All segments").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Segments")
