from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.discover.duplicates import Links, grouped, links_between
from shoal.errors import InvalidInputError


def links(*pairs: tuple[int, int, float]) -> Links:
    ordered = sorted(pairs, key=lambda pair: (pair[2], pair[0], pair[1]))
    ends = np.array([pair[:2] for pair in ordered], np.int64).reshape(-1, 2)
    return Links(ends[:, 0].copy(), ends[:, 1].copy(), np.array([p[2] for p in ordered], np.float32))


def pairs_of(found: Links) -> list[tuple[int, int]]:
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def test_groups_hang_together_and_the_nearest_pair_comes_first() -> None:
    groups = grouped(links((0, 1, 0.3), (1, 5, 0.1), (2, 3, 0.05), (4, 6, 0.2)), 8)
    assert [pairs_of(groups.links_of(i)) for i in range(len(groups))] == [
        [(2, 3)],
        [(1, 5), (0, 1)],
        [(4, 6)],
    ]
    assert groups.links.elements.tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_no_links_make_no_groups() -> None:
    nothing = links()
    assert len(grouped(nothing, 5)) == 0
    assert pairs_of(links_between(nothing, [np.ones(5, bool)] * 2, 5)) == []


def test_only_links_from_one_set_into_another_leak() -> None:
    training, test = np.array([1, 1, 0, 0, 0, 1], bool), np.array([0, 0, 1, 1, 0, 1], bool)
    found = links_between(
        links((0, 1, 0.1), (1, 2, 0.2), (2, 3, 0.3), (3, 4, 0.4), (0, 5, 0.5)), [training, test], 6
    )
    # 0 and 5 leak: 0 is in training, 5 in test as well as in training.
    assert pairs_of(found) == [(1, 2), (0, 5)]
    assert found.distances == pytest.approx([0.2, 0.5])


def test_copies_that_are_linked_through_another_leak_too() -> None:
    # 0, 1, 2 and 3 share a vector; 4 is near to it, and so is 5 to 4 without being near to the others.
    shared = links((0, 1, 0), (0, 2, 0), (0, 3, 0), (0, 4, 0.1), (4, 5, 0.1))
    training, test = np.array([1, 1, 0, 0, 0, 0], bool), np.array([0, 0, 1, 1, 1, 0], bool)
    found = links_between(shared, [training, test], 6)
    assert found.elements.tolist() == [0, 1, 2, 3, 4]
    assert all(training[a] != training[b] for a, b in pairs_of(found))


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), n_elements=st.integers(1, 15), n_sets=st.integers(0, 3))
def test_the_elements_that_leak_are_those_of_a_look_at_every_pair(
    seed: int, n_elements: int, n_sets: int
) -> None:
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 12, n_elements)
    near = [
        (i, j, float(abs(place[i] - place[j])))
        for i in range(n_elements)
        for j in range(i + 1, n_elements)
        if abs(place[i] - place[j]) <= 1
    ]
    first = {value: int(np.flatnonzero(place == value)[0]) for value in place.tolist()}
    thinned = [(i, j, d) for i, j, d in near if i == first[place[i]] and (d == 0 or j == first[place[j]])]
    sets = [rng.random(n_elements) < 0.5 for _ in range(n_sets)]
    leaking = {
        element
        for i, j, _ in near
        for a in range(n_sets)
        for b in range(n_sets)
        if a != b and sets[a][i] and sets[b][j]
        for element in (i, j)
    }
    found = links_between(links(*thinned), sets, n_elements)
    assert set(found.elements.tolist()) == leaking
    real = {(i, j): d for i, j, d in near}
    assert all(real[pair] == d for pair, d in zip(pairs_of(found), found.distances.tolist(), strict=True))


def test_more_sets_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="at most 64 segments"):
        links_between(links(), [np.ones(1, bool)] * 65, 1)
