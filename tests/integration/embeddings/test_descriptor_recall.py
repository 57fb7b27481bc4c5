"""Copies of a picture find their original first: on drawn scenes, and on photographs where there are any."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageEnhance

import shoal
from shoal.demo.conditions import plan_sequences
from shoal.demo.scenes import film

PHOTOS = Path(__file__).parents[4] / "shared" / "real" / "images"
SPACE = "efficientnet-lite0"


def half_and_coarse(image: Image.Image) -> Image.Image:
    stream = io.BytesIO()
    small = image.resize((image.width // 2, image.height // 2), Image.Resampling.BICUBIC)
    small.save(stream, "JPEG", quality=40)
    return Image.open(stream).convert("RGB")


def middle(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((round(width * 0.1), round(height * 0.1), round(width * 0.9), round(height * 0.9)))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half": half_and_coarse,
    "crop": middle,
    "flip": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "bright": lambda image: ImageEnhance.Brightness(image).enhance(1.5),
}


def recall_by_copy(originals: list[Path], n_copied: int, folder: Path) -> dict[str, float]:
    """Return, by kind of copy, how many of those of `n_copied` pictures find their original first."""
    images = folder / "images"
    images.mkdir()
    names = [original.name for original in originals]
    kinds = ["original"] * len(originals)
    for original in originals:
        (images / original.name).write_bytes(original.read_bytes())
    for original in originals[:: max(1, len(originals) // n_copied)]:
        with Image.open(original) as opened:
            picture = opened.convert("RGB")
        for kind, change in COPIES.items():
            names.append(f"{kind}-{original.name}")
            kinds.append(kind)
            change(picture).save(images / names[-1], quality=95)
    pq.write_table(pa.table({"file_name": names, "kind": kinds}), folder / "metadata.parquet")
    hits = dict.fromkeys(COPIES, 0)
    with shoal.connect(folder / "home") as connection:
        dataset = connection.create_project("p").datasets.upload(
            "d", images=images, metadata=folder / "metadata.parquet"
        )
        dataset.embeddings.compute(SPACE, progress=False)
        for name, kind in zip(names, kinds, strict=True):
            if kind != "original":
                found = dataset.similar([name], k=1, query="kind:original").to_polars()
                hits[kind] += found["id"][0] == name.removeprefix(f"{kind}-")
    return {kind: n / kinds.count(kind) for kind, n in hits.items()}


def test_copies_of_drawn_scenes_find_their_original_first(tmp_path: Path) -> None:
    plans = [replace(plan, n_frames=1) for plan in plan_sequences(300, 3)]
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    film(plans, image_size=(480, 288), seed=3, images=drawn, workers=1, progress=None)
    originals = sorted(drawn.glob("*.jpg"))
    assert len(originals) == 20
    found = recall_by_copy(originals, 20, tmp_path)
    assert found == {"half": 1.0, "crop": 1.0, "flip": 1.0, "bright": 1.0}


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photographs are not here")
def test_copies_of_photographs_find_their_original_first(tmp_path: Path) -> None:
    found = recall_by_copy(sorted(PHOTOS.glob("*.jpg")), 40, tmp_path)
    assert found == {"half": 1.0, "crop": 1.0, "flip": 1.0, "bright": 1.0}
