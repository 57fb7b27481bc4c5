"""Rows of vectors held against what they should be: known ids that occur once, numbers of one dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.faults import listed, near_names, report_rows, shorten
from shoal.formats.frame_lookup import AMBIGUOUS, UNKNOWN, RowArray
from shoal.formats.vector_file import Float32Array, VectorFile, as_float32

SMALLEST_SQUARE: Final = 1e-30
"""Sum of squares from which on a vector has a direction in 32 bits."""

_NEAR_NAMES_LIMIT: Final = 20_000
"""Up to so many known ids, near ones are looked for."""


def checked_ids(file: VectorFile, elements: RowArray, kind: str, known: pa.Array, log: ProblemLog) -> None:
    """Add a problem for every row whose id is missing, unknown, not clear, or was there before.

    Args:
        file: the file.
        elements: shape (N,), which element each row is of, or `UNKNOWN`, `AMBIGUOUS`.
        kind: what the elements are, such as `frames`.
        known: ids there are, for hints.
        log: takes the problems.
    """
    ids = file.ids
    one = kind.removesuffix("s")
    missing = np.asarray(ids.is_null())

    def fault(row: int, expected: str, hint: str = "") -> Problem:
        found = shorten(ids[row].as_py())
        return Problem(file.ids_name, file.ids_place(row), "id", expected, found, hint)

    def unknown(row: int) -> Problem:
        name = ids[row].as_py()
        if len(known) <= _NEAR_NAMES_LIMIT and (near := near_names(name, known.drop_null().to_pylist())):
            return fault(row, f"the id of a {one} of the dataset", f"Near ones: {listed(near)}.")
        examples = listed(known.slice(0, 3).to_pylist())
        return fault(row, f"the id of a {one} of the dataset", f"Ids look like {examples}.")

    report_rows(log, missing, lambda row: fault(row, "an id"))
    report_rows(log, ~missing & (elements == UNKNOWN), unknown)
    report_rows(
        log, ~missing & (elements == AMBIGUOUS), lambda row: fault(row, f"an id that only one {one} has")
    )
    first = first_rows(elements)
    repeated = first < np.arange(len(elements))
    report_rows(
        log,
        repeated,
        lambda row: fault(row, f"each {one} once", f"It was at {file.ids_place(int(first[row]))} already."),
    )


def first_rows(elements: RowArray) -> npt.NDArray[np.int64]:
    """Return the first row with the same element, shape (N,); rows without an element are their own."""
    first = np.arange(len(elements), dtype=np.int64)
    known = np.flatnonzero(elements >= 0)
    _, index, inverse = np.unique(elements[known], return_index=True, return_inverse=True)
    first[known] = known[index[inverse]]
    return first


def checked_vectors(
    file: VectorFile, n_rows: int, *, dimension: int, needs_direction: bool, log: ProblemLog
) -> Iterator[tuple[int, Float32Array]]:
    """Yield the first row and vectors of each batch, float32 (b, D); after a problem nothing more.

    The file is read to its end all the same, so that all problems are counted.

    Args:
        file: the file.
        n_rows: how many rows a batch has at most.
        dimension: D.
        needs_direction: whether a vector of zeros is a problem, as it is for the cosine distance.
        log: takes the problems.
    """
    for start, found in file.batches(n_rows):
        vectors = found if isinstance(found, np.ndarray) else _whole(file.name, start, found, dimension, log)
        _check_numbers(file.name, start, vectors, needs_direction, log)
        if not log.total:
            yield start, vectors


def _whole(name: str, start: int, rows: list[Any], dimension: int, log: ProblemLog) -> Float32Array:
    """Return rows of D numbers as an array, ones in place of those that are not, which become problems."""
    wrong = np.array([row is None or len(row) != dimension for row in rows])

    def describe(row: int) -> Problem:
        found = "nothing" if rows[row] is None else f"{len(rows[row])}"
        return Problem(name, f"row {start + row}", "vector", f"{dimension} numbers", found)

    report_rows(log, wrong, describe)
    whole = np.ones((len(rows), dimension))
    for row in np.flatnonzero(~wrong):
        whole[row] = rows[row]
    return as_float32(whole)


def _check_numbers(
    name: str, start: int, vectors: Float32Array, needs_direction: bool, log: ProblemLog
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("ij,ij->i", vectors, vectors)
    is_finite = np.isfinite(squares)

    def not_finite(row: int) -> Problem:
        at = np.flatnonzero(~np.isfinite(vectors[row]))
        place = f"row {start + row}"
        if not len(at):
            found = f"numbers up to {np.abs(vectors[row]).max():.3g}"
            return Problem(name, place, "vector", "numbers that fit 32 bits when squared", found)
        found = f"{vectors[row, at[0]]:f} in place {at[0]}"
        return Problem(name, place, "vector", "finite numbers of 32 bits", found)

    def zero(row: int) -> Problem:
        hint = "Leave the row out, or use the euclidean distance."
        return Problem(
            name, f"row {start + row}", "vector", "a direction, for the cosine distance", "zeros", hint
        )

    report_rows(log, ~is_finite, not_finite)
    if needs_direction:
        report_rows(log, is_finite & (squares < SMALLEST_SQUARE), zero)
