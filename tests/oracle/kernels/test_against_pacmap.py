"""The layout of neighbours against the reference implementation of PaCMAP."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shoal.embed.projection_layout import fit_layout
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.neighbour_layout import pull, push, step
from shoal.kernels.objects import FloatArray
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in


@pytest.fixture(scope="module")
def reference() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("pacmap")


def clusters(n: int) -> Float32Array:
    rng = np.random.default_rng(5)
    centres = 3 * rng.normal(size=(12, 20))
    bends = rng.normal(size=(12, 3, 20))
    of = rng.integers(0, 12, n)
    inside = rng.normal(size=(n, 3))
    rows = centres[of] + np.einsum("nk,nkd->nd", inside, bends[of]) + 0.1 * rng.normal(size=(n, 20))
    return np.asarray(rows, np.float32)


def test_one_step_is_the_same(reference: Any) -> None:
    rng = np.random.default_rng(0)
    n = 500
    points = rng.normal(size=(n, 2)).astype(np.float32)
    near, middle, far = (rng.integers(0, n, (n, k)).astype(np.int32) for k in (10, 5, 20))
    pairs = [
        np.stack([np.repeat(np.arange(n, dtype=np.int32), p.shape[1]), p.ravel()], 1)
        for p in (near, middle, far)
    ]
    module = reference.pacmap
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = module.pacmap_grad(points, *pairs, 2.0, 700.0, 1.0)[:n]
        moved, first, second = points.copy(), np.zeros_like(points), np.zeros_like(points)
        module.update_embedding_adam(moved, expected.copy(), first, second, 0.9, 0.999, 1.0, 7)
    gradient = np.zeros_like(points)
    pull(points, near, 2.0, 10.0, gradient)
    pull(points, middle, 700.0, 10_000.0, gradient)
    push(points, far, 1.0, gradient)
    assert gradient == pytest.approx(expected, rel=1e-3, abs=1e-4)
    own, mean, square = points.copy(), np.zeros_like(points), np.zeros_like(points)
    step(own, expected, mean, square, 1.0, 7)
    assert own == pytest.approx(moved, rel=1e-4, abs=1e-5)


def test_neighbourhoods_are_kept_as_well(reference: Any, tmp_path: Path) -> None:
    rows = clusters(700)
    table = VectorsInMemory(rows, Distance.EUCLIDEAN)
    own = fit_layout(table, np.arange(len(rows)), derived_in(tmp_path), lambda *_: None).xy
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = reference.PaCMAP(n_components=2, random_state=1, apply_pca=False).fit_transform(rows.copy())
    assert kept(rows, own) > 0.9 * kept(rows, np.asarray(theirs))


def kept(rows: FloatArray | Float32Array, xy: FloatArray | Float32Array) -> float:
    """The share of the ten nearest neighbours that are neighbours on the map as well."""
    return float(np.mean([len({*a} & {*b}) / 10 for a, b in zip(near_of(rows), near_of(xy), strict=True)]))


def near_of(rows: Any) -> list[list[int]]:
    apart = ((rows[:, None] - rows) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    found: list[list[int]] = np.argsort(apart, axis=1)[:, :10].tolist()
    return found
