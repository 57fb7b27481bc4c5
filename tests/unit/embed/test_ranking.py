from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoal.embed.index import VectorIndex
from shoal.embed.ranking import MIN_UNWANTED, MIN_WANTED, learned, n_missing, rank
from shoal.errors import ShapeError
from shoal.kernels.objects import Int64Array
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in


def two_kinds_in_a_crowd() -> tuple[VectorsInMemory, Int64Array, Int64Array]:
    """Two kinds that differ in one direction and lie together, far from 1,800 others."""
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((2_000, 48))
    rows[:200] = 0.5 * rows[:200] + 3 * rng.standard_normal(48)
    rows[:200, 0] = np.where(np.arange(200) < 100, 1.2, -1.2) + 0.3 * rng.standard_normal(200)
    return VectorsInMemory(rows.astype(np.float32)), np.arange(100), np.arange(100, 200)


@pytest.mark.parametrize("distance", Distance)
def test_a_few_answers_tell_two_kinds_apart_that_nearness_mixes(tmp_path: Path, distance: Distance) -> None:
    table, wanted, unwanted = two_kinds_in_a_crowd()
    table.distance = distance
    index = VectorIndex.open(table, derived_in(tmp_path))
    candidates = np.setdiff1d(np.arange(table.n_rows), [*wanted[:15], *unwanted[:10]])
    found = rank(index, wanted[:15], unwanted[:10], 60, rows=candidates)
    share = np.isin(found.rows, wanted).mean()
    assert (np.diff(found.scores) <= 0).all()
    assert found.scores.min() >= 0
    assert found.scores.max() <= 1
    near = np.isin(index.nearest(table.rows[wanted[:15]], 60, rows=candidates).rows, wanted).mean()
    assert share >= 0.95 > near


def test_scores_are_the_classifiers_probabilities_of_full_vectors() -> None:
    rng = np.random.default_rng(5)
    wanted, unwanted, rest = (
        rng.standard_normal((n, 6)).astype(np.float32) + m for n, m in ((9, 1), (4, -1), (30, 0))
    )
    classifier = learned(wanted, unwanted, rest)
    chance = classifier.probability(wanted @ classifier.weights)
    assert (chance > classifier.probability(unwanted @ classifier.weights).max()).all()
    assert classifier.probability(np.array([-1e9, 1e9])).tolist() == [0, 1]


def test_equal_examples_of_both_kinds_decide_nothing() -> None:
    same = np.ones((3, 4), np.float32)
    classifier = learned(same, same, same[:0])
    assert classifier.probability(np.array([0.0])) == pytest.approx([0.5])


def test_it_is_ready_with_enough_of_each_and_says_what_is_missing(tmp_path: Path) -> None:
    assert n_missing(MIN_WANTED, MIN_UNWANTED) == (0, 0)
    assert n_missing(0, 100) == (MIN_WANTED, 0)
    assert n_missing(50, MIN_UNWANTED - 1) == (0, 1)
    index = VectorIndex.open(two_kinds_in_a_crowd()[0], derived_in(tmp_path))
    with pytest.raises(ShapeError, match="unwanted examples, found 3 and 1"):
        rank(index, np.arange(3), np.arange(1), 5)
