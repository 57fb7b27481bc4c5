"""From image ids of one file to rows of frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoal.formats.frame_lookup import integer_index, plain_integers, search_integers


class ImageRows:
    """Rows of frames by image ids of one file, which other files may use for other images.

    Args:
        image_ids: one per image, unique.
        rows: shape (len(image_ids),), the frame row of each.
    """

    def __init__(self, image_ids: Sequence[int | str], rows: npt.NDArray[np.int32]) -> None:
        self._image_ids, self._rows = image_ids, rows
        numbers = plain_integers(image_ids)
        self._integers = None if numbers is None else integer_index(numbers, rows)
        self._texts: dict[str, int] | None = None

    def of(self, image_ids: Sequence[int | str]) -> npt.NDArray[np.int32]:
        """Return frame rows, shape (N,), -1 for images the file does not have; `1` and `"1"` are the same."""
        numbers = None if self._integers is None else plain_integers(image_ids)
        if numbers is not None and self._integers is not None:
            return search_integers(self._integers, numbers)
        if self._texts is None:
            self._texts = {str(i): int(row) for i, row in zip(self._image_ids, self._rows, strict=True)}
        return np.asarray([self._texts.get(str(value), -1) for value in image_ids], dtype=np.int32)
