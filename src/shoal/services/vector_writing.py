"""Adding vectors to an embedding space: data first, then one catalog transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError, NotFoundError, StorageError
from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.services.stored_vectors import newest_rows
from shoal.services.vector_cells import start_cells
from shoal.store import tables
from shoal.store.catalog import Dataset, EmbeddingSpace, InferenceSet
from shoal.store.tables import TableVersion
from shoal.store.vectors import (
    UInt32Array,
    VectorBatch,
    VectorTable,
    append_vectors,
    open_vectors,
    write_vectors,
)

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class SpaceTarget:
    """Where vectors go, and what they are.

    Attributes:
        dataset_id: the catalog's id of the dataset.
        name: the space's.
        elements: what the vectors are of.
        inference_set_id: with inferences, the catalog's id of their set.
        model_id: what made the vectors.
        dimension: numbers in each.
        distance: how they are compared.
        origin: how they came here.
    """

    dataset_id: str
    name: str
    elements: ElementKind
    inference_set_id: str | None
    model_id: str
    dimension: int
    distance: Distance
    origin: Literal["uploaded", "computed"]


def space_at(session: Session, target: SpaceTarget) -> EmbeddingSpace | None:
    """Return the space vectors go into, `None` when it is new."""
    return session.scalar(
        select(EmbeddingSpace).where(
            EmbeddingSpace.dataset_id == target.dataset_id,
            EmbeddingSpace.name == target.name,
            EmbeddingSpace.elements == target.elements,
            EmbeddingSpace.inference_set_id.is_(None)
            if target.inference_set_id is None
            else EmbeddingSpace.inference_set_id == target.inference_set_id,
        )
    )


def check_target(space: EmbeddingSpace | None, target: SpaceTarget) -> None:
    """Raise `InvalidInputError` when vectors cannot join those of a space."""
    if space is None:
        return
    for field, expected, found in (
        ("model_id", space.model_id, target.model_id),
        ("dimension", space.dimension, target.dimension),
        ("distance", space.distance.value, target.distance.value),
    ):
        if expected != found:
            what = field.replace("_", " ")
            raise InvalidInputError(
                f"Embedding space {space.name!r} of {space.elements.value} has the {what} {expected!r}; "
                f"the new vectors have {found!r}.",
                hint="Give them a space of their own, or replace all vectors of this one (mode replace).",
                location={"field": field},
            )


def store_vectors(
    runtime: Runtime,
    target: SpaceTarget,
    ordinals: UInt32Array,
    batches: Iterable[VectorBatch],
    *,
    replace: bool = False,
    finish: Callable[[Session, EmbeddingSpace], None] | None = None,
    report: Callable[[float, str], None] | None = None,
) -> EmbeddingSpace:
    """Add vectors to a space, or make it; all of them become visible together, or none does.

    Where most rows would be superseded the newest ones are written again, into a table of their own.

    Args:
        runtime: the open home.
        target: the space.
        ordinals: uint32, shape (N,), all different: the elements the batches will bring.
        batches: those ordinals and vectors, in any order; their errors come through.
        replace: vectors the space has go; model, dimension and distance may change then.
        finish: what else belongs in the transaction that makes the vectors visible, such as a job's end.
        report: takes how far the index of a new table is (0 to 1) and a few words.  It is made before the
            vectors become visible, so that the first search need not wait; rows added to a table are
            indexed by the first search, because only rows that are named never change.

    Returns:
        the space's row as it is now.

    Raises:
        InvalidInputError: model, dimension or distance differ from the space's.
        NotFoundError: the dataset, the inference set or the space was deleted meanwhile.
        StorageError: the disk failed.
    """
    name = f"vectors:{target.dataset_id}:{target.name}:{target.elements}:{target.inference_set_id}"
    with runtime.home.locks.holding(name):
        with runtime.catalog.read() as session:
            before = space_at(session, target)
        if not replace:
            check_target(before, target)
        stored = _written(runtime, target, None if replace else before, ordinals, batches)
        try:
            if report is not None and (before is None or before.uri != stored.uri):
                _index(runtime, target, stored, report)
            space = _publish(runtime, target, None if replace else before, stored, finish)
        except BaseException:
            with suppress(StorageError):
                named = {before.table_version} if before and before.uri == stored.uri else set()
                tables.cleanup(runtime.home, stored.uri, named)
            raise
    start_cells(runtime, space.id)
    return space


def _index(
    runtime: Runtime, target: SpaceTarget, stored: TableVersion, report: Callable[[float, str], None]
) -> None:
    from shoal.embed.index import VectorIndex

    VectorIndex.open(_opened(runtime, stored, target), runtime.derived, report)


def _opened(runtime: Runtime, table: TableVersion, like: SpaceTarget | EmbeddingSpace) -> VectorTable:
    return open_vectors(
        runtime.home, table, dimension=like.dimension, distance=like.distance, model_id=like.model_id
    )


def _written(
    runtime: Runtime,
    target: SpaceTarget,
    before: EmbeddingSpace | None,
    ordinals: UInt32Array,
    batches: Iterable[VectorBatch],
) -> TableVersion:
    if before is None:
        return write_vectors(runtime.home, batches, target.dimension)
    old = _opened(runtime, before.table, before)
    known = old.ordinals()
    n_live = len(np.union1d(known, ordinals))
    if len(known) + len(ordinals) <= 2 * n_live:
        return append_vectors(runtime.home, before.table, batches, target.dimension)
    return write_vectors(runtime.home, chain(_live(old, known, ordinals), batches), target.dimension)


def _live(old: VectorTable, known: UInt32Array, superseded: UInt32Array) -> Iterator[VectorBatch]:
    """Yield the newest row of each element but those superseded."""
    keep = newest_rows(known)[known] == np.arange(len(known))
    keep &= ~np.isin(known, superseded)
    for first, vectors in old.batches():
        kept = keep[first : first + len(vectors)]
        if kept.any():
            yield known[first : first + len(vectors)][kept], vectors[kept]


def _publish(
    runtime: Runtime,
    target: SpaceTarget,
    before: EmbeddingSpace | None,
    stored: TableVersion,
    finish: Callable[[Session, EmbeddingSpace], None] | None,
) -> EmbeddingSpace:
    with runtime.catalog.begin() as session:
        if session.get(Dataset, target.dataset_id) is None:
            raise NotFoundError("The dataset was deleted while its vectors were read.")
        owner = target.inference_set_id
        if owner is not None and session.get(InferenceSet, owner) is None:
            raise NotFoundError("The inference set was deleted while its vectors were read.")
        values: dict[str, Any] = {
            "model_id": target.model_id,
            "dimension": target.dimension,
            "distance": target.distance,
            "origin": target.origin,
            "uri": stored.uri,
            "table_version": stored.version,
            "n_rows": stored.n_rows,
        }
        space = space_at(session, target)
        if before is not None and space is None:
            raise NotFoundError(f"Embedding space {before.name!r} was deleted while its vectors were read.")
        if space is None:
            space = EmbeddingSpace(
                dataset_id=target.dataset_id,
                name=target.name,
                elements=target.elements,
                inference_set_id=owner,
                **values,
            )
            session.add(space)
        else:
            for field, value in values.items():
                setattr(space, field, value)
            space.version += 1
        session.flush()
        if finish is not None:
            finish(session, space)
        return space
