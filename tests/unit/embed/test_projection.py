"""Maps of vectors: there at once, the same every time, growing without moving, resumed where they stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoal.embed import projection
from shoal.embed.projection import n_unplaced, pca_points
from shoal.embed.projection_basis import fit_basis
from shoal.embed.projection_layout import fit_layout, kept_layout, layout_points
from shoal.errors import InvalidInputError, JobCancelledError
from shoal.kernels.code_scan import Float32Array
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in


def silent(_fraction: float, _step: str) -> None:
    """Tell nobody."""


def grouped(n: int, dimension: int = 12, seed: int = 0) -> Float32Array:
    rng = np.random.default_rng(seed)
    centres = 4 * rng.normal(size=(6, dimension))
    rows = centres[np.arange(n) % 6] + rng.normal(size=(n, dimension))
    return np.asarray(rows, np.float32)


def test_pca_gives_the_directions_of_largest_variance(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    turned, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    plain = rng.normal(size=(4_000, 8)) * np.array([9, 5, 1, 1, 1, 1, 1, 1])
    rows = (plain @ turned + 7).astype(np.float32)
    points = pca_points(VectorsInMemory(rows, Distance.EUCLIDEAN), derived_in(tmp_path)).xy
    for axis in range(2):
        assert abs(np.corrcoef(points[:, axis], plain[:, axis])[0, 1]) > 0.99
    assert points.mean(axis=0) == pytest.approx([0, 0], abs=1e-3)


def test_under_cosine_distance_lengths_do_not_matter(tmp_path: Path) -> None:
    rows = grouped(90)
    longer = rows * np.linspace(1, 50, 90, dtype=np.float32)[:, None]
    one = pca_points(VectorsInMemory(rows, uri="a"), derived_in(tmp_path)).xy
    other = pca_points(VectorsInMemory(longer, uri="b"), derived_in(tmp_path)).xy
    assert one == pytest.approx(other, abs=1e-4)


@pytest.mark.parametrize(("n", "dimension"), [(1, 5), (2, 1), (3, 2), (40, 1)])
def test_few_and_short_vectors_have_places_too(tmp_path: Path, n: int, dimension: int) -> None:
    rows = np.random.default_rng(2).normal(size=(n, dimension)).astype(np.float32)
    points = pca_points(VectorsInMemory(rows, Distance.EUCLIDEAN), derived_in(tmp_path))
    assert points.xy.shape == (n, 2)
    assert np.isfinite(points.xy).all()
    empty = VectorsInMemory(np.empty((0, dimension), np.float32), uri="none")
    assert pca_points(empty, derived_in(tmp_path)).xy.shape == (0, 2)


def test_rows_keep_their_points_while_the_table_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "BLOCK_ROWS", 64)
    monkeypatch.setattr(projection, "SHORT_BLOCK_ROWS", 16)
    rows, derived = grouped(120), derived_in(tmp_path)
    before = pca_points(VectorsInMemory(rows[:70]), derived)
    grown = VectorsInMemory(rows)
    after = pca_points(grown, derived)
    assert after.key == before.key
    assert after.xy[:70].tolist() == before.xy.tolist()
    assert min(grown.read) == 64, "whole blocks are not read again"
    full = VectorsInMemory(np.concatenate([rows, grouped(3, seed=5), grouped(4, seed=6)]))
    assert n_unplaced(full, derived, after.key) == 127 - 112
    pca_points(full, derived)
    assert min(full.read) == 112
    longer = VectorsInMemory(grouped(130))
    longer.rows[:127] = full.rows
    assert n_unplaced(longer, derived, after.key) == 130 - 112
    assert pca_points(longer, derived).xy.shape == (130, 2)
    doubled = pca_points(VectorsInMemory(grouped(300)), derived)
    assert doubled.key != before.key


def test_the_sample_of_a_long_table_comes_from_all_over_it() -> None:
    rows = np.zeros((40_000, 3), np.float32)
    rows[20_000:, 0] = 10
    rows[:, 1] = np.random.default_rng(0).normal(size=40_000)
    basis = fit_basis(VectorsInMemory(rows, Distance.EUCLIDEAN))
    assert basis.mean[0] == pytest.approx(5, abs=0.5)
    assert abs(basis.components[0, 0]) > 0.99


def test_a_layout_is_the_same_every_time_and_keeps_groups_together(tmp_path: Path) -> None:
    rows = grouped(240)
    table, everything = VectorsInMemory(rows), np.arange(240)
    layouts = [fit_layout(table, everything, derived_in(tmp_path / str(i)), silent) for i in range(2)]
    assert layouts[0].name == layouts[1].name
    assert layouts[0].xy.tolist() == layouts[1].xy.tolist()
    xy = layouts[0].xy
    centres = np.stack([xy[group::6].mean(axis=0) for group in range(6)])
    nearest = ((xy[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert nearest.tolist() == [i % 6 for i in range(240)]


def test_new_rows_are_placed_among_theirs_and_nothing_else_moves(tmp_path: Path) -> None:
    rows, derived = grouped(300), derived_in(tmp_path)
    few = VectorsInMemory(rows[:240])
    layout = fit_layout(few, np.arange(240), derived, silent)
    before = layout_points(few, layout, derived)
    assert np.abs(before.xy - layout.xy).max() < 1e-3
    assert n_unplaced(few, derived, layout.name) == 0

    grown = VectorsInMemory(rows)
    assert n_unplaced(grown, derived, layout.name) == 300
    after = layout_points(grown, layout, derived)
    assert after.key == before.key
    assert np.abs(after.xy[:240] - before.xy).max() < 1e-3
    centres = np.stack([after.xy[:240][group::6].mean(axis=0) for group in range(6)])
    nearest = ((after.xy[240:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert nearest.tolist() == [i % 6 for i in range(240, 300)]
    kept = fit_layout(grown, np.arange(300), derived, silent)
    assert kept.name == layout.name, "a map is made anew only when its table has doubled"


@pytest.mark.parametrize("stops", [(3,), (1, 40, 200), (90, 91, 92)])
def test_a_layout_that_was_stopped_goes_on_and_ends_the_same(tmp_path: Path, stops: tuple[int, ...]) -> None:
    rows = grouped(200)
    table, everything = VectorsInMemory(rows), np.arange(200)
    whole = fit_layout(table, everything, derived_in(tmp_path / "whole"), silent)
    derived = derived_in(tmp_path / "stopped")
    for stop in stops:
        calls = 0

        def stopping(_fraction: float, _step: str, stop: int = stop) -> None:
            nonlocal calls
            calls += 1
            if calls > stop:
                raise JobCancelledError("stopped")

        with pytest.raises(JobCancelledError):
            fit_layout(table, everything, derived, stopping)
        assert kept_layout(table, derived) is None
    steps: list[float] = []
    resumed = fit_layout(table, everything, derived, lambda fraction, _: steps.append(fraction))
    assert resumed.xy.tolist() == whole.xy.tolist()
    if max(stops) > 150:
        assert len(steps) < 400, "it did not begin again"


def test_too_few_vectors_are_told(tmp_path: Path) -> None:
    table = VectorsInMemory(grouped(19))
    with pytest.raises(InvalidInputError, match="at least 20 vectors, found 19"):
        fit_layout(table, np.arange(19), derived_in(tmp_path), silent)
    enough = VectorsInMemory(grouped(20), uri="enough")
    assert fit_layout(enough, np.arange(20), derived_in(tmp_path), silent).xy.shape == (20, 2)
