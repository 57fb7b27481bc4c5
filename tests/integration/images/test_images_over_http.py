"""Images of frames, through a real server: whole, small, cut; ranges and tags; hostile files and ids."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from PIL import Image

import shoal as sdk
from journey_data import JourneyFiles, write_journey_files
from shoal.errors import ForbiddenError, InvalidInputError, NotFoundError, UnreadableImageError
from shoal_server import running_server

ODD = "a b/ü#1 100%25?/..;é&x=1/😀 «<b>».jpg"
TURNED = "turned-6.jpg"
DATASET = "projects/driving/datasets/val"


def pixels(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (height // 40, width // 40, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> JourneyFiles:
    """The journey's files with most of its images, and some more that are special."""
    folder = tmp_path_factory.mktemp("files")
    files = write_journey_files(folder, n_frames=30)
    coco = json.loads(files.coco.read_text())
    images = folder / "images"
    for number, image in enumerate(coco["images"]):
        path = images / image["file_name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if number != 7:
            pixels(number).save(path, quality=90)
    for name in (ODD, TURNED, "flat.tif", "cut.jpg", "text.jpg", "out.jpg", "folder.jpg"):
        coco["images"].append(
            {"id": 10_000 + len(coco["images"]), "file_name": name, "width": 640, "height": 480}
        )
        (images / name).parent.mkdir(parents=True, exist_ok=True)
    coco["images"].append({"id": 20_000, "file_name": "far.jpg", "width": 9, "height": 9})
    pixels(50).save(images / ODD)
    exif = Image.Exif()
    exif[274] = 6
    pixels(51).save(images / TURNED, exif=exif, quality=95)
    pixels(52).save(images / "flat.tif")
    (images / "cut.jpg").write_bytes((images / TURNED).read_bytes()[:3000])
    (images / "text.jpg").write_text("<html><script>alert(1)</script></html>")
    (images / "folder.jpg").mkdir()
    secret = folder / "secret.jpg"
    pixels(53).save(secret)
    (images / "out.jpg").symlink_to(secret)
    files.coco.write_text(json.dumps(coco))
    return files


@pytest.fixture(scope="module")
def home(files: JourneyFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home filled by its owner, in a process that ended."""
    home = tmp_path_factory.mktemp("homes") / "home"
    with sdk.connect(home) as sh:
        project = sh.create_project("driving")
        project.datasets.upload(
            "val", coco=files.coco, images=files.coco.parent / "images", frame_id_from="path", progress=False
        )
        rows = [
            {"frame_id": "web", "url": "https://images.example/a b/ü.jpg?x=1"},
            {"frame_id": "passwd", "url": "file:///etc/passwd"},
            {"frame_id": "secret", "url": f"file://{files.coco.parent}/images/../secret.jpg"},
            {"frame_id": "none", "url": None},
        ]
        project.datasets.upload("others", frames=rows, progress=False)
        picture = sh.project("driving").datasets["val"].frames.image(TURNED, 64)
        assert Image.open(io.BytesIO(picture)).size == (48, 64)
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[httpx.Client]:
    with (
        running_server(home) as server,
        httpx.Client(base_url=f"{server.url}/api/v1/", timeout=60) as http,
    ):
        yield http


def address(frame_id: str, dataset: str = DATASET) -> str:
    return f"{dataset}/images/{quote(frame_id, safe='')}"


def fetched(server: httpx.Client, frame_id: str, **params: Any) -> Image.Image:
    response = server.get(address(frame_id), params=params)
    assert response.status_code == 200, response.text
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image


def fault(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    return body


def some_id(server: httpx.Client, number: int = 0) -> str:
    found: str = server.get(f"{DATASET}/frames", params={"limit": 20}).json()["items"][number]["frame_id"]
    return found


def test_a_whole_image_comes_as_it_was_stored(server: httpx.Client, files: JourneyFiles) -> None:
    frame_id = some_id(server)
    response = server.get(address(frame_id))
    assert response.content == (files.coco.parent / "images" / frame_id).read_bytes()
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["cache-control"].startswith("private")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["accept-ranges"] == "bytes"
    head = server.head(address(frame_id))
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(response.content))


def test_ranges(server: httpx.Client) -> None:
    where = address(some_id(server))
    whole = server.get(where).content
    part = server.get(where, headers={"Range": "bytes=100-299"})
    assert part.status_code == 206
    assert part.content == whole[100:300]
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert server.get(where, headers={"Range": "bytes=-50"}).content == whole[-50:]
    tag = part.headers["etag"]
    same = server.get(where, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, same.content) == (206, whole[:10])
    other = server.get(where, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, whole)
    assert server.get(where, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


@pytest.mark.parametrize("params", [{}, {"size": 128}, {"size": 64, "box": "10,10,50,50"}])
def test_tags(server: httpx.Client, files: JourneyFiles, params: dict[str, Any]) -> None:
    frame_id = some_id(server, 3)
    first = server.get(address(frame_id), params=params)
    tag = first.headers["etag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = server.get(address(frame_id), params=params, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    pixels(len(params) + 80).save(files.coco.parent / "images" / frame_id, quality=90)
    changed = server.get(address(frame_id), params=params, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.content != first.content


@pytest.mark.parametrize("size", [64, 128, 256, 512, 1024])
def test_sizes(server: httpx.Client, files: JourneyFiles, size: int) -> None:
    frame_id = some_id(server, 1)
    for _ in range(2):
        image = fetched(server, frame_id, size=size)
        assert max(image.size) == min(size, 640)
        assert image.format == "JPEG"
    with Image.open(files.coco.parent / "images" / frame_id) as stored:
        expected = np.asarray(stored.resize(image.size, Image.Resampling.BOX), dtype=float)
    assert np.abs(np.asarray(image, dtype=float) - expected).mean() < 8


def test_an_image_stored_sideways_stands_upright(server: httpx.Client) -> None:
    expected = np.asarray(pixels(51).rotate(-90, expand=True), dtype=float)
    image = fetched(server, TURNED)
    assert image.size == (480, 640)
    assert image.getexif().get(274, 1) == 1
    assert np.abs(np.asarray(image, dtype=float) - expected).mean() < 3
    part = server.get(address(TURNED), headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, b"\xff\xd8")
    cut = fetched(server, TURNED, box="400,0,80,80")
    assert np.abs(np.asarray(cut, dtype=float) - expected[:80, 400:]).mean() < 6


def test_what_browsers_do_not_show_is_converted(server: httpx.Client) -> None:
    image = fetched(server, "flat.tif")
    assert (image.format, image.size) == ("JPEG", (640, 480))


def test_crops_with_margin_end_at_the_borders(server: httpx.Client) -> None:
    frame_id = some_id(server, 2)
    assert fetched(server, frame_id, box="100,100,60,40").size == (60, 40)
    assert fetched(server, frame_id, box="100,100,60,40", margin=0.5).size == (120, 100)
    assert fetched(server, frame_id, box="0,440,60,40", margin=0.2).size == (72, 52)
    assert fetched(server, frame_id, box="600,-10,400,40", margin=0.0, size=64).size == (40, 30)
    assert fetched(server, frame_id, box="0,0,640,480", margin=10, size=64).size == (64, 48)
    whole = np.asarray(fetched(server, frame_id), dtype=float)
    part = np.asarray(fetched(server, frame_id, box="200.5,100,100,100"), dtype=float)
    assert np.abs(part - whole[100:200, 200:301]).mean() < 6


@pytest.mark.parametrize(
    "params",
    [
        {"size": 100},
        {"size": "x"},
        {"size": -64},
        {"box": "1,2,3"},
        {"box": "1,2,3,x"},
        {"box": "1,2,0,5"},
        {"box": "nan,2,3,5"},
        {"box": "1,2,inf,5"},
        {"box": "1e308,1,1e308,1"},
        {"box": "641,0,5,5"},
        {"box": "1,2,3,4", "margin": -1},
        {"box": "1,2,3,4", "margin": "nan"},
        {"box": "1,2,3,4", "margin": 1e9},
    ],
)
def test_what_cannot_be_asked_for(server: httpx.Client, params: dict[str, Any]) -> None:
    fault(server.get(address(some_id(server)), params=params), 422, "invalid_input")


def test_odd_ids(server: httpx.Client, files: JourneyFiles) -> None:
    response = server.get(address(ODD))
    assert response.status_code == 200, response.text
    assert response.content == (files.coco.parent / "images" / ODD).read_bytes()
    assert fetched(server, ODD, size=64).size == (64, 48)
    for frame_id in ("../../../../etc/passwd", "/etc/passwd", "a\0b", "", "image"):
        fault(server.get(address(frame_id)), 404, "not_found")


@pytest.mark.parametrize("params", [{}, {"size": 64}])
def test_missing_broken_and_forbidden(server: httpx.Client, params: dict[str, Any]) -> None:
    def asked(frame_id: str, dataset: str = DATASET) -> httpx.Response:
        return server.get(address(frame_id, dataset), params=params)

    others = "projects/driving/datasets/others"
    assert "moved or deleted" in fault(asked(some_id(server, 7)), 404, "not_found")["hint"]
    fault(asked("far.jpg"), 404, "not_found")
    fault(asked("folder.jpg"), 404, "not_found")
    assert "no image" in fault(asked("none", others), 404, "not_found")["detail"]
    assert "not an image" in fault(asked("text.jpg"), 422, "image_unreadable")["detail"]
    assert "--root" in fault(asked("out.jpg"), 403, "forbidden")["hint"]
    fault(asked("passwd", others), 403, "forbidden")
    fault(asked("secret", others), 403, "forbidden")
    fault(asked("x", "projects/driving/datasets/vall"), 404, "not_found")
    if params:
        fault(asked("cut.jpg"), 422, "image_unreadable")


def test_images_elsewhere_are_loaded_there(server: httpx.Client) -> None:
    where = address("web", "projects/driving/datasets/others")
    response = server.get(where, params={"size": 64})
    assert response.status_code == 307
    assert response.headers["location"] == "https://images.example/a%20b/%C3%BC.jpg?x=1"
    assert response.headers["referrer-policy"] == "no-referrer"
    body = fault(server.get(where, params={"box": "0,0,5,5"}), 422, "invalid_input")
    assert body["location"]["url"].startswith("https://images.example/")


def test_a_grid_at_once_leaves_others_alone(server: httpx.Client) -> None:
    ids = [row["frame_id"] for row in server.get(f"{DATASET}/frames").json()["items"]][:30]
    shown = [frame_id for frame_id in ids if server.get(address(frame_id)).status_code == 200]
    asked = [(frame_id, size) for size in (64, 128, 256, 512, 1024) for frame_id in shown]
    with ThreadPoolExecutor(24) as threads:
        images = [threads.submit(fetched, server, frame_id, size=size) for frame_id, size in asked * 2]
        n_answers = 0
        while not all(image.done() for image in images):
            assert server.get("projects").status_code == 200
            n_answers += 1
        assert {max(image.result().size) for image in images} == {64, 128, 256, 512, 640}
    assert n_answers > 3


def test_the_sdk(home: Path, server: httpx.Client) -> None:
    with sdk.connect(home) as sh:
        frames = sh.project("driving").datasets["val"].frames
        others = sh.project("driving").datasets["others"].frames
        assert frames.image(ODD) == server.get(address(ODD)).content
        cut = frames.image(TURNED, 64, box=(10, 20, 200, 100), margin=0.25)
        assert Image.open(io.BytesIO(cut)).size == (64, 42)
        with pytest.raises(InvalidInputError, match="another server") as caught:
            others.image("web")
        assert caught.value.location["url"] == "https://images.example/a%20b/%C3%BC.jpg?x=1"
        for kind, frame_id in (
            (NotFoundError, "far.jpg"),
            (UnreadableImageError, "text.jpg"),
            (ForbiddenError, "out.jpg"),
        ):
            with pytest.raises(kind):
                frames.image(frame_id, 64)


def test_roots_and_uploads_through_a_server(files: JourneyFiles, tmp_path: Path) -> None:
    images = tmp_path / "few"
    images.mkdir()
    for number in range(3):
        pixels(number).save(images / f"{number}.jpg")
    rows = [{"frame_id": "a", "url": f"file://{images}/1.jpg"}, {"frame_id": "b", "url": "file:///etc/hosts"}]
    first = tmp_path / "home"
    with running_server(first, "--root", str(images)) as server, sdk.connect(server.url) as sh:
        project = sh.create_project("p", task="classification")
        named = project.datasets.upload("named", frames=rows, progress=False)
        assert named.frames.image("a") == (images / "1.jpg").read_bytes()
        with pytest.raises(ForbiddenError):
            named.frames.image("b")
    second = tmp_path / "staged"
    with running_server(second) as server, sdk.connect(server.url) as sh:
        project = sh.create_project("p", task="classification")
        staged = project.datasets.upload("staged", images=images, progress=False)
        assert staged.frames.image("2.jpg") == (images / "2.jpg").read_bytes()
    second.rename(tmp_path / "moved")
    with running_server(tmp_path / "moved") as server, sdk.connect(server.url) as sh:
        staged = sh.project("p").datasets["staged"]
        assert staged.frames.image("2.jpg") == (images / "2.jpg").read_bytes()
