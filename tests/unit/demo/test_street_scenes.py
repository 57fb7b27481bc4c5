from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pycocotools.coco import COCO

from shoal.demo import DemoFiles, draw_street_scenes
from shoal.demo.conditions import plan_sequences
from shoal.errors import InvalidInputError
from shoal.query import parse

SMALL = (320, 192)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".parquet"
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    folder = tmp_path_factory.mktemp("drawn")
    return draw_street_scenes(folder, n_frames=34, seed=5, image_size=SMALL, workers=1)


@pytest.fixture(scope="module")
def coco(drawn: DemoFiles) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(drawn.coco.read_text(encoding="utf-8"))
    return content


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(drawn: DemoFiles, tmp_path: Path) -> None:
    draw_street_scenes(tmp_path, n_frames=34, seed=5, image_size=SMALL, workers=2)
    assert contents(tmp_path) == contents(drawn.folder)
    assert pq.read_table(tmp_path / "metadata.parquet").equals(pq.read_table(drawn.metadata))


def test_another_seed_gives_another_data_set(drawn: DemoFiles, tmp_path: Path) -> None:
    other = draw_street_scenes(tmp_path, n_frames=34, seed=6, image_size=SMALL, images=False, workers=1)
    assert other.coco.read_bytes() != drawn.coco.read_bytes()


def test_without_images_the_data_are_the_same(drawn: DemoFiles, tmp_path: Path) -> None:
    bare = draw_street_scenes(tmp_path, n_frames=34, seed=5, image_size=SMALL, images=False, workers=1)
    assert bare.coco.read_bytes() == drawn.coco.read_bytes()
    assert list(bare.images.iterdir()) == []
    for name, path in bare.results.items():
        assert path.read_bytes() == drawn.results[name].read_bytes()


@pytest.mark.parametrize("n_frames", [1, 9, 47])
def test_there_are_as_many_frames_as_asked_for(n_frames: int, tmp_path: Path) -> None:
    files = draw_street_scenes(tmp_path, n_frames=n_frames, image_size=SMALL, images=False, workers=1)
    assert len(json.loads(files.coco.read_text())["images"]) == n_frames
    assert pq.read_table(files.metadata).num_rows == n_frames


def test_progress_ends_at_the_number_of_frames(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    draw_street_scenes(
        tmp_path,
        n_frames=20,
        image_size=SMALL,
        images=False,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (20, 20)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_every_picture_is_there_and_shows_something(drawn: DemoFiles, coco: dict[str, Any]) -> None:
    for image in coco["images"]:
        with Image.open(drawn.images / image["file_name"]) as picture:
            assert picture.size == SMALL
            pixels = np.asarray(picture, np.float64)
        assert pixels.std() > 12
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 2000


def test_a_labelled_object_differs_from_the_street_without_it(drawn: DemoFiles, coco: dict[str, Any]) -> None:
    vehicles = {1, 2, 3}
    large = [a for a in coco["annotations"] if a["category_id"] in vehicles and a["area"] > 900]
    names = {image["id"]: image["file_name"] for image in coco["images"]}
    assert large
    spreads = []
    for annotation in large:
        x, y, w, h = annotation["bbox"]
        with Image.open(drawn.images / names[annotation["image_id"]]) as picture:
            spreads.append(np.asarray(picture.crop((int(x), int(y), int(x + w), int(y + h)))).std())
    assert np.median(spreads) > 25


def test_labels_are_valid_coco_and_inside_the_image(drawn: DemoFiles, coco: dict[str, Any]) -> None:
    truth = COCO()
    truth.dataset = coco
    truth.createIndex()
    assert len(truth.anns) == len(coco["annotations"]) > 100
    for annotation in coco["annotations"]:
        x, y, w, h = annotation["bbox"]
        assert x >= 0
        assert y >= 0
        assert w >= 3
        assert h >= 8
        assert x + w <= SMALL[0] + 0.02
        assert y + h <= SMALL[1] + 0.02
        assert 0 <= annotation["occlusion"] <= 0.8


def test_results_name_known_images_and_lie_inside_them(drawn: DemoFiles, coco: dict[str, Any]) -> None:
    known = {image["id"] for image in coco["images"]}
    assert list(drawn.results) == ["v1_deployed", "v2_candidate", "v2_int8", "v3_fixed"]
    for path in drawn.results.values():
        for result in json.loads(path.read_text()):
            x, y, w, h = result["bbox"]
            assert result["image_id"] in known
            assert 0.05 <= result["score"] <= 1
            assert min(x, y) >= 0
            assert min(w, h) >= 2
            assert x + w <= SMALL[0] + 0.11
            assert y + h <= SMALL[1] + 0.11


@pytest.mark.parametrize("n_frames", [300, 1200, 20_000])
def test_splits_are_dealt_by_sequence_three_to_one_to_one(n_frames: int) -> None:
    plans = plan_sequences(n_frames, 7)
    assert sum(plan.n_frames for plan in plans) == n_frames
    assert len({plan.sequence_id for plan in plans}) == len(plans)
    for light in ("day", "dusk", "night"):
        assert {plan.split for plan in plans if plan.time_of_day == light} == {
            "training",
            "validation",
            "test",
        }
    for split, share in (("training", 0.6), ("validation", 0.2), ("test", 0.2)):
        frames = sum(plan.n_frames for plan in plans if plan.split == split)
        assert frames / n_frames == pytest.approx(share, abs=0.08)


def test_splits_share_no_sequence(drawn: DemoFiles) -> None:
    rows = pq.read_table(drawn.metadata).to_pylist()
    pairs = {(row["sequence_id"], row["split"]) for row in rows}
    assert len(pairs) == len({sequence for sequence, _ in pairs}) > 1


def test_few_frames_still_have_three_splits(tmp_path: Path) -> None:
    files = draw_street_scenes(tmp_path, n_frames=60, image_size=SMALL, images=False, workers=1)
    assert set(pq.read_table(files.metadata)["split"].to_pylist()) == {"training", "validation", "test"}


def test_objects_move_and_keep_their_class_within_a_sequence(coco: dict[str, Any]) -> None:
    tracks: dict[str, list[dict[str, Any]]] = {}
    for annotation in coco["annotations"]:
        tracks.setdefault(annotation["track_id"], []).append(annotation)
    long = [track for track in tracks.values() if len(track) >= 5]
    assert long
    assert all(len({a["category_id"] for a in track}) == 1 for track in long)
    assert sum(len({tuple(a["bbox"]) for a in track}) > 1 for track in long) > 0.8 * len(long)


def test_metadata_speaks_of_the_pictures(drawn: DemoFiles, coco: dict[str, Any]) -> None:
    table = pq.read_table(drawn.metadata)
    assert table["file_name"].to_pylist() == [image["file_name"] for image in coco["images"]]
    expected = {"split", "time_of_day", "weather", "camera", "city", "speed_kmh", "lux", "sequence_id"}
    assert expected < set(table.column_names)
    assert all(table[name].null_count == 0 for name in table.column_names)


def test_nights_are_darker_than_days(drawn: DemoFiles) -> None:
    brightness: dict[str, list[float]] = {"day": [], "night": [], "dusk": []}
    for row in pq.read_table(drawn.metadata).to_pylist():
        with Image.open(drawn.images / row["file_name"]) as picture:
            brightness[row["time_of_day"]].append(float(np.asarray(picture.convert("L")).mean()))
    assert np.mean(brightness["night"]) < 0.6 * np.mean(brightness["day"])


def test_segment_queries_are_in_the_query_language(drawn: DemoFiles) -> None:
    assert len({segment.name for segment in drawn.segments}) == len(drawn.segments)
    for segment in drawn.segments:
        parse(segment.query)


def test_bad_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="at least 1 frame, found 0"):
        draw_street_scenes(tmp_path, n_frames=0)
    with pytest.raises(InvalidInputError, match="160 x 96 pixels, found 64 x 64"):
        draw_street_scenes(tmp_path, image_size=(64, 64))
