"""Images that come with an upload: kept when it succeeds, returned when it fails, found after a crash."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

import ingesting_child as child
from shoal.services.datasets import create_dataset
from shoal.services.drafts import Drafts
from shoal.services.frames import list_frames
from shoal.services.ingests import dry_run_dataset, start_dataset_ingest
from shoal.services.projects import create_project
from shoal.services.runtime import Runtime
from shoal.services.uploads import create_upload, get_upload, write_chunk
from shoal.store.catalog import Project
from shoal.wire.datasets import DatasetCreate
from shoal.wire.jobs import JobBody
from shoal.wire.projects import ProjectCreate
from shoal.wire.uploads import DatasetIngest, FileRef

NAMES = ["images/a.png", "images/b/c.png", "labels.json"]


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.open(tmp_path / "home") as runtime:
        create_project(runtime, ProjectCreate(name="p"))
        create_dataset(runtime, "p", DatasetCreate(name="d"))
        yield runtime


def staged(runtime: Runtime, box: list[float]) -> DatasetIngest:
    """Stage two images and the labels of one of them."""
    upload = create_upload(runtime).id
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    for name in NAMES[:2]:
        write_chunk(runtime, upload, name, 0, picture.getvalue())
    images = [
        {"id": 1, "file_name": "a.png", "width": 40, "height": 30},
        {"id": 2, "file_name": "b/c.png", "width": 40, "height": 30},
    ]
    labels = {
        "images": images,
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": box}],
        "categories": [{"id": 1, "name": "car"}],
    }
    write_chunk(runtime, upload, NAMES[2], 0, json.dumps(labels).encode())
    return DatasetIngest(
        labels=FileRef(upload=upload, path=NAMES[2]), images=FileRef(upload=upload, path="images")
    )


def ended(runtime: Runtime, job: str) -> JobBody:
    body = runtime.board.get(job)
    while body.state in ("queued", "running"):
        body = runtime.board.wait(job, after=body.revision, timeout_s=20)
    return body


def media_of(runtime: Runtime) -> list[str]:
    found = runtime.home.media_path.rglob("*.png")
    return sorted(str(file.relative_to(runtime.home.media_path)) for file in found)


def check_kept(runtime: Runtime, upload: str) -> None:
    assert media_of(runtime) == [f"{upload}/a.png", f"{upload}/b/c.png"]
    assert list(runtime.home.uploads_path.iterdir()) == []
    for frame in list_frames(runtime, "p", "d").items:
        path = Path(frame["url"].removeprefix("file://"))
        assert path.is_file()
        assert path.is_relative_to(runtime.home.media_path)


def upload_of(request: DatasetIngest) -> str:
    assert request.images is not None
    assert request.images.upload is not None
    return request.images.upload


def test_images_of_a_good_upload_are_kept(runtime: Runtime) -> None:
    request = staged(runtime, [1, 2, 3, 4])
    assert ended(runtime, start_dataset_ingest(runtime, "p", "d", request).id).state == "succeeded"
    check_kept(runtime, upload_of(request))


def test_images_of_a_refused_upload_go_back_and_can_be_used_again(runtime: Runtime) -> None:
    request = staged(runtime, [1, 2, 0, 4])
    job = start_dataset_ingest(runtime, "p", "d", request).id
    assert ended(runtime, job).state == "failed"
    assert media_of(runtime) == []
    assert list(runtime.home.media_path.iterdir()) == []
    assert [file.name for file in get_upload(runtime, upload_of(request)).files] == NAMES
    runtime.board.retry(job)
    body = ended(runtime, job)
    assert body.error is not None
    assert body.error.code == "upload_rejected"


def test_a_dry_run_moves_no_image(runtime: Runtime) -> None:
    request = staged(runtime, [1, 2, 3, 4])
    assert dry_run_dataset(runtime, "p", "d", request).total_problems == 0
    assert media_of(runtime) == []
    assert ended(runtime, start_dataset_ingest(runtime, "p", "d", request).id).state == "succeeded"
    check_kept(runtime, upload_of(request))


def test_images_of_an_upload_discarded_meanwhile_do_not_stay(runtime: Runtime) -> None:
    request = staged(runtime, [1, 2, 0, 4])
    with runtime.catalog.read() as session:
        project = session.scalars(select(Project.id)).one()
    with runtime.home.locks.holding(f"ingest:{project}"):
        job = start_dataset_ingest(runtime, "p", "d", request).id
        runtime.uploads.discard(upload_of(request))
    body = ended(runtime, job)
    assert body.error is not None
    assert body.error.code == "not_found"
    assert list(runtime.home.media_path.iterdir()) == []


def test_images_moved_before_a_crash_are_found_after_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Runtime.open(home) as runtime:
        create_project(runtime, ProjectCreate(name="p"))
        create_dataset(runtime, "p", DatasetCreate(name="d"))
        request = staged(runtime, [1, 2, 3, 4])
        with runtime.catalog.read() as session:
            project = session.scalars(select(Project.id)).one()
        with runtime.home.locks.holding(f"ingest:{project}"):
            job = start_dataset_ingest(runtime, "p", "d", request).id
            assert request.images is not None
            Drafts().adopt_images(runtime, request.images)
            runtime.board.is_closing = True
    with Runtime.open(home) as runtime:
        assert child.wait_for(runtime, job)["n_frames"] == 2
        check_kept(runtime, upload_of(request))
