"""Vectors of elements from NumPy, Parquet and Arrow files, in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shoal.errors import InvalidInputError
from shoal.formats.vector_file import Float32Array, VectorFile, as_float32, damaged
from shoal.formats.vector_ids import read_ids
from shoal.formats.vector_tables import is_vector_table, open_vector_table


def open_vector_file(
    path: Path,
    ids: Path | None,
    *,
    id_column: str = "id",
    vector_column: str = "vector",
    name: str | None = None,
    ids_name: str | None = None,
) -> VectorFile:
    """Open a file of vectors by its suffix; what is wrong with single rows shows when they are read.

    Args:
        path: `.npy` of shape (N, D), `.parquet`, `.arrow` or `.feather`.
        ids: with `.npy` a text file with an id a line, or a JSON list.
        id_column: of a table; usual names of id columns are tried where there is none of this one.
        vector_column: of a table: lists of numbers; usual names are tried likewise.
        name: what problems call the file; its own name if not given.
        ids_name: likewise.

    Raises:
        InvalidInputError: the file is of another kind, damaged, or holds no such columns.
    """
    shown = name or path.name
    if path.suffix.lower() == ".npy":
        return _numpy_file(path, ids, shown, ids_name)
    if not is_vector_table(path):
        raise InvalidInputError(
            f"Expected a file ending in .npy, .parquet, .arrow or .feather, found {shown!r}.",
            hint="Rename the file so that its ending tells its format.",
            location={"file": shown},
        )
    if ids is not None:
        raise InvalidInputError(
            f"Expected ids in a column of {shown!r}, found a file of ids beside it.",
            hint="Files of ids go with .npy.",
            location={"field": "ids"},
        )
    return open_vector_table(path, shown, id_column, vector_column)


def _numpy_file(path: Path, ids: Path | None, name: str, ids_name: str | None) -> VectorFile:
    if ids is None:
        raise InvalidInputError(
            f"Expected the ids of the rows of {name!r}, found none.",
            hint="Give a text file with an id a line, or a JSON list; or a table with an id column.",
            location={"field": "ids"},
        )
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise damaged(name, "a NumPy file (.npy)") from error
    if array.ndim != 2 or array.dtype.kind not in "fiu" or array.shape[1] == 0:
        raise InvalidInputError(
            f"{name}: expected an array of shape (rows, dimension) of numbers, "
            f"found shape {array.shape} of {array.dtype}.",
            location={"file": name},
        )
    found = read_ids(ids, ids_name or ids.name)
    if len(found.ids) != len(array):
        raise InvalidInputError(
            f"{found.name}: expected {len(array):,} ids, as {name} has rows; found {len(found.ids):,}.",
            location={"file": found.name},
        )

    def batches(n_rows: int) -> Iterator[tuple[int, Float32Array]]:
        for start in range(0, len(array), n_rows):
            yield start, as_float32(array[start : start + n_rows])

    return VectorFile(name, found.name, found.ids, array.shape[1], batches, found.place)
