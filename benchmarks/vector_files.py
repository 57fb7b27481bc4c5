"""Synthetic vectors on disk, queries, and the answers a search over floats gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import Int64Array

DIMENSION = 512
N_QUERIES = 100
K = 20
SHARES = {"all": 1.0, "10 %": 0.1, "1 %": 0.01}

_N_CLUSTERS = 2_000
_AT_ONCE = 50_000


def write(folder: Path, n_rows: int) -> None:
    """Write vectors, queries, the rows each filter lets through, and exact answers, unless they are there.

    The vectors lie in clusters and their variance falls with the direction's number, as descriptors of
    pictures do: half of it is in about 20 of 512 directions.
    """
    if (folder / "complete.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    spectrum = np.arange(1, DIMENSION + 1, dtype=np.float32) ** -0.5
    turn = np.linalg.qr(rng.standard_normal((DIMENSION, DIMENSION)))[0].astype(np.float32)
    centres = 0.8 * rng.standard_normal((_N_CLUSTERS, DIMENSION), dtype=np.float32)
    offset = 0.1 * rng.standard_normal(DIMENSION, dtype=np.float32)

    def drawn(n: int) -> Float32Array:
        inner = 0.6 * rng.standard_normal((n, DIMENSION), dtype=np.float32)
        vectors: Float32Array = (
            (inner + centres[rng.integers(0, _N_CLUSTERS, n)]) * spectrum + offset
        ) @ turn
        return vectors

    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", mode="w+", dtype=np.float32, shape=(n_rows, DIMENSION)
    )
    for first in range(0, n_rows, _AT_ONCE):
        vectors[first : first + _AT_ONCE] = drawn(min(_AT_ONCE, n_rows - first))
    vectors.flush()
    np.save(folder / "queries.npy", drawn(N_QUERIES))
    np.save(folder / "order.npy", rng.permutation(n_rows))
    for name in SHARES:
        np.save(folder / f"truth {name}.npy", _truth(folder, name))
    (folder / "complete.json").write_text(json.dumps({"n_rows": n_rows}))


def vectors_of(folder: Path) -> Float32Array:
    """Return the vectors, mapped from disk: float32, shape (N, 512)."""
    found: Float32Array = np.load(folder / "vectors.npy", mmap_mode="r")
    return found


def batches(folder: Path, size: int = 8_192) -> Iterator[tuple[int, Float32Array]]:
    """Yield the first row and the vectors of runs of rows; no more than one run is in memory."""
    n_rows = len(vectors_of(folder))
    for first in range(0, n_rows, size):
        # A file that is mapped anew leaves no pages behind that would count as memory of this process.
        yield first, np.array(vectors_of(folder)[first : first + size])


def queries_of(folder: Path) -> Float32Array:
    """Return the queries: float32, shape (100, 512)."""
    found: Float32Array = np.load(folder / "queries.npy")
    return found


def allowed_rows(folder: Path, name: str) -> Int64Array:
    """Return the rows a filter lets through, rising."""
    order: Int64Array = np.load(folder / "order.npy")
    return np.sort(order[: int(len(order) * SHARES[name])])


def truth_of(folder: Path, name: str) -> Int64Array:
    """Return the 20 rows nearest to each query: int64, shape (100, 20)."""
    found: Int64Array = np.load(folder / f"truth {name}.npy")
    return found


def recall(found: Int64Array, truth: Int64Array) -> float:
    """Return the share of the nearest rows that were found."""
    return float(np.mean([len(np.intersect1d(a, b)) / K for a, b in zip(found, truth, strict=True)]))


def normalised(vectors: Float32Array) -> Float32Array:
    """Return vectors of length 1."""
    unit: Float32Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _truth(folder: Path, name: str) -> Int64Array:
    vectors, queries = vectors_of(folder), normalised(queries_of(folder))
    rows = allowed_rows(folder, name)
    best_rows = np.empty((N_QUERIES, 0), np.int64)
    best = np.empty((N_QUERIES, 0), np.float32)
    for first in range(0, len(rows), _AT_ONCE):
        chosen = rows[first : first + _AT_ONCE]
        values = queries @ normalised(vectors[chosen]).T
        best = np.concatenate([best, values], axis=1)
        best_rows = np.concatenate([best_rows, np.broadcast_to(chosen, values.shape)], axis=1)
        kept = np.argpartition(-best, K - 1, axis=1)[:, :K]
        best, best_rows = np.take_along_axis(best, kept, 1), np.take_along_axis(best_rows, kept, 1)
    return best_rows
