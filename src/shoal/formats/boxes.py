"""Boxes as files write them, and what must hold for each and for all of a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from shoal.errors import Problem, ProblemLog
from shoal.formats.faults import Place, report_rows
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.notes import Notes

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LARGEST_FRACTION = 1.5
"""No coordinate of a normalised box is beyond this, even when the box sticks out of its image."""


class BoxFormat(StrEnum):
    """How four numbers make a box; `_NORMALISED` ones are fractions of the image's width and height."""

    XYWH = "xywh"
    XYXY = "xyxy"
    CENTRE = "cxcywh"
    XYWH_NORMALISED = "xywh-normalised"
    XYXY_NORMALISED = "xyxy-normalised"
    CENTRE_NORMALISED = "cxcywh-normalised"

    @property
    def is_normalised(self) -> bool:
        """Whether the numbers are fractions of the image's size."""
        return self.value.endswith("-normalised")

    @property
    def base(self) -> BoxFormat:
        """The same order of numbers in pixels."""
        return BoxFormat(self.value.removesuffix("-normalised"))

    @property
    def normalised(self) -> BoxFormat:
        """The same order of numbers as fractions."""
        return BoxFormat(f"{self.base.value}-normalised")


def to_xywh(boxes: FloatArray, box_format: BoxFormat) -> FloatArray:
    """Return boxes, shape (N, 4), as left, top, width, height; the unit stays."""
    base = box_format.base
    if base is BoxFormat.XYWH:
        return boxes
    result = boxes.copy()
    if base is BoxFormat.XYXY:
        result[:, 2:] -= boxes[:, :2]
    else:
        result[:, :2] -= boxes[:, 2:] / 2
    return result


@dataclass(slots=True)
class BoxCheck:
    """Checks the boxes of one reading, batch by batch, and the reading as a whole at its end.

    Attributes:
        box_format: what the file is said to hold.
        frames: gives the sizes of images.
        file: the file's name, for problems.
        key: the column or key of the box, for problems.
    """

    box_format: BoxFormat
    frames: FrameLookup
    file: str
    problems: ProblemLog
    notes: Notes
    key: str = "bbox"
    _n_boxes: int = 0
    _largest: float = 0.0
    _largest_side: int = 0
    _first: tuple[str, str] | None = None

    def check(
        self, boxes: FloatArray, rows: npt.NDArray[np.int32], place: Place
    ) -> tuple[FloatArray, BoolArray]:
        """Return boxes as xywh in pixels and which of them are good; the others become problems.

        Args:
            boxes: shape (N, 4), as the file has them.
            rows: shape (N,), frame rows; those below 0 have been reported already.
            place: gives the place of a box.
        """
        known = rows >= 0
        finite = np.isfinite(boxes).all(axis=1)
        self._report(known & ~finite, boxes, place, "four finite numbers", "")
        xywh = to_xywh(boxes, self.box_format)
        empty = finite & ~((xywh[:, 2] > 0) & (xywh[:, 3] > 0))
        expected, hint = self._expected_size()
        self._report(known & empty, boxes, place, expected, hint)
        good = known & finite & ~empty
        self._observe(boxes, good, rows, place)
        if self.box_format.is_normalised:
            good &= self._scale(xywh := xywh.copy(), boxes, good, rows, place)
        self._note_outside(xywh, good, rows)
        return xywh, good

    def finish(self) -> None:
        """Report what only all boxes together show: fractions given as pixels, or pixels as fractions."""
        if not self._n_boxes or self._first is None:
            return
        place, found = self._first
        if self.box_format.is_normalised or self._largest > LARGEST_FRACTION:
            return
        if 0 < self._largest_side <= 2:
            return
        hint = (
            f"The boxes look normalised: read the file with box_format={self.box_format.normalised.value!r}."
        )
        expected = f"boxes in pixels, but no coordinate of the file's {self._n_boxes:,} boxes is above 1.5"
        self.problems.add(Problem(self.file, place, self.key, expected, found, hint), times=self._n_boxes)

    def _expected_size(self) -> tuple[str, str]:
        if self.box_format.base is BoxFormat.XYXY:
            return "right above left and bottom above top", "Are the last two numbers width and height?"
        return "a width and a height above 0", "Correct the box or leave the element out."

    def _report(self, faulty: BoolArray, boxes: FloatArray, place: Place, expected: str, hint: str) -> None:
        if faulty.any():
            report_rows(
                self.problems,
                faulty,
                lambda i: Problem(self.file, place(i), self.key, expected, _written(boxes[i]), hint),
            )

    def _observe(self, boxes: FloatArray, good: BoolArray, rows: npt.NDArray[np.int32], place: Place) -> None:
        if not good.any():
            return
        if self._first is None:
            first = int(np.argmax(good))
            self._first = (place(first), _written(boxes[first]))
        self._n_boxes += int(good.sum())
        self._largest = max(self._largest, float(np.abs(boxes[good]).max()))
        self._largest_side = max(self._largest_side, int(self.frames.widths[rows[good]].max()))

    def _sizes(self, rows: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        if not len(self.frames):
            return np.zeros_like(rows), np.zeros_like(rows)
        safe = np.maximum(rows, 0)
        return self.frames.widths[safe], self.frames.heights[safe]

    def _scale(
        self, xywh: FloatArray, boxes: FloatArray, good: BoolArray, rows: npt.NDArray[np.int32], place: Place
    ) -> BoolArray:
        """Turn fractions into pixels in place; return which boxes could be turned."""
        widths, heights = self._sizes(rows)
        sized = (widths > 0) & (heights > 0)
        self._report(
            good & ~sized, boxes, place, "a frame with width and height", "Fractions need the image's size."
        )
        pixels = np.abs(boxes).max(axis=1) > LARGEST_FRACTION
        hint = f"The boxes look like pixels: read the file with box_format={self.box_format.base.value!r}."
        self._report(good & pixels, boxes, place, "fractions of the image's size, from 0 to 1", hint)
        xywh *= np.stack([widths, heights, widths, heights], axis=1)
        turned: BoolArray = sized & ~pixels
        return turned

    def _note_outside(self, xywh: FloatArray, good: BoolArray, rows: npt.NDArray[np.int32]) -> None:
        widths, heights = self._sizes(rows)
        right, bottom = xywh[:, 0] + xywh[:, 2], xywh[:, 1] + xywh[:, 3]
        beyond = (widths > 0) & ((xywh[:, 0] >= widths) | (right <= 0))
        beyond |= (heights > 0) & ((xywh[:, 1] >= heights) | (bottom <= 0))
        self.notes.add("A box lies wholly outside its image; kept.", times=int((good & beyond).sum()))


def check_confidence(
    confidence: FloatArray, file: str, field_name: str, problems: ProblemLog, place: Place
) -> BoolArray:
    """Return which confidences, shape (N,), are numbers from 0 to 1; the others become problems."""
    good = (confidence >= 0) & (confidence <= 1)
    if not good.all():
        faulty = ~good
        largest = float(np.nanmax(np.where(np.isfinite(confidence), confidence, 0.0)))
        hint = "Are these percent? Divide them by 100." if 1 < largest <= 100 else ""

        def describe(i: int) -> Problem:
            found = f"{confidence[i]:g}"
            return Problem(file, place(i), field_name, "a confidence from 0 to 1", found, hint)

        report_rows(problems, faulty, describe)
    return good


def _written(box: FloatArray) -> str:
    return "[" + ", ".join(f"{value:g}" for value in box) + "]"
