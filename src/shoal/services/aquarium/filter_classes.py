"""Cells of a confusion matrix as the old client writes them: pairs, and rows or columns with exceptions."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from itertools import product

from shoal.errors import InvalidInputError
from shoal.model.class_map import BACKGROUND

Cell = tuple[str, str]
"""True class and predicted class, in small letters."""

_FIELD = {"field": "encoded_filter_classes"}


def evaluated_classes(class_map: Iterable[dict[str, object]]) -> list[str]:
    """Return the class names the client asks with: `train_name` or `name`, in small letters, sorted."""
    names = {
        str(entry.get("train_name") or entry["name"]).lower()
        for entry in class_map
        if entry.get("train_name") != ""
    }
    return sorted(names)


def decode_filter_classes(text: str, classes: Sequence[str]) -> frozenset[Cell]:
    """Return the cells a filter means.

    The client writes `["pair", truth, predicted]`, `["inf_except_gt", predicted, truth…]` for a column and
    `["gt_except_inf", truth, …]` for a row.  What a row leaves out it writes wrongly: the true class, once
    for every cell left out.  So only the number is known, and what its own queries can mean by it: the cells
    that columns of the same filter hold already, with the diagonal and background, or one of these, or
    neither.  Where it is one of these, it is background if the filter holds the diagonal elsewhere; otherwise
    nobody can know which.

    Args:
        text: base64 of a JSON list.
        classes: the evaluated classes without background, as `evaluated_classes` gives them.

    Raises:
        InvalidInputError: the text is no such list, or it cannot be known which cells a row leaves out.
    """
    items = _items(text)
    known = [*classes, BACKGROUND]
    cells = {(item[1], item[2]) for item in items if item[0] == "pair"}
    columns = [item[1:] for item in items if item[0] == "inf_except_gt"]
    rows = [item[1:] for item in items if item[0] == "gt_except_inf"]
    for predicted, *excluded in columns:
        cells |= set(product(set(known) - set(excluded), [predicted]))
    written_as_rows = {truth for truth, *_ in rows}
    has_diagonal = all((name, name) in cells for name in classes if name not in written_as_rows)
    in_columns = {truth: {column[0] for column in columns if (truth, column[0]) in cells} for truth in known}
    for truth, *copies in rows:
        left_out = _left_out(truth, len(copies), in_columns.get(truth, set()), has_diagonal)
        cells |= set(product([truth], set(known) - left_out))
    return frozenset(cells)


def _left_out(truth: str, n: int, in_columns: set[str], has_diagonal: bool) -> set[str]:
    guesses = ({truth, BACKGROUND}, {BACKGROUND}, {truth}, set[str]())
    fitting = {frozenset(own | in_columns) for own in guesses if len(own | in_columns) == n}
    if has_diagonal:
        fitting = {left_out for left_out in fitting if BACKGROUND in left_out} or fitting
    if len(fitting) == 1:
        return set(fitting.pop())
    cells = "1 cell" if n == 1 else f"{n} cells"
    raise InvalidInputError(
        f"The row of {truth!r} leaves out {cells}, and the client does not write which.",
        hint="Ask with fewer queries at a time, or with make_cell_query.",
        location=_FIELD,
    )


def _items(text: str) -> list[list[str]]:
    try:
        items = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(f"Expected base64 of JSON, found {text[:40]!r}.", location=_FIELD) from error
    if not isinstance(items, list) or not all(_is_item(item) for item in items):
        raise InvalidInputError("Expected a list of cells, rows and columns.", location=_FIELD)
    return items


def _is_item(item: object) -> bool:
    if not isinstance(item, list) or len(item) < 2 or not all(isinstance(part, str) for part in item):
        return False
    return len(item) == 3 if item[0] == "pair" else item[0] in ("inf_except_gt", "gt_except_inf")
