"""One dataset version, loaded column by column when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.kernels.objects import (
    COUNTS,
    CROWD,
    DIFFICULT,
    IGNORED_CLASS,
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
)
from shoal.model.class_map import IGNORED, LEFT_OUT, ClassMap, EvaluationClasses
from shoal.model.columns import BOX_COLUMNS, ORDINAL, ROW_ORDINAL
from shoal.store.tables import TableVersion

if TYPE_CHECKING:
    import polars as pl

    from shoal.store.columns import ColumnCache


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """What a dataset version is made of, as the catalog names it.

    Attributes:
        version_id: the catalog's id of the dataset version.
        number: its number, counted from 1.
        frames: the frames table.
        labels: the labels table.
        fields: type names of the frames' user columns.
        label_fields: type names of the labels' user columns.
    """

    version_id: str
    number: int
    frames: TableVersion
    labels: TableVersion
    fields: Mapping[str, str]
    label_fields: Mapping[str, str]


class DatasetSnapshot:
    """An immutable dataset version; positions 0..F-1 number its frames in upload order.

    Args:
        source: the tables.
        cache: where columns are loaded and kept.
    """

    def __init__(self, source: DatasetSource, cache: ColumnCache) -> None:
        self.source = source
        self._cache = cache

    @property
    def n_frames(self) -> int:
        """The number of frames F."""
        return self.source.frames.n_rows

    @property
    def n_labels(self) -> int:
        """The number of labels L, ignored and crowd included."""
        return self.source.labels.n_rows

    def frames(self, *columns: str) -> pl.DataFrame:
        """Return columns of the frames table, one row per frame in position order."""
        return self._cache.frame(self.source.frames, columns)

    def labels(self, *columns: str) -> pl.DataFrame:
        """Return columns of the labels table, by frame position, then stored order."""
        return self._cache.frame(self.source.labels, columns)

    @cached_property
    def ordinals(self) -> NDArray[np.uint32]:
        """uint32, shape (F,), rising: each frame's number in its dataset."""
        return self.frames(ORDINAL)[ORDINAL].to_numpy().astype(np.uint32, copy=False)

    @cached_property
    def label_offsets(self) -> Int64Array:
        """int64, shape (F + 1,): labels of frame `f` are rows `label_offsets[f]:label_offsets[f + 1]`."""
        return row_offsets(self.labels(ORDINAL)[ORDINAL].to_numpy(), self.ordinals)

    @cached_property
    def label_ordinals(self) -> NDArray[np.uint32]:
        """uint32, shape (L,): each label's number in its dataset."""
        return self.labels(ROW_ORDINAL)[ROW_ORDINAL].to_numpy().astype(np.uint32, copy=False)

    @cached_property
    def frame_ids(self) -> list[str]:
        """Frame ids in position order."""
        return self.frames("frame_id")["frame_id"].cast(str).to_list()

    @cached_property
    def position_of_id(self) -> dict[str, int]:
        """The position of every frame id."""
        return {frame_id: position for position, frame_id in enumerate(self.frame_ids)}

    @cached_property
    def source_rank(self) -> Int64Array:
        """int64, shape (F,): the place of each frame when ordered by source id, as pycocotools orders images.

        Numeric ids order by value, others as text; frames without a source id keep the order of upload.
        """
        ids = self.frames("source_id")["source_id"].cast(str)
        if ids.null_count():
            return np.arange(self.n_frames, dtype=np.int64)
        values = ids.to_numpy()
        try:
            keys: NDArray[Any] = values.astype(np.int64)
        except (ValueError, OverflowError):
            keys = values.astype(str)
        rank = np.empty(self.n_frames, np.int64)
        rank[np.argsort(keys, kind="stable")] = np.arange(self.n_frames)
        return rank

    def label_objects(self, class_map: ClassMap) -> Objects:
        """Return the labels as the kernels read them.

        Labels of classes left out have class -1; ignored ones carry their flag (metrics.md, section 4).
        """
        table = self.labels("class_index", "iscrowd", "difficult")
        classes = evaluation_classes(table["class_index"].to_numpy(), class_map)
        flags = np.full(len(classes), COUNTS, np.uint8)
        flags[table["difficult"].to_numpy()] = DIFFICULT
        flags[table["iscrowd"].to_numpy()] = CROWD
        flags[classes == IGNORED] = IGNORED_CLASS
        return Objects(
            offsets=self.label_offsets,
            boxes=boxes_of(self.labels(*BOX_COLUMNS)),
            classes=classes,
            flags=flags,
            scores=np.empty(0, np.float64),
        )

    def label_areas(self) -> FloatArray:
        """float64, shape (L,), square pixels: the area COCO's ranges go by."""
        return self.labels("area_px")["area_px"].to_numpy().astype(np.float64, copy=False)

    def groups(self, group_field: str | None) -> Int64Array | None:
        """Return the unit of resampling of each frame, int64 (F,), or `None` when each is its own.

        Frames without a value are units of their own.
        """
        if group_field is None or f"user__{group_field}" not in self.source.fields:
            return None
        column = f"user__{group_field}"
        values = self.frames(column)[column]
        codes = values.rank("dense").fill_null(0).to_numpy().astype(np.int64)
        missing = codes == 0
        codes[missing] = codes.max(initial=0) + 1 + np.arange(int(missing.sum()))
        return codes


def row_offsets(row_ordinals: NDArray[Any], ordinals: NDArray[np.uint32]) -> Int64Array:
    """Return where each frame's rows begin in a table sorted by frame ordinal.

    Args:
        row_ordinals: shape (N,), rising, frame ordinal of each row; each must be in `ordinals`.
        ordinals: shape (F,), rising.
    """
    offsets = np.empty(len(ordinals) + 1, np.int64)
    offsets[:-1] = np.searchsorted(row_ordinals, ordinals, side="left")
    offsets[-1] = len(row_ordinals)
    return offsets


def evaluation_classes(class_index: NDArray[Any], class_map: ClassMap) -> Int32Array:
    """Return the evaluation class of each row, int32 (N,); `LEFT_OUT` or `IGNORED` where there is none."""
    table = np.array([*EvaluationClasses.of(class_map).of_class, LEFT_OUT], np.int32)
    classes: Int32Array = table[class_index]
    return classes


def boxes_of(table: pl.DataFrame) -> FloatArray:
    """Return float64 (N, 4) boxes; shape (0, 4) when the task has none."""
    if table.height == 0 or table["x"].null_count() == table.height:
        return np.empty((0, 4), np.float64)
    boxes = np.empty((table.height, 4), np.float64)
    for i, column in enumerate(BOX_COLUMNS):
        boxes[:, i] = table[column].to_numpy()
    return boxes


def mask_of(positions: NDArray[Any], n: int) -> BoolArray:
    """Return a bool mask of length `n` that is true at `positions`."""
    mask = np.zeros(n, np.bool_)
    mask[positions] = True
    return mask
