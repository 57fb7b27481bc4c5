from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shoal.demo import DemoFiles, draw_street_scenes
from shoal.demo.conditions import plan_sequences
from shoal.demo.leak import leak_drive, leaks

SIZE = (320, 192)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    folder = tmp_path_factory.mktemp("drawn")
    return draw_street_scenes(folder, n_frames=300, image_size=SIZE, images=False, workers=1)


def test_one_drive_is_in_training_and_in_test_under_two_names(drawn: DemoFiles) -> None:
    rows = {row["file_name"]: row for row in pq.read_table(drawn.metadata).to_pylist()}
    assert 10 <= len(drawn.leaks) <= 20
    assert len({*drawn.leaks, *drawn.leaks.values()}) == 2 * len(drawn.leaks)
    for test, training in drawn.leaks.items():
        one, other = rows[test], rows[training]
        assert (one["split"], other["split"]) == ("test", "training")
        assert one["sequence_id"] != other["sequence_id"]
        for field in ("time_of_day", "weather", "city", "camera", "speed_kmh", "lux"):
            assert one[field] == other[field]


def test_frames_exported_twice_have_the_same_labels(drawn: DemoFiles) -> None:
    content = json.loads(drawn.coco.read_text())
    names = {image["id"]: image["file_name"] for image in content["images"]}
    labels = defaultdict(list)
    for one in content["annotations"]:
        labels[names[one["image_id"]]].append((one["category_id"], one["bbox"], one["occlusion"]))
    for test, training in drawn.leaks.items():
        assert labels[test] == labels[training]
    assert any(labels[test] for test in drawn.leaks)


@pytest.mark.parametrize(("n_frames", "seed"), [(1200, 2026), (300, 1), (1200, 7), (160, 2026)])
def test_splits_and_conditions_stay_as_they_were(n_frames: int, seed: int) -> None:
    before = plan_sequences(n_frames, seed)
    after = leak_drive(before, image_size=SIZE, seed=seed)
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    ((one, other),) = changed
    assert (one.split, one.n_frames, one.time_of_day, one.weather) == (
        other.split,
        other.n_frames,
        other.time_of_day,
        other.weather,
    )
    assert other.time_of_day != "night"
    assert len(leaks(after)) == other.n_frames


def test_a_few_frames_hold_no_leak(tmp_path: Path) -> None:
    files = draw_street_scenes(tmp_path, n_frames=40, image_size=SIZE, images=False, workers=1)
    assert files.leaks == {}
