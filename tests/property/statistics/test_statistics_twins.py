"""Interval, permutation and correction kernels against their slow twins."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels import adjustment
from shoal.kernels.intervals import paired_differences, segment_intervals
from shoal.kernels.linearisation import AVERAGES, scores, segment_slice, segment_totals
from shoal.kernels.permutation import DifferingCells, differing_cells, permutation_test
from shoal.kernels.scores import averages, precision_recall_f1
from twins import statistics as twin

N_CLASSES = 3


@st.composite
def frames(draw: st.DrawFn, n_frames: int) -> list[twin.Frame]:
    made: list[twin.Frame] = []
    for _ in range(n_frames):
        cells: twin.Frame = {}
        for name in draw(st.sets(st.integers(0, N_CLASSES - 1))):
            tp, fp, fn = (draw(st.integers(0, 3)) for _ in range(3))
            if tp + fp + fn:
                cells[name] = (float(tp), float(tp + fp), float(tp + fn))
        made.append(cells)
    return made


def is_touched(metric: int, average: str, class_index: int | None) -> Callable[[list[twin.Frame]], bool]:
    def check(group: list[twin.Frame]) -> bool:
        cells = [cell for frame in group for name, cell in frame.items() if class_index in (None, name)]
        has_labels, has_predictions = any(c[2] > 0 for c in cells), any(c[1] > 0 for c in cells)
        if metric == 1:
            return has_labels
        if metric == 0 and average != "weighted":
            return has_predictions
        return has_labels or has_predictions

    return check


questions = st.sampled_from([(name, None) for name in AVERAGES[:3]] + [("class", 0), ("class", 2)])


@settings(deadline=None, max_examples=60)
@given(data=st.data(), question=questions, n_frames=st.integers(1, 9), is_grouped=st.booleans())
def test_scores_and_standard_errors_equal_the_twin(
    data: st.DataObject, question: tuple[str, int | None], n_frames: int, is_grouped: bool
) -> None:
    average, class_index = question
    made = data.draw(frames(n_frames))
    codes = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n_frames, max_size=n_frames)), np.int64)
    codes = codes * 5 if is_grouped else np.arange(n_frames)
    found = segment_intervals(
        twin.frame_counts(made),
        np.arange(n_frames),
        codes if is_grouped else None,
        average,
        N_CLASSES,
        class_index,
    )
    groups = twin.grouped(made, codes)
    for metric in range(3):
        value = twin.score(twin.totals_of(made, N_CLASSES), metric, average, class_index)
        assert found.value[metric] == pytest.approx(value, nan_ok=True, abs=1e-12)
        if math.isnan(value) or _has_empty_cells(made, average):
            continue
        touched = is_touched(metric, average, class_index)
        expected = twin.standard_error(groups, metric, average, N_CLASSES, class_index, touched)
        assert found.se[metric] == pytest.approx(expected, nan_ok=True, abs=1e-6)
        assert found.n_groups[metric] == sum(touched(group) for group in groups)


def _has_empty_cells(made: list[twin.Frame], average: str) -> bool:
    """A class without predictions has a score that jumps when a prediction appears: no derivative there."""
    totals = twin.totals_of(made, N_CLASSES)
    return average in ("weighted", "macro") and any(row[1] == 0 or row[2] == 0 for row in totals)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), question=questions, n_frames=st.integers(1, 6))
def test_exact_permutation_p_equals_all_swaps(
    data: st.DataObject, question: tuple[str, int | None], n_frames: int
) -> None:
    average, class_index = question
    left, right = data.draw(frames(n_frames)), data.draw(frames(n_frames))
    codes = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n_frames, max_size=n_frames)), np.int64)
    part = segment_slice(np.arange(n_frames), codes, average, N_CLASSES, class_index)
    found = permutation_test(twin.frame_counts(left), twin.frame_counts(right), part, seed=1)
    assert found.method == "exact"
    for metric in range(3):
        expected = twin.permutation_p(
            twin.grouped(left, codes), twin.grouped(right, codes), metric, average, N_CLASSES, class_index
        )
        assert found.p[metric] == pytest.approx(expected, nan_ok=True)


@settings(deadline=None, max_examples=40)
@given(data=st.data(), n_frames=st.integers(2, 40), seed=st.integers(0, 2**63 - 1))
def test_swapping_the_models_mirrors_everything(data: st.DataObject, n_frames: int, seed: int) -> None:
    left, right = (twin.frame_counts(data.draw(frames(n_frames))) for _ in range(2))
    here = paired_differences(left, right, np.arange(n_frames), None, "macro", N_CLASSES, seed=seed)
    there = paired_differences(right, left, np.arange(n_frames), None, "macro", N_CLASSES, seed=seed)
    np.testing.assert_allclose(here.delta, -there.delta)
    np.testing.assert_allclose(here.low, -there.high, atol=1e-9)
    np.testing.assert_allclose(here.high, -there.low, atol=1e-9)
    np.testing.assert_array_equal(here.p, there.p)
    np.testing.assert_array_equal(here.minimum_detectable, there.minimum_detectable)


def test_a_precision_of_nothing_predicted_has_no_bounds() -> None:
    """Macro precision counts a class without inferences as 0; no frame is behind that number."""
    counts = twin.frame_counts([{0: (0.0, 0.0, 1.0)}])
    found = segment_intervals(counts, np.arange(1), None, "macro", N_CLASSES, None)
    assert (found.value[0], found.n_groups[0]) == (0.0, 0)
    assert np.isnan([found.low[0], found.high[0]]).all()


@settings(deadline=None, max_examples=60)
@given(data=st.data(), question=questions, n_frames=st.integers(0, 40))
def test_bounds_are_in_order_and_in_range(
    data: st.DataObject, question: tuple[str, int | None], n_frames: int
) -> None:
    average, class_index = question
    left, right = (twin.frame_counts(data.draw(frames(n_frames))) for _ in range(2))
    every = np.arange(n_frames)
    one = segment_intervals(left, every, None, average, N_CLASSES, class_index)
    has_bounds = ~np.isnan(one.low)
    assert (has_bounds <= ~np.isnan(one.value)).all()
    assert (one.n_groups[~np.isnan(one.value) & ~has_bounds] <= 1).all()
    ordered = (one.low <= one.value + 1e-12) & (one.value <= one.high + 1e-12)
    assert (ordered & (one.low >= 0) & (one.high <= 1))[has_bounds].all()
    pair = paired_differences(left, right, every, None, average, N_CLASSES, class_index, seed=3)
    is_defined = ~np.isnan(pair.delta)
    assert ((pair.p > 0) & (pair.p <= 1))[is_defined].all()
    assert np.isnan(pair.p[~is_defined]).all()
    has_bounds = ~np.isnan(pair.low)
    ordered = (pair.low <= pair.delta + 1e-12) & (pair.delta <= pair.high + 1e-12)
    assert ordered[has_bounds].all()


@settings(deadline=None, max_examples=40)
@given(data=st.data(), n_frames=st.integers(2, 30))
def test_order_of_frames_and_untouched_frames_change_nothing(data: st.DataObject, n_frames: int) -> None:
    made = data.draw(frames(n_frames))
    order = data.draw(st.permutations(range(n_frames)))
    counts = twin.frame_counts([*made, {}, {}])
    plain = segment_intervals(counts, np.arange(n_frames), None, "weighted", N_CLASSES)
    mixed = segment_intervals(counts, np.array([*order, n_frames, n_frames + 1]), None, "weighted", N_CLASSES)
    np.testing.assert_allclose(plain.low, mixed.low, atol=1e-9)
    np.testing.assert_allclose(plain.high, mixed.high, atol=1e-9)
    np.testing.assert_array_equal(plain.n_groups, mixed.n_groups)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), n_frames=st.integers(0, 12))
def test_compiled_scores_equal_those_of_reports(data: st.DataObject, n_frames: int) -> None:
    counts = twin.frame_counts(data.draw(frames(n_frames)))
    every = np.arange(n_frames)
    totals = segment_totals(counts, segment_slice(every, None, "weighted", N_CLASSES, None))
    expected = averages(totals)
    for code in range(3):
        part = segment_slice(every, None, AVERAGES[code], N_CLASSES, None)
        found = scores(segment_totals(counts, part)[None], code)[0]
        np.testing.assert_allclose(found, expected[code], atol=1e-14)
    for name in range(N_CLASSES):
        part = segment_slice(every, None, "class", N_CLASSES, name)
        found = scores(segment_totals(counts, part)[None], 3)[0]
        np.testing.assert_allclose(found, precision_recall_f1(totals)[name], atol=1e-14)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), n_frames=st.integers(1, 30))
def test_merging_like_groups_keeps_what_they_add_up_to(data: st.DataObject, n_frames: int) -> None:
    left, right = (twin.frame_counts(data.draw(frames(n_frames))) for _ in range(2))
    cells = differing_cells(left, right, segment_slice(np.arange(n_frames), None, "macro", N_CLASSES, None))
    merged = cells.merged()
    assert merged.times.sum() == len(cells.times)

    def groups(of: DifferingCells) -> Sequence[object]:
        edges = zip(of.offsets[:-1], of.offsets[1:], of.times, strict=True)
        made = [
            (
                tuple(
                    sorted(zip(of.columns[a:b].tolist(), map(tuple, of.values[a:b].tolist()), strict=True))
                ),
                n,
            )
            for a, b, n in edges
        ]
        return sorted(itertools.chain.from_iterable([key] * n for key, n in made))

    assert groups(merged) == groups(cells)


p_values = st.lists(st.floats(0, 1), max_size=12)


@given(p_values)
def test_corrections_equal_the_twin(values: list[float]) -> None:
    array = np.array(values, np.float64)
    np.testing.assert_allclose(adjustment.holm(array), twin.holm(values))
    if values:
        np.testing.assert_allclose(adjustment.benjamini_hochberg(array), twin.benjamini_hochberg(values))


@given(p_values, st.lists(st.integers(0, 12), max_size=4))
def test_undefined_p_values_pass_through_corrections(values: list[float], places: list[int]) -> None:
    with_gaps = list(values)
    for place in places:
        with_gaps.insert(place, math.nan)
    array = np.array(with_gaps, np.float64)
    for correct in (adjustment.holm, adjustment.benjamini_hochberg):
        found = correct(array)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(array))
        np.testing.assert_array_equal(found[~np.isnan(found)], correct(np.array(values, np.float64)))
        assert (found[~np.isnan(found)] >= np.array(values)).all()
