"""Tables of vectors: what is written is read, by row, and nothing of a failed write stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shoal.errors import InvalidInputError
from shoal.model.embedding import Distance
from shoal.store.home import Home
from shoal.store.vectors import (
    Float32Array,
    VectorBatch,
    VectorTable,
    append_vectors,
    open_vectors,
    rows_per_batch,
    write_vectors,
)
from shoal.store.versions import TableVersion

DIMENSION = 7


def made(n: int, seed: int, start: int = 0) -> VectorBatch:
    vectors = np.random.default_rng(seed).standard_normal((n, DIMENSION), dtype=np.float32)
    return np.arange(start, start + n, dtype=np.uint32), vectors


def opened(home: Home, table: TableVersion) -> VectorTable:
    return open_vectors(home, table, dimension=DIMENSION, distance=Distance.COSINE, model_id="m")


def all_of(table: VectorTable, start: int = 0, stop: int | None = None) -> Float32Array:
    parts = list(table.batches(start, stop))
    rows = [first for first, _ in parts]
    assert rows == list(np.cumsum([start, *(len(v) for _, v in parts)])[:-1])
    return np.concatenate([np.empty((0, DIMENSION), np.float32), *(v for _, v in parts)])


def test_written_vectors_are_read_in_order_and_by_row(home: Home) -> None:
    first, second = made(50, 1), made(30, 2, start=50)
    table = opened(home, write_vectors(home, [first, second], DIMENSION))
    both = np.concatenate([first[1], second[1]])
    assert table.n_rows == 80
    assert table.ordinals().tolist() == list(range(80))
    assert np.array_equal(all_of(table), both)
    assert np.array_equal(all_of(table, 45, 55), both[45:55])
    assert all_of(table, 80).shape == (0, DIMENSION)
    rows = np.array([70, 3, 3, 0])
    assert np.array_equal(table.take(rows), both[rows])
    assert table.take(np.empty(0, np.int64)).shape == (0, DIMENSION)


def test_appending_leaves_the_rows_before_as_they_were(home: Home) -> None:
    base = write_vectors(home, [made(20, 1)], DIMENSION)
    before = opened(home, base)
    grown = append_vectors(home, base, [made(10, 2, start=5)], DIMENSION)
    after = opened(home, grown)
    assert (grown.uri, grown.n_rows) == (base.uri, 30)
    assert np.array_equal(all_of(after)[:20], all_of(before))
    assert after.ordinals()[20:].tolist() == list(range(5, 15))
    assert before.n_rows == 20
    assert np.array_equal(all_of(before), made(20, 1)[1])


def test_appending_starts_from_the_version_named(home: Home) -> None:
    base = write_vectors(home, [made(20, 1)], DIMENSION)
    append_vectors(home, base, [made(10, 2)], DIMENSION)
    again = append_vectors(home, base, [made(3, 3, start=90)], DIMENSION)
    assert again.n_rows == 23
    assert opened(home, again).ordinals()[20:].tolist() == [90, 91, 92]


def test_what_fails_while_it_is_read_leaves_nothing(home: Home) -> None:
    def failing() -> Iterator[VectorBatch]:
        yield made(20, 1)
        raise InvalidInputError("row 21 is at fault")

    with pytest.raises(InvalidInputError, match="row 21"):
        write_vectors(home, failing(), DIMENSION)
    assert list((home.path / "tables").iterdir()) == []
    base = write_vectors(home, [made(20, 1)], DIMENSION)
    files = sizes(home.path)
    with pytest.raises(InvalidInputError, match="row 21"):
        append_vectors(home, base, failing(), DIMENSION)
    assert sizes(home.path) == files
    assert np.array_equal(all_of(opened(home, base)), made(20, 1)[1])
    assert list((home.path / "unsettled").iterdir()) == []


def sizes(path: Path) -> int:
    return sum(1 for file in (path / "tables").rglob("*.lance") if file.is_file())


def test_batches_hold_some_megabytes() -> None:
    assert rows_per_batch(512) == 8192
    assert rows_per_batch(1 << 30) == 1
