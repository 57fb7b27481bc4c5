"""One inference set over one dataset version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.engine.snapshot import DatasetSnapshot, boxes_of, evaluation_classes, kept_objects
from shoal.kernels.objects import BoolArray, Int64Array, Objects, offsets_of
from shoal.model.class_map import ClassMap, EvaluationClasses
from shoal.model.columns import ORDINAL, ROW_ORDINAL
from shoal.store.bitmaps import decode
from shoal.store.versions import TableVersion

if TYPE_CHECKING:
    import polars as pl

    from shoal.store.columns import ColumnCache
    from shoal.store.derived import Derived


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
        derived: where arrays made of them are kept on disk.
    """

    def __init__(
        self, source: InferenceSource, dataset: DatasetSnapshot, cache: ColumnCache, derived: Derived
    ) -> None:
        self.source = source
        self.dataset = dataset
        self._cache = cache
        self._derived = derived

    @property
    def name(self) -> str:
        """The inference set's name."""
        return self.source.name

    def table(self, *columns: str) -> pl.DataFrame:
        """Return columns by stored row."""
        return self._cache.frame(self.source.table, columns)

    def _passing(self, column: str) -> NDArray[Any]:
        return self._cache.passing(self.source.table, column).to_numpy()

    @cached_property
    def covered(self) -> BoolArray:
        """bool, shape (F,): the frames the set was run on."""
        stored = decode(self.source.coverage)
        return np.isin(self.dataset.ordinals, stored, assume_unique=True)

    @cached_property
    def coverage_key(self) -> str:
        """A digest of which frames are covered."""
        return hashlib.sha256(self.source.coverage).hexdigest()

    @property
    def _tables(self) -> list[str | int]:
        table, frames = self.source.table, self.dataset.source.frames
        return [table.uri, table.version, frames.uri, frames.version]

    @cached_property
    def _rows(self) -> Mapping[str, NDArray[Any]]:
        return self._derived.get_or_make({"what": "rows", "tables": self._tables}, self._ordered_rows)

    def _ordered_rows(self) -> dict[str, NDArray[Any]]:
        from shoal.kernels.ordering import order_within_frames

        ordinals = self._passing(ORDINAL)
        known = self.dataset.ordinals
        position = np.searchsorted(known, ordinals).astype(np.int64)
        inside = np.zeros(len(ordinals), np.bool_)
        within = position < len(known)
        inside[within] = known[position[within]] == ordinals[within]
        stored = np.flatnonzero(inside)
        frame = position[stored]
        confidence = self._passing("confidence")[stored]
        offsets = offsets_of(frame, self.dataset.n_frames)
        order = order_within_frames(offsets, confidence)
        return {"stored_rows": stored[order].astype(np.int64, copy=False), "offsets": offsets}

    @property
    def stored_rows(self) -> Int64Array:
        """int64, shape (N,): the stored row of each row."""
        rows: Int64Array = self._rows["stored_rows"]
        return rows

    @property
    def offsets(self) -> Int64Array:
        """int64, shape (F + 1,): rows of frame `f` are `offsets[f]:offsets[f + 1]`."""
        offsets: Int64Array = self._rows["offsets"]
        return offsets

    @cached_property
    def row_ordinals(self) -> NDArray[np.uint32]:
        """uint32, shape (stored rows,): each inference's number in its set."""
        return self.table(ROW_ORDINAL)[ROW_ORDINAL].to_numpy().astype(np.uint32, copy=False)

    def objects(self, class_map: ClassMap) -> Objects:
        """Return the inferences as the kernels read them."""
        return kept_objects(
            self._derived,
            {
                "what": "inferences",
                "tables": self._tables,
                "classes": list(EvaluationClasses.of(class_map).of_class),
            },
            lambda: self._read_objects(class_map),
        )

    def _read_objects(self, class_map: ClassMap) -> Objects:
        rows = self.stored_rows
        classes = evaluation_classes(self._passing("class_index"), class_map)
        return Objects(
            offsets=self.offsets,
            boxes=boxes_of(self._passing, rows),
            classes=classes[rows],
            flags=np.zeros(len(rows), np.uint8),
            scores=self._passing("confidence")[rows],
        )
