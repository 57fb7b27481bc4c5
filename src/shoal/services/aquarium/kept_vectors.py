"""Vectors of labels in changed frames: a label that is stored anew keeps the vector it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shoal.model.segment import ElementKind
from shoal.services.lookup import dataset_named
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene
from shoal.services.stored_vectors import newest_rows
from shoal.services.vector_writing import SpaceTarget, store_vectors
from shoal.store import tables
from shoal.store.catalog import EmbeddingSpace
from shoal.store.tables import TableVersion
from shoal.store.vectors import open_vectors

_FRAMES: Final = "changed_frames"
_BEFORE: Final = "labels_before"


def kept_vectors(labels: TableVersion, changed_frames: Sequence[str]) -> dict[str, Any]:
    """Return what the arguments of a job say of labels that keep their vectors."""
    return {_FRAMES: list(changed_frames), _BEFORE: [labels.uri, labels.version, labels.n_rows]}


def keeps_vectors(session: Session, arguments: Mapping[str, Any]) -> bool:
    """Return whether there are vectors to be kept."""
    if not arguments.get(_FRAMES):
        return False
    dataset = dataset_named(session, arguments["project"], arguments["dataset"])
    return bool(list(session.scalars(_spaces_of(dataset.id))))


def keep_vectors(runtime: Runtime, scene: Scene, arguments: Mapping[str, Any]) -> None:
    """Give labels of changed frames that have no vector the one a label of their id had before."""
    if not arguments.get(_FRAMES):
        return
    wanted = set(arguments[_FRAMES])
    is_changed = np.array([frame_id in wanted for frame_id in scene.snapshot.frame_ids], np.bool_)
    frames = scene.snapshot.ordinals[is_changed]
    before = _numbers(runtime, TableVersion(*arguments[_BEFORE]), frames)
    after = _numbers(runtime, scene.source.labels, frames)
    pairs = [(before[name], number) for name, number in after.items() if name in before]
    with runtime.catalog.read() as session:
        spaces = list(session.scalars(_spaces_of(scene.dataset.id)))
    for space in spaces:
        _keep(runtime, space, pairs)


def _keep(runtime: Runtime, space: EmbeddingSpace, pairs: Sequence[tuple[int, int]]) -> None:
    table = open_vectors(
        runtime.home,
        space.table,
        dimension=space.dimension,
        distance=space.distance,
        model_id=space.model_id,
    )
    known = table.ordinals()
    newest = newest_rows(known)
    has_vector = set(known.tolist())
    kept = [(old, new) for old, new in pairs if old in has_vector and new not in has_vector]
    if not kept:
        return
    rows = np.array([newest[old] for old, _ in kept], np.int64)
    ordinals = np.array([new for _, new in kept], np.uint32)
    target = SpaceTarget(
        dataset_id=space.dataset_id,
        name=space.name,
        elements=space.elements,
        inference_set_id=None,
        model_id=space.model_id,
        dimension=space.dimension,
        distance=space.distance,
        origin="uploaded",
    )
    store_vectors(runtime, target, ordinals, [(ordinals, table.take(rows))])


def _numbers(runtime: Runtime, labels: TableVersion, frames: NDArray[np.uint32]) -> dict[str, int]:
    found = tables.read(runtime.home, labels, ["label_id", "row_ordinal"], ordinals=frames)
    ids, numbers = (found.column(name).to_pylist() for name in found.column_names)
    return dict(zip(ids, numbers, strict=True))


def _spaces_of(dataset_id: str) -> Select[Any]:
    return select(EmbeddingSpace).where(
        EmbeddingSpace.dataset_id == dataset_id, EmbeddingSpace.elements == ElementKind.LABELS
    )
