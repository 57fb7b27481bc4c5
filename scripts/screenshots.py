"""Draws docs/screenshots: every view of the page, in a real browser, from a real server with the demo.

    python scripts/screenshots.py --home shoal-demo            # all of them
    python scripts/screenshots.py --home shoal-demo explore    # those whose name holds a word

The folder is copied first, so nothing in it changes. Needs Chromium (`scripts/chromium`).
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "screenshots"
SIZE = (1440, 900)
LARGEST_BYTES = 250_000
NEARLY_WHITE = 251
PATIENCE_MS = 30_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]

ADDRESS = r"http://\S+?:\d+"
PICTURES_LOADED = """() => Promise.all(
  [...document.images]
    .filter((one) => !one.complete && one.getBoundingClientRect().top < innerHeight)
    .map((one) => new Promise((resolve) => { one.onload = one.onerror = resolve; })),
)"""

STREET = "/p/demo/d/street"
COMPARED = "candidate=v2_candidate&baseline=v1_deployed"
MISSED = "set%3Dv2_candidate%26segment%3DNight+pedestrians%26truth%3Dpedestrian%26kind%3Dfalse_negative"


@dataclass(frozen=True, slots=True)
class View:
    """A picture to take.

    Attributes:
        name: of its file.
        path: of the page.
        sign: a text that is there once the view is.
        prepare: what a person would do first.
    """

    name: str
    path: str
    sign: str
    prepare: Callable[[Page], None] = lambda page: None


def select_some(page: Page) -> None:
    """Select four frames."""
    page.locator("[data-place='1']").click()
    page.locator("[data-place='4']").click(modifiers=["Shift"])


def open_add_to_segment(page: Page) -> None:
    """Add what the query finds to a regression test."""
    page.get_by_role("button", name="Select all").click()
    page.get_by_role("button", name="Add to Segment").click()
    dialog = page.get_by_role("dialog", name="Add to Segment")
    dialog.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Regression Test", exact=True).click()
    dialog.get_by_role("textbox", name="Name").fill("Rainy evenings")
    expect(dialog.get_by_text(re.compile(r"^today \d"))).to_have_count(3)


def open_palette(page: Page) -> None:
    """The search over everything."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("textbox").or_(
        page.get_by_role("dialog").get_by_role("combobox")
    ).first.fill("night")


def answer_some(page: Page) -> None:
    """Accept three suggestions, discard one, look at the next."""
    for key in "aada":
        page.keyboard.press(key)
    expect(page.locator("[data-answer]").first).to_be_visible()


def lay_out(page: Page) -> None:
    """Make the map that keeps neighbours together, unless that was done."""
    better = page.get_by_role("button", name="Make a better map")
    drawn = page.get_by_text(re.compile("by PaCMAP of"))
    expect(better.or_(drawn)).to_be_visible()
    if better.count():
        better.click()
    expect(drawn).to_be_visible(timeout=10 * PATIENCE_MS)


def make_tokens(page: Page) -> None:
    """Make a token for a person and one for a program."""
    for name in ("anna", "ci-nightly"):
        page.get_by_role("button", name="New token").click()
        page.get_by_role("textbox", name="Name").fill(name)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_role("table", name="Tokens")).to_contain_text("ci-nightly")


def search_by_image(page: Page) -> None:
    """Search by a picture of the demo, as somebody has it who brings one."""
    address = "/api/v1/projects/demo/datasets/street/images/seq-0056_003.jpg?size=512"
    image = page.request.get(urljoin(page.url, address)).body()
    page.get_by_role("button", name="Search by image").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose an image").click()
    chooser.value.set_files({"name": "dusk.jpg", "mimeType": "image/jpeg", "buffer": image})
    expect(page.get_by_text("nearest first")).to_be_visible()


def search_leaks(page: Page) -> None:
    """Search for near-duplicates, unless that was done."""
    search = page.get_by_role("button", name=re.compile("^Search(ed)?$"))
    if search.is_enabled():
        search.click()
    expect(page.get_by_role("button", name="Searched")).to_be_visible()


def scroll_to(heading: str) -> Callable[[Page], None]:
    """Bring a section to the top."""

    def scroll(page: Page) -> None:
        page.get_by_role("heading", name=heading).first.evaluate("one => one.scrollIntoView()")

    return scroll


VIEWS = (
    View("projects", "/", "demo"),
    View("project", "/p/demo", "street"),
    View("explore", f"{STREET}/explore?q=time_of_day:night", "Outcomes", select_some),
    View("explore-crops", f"{STREET}/explore?elements=labels&q=class:pedestrian", "pedestrian"),
    View("map", f"{STREET}/explore?view=both&colour=field:time_of_day", "night", lay_out),
    View("image-search", f"{STREET}/explore", "Outcomes", search_by_image),
    View("frame", f"{STREET}/frames/seq-0001_004.jpg?sets=v2_candidate", "Metadata"),
    View(
        "add-to-segment",
        f"{STREET}/explore?q=time_of_day:dusk weather:rain",
        "Outcomes",
        open_add_to_segment,
    ),
    View("metrics", f"{STREET}/metrics", "Crowded crossings"),
    View("metrics-cards", f"{STREET}/metrics?view=cards", "Crowded crossings"),
    View("metrics-query", f"{STREET}/metrics?q=time_of_day:night", "Only frames of"),
    View("metrics-classes", f"{STREET}/metrics?tab=metrics&set=v2_candidate", "Confusion matrix"),
    View(
        "metrics-curves",
        f"{STREET}/metrics?tab=metrics&set=v2_candidate&beside=v1_deployed",
        "Calibration",
        scroll_to("Curves"),
    ),
    View(
        "metrics-behind",
        f"{STREET}/metrics?tab=metrics&set=v2_candidate&segment=Night pedestrians&behind={MISSED}",
        "Open in Explore",
    ),
    View("compare", f"{STREET}/metrics?tab=compare&set=v2_candidate", "Broken by"),
    View("compare-flips", f"{STREET}/metrics?tab=compare&set=v2_candidate", "Broken by", scroll_to("Flips")),
    View("segments", f"{STREET}/segments", "Crowded crossings"),
    View("segment-elements", f"{STREET}/segments/Night pedestrians", "Elements"),
    View("segment-metrics", f"{STREET}/segments/Night pedestrians?tab=metrics", "Targets"),
    View("segment-history", f"{STREET}/segments/Night pedestrians?tab=history", "Comments"),
    View(
        "similarity-search",
        f"{STREET}/segments/Night pedestrians?similar=suggestions",
        "Nearest first",
        answer_some,
    ),
    View("discover", f"{STREET}/discover", "Largest distance", search_leaks),
    View("release-report", f"{STREET}/report?{COMPARED}", "What the numbers rest on"),
    View("inference-sets", f"{STREET}/inference-sets", "v3_fixed"),
    View("upload", f"{STREET}/upload", "COCO"),
    View("jobs", "/jobs", "Jobs"),
    View("settings", "/settings", "Tokens", make_tokens),
    View("palette", f"{STREET}/metrics", "Crowded crossings", open_palette),
)


@contextmanager
def serving(home: Path, root: Path) -> Iterator[str]:
    """Serve a copy of a folder; gives the address."""
    folder = Path(tempfile.gettempdir()) / "screenshots"  # the page of settings shows it
    folder.mkdir()
    shutil.copytree(home, folder / home.name)
    shoal = str(Path(sys.executable).with_name("shoal"))
    command = [shoal, "serve", "--home", str(folder / home.name), "--root", str(root), "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert server.stdout is not None
        yield next(found.group() for line in server.stdout if (found := re.search(ADDRESS, line)))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def take(browser: Browser, address: str, view: View) -> bytes:
    """Return a view as PNG."""
    width, height = SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address + view.path)
    expect(page.get_by_text(view.sign).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    view.prepare(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true], [role=status][data-on]")).to_have_count(0)
    page.evaluate(PICTURES_LOADED)
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def compressed(png: bytes) -> bytes:
    """With as many of 256 colours as the limit of size allows; the colours are found on every ninth pixel."""
    with Image.open(io.BytesIO(png)) as picture:
        rgb = picture.convert("RGB")
    some = rgb.resize((rgb.width // 3, rgb.height // 3), Image.Resampling.NEAREST)
    for n_colours in (256, 128, 64, 32):
        written = io.BytesIO()
        palette = some.quantize(n_colours, method=Image.Quantize.MAXCOVERAGE, kmeans=1)
        few = rgb.quantize(palette=palette, dither=Image.Dither.NONE)
        whiten(few)
        few.save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST_BYTES:
            break
    return written.getvalue()


def whiten(few: Image.Image) -> None:
    """Few colours lie between white and what is all but white: the paper is white."""
    palette = few.getpalette() or []
    for at in range(0, len(palette), 3):
        if min(palette[at : at + 3]) >= NEARLY_WHITE:
            palette[at : at + 3] = [255, 255, 255]
    few.putpalette(palette)


def main() -> None:
    """Take the pictures asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="Only views whose name holds one of these.")
    parser.add_argument("--home", type=Path, default=ROOT / "shoal-demo", help="What `shoal demo` made.")
    parser.add_argument("--root", type=Path, help="Where its images lie; the folder of --home if not given.")
    parser.add_argument("--to", type=Path, default=PICTURES, help="Folder of the pictures.")
    given = parser.parse_args()
    executable = shutil.which("chromium")
    if executable is None:
        sys.exit("There is no chromium on this machine: run scripts/chromium.")
    given.to.mkdir(parents=True, exist_ok=True)
    home = given.home.resolve()
    expect.set_options(timeout=PATIENCE_MS)
    wanted = [view for view in VIEWS if not given.words or any(word in view.name for word in given.words)]
    with serving(home, given.root or home.parent) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for view in wanted:
            picture = compressed(take(browser, address, view))
            (given.to / f"{view.name}.png").write_bytes(picture)
            print(f"{view.name}.png {len(picture) // 1000} kB", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
