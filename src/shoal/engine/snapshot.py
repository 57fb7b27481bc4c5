"""One dataset version, loaded column by column when first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.engine.recently_used import RecentlyUsed
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
from shoal.model.columns import BOX_COLUMNS, FRAME_COLUMNS, ORDINAL, ROW_ORDINAL, USER_PREFIX
from shoal.store.bitmaps import decode
from shoal.store.versions import TableVersion

if TYPE_CHECKING:
    import polars as pl

    from shoal.engine.prepared_segments import PreparedSegments
    from shoal.store.columns import ColumnCache
    from shoal.store.derived import Derived

_KEPT_MASKS = 256
_KEPT_DIGESTS = 4096
_KEPT_COUNTS = 8
_KEPT_PREPARED = 8


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
        members: roaring bitmap of the frames' ordinals, as stored.
    """

    version_id: str
    number: int
    frames: TableVersion
    labels: TableVersion
    fields: Mapping[str, str]
    label_fields: Mapping[str, str]
    members: bytes

    def group_column(self, group_field: str | None) -> str | None:
        """Return the column of the frames table that holds a group field; `None` where there is none."""
        if group_field is None:
            return None
        column = f"{USER_PREFIX}{group_field.removeprefix(USER_PREFIX)}"
        if column in self.fields:
            return column
        return group_field if group_field in FRAME_COLUMNS else None


class DatasetSnapshot:
    """An immutable dataset version; positions 0..F-1 number its frames in upload order.

    Args:
        source: the tables.
        cache: where columns are loaded and kept.
        derived: where arrays made of them are kept on disk.
    """

    def __init__(self, source: DatasetSource, cache: ColumnCache, derived: Derived) -> None:
        self.source = source
        self._cache = cache
        self._derived = derived
        self._labels: RecentlyUsed[Objects] = RecentlyUsed(2)
        self._masks: RecentlyUsed[BoolArray] = RecentlyUsed(_KEPT_MASKS)
        self._text_counts: RecentlyUsed[pl.DataFrame] = RecentlyUsed(_KEPT_COUNTS)
        self._digests: RecentlyUsed[str] = RecentlyUsed(_KEPT_DIGESTS)
        self._prepared: RecentlyUsed[PreparedSegments] = RecentlyUsed(_KEPT_PREPARED)

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
        return decode(self.source.members)

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
        of_class = EvaluationClasses.of(class_map).of_class
        return self._labels.get_or_make(of_class, lambda: self._kept_labels(class_map, list(of_class)))

    def _kept_labels(self, class_map: ClassMap, of_class: list[int]) -> Objects:
        labels, frames = self.source.labels, self.source.frames
        tables = [labels.uri, labels.version, frames.uri, frames.version]
        return kept_objects(
            self._derived,
            {"what": "labels", "tables": tables, "classes": of_class},
            lambda: self._read_labels(class_map),
        )

    def _passing(self, column: str) -> NDArray[Any]:
        return self._cache.passing(self.source.labels, column).to_numpy()

    def _read_labels(self, class_map: ClassMap) -> Objects:
        classes = evaluation_classes(self._passing("class_index"), class_map)
        flags = np.full(len(classes), COUNTS, np.uint8)
        flags[self._passing("difficult")] = DIFFICULT
        flags[self._passing("iscrowd")] = CROWD
        flags[classes == IGNORED] = IGNORED_CLASS
        return Objects(
            offsets=self.label_offsets,
            boxes=boxes_of(self._passing),
            classes=classes,
            flags=flags,
            scores=np.empty(0, np.float64),
        )

    def mask(self, key: str, members: bytes) -> BoolArray:
        """Return which frames are in a stored set of ordinals: bool, shape (F,), to be read only.

        Args:
            key: names the set.
            members: roaring bitmap, as stored.
        """
        return self._masks.get_or_make(
            key, lambda: np.isin(self.ordinals, decode(members), assume_unique=True)
        )

    def digest(self, key: str, frames: BoolArray) -> str:
        """Return a name of a set of frames by position, the same wherever the same data was uploaded.

        Args:
            key: names the set here.
            frames: bool, shape (F,).
        """
        return self._digests.get_or_make(
            key, lambda: hashlib.sha256(np.packbits(frames).tobytes()).hexdigest()
        )

    def prepared(
        self, keys: tuple[str, ...], frames: Callable[[], BoolArray], covered: BoolArray, coverage: str
    ) -> PreparedSegments:
        """Return segments prepared for tallying, from memory when the same were asked for lately.

        Args:
            keys: a name for the frames of each segment.
            frames: makes bool, shape (S, F).
            covered: bool, shape (F,).
            coverage: names `covered`.
        """
        from shoal.engine.prepared_segments import prepare_segments

        key = (*keys, coverage)
        return self._prepared.get_or_make(key, lambda: prepare_segments(key, frames(), covered))

    def text_counts(self, column: str) -> pl.DataFrame:
        """Return the distinct texts of a column of frames and how many have each, most first, as `n`.

        Columns of text, of lists of text and of truth values have any; others have none.
        """
        return self._text_counts.get_or_make(
            column, lambda: as_text(self.frames(column)[column]).value_counts(sort=True, name="n")
        )

    def label_areas(self) -> FloatArray:
        """float64, shape (L,), square pixels: the area COCO's ranges go by."""
        return self.labels("area_px")["area_px"].to_numpy().astype(np.float64, copy=False)

    def groups(self, group_field: str | None) -> Int64Array | None:
        """Return the unit of resampling of each frame, int64 (F,), or `None` when each is its own.

        Frames without a value are units of their own.  A dataset without the field has no groups.
        """
        column = self.source.group_column(group_field)
        if column is None:
            return None
        values = self.frames(column)[column]
        codes = values.rank("dense").fill_null(0).to_numpy().astype(np.int64)
        missing = codes == 0
        codes[missing] = codes.max(initial=0) + 1 + np.arange(int(missing.sum()))
        return codes


def kept_objects(derived: Derived, key_parts: Mapping[str, Any], make: Callable[[], Objects]) -> Objects:
    """Return objects as read-only maps of files, which are made and kept when they are not there."""

    def arrays() -> dict[str, NDArray[Any]]:
        made = make()
        return {part.name: getattr(made, part.name) for part in fields(Objects)}

    return Objects(**derived.get_or_make(key_parts, arrays))


def as_text(values: pl.Series) -> pl.Series:
    """Return the texts of a column without missing ones, those of lists one by one; nothing for numbers."""
    import polars as pl

    if values.dtype == pl.List:
        values = values.explode()
    if values.dtype in (pl.Enum, pl.Categorical, pl.Boolean):
        values = values.cast(pl.String)
    return values.drop_nulls() if values.dtype == pl.String else pl.Series(values.name, [], pl.String)


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


def boxes_of(column: Callable[[str], NDArray[Any]], rows: Int64Array | None = None) -> FloatArray:
    """Return float64 (N, 4) boxes; shape (0, 4) when the task has none.

    Args:
        column: returns a column by name; called for one at a time, which keeps memory low.
        rows: which rows, in what order; all for `None`.
    """
    x = column(next(iter(BOX_COLUMNS)))
    n = len(x) if rows is None else len(rows)
    if n == 0 or np.isnan(x).all():
        return np.empty((0, 4), np.float64)
    boxes = np.empty((n, 4), np.float64)
    for i, name in enumerate(BOX_COLUMNS):
        values = x if i == 0 else column(name)
        boxes[:, i] = values if rows is None else values[rows]
    return boxes


def mask_of(positions: NDArray[Any], n: int) -> BoolArray:
    """Return a bool mask of length `n` that is true at `positions`."""
    mask = np.zeros(n, np.bool_)
    mask[positions] = True
    return mask
