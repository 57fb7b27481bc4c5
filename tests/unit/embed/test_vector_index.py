from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoal.embed.codes import MIN_DIMENSION, MIN_ROWS, coded_blocks
from shoal.embed.index import VectorIndex
from shoal.errors import JobCancelledError, ShapeError
from shoal.kernels.code_scan import Float32Array
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in, nearest


def drawn(n_rows: int, dimension: int = 24, seed: int = 0) -> Float32Array:
    return np.random.default_rng(seed).standard_normal((n_rows, dimension)).astype(np.float32)


def test_a_row_finds_itself_at_distance_zero_and_equal_rows_by_number(tmp_path: Path) -> None:
    rows = drawn(300)
    rows[[40, 250]] = rows[7]
    for distance in Distance:
        index = VectorIndex.open(VectorsInMemory(rows, distance, distance), derived_in(tmp_path))
        found = index.nearest(rows[7:8], 3)
        assert found.rows.tolist() == [7, 40, 250]
        assert found.distances.tolist() == [0, 0, 0]


def test_the_distance_is_to_the_nearest_of_several_queries(tmp_path: Path) -> None:
    rows = drawn(50)
    index = VectorIndex.open(VectorsInMemory(rows), derived_in(tmp_path))
    found = index.nearest(3 * rows[[11, 4]], 2)
    assert found.rows.tolist() == [4, 11]
    assert found.which.tolist() == [1, 0]
    assert found.distances == pytest.approx([0, 0], abs=1e-6)


def test_a_rare_filter_still_returns_k(tmp_path: Path) -> None:
    table = VectorsInMemory(drawn(5_000))
    index = VectorIndex.open(table, derived_in(tmp_path))
    allowed = np.arange(3, 5_000, 250)
    for k in (5, 20, 100):
        found = index.nearest(table.rows[:1], k, rows=allowed)
        assert (
            found.rows.tolist()
            == nearest(table.rows, table.rows[:1], k, allowed, Distance.COSINE)[0].tolist()
        )
    assert not len(index.nearest(table.rows[:1], 5, rows=np.empty(0, np.int64)).rows)
    assert not len(index.nearest(table.rows[:1], 5, rows=np.zeros(5_000, bool)).rows)


def test_new_rows_are_found_and_whole_blocks_are_not_read_again(tmp_path: Path) -> None:
    derived, rows = derived_in(tmp_path), drawn(100)
    coded_blocks(VectorsInMemory(rows[:70]), derived, block_rows=32)
    grown = VectorsInMemory(rows)
    index = VectorIndex(grown, coded_blocks(grown, derived, block_rows=32))
    assert min(grown.read) == 64
    assert index.nearest(rows[99:], 1).rows.tolist() == [99]
    again = VectorsInMemory(rows)
    coded_blocks(again, derived, block_rows=32)
    assert again.read == []


def test_what_was_coded_before_a_stop_is_kept(tmp_path: Path) -> None:
    derived, table = derived_in(tmp_path), VectorsInMemory(drawn(100))

    def stop(fraction: float, step: str) -> None:
        if fraction > 0.5:
            raise JobCancelledError("enough")

    with pytest.raises(JobCancelledError):
        coded_blocks(table, derived, stop, block_rows=32)
    table.read.clear()
    coded_blocks(table, derived, block_rows=32)
    assert min(table.read) == 64


def test_a_large_common_offset_does_not_blur_the_codes(tmp_path: Path) -> None:
    table = VectorsInMemory(drawn(2_000) + 500, Distance.EUCLIDEAN)
    index = VectorIndex.open(table, derived_in(tmp_path))
    query = table.rows[:1] + 0.1
    expected = nearest(table.rows, query, 20, np.arange(2_000), Distance.EUCLIDEAN)[0]
    assert index.nearest(query, 20).rows.tolist() == expected.tolist()


@pytest.mark.parametrize("distance", Distance)
@pytest.mark.parametrize("decay", [0.0, 0.7])
def test_sketches_leave_out_no_row_that_is_near(tmp_path: Path, distance: Distance, decay: float) -> None:
    rng = np.random.default_rng(1)
    spectrum = np.arange(1, MIN_DIMENSION + 1) ** -decay
    rows = rng.standard_normal((3 * MIN_ROWS, MIN_DIMENSION)) * spectrum + 0.3
    table = VectorsInMemory(rows.astype(np.float32), distance)
    index = VectorIndex(table, coded_blocks(table, derived_in(tmp_path), block_rows=MIN_ROWS + 7))
    assert [len(block.basis) > 0 for block in index.blocks] == [True, True, False]
    queries = table.rows[[5, 9_000]] + (0.1 * rng.standard_normal((2, MIN_DIMENSION))).astype(np.float32)
    for allowed in (np.arange(table.n_rows), np.arange(0, table.n_rows, 40)):
        expected = nearest(table.rows, queries, 30, allowed, distance)[0]
        assert index.nearest(queries, 30, rows=allowed).rows.tolist() == expected.tolist()


def test_the_largest_inner_products_are_those_of_floats(tmp_path: Path) -> None:
    rows = drawn(3_000)
    for distance in Distance:
        index = VectorIndex.open(VectorsInMemory(rows, distance, distance), derived_in(tmp_path))
        seen = rows / np.linalg.norm(rows, axis=1, keepdims=True) if distance is Distance.COSINE else rows
        values = seen.astype(np.float64) @ rows[5].astype(np.float64)
        found = index.largest(rows[5], 10, rows=np.arange(0, 3_000, 3))
        expected = np.arange(0, 3_000, 3)[np.argsort(-values[::3], kind="stable")[:10]]
        assert found.rows.tolist() == expected.tolist()
        assert found.values == pytest.approx(values[expected])


def test_an_empty_table_has_nothing_near(tmp_path: Path) -> None:
    index = VectorIndex.open(VectorsInMemory(np.empty((0, 4), np.float32)), derived_in(tmp_path))
    assert not len(index.nearest(np.ones((1, 4), np.float32), 3).rows)


@pytest.mark.parametrize("shape", [(1, 5), (0, 4), (4,)])
def test_queries_of_another_shape_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    index = VectorIndex.open(VectorsInMemory(np.ones((3, 4), np.float32)), derived_in(tmp_path))
    with pytest.raises(ShapeError):
        index.nearest(np.ones(shape, np.float32), 3)
