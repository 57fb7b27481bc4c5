"""Two coordinates for every vector of a table, kept block by block as derived arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.embed.projection_basis import Basis, fit_basis
from shoal.model.embedding import Projection

if TYPE_CHECKING:
    from shoal.embed.codes import Vectors
    from shoal.kernels.code_scan import Float32Array
    from shoal.store.derived import Derived

Report = Callable[[float, str], None]
"""Told how far the work is, 0 to 1, and what is going on; raises to stop it."""

BLOCK_ROWS: Final = 65_536
SHORT_BLOCK_ROWS: Final = 4_096
"""The rows after the last full block are kept in short ones: a few more rows cost little."""


@dataclass(frozen=True, slots=True)
class Points:
    """Where the vectors of a table lie on a map.

    Attributes:
        xy: float32, shape (R, 2), a point for each row of the table.
        key: names the map: rows of one key keep their points while the table grows.
    """

    xy: Float32Array
    key: str


def pca_points(table: Vectors, derived: Derived, report: Report | None = None) -> Points:
    """Return every row along the two directions of largest variance.

    The directions are found once and serve rows added later; they are found anew when the table has doubled.

    Args:
        table: the vectors; without rows there are no points.
        derived: where points are kept.
        report: told of progress.

    Raises:
        StorageError: the disk failed.
    """
    if table.n_rows == 0:
        return Points(np.empty((0, 2), np.float32), "empty")
    basis_key = {
        "kind": "map basis",
        "uri": table.key["uri"],
        "stage": table.n_rows.bit_length(),
    }
    basis = Basis.of_arrays(derived.get_or_make(basis_key, lambda: fit_basis(table).arrays()))
    name = digest(Projection.PCA, basis.mean, basis.components)

    def place(start: int, stop: int) -> Float32Array:
        return _plane([basis.reduce(vectors, 2) for _, vectors in table.batches(start, stop)])

    return Points(by_blocks(table, derived, name, place, report), name)


def by_blocks(
    table: Vectors,
    derived: Derived,
    name: str,
    place: Callable[[int, int], Float32Array],
    report: Report | None = None,
) -> Float32Array:
    """Return the points of all rows, those not kept yet placed and kept: float32, shape (R, 2).

    Args:
        table: the vectors.
        derived: where points are kept.
        name: names the map.
        place: returns the points of rows `start..stop`.
        report: told of progress.
    """
    parts = []
    for start, stop in _blocks(table.n_rows):
        if report is not None:
            report(start / table.n_rows, "placing points")
        key = _block_key(table, name, start, stop)
        parts.append(derived.get_or_make(key, _maker(table, derived, name, place, start, stop))["xy"])
    return _plane(parts)


def n_unplaced(table: Vectors, derived: Derived, name: str) -> int:
    """Return how many rows of a table `by_blocks` would have to place."""
    missing = 0
    for start, stop in _blocks(table.n_rows):
        if derived.find(_block_key(table, name, start, stop)) is None:
            runs = _runs(table, derived, name, start, stop)
            missing += sum(last - first for first, last, kept in runs if kept is None)
    return missing


def _blocks(n_rows: int) -> Iterator[tuple[int, int]]:
    """Yield the rows of each block: long ones as far as they are full, short ones for what follows."""
    full = n_rows // BLOCK_ROWS * BLOCK_ROWS
    for start in range(0, full, BLOCK_ROWS):
        yield start, start + BLOCK_ROWS
    for start in range(full, n_rows, SHORT_BLOCK_ROWS):
        yield start, min(start + SHORT_BLOCK_ROWS, n_rows)


def _block_key(table: Vectors, name: str, start: int, stop: int) -> dict[str, Any]:
    return {"kind": "map points", "uri": table.key["uri"], "map": name, "rows": [start, stop]}


def _maker(
    table: Vectors,
    derived: Derived,
    name: str,
    place: Callable[[int, int], Float32Array],
    start: int,
    stop: int,
) -> Callable[[], Mapping[str, Any]]:
    def make() -> Mapping[str, Any]:
        runs = _runs(table, derived, name, start, stop)
        parts = [place(first, last) if kept is None else kept for first, last, kept in runs]
        return {"xy": np.concatenate(parts)}

    return make


def _runs(
    table: Vectors, derived: Derived, name: str, start: int, stop: int
) -> list[tuple[int, int, Float32Array | None]]:
    """Return the rows of a block in runs: short blocks that were kept, and what lies between them."""
    runs: list[tuple[int, int, Float32Array | None]] = []
    for first in range(start, stop, SHORT_BLOCK_ROWS):
        last = min(first + SHORT_BLOCK_ROWS, stop)
        is_whole = (first, last) == (start, stop)
        found = None if is_whole else derived.find(_block_key(table, name, first, last))
        if found is not None:
            runs.append((first, last, found["xy"]))
        elif runs and runs[-1][2] is None:
            runs[-1] = (runs[-1][0], last, None)
        else:
            runs.append((first, last, None))
    return runs


def _plane(parts: list[Float32Array]) -> Float32Array:
    """Return parts of shape (n, 1) or (n, 2) as one array (R, 2): vectors of one number lie on a line."""
    joined = np.concatenate(parts)
    if joined.shape[1] == 2:
        return joined
    return np.concatenate([joined, np.zeros_like(joined)], axis=1)


def digest(method: Projection, *arrays: Float32Array) -> str:
    """Return a short name for a map made of these arrays."""
    content = hashlib.sha256()
    for array in arrays:
        content.update(np.ascontiguousarray(array).tobytes())
    return f"{method.value}-{content.hexdigest()[:16]}"
