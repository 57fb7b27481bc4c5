"""From what a file calls a frame to the frame's row in the dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

IntArray = npt.NDArray[np.int64]
RowArray = npt.NDArray[np.int32]

UNKNOWN: Final = -1
"""No frame goes by this name."""

AMBIGUOUS: Final = -2
"""Several frames go by this name."""

_INTEGER = r"^(0|-?[1-9][0-9]{0,17})$"


def base_name(path: str) -> str:
    """Return a file name without its folders, whichever slash they use."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


class FrameLookup:
    """Rows of frames by frame id, source id, file name, and file name without its folder.

    Args:
        frame_ids: one per frame, unique.
        source_ids: ids of the source, such as COCO image ids as text; `None` where there is none.
        file_names: as the source names the files; `None` for unknown.
        widths, heights: pixels, shape (N,); 0 or null for unknown.  Absent: all unknown.

    Indices are built when first needed: about 0.3 s for a million frames and kind of name.
    """

    def __init__(
        self,
        frame_ids: Sequence[str] | pa.Array,
        source_ids: Sequence[str | None] | pa.Array | None = None,
        file_names: Sequence[str | None] | pa.Array | None = None,
        *,
        widths: Any = None,
        heights: Any = None,
    ) -> None:
        self.frame_ids = _strings(frame_ids, 0)
        n = len(self.frame_ids)
        self.source_ids = _strings(source_ids, n)
        self.file_names = _strings(file_names, n)
        self.widths = _sizes(widths, n)
        self.heights = _sizes(heights, n)
        self._texts: dict[str, dict[str | None, int]] = {}
        self._integers: dict[str, tuple[IntArray, RowArray]] = {}

    def __len__(self) -> int:
        return len(self.frame_ids)

    def examples(self, limit: int = 3) -> list[str]:
        """Return the first frame ids, for messages."""
        first: list[str] = self.frame_ids.slice(0, limit).to_pylist()
        return first

    def rows(
        self, names: Sequence[str], kinds: Sequence[str] = ("frame_id", "source_id", "file_name")
    ) -> RowArray:
        """Return the rows of names, shape (len(names),): `UNKNOWN` or `AMBIGUOUS` where there is not one.

        Each kind is tried in turn; a name without its folder is tried last.
        """
        found = np.full(len(names), UNKNOWN, dtype=np.int32)
        for kind in (*kinds, "base_name"):
            missing = np.flatnonzero(found == UNKNOWN).tolist()
            if not missing:
                break
            index = self._text_index(kind)
            if kind == "base_name":
                hits = [index.get(base_name(names[i]), UNKNOWN) for i in missing]
            elif len(missing) == len(names):
                hits = [index.get(name, UNKNOWN) for name in names]
            else:
                hits = [index.get(names[i], UNKNOWN) for i in missing]
            found[missing] = hits
        return found

    def rows_of_image_ids(self, image_ids: Sequence[int | str]) -> RowArray:
        """Return the rows of COCO image ids, numbers or text, as `rows` does; source ids come first.

        Numbers are looked up among source ids, then frame ids, that are written as plain integers.
        """
        numbers = plain_integers(image_ids)
        if numbers is None:
            return self.rows([str(value) for value in image_ids], ("source_id", "frame_id", "file_name"))
        return self.rows_of_integers(numbers)

    def rows_of_integers(self, numbers: IntArray) -> RowArray:
        """Return the rows of integer ids, shape (N,) int64, as `rows_of_image_ids` does."""
        found = self._search("source_id", numbers)
        missing = np.flatnonzero(found == UNKNOWN)
        if len(missing):
            found[missing] = self._search("frame_id", numbers[missing])
        return found

    def _search(self, kind: str, numbers: IntArray) -> RowArray:
        if kind not in self._integers:
            column = self.source_ids if kind == "source_id" else self.frame_ids
            self._integers[kind] = _integer_index(column)
        return search_integers(self._integers[kind], numbers)

    def _text_index(self, kind: str) -> dict[str | None, int]:
        if kind not in self._texts:
            if kind == "base_name":
                names = [None if name is None else base_name(name) for name in self.file_names.to_pylist()]
            else:
                columns = {"frame_id": self.frame_ids, "source_id": self.source_ids}
                names = columns.get(kind, self.file_names).to_pylist()
            self._texts[kind] = _text_index(names)
        return self._texts[kind]


def integer_index(numbers: IntArray, rows: RowArray) -> tuple[IntArray, RowArray]:
    """Return unique numbers in order and the row of each, `AMBIGUOUS` where a number has several."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    unique_rows = rows[order][first]
    repeated = np.diff(np.append(np.flatnonzero(first), len(ordered))) > 1
    unique_rows[repeated] = AMBIGUOUS
    return ordered[first], unique_rows


def search_integers(index: tuple[IntArray, RowArray], numbers: IntArray) -> RowArray:
    """Return the row of each number by an `integer_index`, `UNKNOWN` where it is absent."""
    known, rows = index
    if not len(known):
        return np.full(len(numbers), UNKNOWN, dtype=np.int32)
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.where(known[place] == numbers, rows[place], np.int32(UNKNOWN)).astype(np.int32)


def _integer_index(column: pa.Array) -> tuple[IntArray, RowArray]:
    plain = pc.fill_null(pc.match_substring_regex(column, _INTEGER), False)
    rows = np.flatnonzero(plain.to_numpy(zero_copy_only=False)).astype(np.int32)
    numbers = pc.cast(column.filter(plain), pa.int64()).to_numpy()
    return integer_index(numbers, rows)


def _text_index(names: list[str | None]) -> dict[str | None, int]:
    index: dict[str | None, int] = dict(zip(names, range(len(names)), strict=True))
    if len(index) < len(names):
        seen: set[str | None] = set()
        for name in names:
            if name in seen:
                index[name] = AMBIGUOUS
            seen.add(name)
    index.pop(None, None)
    return index


def _strings(values: Sequence[str | None] | pa.Array | None, n: int) -> pa.Array:
    if values is None:
        return pa.nulls(n, pa.string())
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return values.cast(pa.string())
    return pa.array(values, pa.string())


def _sizes(values: Any, n: int) -> RowArray:
    if values is None:
        return np.zeros(n, dtype=np.int32)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return np.asarray(pc.fill_null(values, 0)).astype(np.int32)
    return np.asarray([0 if value is None else value for value in values], dtype=np.int32)


def plain_integers(values: Sequence[int | str | None]) -> IntArray | None:
    """Return values as an array, shape (N,), when all are integers of 64 bits; otherwise `None`."""
    if not set(map(type, values)) <= {int}:
        return None
    try:
        return np.fromiter(values, np.int64, len(values))
    except OverflowError:
        return None
