from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoal.embed import cells
from shoal.embed.cells import known_cells, make_cells
from shoal.embed.index import VectorIndex
from shoal.errors import JobCancelledError
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in, nearest

N_ROWS = 2 * 32_768 + 100
DIMENSION = 24


def ignored(fraction: float, step: str) -> None:
    """Progress nobody watches."""


@pytest.fixture(scope="module")
def rows() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rng = np.random.default_rng(2)
    centres = rng.standard_normal((300, DIMENSION))
    drawn = centres[rng.integers(0, 300, N_ROWS)] + 0.5 * rng.standard_normal((N_ROWS, DIMENSION))
    return drawn.astype(np.float32)


@pytest.mark.parametrize("distance", Distance)
def test_cells_find_nearly_all_and_filters_lose_nothing(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    distance: Distance,
) -> None:
    monkeypatch.setattr(cells, "MIN_ROWS", 50_000)
    table, derived = VectorsInMemory(rows, distance, batch_rows=8_192), derived_in(tmp_path)
    assert VectorIndex.open(table, derived).method == "exact"
    made = make_cells(table, derived, ignored)
    assert made.n_rows == N_ROWS
    index = VectorIndex.open(table, derived)
    assert index.method == "index"
    queries = rows[:15] + 0.3 * np.random.default_rng(3).standard_normal((15, DIMENSION)).astype(np.float32)
    few = np.arange(0, N_ROWS, 200)
    hits, n_read = 0, 0
    for query in queries:
        found = index.nearest(query[None], 10).rows
        hits += len(np.intersect1d(found, nearest(rows, query[None], 10, np.arange(N_ROWS), distance)[0]))
        expected = nearest(rows, query[None], 10, few, distance)[0]
        assert index.nearest(query[None], 10, rows=few).rows.tolist() == expected.tolist()
        unit = query / np.linalg.norm(query) if distance is Distance.COSINE else query
        around = made.around(unit[None])
        n_read += sum(int(around.is_near[block].sum()) for block in made.blocks.values())
    assert hits >= 0.97 * 150
    assert n_read < 0.25 * 15 * N_ROWS


def test_rows_without_cells_are_scanned_and_a_stop_loses_nothing(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MIN_ROWS", 50_000)
    table, derived = VectorsInMemory(rows, batch_rows=8_192), derived_in(tmp_path)

    def stop(fraction: float, step: str) -> None:
        if fraction > 0.6:
            raise JobCancelledError("enough")

    with pytest.raises(JobCancelledError):
        make_cells(table, derived, stop)
    part = known_cells(table, derived)
    assert part is not None
    assert 0 < part.n_rows < N_ROWS
    index = VectorIndex.open(table, derived)
    last = rows[-1:]
    assert index.nearest(last, 1).rows.tolist() == [N_ROWS - 1]
    table.read.clear()
    assert make_cells(table, derived, ignored).n_rows == N_ROWS
    assert min(table.read) == part.n_rows


def test_cells_that_hold_too_few_allowed_rows_are_not_relied_on(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MIN_ROWS", 50_000)
    monkeypatch.setattr(cells, "PROBED_SHARE", 1e-9)
    table, derived = VectorsInMemory(rows, batch_rows=8_192), derived_in(tmp_path)
    make_cells(table, derived, ignored)
    found = VectorIndex.open(table, derived).nearest(rows[:1], 2_000).rows
    expected = nearest(rows, rows[:1], 2_000, np.arange(N_ROWS), Distance.COSINE)[0]
    assert len(np.intersect1d(found, expected)) >= 1_998
