from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shoal.errors import ShapeError
from shoal.kernels.adjustment import benjamini_hochberg, holm
from shoal.kernels.intervals import paired_differences, score_bounds, segment_intervals
from shoal.kernels.resampling import resample_counts, seed_of
from twins.statistics import Frame, frame_counts


def found(hits: float, n: float) -> Frame:
    return {0: (hits, hits, n)}


def test_nothing_at_all_is_undefined() -> None:
    empty = segment_intervals(frame_counts([{}, {}]), np.arange(2), None, "weighted", 3)
    assert np.isnan([empty.value, empty.low, empty.high, empty.se]).all()
    assert (empty.n_groups == 0).all()
    none = segment_intervals(frame_counts([{}]), np.arange(0), None, "weighted", 3)
    assert np.isnan(none.value).all()


def test_all_found_has_an_exact_lower_bound_over_groups_not_labels() -> None:
    counts = frame_counts([found(50, 50)] * 4)
    every = np.arange(4)
    score = segment_intervals(counts, every, None, "micro", 1)
    assert score.value[1] == 1.0
    assert score.low[1] == pytest.approx(0.025 ** (1 / 4))
    assert score.high[1] == 1.0
    in_pairs = segment_intervals(counts, every, np.array([7, 7, 2, 2]), "micro", 1)
    assert in_pairs.low[1] == pytest.approx(0.025 ** (1 / 2))


def test_groups_without_spread_get_the_exact_interval() -> None:
    score = segment_intervals(frame_counts([found(1, 2)] * 10), np.arange(10), None, "micro", 1)
    assert (score.low[1], score.high[1]) == pytest.approx((0.1871, 0.8129), abs=1e-4)


def test_one_group_gives_an_interval_only_at_the_ends() -> None:
    assert np.isnan(score_bounds(0.5, np.nan, 1)).all()
    assert score_bounds(1.0, np.nan, 1) == pytest.approx((0.025, 1.0))
    assert np.isnan(score_bounds(1.0, np.nan, 0)).all()


def test_frames_without_the_class_are_no_observations() -> None:
    frames: list[Frame] = [found(1, 2), found(2, 2), {1: (1.0, 1.0, 1.0)}, {}]
    score = segment_intervals(frame_counts(frames), np.arange(4), None, "class", 2, 0)
    assert score.n_groups.tolist() == [2, 2, 2]


def test_identical_models_differ_by_nothing() -> None:
    counts = frame_counts([found(1, 2), found(2, 2)])
    pair = paired_differences(counts, counts, np.arange(2), None, "weighted", 1, seed=1)
    assert pair.delta.tolist() == pair.low.tolist() == pair.high.tolist() == [0.0] * 3
    assert pair.p.tolist() == [1.0] * 3
    assert pair.interval_methods == ("identical",) * 3


def test_one_group_gives_no_interval_of_a_difference() -> None:
    left, right = frame_counts([found(1, 2), found(2, 2)]), frame_counts([found(0, 2), found(2, 2)])
    pair = paired_differences(left, right, np.arange(2), np.array([0, 0]), "weighted", 1, seed=1)
    assert pair.delta[1] == pytest.approx(0.25)
    assert np.isnan([pair.low, pair.high, pair.se, pair.minimum_detectable]).all()
    assert pair.interval_methods == ("none",) * 3
    assert pair.p.tolist() == [1.0] * 3


def test_all_against_nothing_has_a_wide_interval_when_groups_are_few() -> None:
    right, left = frame_counts([found(2, 2)] * 3), frame_counts([{0: (0.0, 2.0, 2.0)}] * 3)
    pair = paired_differences(left, right, np.arange(3), None, "micro", 1, seed=1)
    assert pair.interval_methods == ("combined",) * 3
    assert pair.delta[1] == pair.low[1] == -1.0
    assert pair.high[1] == pytest.approx(-1.0 + np.hypot(0.7076, 0.7076), abs=1e-4)
    assert pair.p[1] == 0.25


@pytest.mark.parametrize(
    ("n_groups", "method"),
    [(2, "linearised"), (7, "linearised"), (8, "bootstrap"), (29, "bootstrap"), (30, "linearised")],
)
def test_the_number_of_groups_chooses_the_interval(n_groups: int, method: str) -> None:
    random = np.random.default_rng(3)
    left, right = (frame_counts([found(float(h), 4) for h in random.integers(1, 4, n_groups)]) for _ in "ab")
    pair = paired_differences(left, right, np.arange(n_groups), None, "micro", 1, seed=1)
    assert pair.interval_methods[1] == method
    assert pair.n_groups[1] == n_groups


def test_the_same_question_has_the_same_answer_and_another_seed_another() -> None:
    random = np.random.default_rng(3)
    left, right = (frame_counts([found(float(h), 4) for h in random.integers(1, 4, 25)]) for _ in "ab")
    asked = [paired_differences(left, right, np.arange(25), None, "micro", 1, seed=s) for s in (9, 9, 10)]
    assert asked[0].p.tolist() == asked[1].p.tolist() != asked[2].p.tolist()
    assert asked[0].low.tolist() == asked[1].low.tolist() != asked[2].low.tolist()


def test_small_p_values_are_refined_so_that_holm_can_tell() -> None:
    left = frame_counts([found(4, 4)] * 40)
    right = frame_counts([found(float(n % 4), 4) for n in range(40)])
    pair = paired_differences(left, right, np.arange(40), None, "micro", 1, seed=1)
    assert pair.p[1] == pytest.approx(1 / 20_001)


def test_seeds_depend_on_every_part_and_on_where_parts_end() -> None:
    assert seed_of("segment 3", "v1", "v2") == seed_of("segment 3", "v1", "v2")
    assert len({seed_of("ab", "c"), seed_of("a", "bc"), seed_of("abc"), seed_of("c", "ab"), seed_of()}) == 5
    assert 0 <= seed_of("x") < 2**63


def test_seeds_and_resamples_never_change() -> None:
    assert seed_of("a", "b") == 5229183231346816359
    assert resample_counts(4, 3, 1).tolist() == [[1, 0, 1, 2], [0, 3, 0, 1], [1, 0, 2, 1]]


def test_resamples_draw_every_group_equally_often() -> None:
    drawn = resample_counts(7, 20_000, 3)
    assert (drawn.sum(axis=1) == 7).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 1.0, atol=0.03)


def test_read_only_and_memory_mapped_counts_are_fine(tmp_path: Path) -> None:
    counts = frame_counts([found(1, 2), found(2, 2), found(0, 1)])
    np.save(tmp_path / "tp.npy", counts.tp)
    mapped = replace(counts, tp=np.load(tmp_path / "tp.npy", mmap_mode="r"))
    plain, other = (segment_intervals(c, np.arange(3), None, "micro", 1) for c in (counts, mapped))
    assert plain.low.tolist() == other.low.tolist()


@pytest.mark.parametrize(("average", "index"), [("mean", None), ("class", None), ("class", 3), ("class", -1)])
def test_unknown_averages_and_classes_are_refused(average: str, index: int | None) -> None:
    with pytest.raises(ShapeError, match="Expected"):
        segment_intervals(frame_counts([{}]), np.arange(1), None, average, 3, index)


@pytest.mark.parametrize("values", [[-0.1], [1.1], [np.inf], [[0.5]]])
def test_what_is_no_p_value_is_refused(values: list[float]) -> None:
    for correct in (holm, benjamini_hochberg):
        with pytest.raises(ShapeError):
            correct(np.array(values))
