"""The leak seeded in the demonstration, as the page shows it: all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import shoal
from shoal.demo import draw_street_scenes
from shoal.demo.street_scenes import DemoFiles
from shoal_server import running_server

N_FRAMES = 160
"""The demonstration of the other browser tests is too small for a leak."""

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return draw_street_scenes(tmp_path_factory.mktemp("leaking") / "street", n_frames=N_FRAMES, workers=1)


@pytest.fixture(scope="module")
def server_url(files: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the frames, their splits and no vectors yet."""
    pytest.importorskip("onnxruntime")
    home: Path = tmp_path_factory.mktemp("served") / "home"
    with running_server(home, "--root", str(files.images)) as server:
        with shoal.connect(server.url) as sh:
            street = sh.create_project("demo").datasets.upload(
                "street", coco=files.coco, images=files.images, metadata=files.metadata
            )
            street.segments.create_per_value("split", "split")
        yield server.url


def test_vectors_are_computed_and_the_leak_is_found_on_the_page(
    open_page: OpenPage, files: DemoFiles
) -> None:
    page = open_page("/p/demo/d/street/discover")
    page.get_by_role("button", name="Compute embeddings").click()
    expect(page.get_by_text("Not searched yet at this distance")).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="Largest distance").fill("0.02")
    page.get_by_role("button", name="Search", exact=True).click()
    n_leaks = len(files.leaks)
    assert n_leaks >= 10
    expect(page.get_by_text(f"{n_leaks} frames of test are nearly in training.")).to_be_visible()
    cards = page.get_by_role("list", name="Pairs across splits").get_by_role("article")
    expect(cards).to_have_count(n_leaks)
    names = [str(card.get_attribute("aria-label")) for card in cards.all()]
    assert {frozenset(name.split(" and ")) for name in names} == {
        frozenset(pair) for pair in files.leaks.items()
    }
    for picture in cards.first.get_by_role("img").all():
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
