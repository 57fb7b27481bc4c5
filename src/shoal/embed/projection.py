"""Two coordinates for every vector of a table, kept block by block as derived arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
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
    for start in range(0, table.n_rows, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, table.n_rows)
        if report is not None:
            report(start / table.n_rows, "placing points")
        key = {"kind": "map points", "uri": table.key["uri"], "map": name, "rows": [start, stop]}
        parts.append(derived.get_or_make(key, _maker(place, start, stop))["xy"])
    return _plane(parts)


def _maker(
    place: Callable[[int, int], Float32Array], start: int, stop: int
) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"xy": place(start, stop)}


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
