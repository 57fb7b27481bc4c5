"""One inference set over one dataset version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shoal.engine.snapshot import DatasetSnapshot, boxes_of, evaluation_classes
from shoal.kernels.objects import BoolArray, Int64Array, Objects, offsets_of, order_by_confidence
from shoal.model.class_map import ClassMap
from shoal.model.columns import BOX_COLUMNS, ORDINAL, ROW_ORDINAL
from shoal.store.bitmaps import decode
from shoal.store.tables import TableVersion

if TYPE_CHECKING:
    import polars as pl

    from shoal.store.columns import ColumnCache


@dataclass(frozen=True, slots=True)
class InferenceSource:
    """What an inference set is made of, as the catalog names it.

    Attributes:
        version_id: the catalog's id of the inference set's version.
        set_id: the catalog's id of the inference set.
        name: the user's name for it.
        table: the inferences table.
        coverage: roaring bitmap of the ordinals of covered frames, as stored.
        fields: type names of the user columns.
    """

    version_id: str
    set_id: str
    name: str
    table: TableVersion
    coverage: bytes
    fields: Mapping[str, str]


class InferenceSnapshot:
    """The inferences of one set on the frames of one dataset version.

    *Stored rows* number the table by frame, then stored order; *rows* number what matching reads: only frames
    of this dataset version, by frame, then falling confidence, then stored order.

    Args:
        source: the table and its coverage.
        dataset: the dataset version.
        cache: where columns are loaded and kept.
    """

    def __init__(self, source: InferenceSource, dataset: DatasetSnapshot, cache: ColumnCache) -> None:
        self.source = source
        self.dataset = dataset
        self._cache = cache

    @property
    def name(self) -> str:
        """The inference set's name."""
        return self.source.name

    def table(self, *columns: str) -> pl.DataFrame:
        """Return columns by stored row."""
        return self._cache.frame(self.source.table, columns)

    @cached_property
    def covered(self) -> BoolArray:
        """bool, shape (F,): the frames the set was run on."""
        stored = decode(self.source.coverage)
        return np.isin(self.dataset.ordinals, stored, assume_unique=True)

    @cached_property
    def _order(self) -> tuple[Int64Array, Int64Array]:
        ordinals = self.table(ORDINAL)[ORDINAL].to_numpy()
        known = self.dataset.ordinals
        position = np.searchsorted(known, ordinals).astype(np.int64)
        inside = np.zeros(len(ordinals), np.bool_)
        within = position < len(known)
        inside[within] = known[position[within]] == ordinals[within]
        stored = np.flatnonzero(inside)
        frame = position[stored]
        confidence = self.table("confidence")["confidence"].to_numpy()[stored]
        order = order_by_confidence(frame, confidence)
        return stored[order].astype(np.int64, copy=False), frame[order]

    @property
    def stored_rows(self) -> Int64Array:
        """int64, shape (N,): the stored row of each row."""
        return self._order[0]

    @cached_property
    def offsets(self) -> Int64Array:
        """int64, shape (F + 1,): rows of frame `f` are `offsets[f]:offsets[f + 1]`."""
        return offsets_of(self._order[1], self.dataset.n_frames)

    @cached_property
    def row_ordinals(self) -> NDArray[np.uint32]:
        """uint32, shape (stored rows,): each inference's number in its set."""
        return self.table(ROW_ORDINAL)[ROW_ORDINAL].to_numpy().astype(np.uint32, copy=False)

    def objects(self, class_map: ClassMap) -> Objects:
        """Return the inferences as the kernels read them."""
        rows = self.stored_rows
        boxes = boxes_of(self.table(*BOX_COLUMNS))
        classes = evaluation_classes(self.table("class_index")["class_index"].to_numpy(), class_map)
        return Objects(
            offsets=self.offsets,
            boxes=boxes[rows] if len(boxes) else boxes,
            classes=classes[rows],
            flags=np.zeros(len(rows), np.uint8),
            scores=self.table("confidence")["confidence"].to_numpy()[rows],
        )
