"""Which local files may be shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoal.errors import ForbiddenError, InvalidInputError, NotFoundError
from shoal.formats.image_location import file_url
from shoal.store.catalog import Catalog
from shoal.store.media import ImageCache, ImageRoots, remember_image_root
from shoal.store.media.buckets import Buckets
from shoal.store.media.originals import find_original


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path.resolve() / "place"
    for name in ("home/media/up_1/a.jpg", "home/demo/images/d.jpg", "data/b.jpg", "database/c.jpg"):
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    return place


def roots(place: Path, catalog: Catalog, *given: str, is_open: bool = False) -> ImageRoots:
    return ImageRoots(place / "home", catalog, [place / name for name in given], is_open=is_open)


def test_images_of_the_store_and_of_given_folders(place: Path, catalog: Catalog) -> None:
    allowed = roots(place, catalog, "data")
    for name in ("home/media/up_1/a.jpg", "data/b.jpg"):
        assert allowed.resolve(str(place / name)) == place / name
    for name in ("database/c.jpg", "home/demo/images/d.jpg", "data/../database/c.jpg", "data"):
        with pytest.raises(ForbiddenError, match="outside the folders") as caught:
            allowed.resolve(str(place / name))
        assert "shoal serve --root" in caught.value.hint


def test_nothing_is_told_of_files_elsewhere(place: Path, catalog: Catalog) -> None:
    allowed = roots(place, catalog, "data")
    messages = set()
    for name in ("database/c.jpg", "database/x.jpg"):
        with pytest.raises(ForbiddenError) as caught:
            allowed.resolve(str(place / name))
        messages.add(caught.value.message.replace(name, "…"))
    assert len(messages) == 1
    with pytest.raises(NotFoundError, match="There is no image"):
        allowed.resolve(str(place / "data/x.jpg"))


def test_links_count_by_where_they_lead(place: Path, catalog: Catalog) -> None:
    allowed = roots(place, catalog, "data")
    (place / "data/out.jpg").symlink_to(place / "database/c.jpg")
    (place / "data/folder").symlink_to(place / "database")
    (place / "data/in.jpg").symlink_to("b.jpg")
    (place / "data/loop.jpg").symlink_to("loop.jpg")
    assert allowed.resolve(str(place / "data/in.jpg")) == place / "data/b.jpg"
    for name in ("out.jpg", "folder/c.jpg"):
        with pytest.raises(ForbiddenError):
            allowed.resolve(str(place / "data" / name))
    with pytest.raises(NotFoundError):
        allowed.resolve(str(place / "data/loop.jpg"))


def test_folders_of_uploads_are_allowed_from_then_on(place: Path, catalog: Catalog) -> None:
    allowed = roots(place, catalog)
    with pytest.raises(ForbiddenError):
        allowed.resolve(str(place / "data/b.jpg"))
    for _ in range(2):
        with catalog.begin() as session:
            remember_image_root(session, place / "data", place / "home")
    assert allowed.resolve(str(place / "data/b.jpg")) == place / "data/b.jpg"
    with pytest.raises(ForbiddenError):
        allowed.resolve(str(place / "database/c.jpg"))


def test_a_moved_home_shows_the_images_it_carries(place: Path, catalog: Catalog) -> None:
    for name in ("demo/images", "media/up_1"):
        with catalog.begin() as session:
            remember_image_root(session, place / "home" / name, place / "home")
    (place / "home").rename(place / "moved")
    moved = ImageRoots(place / "moved", catalog, [], is_open=False)
    for name in ("demo/images/d.jpg", "media/up_1/a.jpg"):
        assert moved.resolve(str(place / "home" / name)) == place / "moved" / name
    with pytest.raises((ForbiddenError, NotFoundError)):
        moved.resolve(str(place / "home/demo/images/../../catalog.sqlite"))


def test_a_process_reads_its_own_files(place: Path, catalog: Catalog) -> None:
    assert roots(place, catalog, is_open=True).resolve(str(place / "database/c.jpg")).name == "c.jpg"


def test_addresses(place: Path, catalog: Catalog) -> None:
    allowed = roots(place, catalog, "data")
    buckets = Buckets(ImageCache(place / "cache", 1000))
    odd = place / "data" / "ü #1 100%25?.jpg"
    odd.write_bytes(b"xyz")
    found = find_original(file_url(str(odd)), allowed, buckets)
    assert found.path() == odd
    assert found.identity[2] == 3
    assert find_original(f"file://localhost{place}/data/b.jpg", allowed, buckets).name == "b.jpg"
    for url in ("ftp://x/y.jpg", "file://elsewhere/y.jpg", "data.jpg", "", "file:///a%00b", "javascript:1"):
        with pytest.raises(InvalidInputError, match="Expected an address"):
            find_original(url, allowed, buckets)
    with pytest.raises(NotFoundError):
        find_original(file_url(str(place / "data" / ("n" * 300))), allowed, buckets)


def test_pipes_are_not_opened(place: Path, catalog: Catalog) -> None:
    os.mkfifo(place / "data/pipe.jpg")
    buckets = Buckets(ImageCache(place / "cache", 1000))
    with pytest.raises(NotFoundError, match="is no file"):
        find_original(file_url(str(place / "data/pipe.jpg")), roots(place, catalog, "data"), buckets)
