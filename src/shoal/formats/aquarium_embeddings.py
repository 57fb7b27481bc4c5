"""Vectors the `aquariumlearning` client writes: Arrow files, with zeros where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.errors import InvalidInputError

Float32Array = npt.NDArray[np.float32]
Vectors = tuple[list[str], Float32Array]

FRAMES: Final = ("frame_ids", "frame_embeddings")
OBJECTS: Final = ("crop_ids", "crop_embeddings")


def read_vectors(path: Path, columns: tuple[str, str], dimension: int) -> Iterator[Vectors]:
    """Yield ids and vectors, (n,) and float32 of shape (n, dimension), batch by batch.

    Vectors of another length are dummies and left out, and so are zeros: the client writes them for frames
    and objects that keep the vector they have.

    Args:
        path: an Arrow IPC file.
        columns: `FRAMES`, or `OBJECTS`, which stand in lists, one list per frame.
        dimension: how long real vectors are.

    Raises:
        InvalidInputError: the file is not one, or lacks the columns.
    """
    try:
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        missing = [name for name in columns if name not in reader.schema.names]
        if missing:
            raise InvalidInputError(
                f"{path.name}: expected a column {missing[0]!r}, found {', '.join(reader.schema.names)}."
            )
        for i in range(reader.num_record_batches):
            batch = reader.get_batch(i)
            ids, vectors = (batch.column(name) for name in columns)
            if columns == OBJECTS:
                ids, vectors = _unnested(ids, vectors)
            found = _real(ids, vectors, dimension)
            if len(found[0]):
                yield found
    except pa.ArrowInvalid as error:
        raise InvalidInputError(f"{path.name} is not an Arrow file: {error}.") from error


def _unnested(ids: pa.Array, vectors: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Take lists of ids and of vectors apart where they are equally long."""
    if not _is_list(vectors.type) or not _is_list(vectors.type.value_type) or not _is_list(ids.type):
        return pa.array([], pa.string()), pa.array([], pa.list_(pa.float64()))
    same = pc.fill_null(pc.equal(pc.list_value_length(ids), pc.list_value_length(vectors)), False)
    return ids.filter(same).flatten(), vectors.filter(same).flatten()


def _real(ids: pa.Array, vectors: pa.Array, dimension: int) -> Vectors:
    if not _is_list(vectors.type) or not pa.types.is_floating(vectors.type.value_type):
        return [], np.empty((0, dimension), np.float32)
    whole = pc.fill_null(pc.equal(pc.list_value_length(vectors), dimension), False)
    kept = vectors.filter(whole)
    numbers = np.asarray(kept.flatten(), np.float32).reshape(len(kept), dimension)
    says_something = numbers.any(axis=1)
    names = ids.filter(whole).filter(pa.array(says_something))
    return names.cast(pa.string()).to_pylist(), numbers[says_something]


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
