"""What the real `aquariumlearning` client uploads is in the page: Explore, Metrics, Segments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import shoal
from aquarium_client import Driver, NoClientError, client_python
from shoal.client.dataset import Dataset
from shoal_server import running_server

STREET = "/p/town/d/street"
SCENARIO = "Scenario: é 100 %"
N_FRAMES = 36

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server to which the client uploaded a town, with one segment of every type."""
    folder = tmp_path_factory.mktemp("town")
    images = folder / "images"
    images.mkdir()
    for i in range(N_FRAMES):
        Image.new("RGB", (640, 480), (5 * i, 90, 120)).save(images / f"frame {i:02d}.png")
    try:
        drive = Driver(client_python(), folder / "client")
    except NoClientError as error:
        pytest.skip(f"no client: {error}")
    with running_server(folder / "home", "--root", str(images)) as server:
        drive("segments_upload.py", server.url, str(images))
        drive("segments_make.py", server.url)
        yield server.url


@pytest.fixture(scope="module")
def town(server_url: str) -> Iterator[Dataset]:
    with shoal.connect(server_url) as sh:
        street = sh.project("town").datasets["street"]
        street.segments[SCENARIO].targets = {"f1": 0.999}
        yield street


def score(value: float) -> str:
    """As the page writes it: exact halves go up."""
    return str(Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP))


def cell(page: Page, segment: str, inference_set: str) -> Locator:
    name = re.compile(rf"^{re.escape(segment)}, {re.escape(inference_set)}, ")
    return page.get_by_role("gridcell", name=name).get_by_role("button")


def test_explore_shows_the_frames_with_their_images(open_page: OpenPage, town: Dataset) -> None:
    page = open_page(f"{STREET}/explore")
    expect(page.get_by_text(f"{N_FRAMES} frames", exact=True)).to_be_visible()
    box = page.get_by_role("textbox", name="Query")
    box.fill("user__split:train")
    box.press("Enter")
    n_found = town.query("split:train").count()
    assert n_found == N_FRAMES // 3
    expect(page.get_by_text(f"{n_found} frames", exact=True)).to_be_visible()
    expect(page.get_by_role("gridcell").first).to_be_visible()


def test_metrics_shows_the_numbers_the_client_reads(
    open_page: OpenPage, town: Dataset, server_url: str
) -> None:
    wire = f"{server_url}/aquarium/api/v1/projects/town"
    scenarios = httpx.get(f"{wire}/datasets/street/list_scenarios").json()
    page = open_page(f"{STREET}/metrics?conf=0.5&iou=0.5")
    page.get_by_role("tab", name="Scenarios").wait_for()
    for name in ("good", "bad"):
        full = f"inferences_street_{name}"
        asked: dict[str, Any] = {"inferences": [{"name": full, "iou": 50, "confidence": 50}]}
        asked["scenarios"] = scenarios
        rows = httpx.post(f"{wire}/datasets/get_scenario_metrics", json=asked).json()[full]
        for row in rows:
            f1 = row["metrics"]["50.0"]["50.0"][2]
            expect(cell(page, row["name"], name)).to_contain_text(score(f1))
        assert any(row["name"] == SCENARIO for row in rows)
    expect(cell(page, SCENARIO, "good")).to_contain_text("fail")


def test_segments_lists_all_the_client_made(open_page: OpenPage, town: Dataset, server_url: str) -> None:
    listed = httpx.get(f"{server_url}/aquarium/api/v1/projects/town/issues").json()
    assert {one["id"] for one in listed} == {segment.id for segment in town.segments}
    page = open_page(f"{STREET}/segments")
    for one in listed:
        expect(page.get_by_role("link", name=one["name"])).to_be_visible()
    page.goto(f"{STREET}/segments/{quote(SCENARIO, safe='')}")
    expect(page.get_by_role("heading", name=SCENARIO)).to_be_visible()
    expect(page.get_by_text(re.compile(rf"\b{town.segments[SCENARIO].n_elements}\b")).first).to_be_visible()
