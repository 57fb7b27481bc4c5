"""The search of near pairs against a look at every pair."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.discover.near_pairs import PairSearch
from shoal.kernels.near_pairs import components, pairs_above
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in, pairs_within


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32),
    n_rows=st.integers(1, 60),
    dimension=st.integers(1, 12),
    distance=st.sampled_from(Distance),
    limit=st.sampled_from([0.0, 0.02, 0.3, 1.0]),
    share=st.sampled_from([0.4, 1.0]),
)
def test_the_pairs_are_those_of_a_look_at_every_pair(
    seed: int, n_rows: int, dimension: int, distance: Distance, limit: float, share: float
) -> None:
    rng = np.random.default_rng(seed)
    vectors = (rng.standard_normal((n_rows, dimension)) + 0.5).astype(np.float32)
    near = rng.random(n_rows) < 0.5
    vectors[near] = vectors[rng.integers(0, n_rows, near.sum())] + rng.choice([0, 0.01], (near.sum(), 1))
    rows = np.flatnonzero(rng.random(n_rows) < share)
    with tempfile.TemporaryDirectory() as name:
        search = PairSearch(VectorsInMemory(vectors, distance), rows, limit, derived_in(Path(name)))
        assert search.known() is None
        found = search.run(lambda fraction, step: None)
        again = search.known()
    assert again is not None
    assert np.array_equal(again.first, found.first)
    expected = {(rows[i], rows[j]): d for (i, j), d in pairs_within(vectors[rows], limit, distance).items()}
    sure = {pair for pair, apart in expected.items() if apart < limit - 1e-6}
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert all(a < b for a, b in pairs)
    assert (np.diff(found.distances) >= 0).all()
    assert (found.distances <= limit + 1e-6).all()
    _holds_together(vectors, rows, sure, set(pairs))


def _holds_together(
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    sure: set[tuple[int, int]],
    found: set[tuple[int, int]],
) -> None:
    """A pair is found between the first rows that have the vectors; other copies are linked to those."""
    first: dict[bytes, int] = {}
    original = {int(row): first.setdefault((vectors[row] + 0).tobytes(), int(row)) for row in rows}
    for a, b in sure:
        x, y = original[a], original[b]
        assert x == y or (min(x, y), max(x, y)) in found
    for row, other in original.items():
        assert row == other or (other, row) in found


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    n_rows=st.integers(1, 20),
    n_columns=st.integers(1, 20),
    only_later=st.booleans(),
)
def test_places_above_a_sum_are_those_of_numpy(
    seed: int, n_rows: int, n_columns: int, only_later: bool
) -> None:
    rng = np.random.default_rng(seed)
    products = rng.integers(-3, 4, (n_rows, n_columns)).astype(np.float32)
    first, second = (rng.integers(-1, 3, n).astype(np.float32) for n in (n_rows, n_columns))
    is_above = products >= first[:, None] + second
    rows, columns = np.nonzero(np.triu(is_above, 1) if only_later else is_above)
    found = pairs_above(products, first, second, only_later)
    assert found[0].tolist() == rows.tolist()
    assert found[1].tolist() == columns.tolist()


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=25))
def test_components_are_what_walking_the_pairs_reaches(pairs: list[tuple[int, int]]) -> None:
    expected = list(range(20))
    for _ in range(20):
        for a, b in pairs:
            expected[a] = expected[b] = min(expected[a], expected[b])
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    assert components(20, ends[:, 0].copy(), ends[:, 1].copy()).tolist() == expected
