"""Filters of the old client, written as it writes them, mean the cells it was asked for."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from itertools import chain, combinations, product

import pytest

from shoal.errors import InvalidInputError
from shoal.services.aquarium.filter_classes import Cell, decode_filter_classes, evaluated_classes

BACKGROUND = "background"
RATIO = 3


def encoded(items: object) -> str:
    return base64.b64encode(json.dumps(items).encode()).decode()


def as_the_client_writes(cells: set[Cell], classes: list[str]) -> str:
    """Shorten columns, then rows, of which more than three quarters are asked for; rows with its mistake."""
    known, left, items = [*classes, BACKGROUND], set(cells), []
    for predicted in known:
        column = {truth for truth in known if (truth, predicted) in left}
        if len(column) > RATIO * (len(known) - len(column)):
            items.append(["inf_except_gt", predicted, *(t for t in known if t not in column)])
            left -= set(product(column, [predicted]))
    for truth in known:
        row = {predicted for predicted in known if (truth, predicted) in left}
        if len(row) > RATIO * (len(known) - len(row)):
            items.append(["gt_except_inf", truth, *[truth] * (len(known) - len(row))])
            left -= set(product([truth], row))
    return encoded(items + [["pair", truth, predicted] for truth, predicted in left])


def queries(classes: list[str]) -> dict[str, set[Cell]]:
    first, last = classes[0], classes[-1]
    return {
        "cell": {(first, last)},
        "correct": {(name, name) for name in classes},
        "confusions": {(a, b) for a in classes for b in classes if a != b},
        "false positives": {(BACKGROUND, name) for name in classes},
        "false negatives": {(name, BACKGROUND) for name in classes},
        "confused as": {(name, first) for name in classes if name != first},
        "confused from": {(last, name) for name in classes if name != last},
    }


@pytest.mark.parametrize("n_classes", [1, 2, 3, 4, 5, 7, 8, 9, 12])
def test_all_queries_alone_and_together(n_classes: int) -> None:
    classes = sorted(f"c{i}" for i in range(n_classes))
    known = queries(classes)
    for names in chain.from_iterable(combinations(known, n) for n in range(1, len(known) + 1)):
        cells = set().union(*(known[name] for name in names))
        assert decode_filter_classes(as_the_client_writes(cells, classes), classes) == cells, names


@pytest.mark.parametrize("n_classes", [2, 4, 5, 8, 12])
def test_with_single_cells_the_answer_is_right_or_refused(n_classes: int) -> None:
    classes = sorted(f"c{i}" for i in range(n_classes))
    first, last = classes[0], classes[-1]
    known = queries(classes) | {
        "last found": {(last, last)},
        "last missed": {(last, BACKGROUND)},
        "first found": {(first, first)},
        "false alarm": {(BACKGROUND, last)},
    }
    n_right = 0
    for names in chain.from_iterable(combinations(known, n) for n in range(1, 5)):
        cells = set().union(*(known[name] for name in names))
        with suppress(InvalidInputError):
            assert decode_filter_classes(as_the_client_writes(cells, classes), classes) == cells, names
            n_right += 1
    assert n_right > 450


@pytest.mark.parametrize("cell", ["found", "missed"])
def test_a_row_with_one_cell_more_is_refused_for_nobody_knows_which(cell: str) -> None:
    classes = [f"c{i}" for i in range(12)]
    cells = queries(classes)["confused from"] | {("c11", "c11" if cell == "found" else BACKGROUND)}
    with pytest.raises(InvalidInputError, match="leaves out 1 cell,"):
        decode_filter_classes(as_the_client_writes(cells, classes), classes)


def test_a_row_with_more_left_out_than_can_be_known_is_refused() -> None:
    classes = [f"c{i}" for i in range(20)]
    with pytest.raises(InvalidInputError, match="leaves out 5 cells"):
        decode_filter_classes(encoded([["gt_except_inf", "c3", *["c3"] * 5]]), classes)


@pytest.mark.parametrize(
    "text",
    [
        "no base64!",
        base64.b64encode(b"no JSON").decode(),
        encoded({"pair": 1}),
        encoded([["pair", "a"]]),
        encoded([["pair", "a", 1]]),
        encoded([["rows", "a", "b"]]),
        encoded([[]]),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        decode_filter_classes(text, ["a", "b"])


def test_classes_are_named_as_the_client_names_them() -> None:
    entries: list[dict[str, object]] = [
        {"name": "Truck", "train_name": "Vehicle"},
        {"name": "Car", "train_name": "vehicle"},
        {"name": "Person"},
        {"name": "Tree", "train_name": None},
        {"name": "Sky", "train_name": ""},
    ]
    assert evaluated_classes(entries) == ["person", "tree", "vehicle"]
