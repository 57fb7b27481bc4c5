"""A file of vectors, whichever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import InvalidInputError

Float32Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class VectorFile:
    """A file of vectors, one a row, and whose they are.

    Attributes:
        name: what problems call the file with the vectors.
        ids_name: what they call the file with the ids; the same one for tables.
        ids: text, shape (N,), null where a row has none.
        dimension: numbers in a vector; 0 for a file without rows.
        batches: called with how many rows at most, yields the first row and its vectors, float32 (b, D), or a
            list of `None` and arrays of any length where they are not all D numbers.
        ids_place: gives the place of an id from its row.
    """

    name: str
    ids_name: str
    ids: pa.Array
    dimension: int
    batches: Callable[[int], Iterator[tuple[int, Float32Array | list[Any]]]]
    ids_place: Callable[[int], str]


def as_float32(values: npt.NDArray[Any]) -> Float32Array:
    """Return numbers as float32; what is too large becomes infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(values, np.float32)


def damaged(name: str, kind: str) -> InvalidInputError:
    """Return the error for a file that cannot be read as what its name says."""
    return InvalidInputError(
        f"{name}: expected {kind}, found one that is damaged, cut off or of another kind.",
        hint="Write the file again.",
        location={"file": name},
    )
