from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def build_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The builder, at work in a folder of its own."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.delenv("SHOAL_SKIP_PAGE", raising=False)
    module = import_module("build_page")
    sources, page = tmp_path / "web", tmp_path / "page"
    (sources / "src").mkdir(parents=True)
    (sources / "package.json").write_text("{}")
    (sources / "src" / "main.tsx").write_text("one")
    page.mkdir()
    monkeypatch.setattr(module, "SOURCES", sources)
    monkeypatch.setattr(module, "PAGE", page)
    monkeypatch.setattr(module, "STAMP", page / ".sources")
    yield module
    sys.modules.pop("build_page")


def test_a_page_is_current_until_a_source_changes(build_page: ModuleType) -> None:
    assert not build_page.is_current()
    build_page.STAMP.write_text(build_page.sources_digest())
    assert build_page.is_current()
    (build_page.SOURCES / "src" / "main.tsx").write_text("two")
    assert not build_page.is_current()


@pytest.mark.parametrize("name", ["src/main.test.tsx", "README.md", "node_modules/react/index.js"])
def test_what_is_not_in_the_page_does_not_count(build_page: ModuleType, name: str) -> None:
    before = build_page.sources_digest()
    path = build_page.SOURCES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("new")
    assert build_page.sources_digest() == before


def test_a_renamed_source_counts(build_page: ModuleType) -> None:
    before = build_page.sources_digest()
    (build_page.SOURCES / "src" / "main.tsx").rename(build_page.SOURCES / "src" / "start.tsx")
    assert build_page.sources_digest() != before


def test_the_page_can_be_left_out(build_page: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_page.is_wanted()
    monkeypatch.setenv("SHOAL_SKIP_PAGE", "1")
    assert not build_page.is_wanted()


def test_without_node_the_way_out_is_told(build_page: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_page, "node_folder", lambda: None)
    with pytest.raises(build_page.PageError, match="SHOAL_SKIP_PAGE=1") as caught:
        build_page.build()
    assert "20.19" in str(caught.value)
