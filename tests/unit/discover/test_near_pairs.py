from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoal.discover import near_pairs
from shoal.discover.layout import LEAF_ROWS, laid_out
from shoal.discover.near_pairs import PairSearch
from shoal.errors import JobCancelledError, TooLargeError
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in

N_ROWS = 3 * LEAF_ROWS
N_COPIES = 300


def ignored(fraction: float, step: str) -> None:
    """Progress nobody watches."""


def copies_among_others(dimension: int = 80) -> VectorsInMemory:
    """Row `N_ROWS - 1 - i` is row `i` moved a little, for the first 300 rows; the others are far apart."""
    rng = np.random.default_rng(0)
    spectrum = np.arange(1, dimension + 1) ** -0.5
    rows = (rng.standard_normal((N_ROWS, dimension)) * spectrum).astype(np.float32)
    moved = rows[:N_COPIES] + 0.02 * (rng.standard_normal((N_COPIES, dimension)) * spectrum)
    rows[-N_COPIES:] = moved[::-1]
    return VectorsInMemory(rows)


@pytest.mark.parametrize("distance", Distance)
def test_every_moved_copy_is_found_and_nothing_else(tmp_path: Path, distance: Distance) -> None:
    table = copies_among_others()
    table.distance = distance
    limit = 0.002 if distance is Distance.COSINE else 0.1
    found = PairSearch(table, np.arange(N_ROWS), limit, derived_in(tmp_path)).run(ignored)
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == {(i, N_ROWS - 1 - i) for i in range(N_COPIES)}


def test_coordinates_are_never_farther_apart_than_vectors(tmp_path: Path) -> None:
    table = copies_among_others()
    layout = laid_out(table, np.arange(N_ROWS), 0.05, ignored)
    assert layout.coordinates.shape[1] < table.dimension
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, N_ROWS, (2, 2_000))
    unit = table.rows / np.linalg.norm(table.rows, axis=1, keepdims=True)
    apart = np.linalg.norm(unit[layout.rows[a]] - unit[layout.rows[b]], axis=1)
    assert (np.linalg.norm(layout.coordinates[a] - layout.coordinates[b], axis=1) <= apart + 1e-5).all()
    assert sorted(layout.rows.tolist()) == list(range(N_ROWS))


def test_the_largest_distance_is_included(tmp_path: Path) -> None:
    rows = np.array([[0, 0], [3, 4], [-3, -4.001], [100, 0]], np.float32)
    search = PairSearch(VectorsInMemory(rows, Distance.EUCLIDEAN), np.arange(4), 5.0, derived_in(tmp_path))
    found = search.run(ignored)
    assert (found.first.tolist(), found.second.tolist(), found.distances.tolist()) == ([0], [1], [5])


@pytest.mark.parametrize("n_rows", [0, 1])
def test_fewer_than_two_rows_have_no_pairs(tmp_path: Path, n_rows: int) -> None:
    table = VectorsInMemory(np.ones((3, 2), np.float32))
    assert not len(PairSearch(table, np.arange(n_rows), 0.1, derived_in(tmp_path)).run(ignored).first)


def test_equal_vectors_are_linked_to_the_first_and_need_no_pairs_among_themselves(tmp_path: Path) -> None:
    rows = np.ones((5_000, 3), np.float32)
    rows[4_000:] = -1
    found = PairSearch(VectorsInMemory(rows), np.arange(5_000), 0.1, derived_in(tmp_path)).run(ignored)
    assert len(found.first) == 4_998
    assert set(found.first.tolist()) == {0, 4_000}
    assert not found.distances.any()


def test_a_stopped_search_goes_on_where_it_was(tmp_path: Path) -> None:
    table, derived = copies_among_others(), derived_in(tmp_path)
    search = PairSearch(table, np.arange(N_ROWS), 0.002, derived)

    def stop(fraction: float, step: str) -> None:
        if fraction > 0.6:
            raise JobCancelledError("enough")

    with pytest.raises(JobCancelledError):
        search.run(stop)
    table.read.clear()
    assert search.known() is None
    steps: list[str] = []
    assert len(search.run(lambda fraction, step: steps.append(step)).first) == N_COPIES
    assert table.read == []
    assert "reading vectors" not in steps
    # What was kept on the way is gone, the answer stays.
    assert len(list(tmp_path.iterdir())) == 1


def test_too_many_pairs_are_refused_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_pairs, "MAX_PAIRS", 100)
    search = PairSearch(copies_among_others(), np.arange(N_ROWS), 2.0, derived_in(tmp_path))
    with pytest.raises(TooLargeError, match="More than 100 pairs are at most 2 apart") as caught:
        search.run(ignored)
    assert "max_distance" in str(caught.value.hint)
