"""Similarity search finds what trying every element finds: filters, superseded vectors, gaps and ties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.services.neighbours import MAX_PROBES, nearest_elements, seeds_of
from shoal.services.stored_vectors import StoredVectors
from shoal.services.vector_spaces import OpenSpace
from shoal.store.catalog import EmbeddingSpace
from shoal.store.derived import Derived
from shoal.store.home import Home
from shoal.store.vectors import append_vectors, open_vectors, write_vectors
from vector_data import distances

D = 3
NUMBERS = st.sampled_from([-1.0, 0.0, 1.0, 2.0, 0.5])


@dataclass
class Log:
    """What was uploaded: elements and vectors, in two uploads; elements numbered from 0."""

    n_elements: int
    first: dict[int, list[float]]
    second: dict[int, list[float]]


@st.composite
def logs(draw: st.DrawFn) -> Log:
    n = draw(st.integers(1, 30))
    vectors = st.lists(NUMBERS, min_size=D, max_size=D).filter(any)
    some = st.dictionaries(st.integers(0, n - 1), vectors, min_size=1)
    return Log(n, draw(some), draw(some))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home.open(tmp_path_factory.mktemp("vectors")) as opened:
        yield opened


def batch(vectors: dict[int, list[float]]) -> list[Any]:
    return [(np.array(list(vectors), np.uint32), np.array(list(vectors.values()), np.float32))]


def space_of(home: Home, table: Any, n_elements: int, distance: Distance) -> OpenSpace:
    row = EmbeddingSpace(
        dataset_id="d",
        name="clip",
        elements=ElementKind.FRAMES,
        model_id="m",
        dimension=D,
        distance=distance,
        origin="uploaded",
        uri=table.uri,
        table_version=table.version,
        n_rows=table.n_rows,
    )
    opened = open_vectors(home, table, dimension=D, distance=distance, model_id="m")
    stored = StoredVectors(opened, Derived(home))
    rows = stored.rows_of(("v",), np.arange(n_elements, dtype=np.uint32))
    return OpenSpace(row, ElementKind.FRAMES, None, stored, rows)


@pytest.mark.parametrize("distance", list(Distance))
@settings(deadline=None, max_examples=25)
@given(log=logs(), data=st.data())
def test_found_as_by_trying_every_element(home: Home, distance: Distance, log: Log, data: Any) -> None:
    base = write_vectors(home, batch(log.first), D)
    table = append_vectors(home, base, batch(log.second), D)
    space = space_of(home, table, log.n_elements, distance)
    newest = {**log.first, **log.second}
    assert np.flatnonzero(space.has_vector).tolist() == sorted(newest)
    masks = st.lists(st.booleans(), min_size=log.n_elements, max_size=log.n_elements).map(np.array)
    asked, within = data.draw(masks), data.draw(masks)
    asked[next(iter(newest))] = True
    k = data.draw(st.integers(1, 12))
    seeds = seeds_of(space, asked)
    allowed = within & ~asked
    found = nearest_elements(space, seeds.vectors, k, allowed)

    candidates = [i for i in sorted(newest) if allowed[i]]
    assert found.n_candidates == len(candidates)
    assert len(set(found.positions.tolist())) == len(found.positions) == min(k, len(candidates))
    assert set(found.positions.tolist()) <= set(candidates)
    if not candidates:
        return
    seed_vectors = np.array([newest[i] for i in sorted(newest) if asked[i]], np.float32)
    assert np.array_equal(seeds.vectors, seed_vectors)
    vectors = np.array([newest[i] for i in candidates], np.float32)
    true = dict(zip(candidates, distances(vectors, seed_vectors, distance.value), strict=True))
    assert found.distances == pytest.approx(sorted(true.values())[:k], abs=1e-5)
    assert found.distances == pytest.approx([true[i] for i in found.positions.tolist()], abs=1e-5)
    assert (np.diff(found.distances) >= 0).all()
    for i, seed in zip(found.positions.tolist(), found.which.tolist(), strict=True):
        one = np.array([newest[i]], np.float32)
        assert distances(one, seeds.vectors[[seed]], distance.value)[0] == pytest.approx(true[i], abs=1e-5)
    same = {tuple(newest[i]): [j for j in candidates if newest[j] == newest[i]] for i in candidates}
    for twins in same.values():
        places = [i for i in found.positions.tolist() if i in twins]
        assert places == twins[: len(places)], "equal distances come in the order of the elements"


def test_more_seeds_than_are_searched_at_once(home: Home) -> None:
    n = MAX_PROBES * 3
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((n, D)).astype(np.float32)
    table = write_vectors(home, [(np.arange(n, dtype=np.uint32), vectors)], D)
    space = space_of(home, table, n, Distance.COSINE)
    asked = np.arange(n) % 3 > 0
    assert int(asked.sum()) > MAX_PROBES
    seeds = seeds_of(space, asked)
    found = nearest_elements(space, seeds.vectors, 10, ~asked)
    true = distances(vectors, vectors[asked], "cosine")
    assert found.distances == pytest.approx(true[found.positions], abs=1e-5)
    best = sorted(true[~asked])
    assert found.distances[-1] <= best[60], "the sample of seeds finds what is near to some seed"
    assert (np.diff(found.distances) >= 0).all()


def test_ties_at_the_end_come_in_the_order_of_the_elements(home: Home) -> None:
    n = 400
    order = np.random.default_rng(9).permutation(n).astype(np.uint32)
    vectors = np.tile(np.array([[1, 2, 3]], np.float32), (n, 1))
    table = write_vectors(home, [(order, vectors)], D)
    space = space_of(home, table, n, Distance.EUCLIDEAN)
    asked = np.arange(n) == 0
    found = nearest_elements(space, seeds_of(space, asked).vectors, 20, ~asked)
    assert found.positions.tolist() == list(range(1, 21))


def test_vectors_no_space_names_are_cleared_away(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as opened:
        table = write_vectors(opened, [(np.arange(2, dtype=np.uint32), np.ones((2, D), np.float32))], D)
        assert (opened.path / table.uri).exists()
    with Home.open(tmp_path / "home") as opened:
        assert list((opened.path / "tables").iterdir()) == []
