"""Crops of one class are neighbours: far better by the descriptor than by a colour histogram."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import shoal

REAL = Path(__file__).parents[4] / "shared" / "real"
N_NEIGHBOURS = 5
EVERY = 4

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the photographs are not here")


def majority(classes: list[int]) -> int:
    return Counter(classes).most_common(1)[0][0]


def by_histogram(annotations: list[dict[str, Any]], files: dict[int, str]) -> float:
    """Share of the queried crops whose class most of their neighbours in other pictures have."""
    rows = []
    for image_id in {one["image_id"]: None for one in annotations}:
        with Image.open(REAL / "images" / files[image_id]) as opened:
            pixels = np.asarray(opened.convert("RGB")) >> 5
        for one in (one for one in annotations if one["image_id"] == image_id):
            x, y, width, height = (round(value) for value in one["bbox"])
            part = pixels[y : y + max(height, 1), x : x + max(width, 1)].reshape(-1, 3).astype(int)
            counts = np.bincount(part @ [64, 8, 1], minlength=512)
            rows.append(counts / max(float(np.linalg.norm(counts)), 1e-9))
    vectors = np.stack(rows)
    classes = np.array([one["category_id"] for one in annotations])
    images = np.array([one["image_id"] for one in annotations])
    hits = []
    for query in range(0, len(annotations), EVERY):
        near = np.where(images == images[query], -1.0, vectors @ vectors[query])
        best = np.argsort(-near, kind="stable")[:N_NEIGHBOURS]
        hits.append(majority(classes[best].tolist()) == classes[query])
    return float(np.mean(hits))


def test_neighbours_of_crops_are_of_their_class(tmp_path: Path) -> None:
    content = json.loads((REAL / "instances_val.json").read_text())
    annotations = sorted(
        (one for one in content["annotations"] if not one.get("iscrowd")), key=lambda one: one["image_id"]
    )
    files = {image["id"]: image["file_name"] for image in content["images"]}
    content["annotations"] = annotations
    (tmp_path / "labels.json").write_text(json.dumps(content))
    class_of = {str(one["id"]): one["category_id"] for one in annotations}
    hits = []
    with shoal.connect(tmp_path / "home") as connection:
        dataset = connection.create_project("p").datasets.upload(
            "d", coco=tmp_path / "labels.json", images=REAL / "images"
        )
        space = dataset.embeddings.compute("crops", elements="labels", progress=False)
        assert space.n_vectors == len(annotations)
        for one in annotations[::EVERY]:
            found = dataset.similar([str(one["id"])], k=40, elements="labels").to_polars()
            elsewhere = found.filter(found["frame_id"] != files[one["image_id"]])["id"].to_list()
            classes = [class_of[name] for name in elsewhere[:N_NEIGHBOURS]]
            hits.append(bool(classes) and majority(classes) == one["category_id"])
    by_descriptor = float(np.mean(hits))
    by_colours = by_histogram(annotations, files)
    assert by_descriptor > 0.3
    assert by_descriptor > 1.8 * by_colours, (by_descriptor, by_colours)
