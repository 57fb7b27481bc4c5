"""Batches of work queues fill up in order and stay what they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.services.aquarium.batches import batch_name, batch_numbers


def test_elements_fill_batches_in_order() -> None:
    assert batch_numbers("abcde", {}, 2) == {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}
    assert batch_name(3) == "batch_3"


def test_later_elements_fill_up_the_last_batch() -> None:
    known = batch_numbers("abc", {}, 2)
    assert batch_numbers("de", known, 2) == {"d": 2, "e": 3}


def test_nobody_moves_when_one_leaves() -> None:
    known = batch_numbers("abcd", {}, 2)
    assert batch_numbers("bcdx", known, 2) == {"b": 1, "c": 2, "d": 2, "x": 3}


@given(st.lists(st.integers(0, 40).map(str), unique=True), st.integers(0, 7))
def test_no_batch_is_larger_than_its_size(ids: list[str], size: int) -> None:
    numbers = list(batch_numbers(ids, {}, size).values())
    assert numbers == sorted(numbers)
    assert all(numbers.count(number) <= max(1, size) for number in set(numbers))
