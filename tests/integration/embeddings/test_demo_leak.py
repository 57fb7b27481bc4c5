"""The leak seeded in the demonstration is found, all of it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import shoal
from shoal.demo import draw_street_scenes


def test_the_leak_between_training_and_test_is_found_and_nothing_else(tmp_path: Path) -> None:
    files = draw_street_scenes(tmp_path / "street", n_frames=160, workers=1)
    assert len(files.leaks) >= 10
    with shoal.connect(tmp_path / "home") as connection:
        dataset = connection.create_project("demo").datasets.upload(
            "street", coco=files.coco, images=files.images, metadata=files.metadata
        )
        dataset.segments.create_per_value("split", "split")
        dataset.embeddings.compute("efficientnet-lite0", progress=False)
        found = dataset.leakage().to_polars()
        alike = dataset.near_duplicates(max_distance=0.02, between=[]).to_polars()
    pairs = {frozenset(pair) for pair in zip(found["id"], found["other_id"], strict=True)}
    assert {name for pair in pairs for name in pair} == {*files.leaks, *files.leaks.values()}
    assert {frozenset(pair) for pair in files.leaks.items()} <= pairs
    assert {
        frozenset((one, other)) for one, other in zip(found["segment"], found["other_segment"], strict=True)
    } == {frozenset(("training", "test"))}
    nearest = {frozenset(pair) for pair in zip(alike["id"], alike["other_id"], strict=True)}
    assert nearest == {frozenset(pair) for pair in files.leaks.items()}
