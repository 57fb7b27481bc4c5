"""How long a warm query with its count takes at one million frames of twenty columns.

python benchmarks/query_execution.py [FRAMES]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from shoal.engine.selection import select
from shoal.query import FieldType, Schema, Table, check, parse

QUERIES = (
    "split:training",
    "camera:front",
    "number_3 >= 0.5",
    "split:training number_3 >= 0.5",
    "(weather:rain OR number_1 < 0.1) camera:front",
    "number_3 >= 0.5 AND NOT weather:(rain, snow)",
    "split:tr*",
    "city:(berlin, ulm, bern, rome, oslo)",
    "number_1:0.2..0.4 NOT split:test",
    "label(class:car area_px < 1024)",
    "count(label(class:car)) >= 3",
    "max(label.area_px) > 9000",
)
WORDS = {
    "split": ["training", "test", "validation"],
    "weather": ["rain", "snow", "clear", "fog"],
    "city": ["berlin", "bern", "ulm", "paris", "rome", "oslo"],
}


class BenchmarkData:
    """Random columns in memory: strings, one Categorical, numbers; five labels a frame."""

    def __init__(self, n_frames: int) -> None:
        random = np.random.default_rng(0)
        self._n_frames = n_frames
        strings = {
            f"user__{name}": pl.Series(np.array(words)[random.integers(0, len(words), n_frames)])
            for name, words in WORDS.items()
        }
        cameras = np.array(["front", "rear", "left"])[random.integers(0, 3, n_frames)]
        strings["user__camera"] = pl.Series(cameras).cast(pl.Categorical)
        numbers = {f"user__number_{i}": random.random(n_frames) for i in range(16)}
        self._frames = pl.DataFrame({**strings, **numbers})
        n_labels = 5 * n_frames
        classes = np.array(["car", "truck", "pedestrian"])[random.integers(0, 3, n_labels)]
        self._labels = pl.DataFrame(
            {
                "class": pl.Series(classes).cast(pl.Categorical),
                "area_px": random.random(n_labels) * 10_000,
                "frame": np.sort(random.integers(0, n_frames, n_labels)).astype(np.uint32),
            }
        )

    @property
    def n_frames(self) -> int:
        return self._n_frames

    def schema(self) -> Schema:
        types = {
            name: FieldType.NUMBER if "number" in name else FieldType.STRING for name in self._frames.columns
        }
        return Schema(user_fields={Table.FRAMES: types}, classes=("car", "truck", "pedestrian"))

    def frames(self, columns: Sequence[str]) -> pl.DataFrame:
        return self._frames.select(columns)

    def labels(self, columns: Sequence[str]) -> pl.DataFrame:
        return self._labels.select([*columns, "frame"])

    def inferences(self, inference_set: str | None, columns: Sequence[str]) -> pl.DataFrame:
        raise NotImplementedError

    def outcomes(self, inference_set: str | None) -> pl.DataFrame:
        raise NotImplementedError

    def frame_scores(self, inference_set: str | None) -> pl.DataFrame:
        raise NotImplementedError

    def segment(self, name: str) -> npt.NDArray[np.bool_]:
        raise NotImplementedError


def main() -> None:
    n_frames = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    data = BenchmarkData(n_frames)
    print(f"{n_frames:,} frames × {data._frames.width} columns, {data._labels.height:,} labels; median of 9")
    for text in QUERIES:
        timings = []
        for _ in range(10):
            began = time.perf_counter()
            count = int(select(check(parse(text), data.schema()), data).sum())
            timings.append(time.perf_counter() - began)
        print(f"{statistics.median(timings[1:]) * 1e3:8.2f} ms  {count:>9,}  {text}")


if __name__ == "__main__":
    main()
