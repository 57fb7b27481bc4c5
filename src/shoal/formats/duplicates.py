"""Finding what occurs twice over a whole reading, in little memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoal.errors import Problem, ProblemLog
from shoal.formats.faults import Place

IntArray = npt.NDArray[np.int64]


class DuplicateIntegers:
    """Gathers integers batch by batch; 8 bytes each, sorted once at the end unless they only ever rise."""

    def __init__(self) -> None:
        self._values: list[IntArray] = []
        self._positions: list[range | Sequence[int]] = []
        self._is_rising = True
        self._last: int | None = None

    def add(self, values: IntArray, positions: range | Sequence[int]) -> None:
        """Take values, shape (N,), and the position of each in its file."""
        if not len(values):
            return
        rises = bool((values[1:] > values[:-1]).all()) and (self._last is None or values[0] > self._last)
        self._is_rising &= rises
        self._last = int(values[-1])
        self._values.append(values)
        self._positions.append(positions)

    def taken(self) -> list[tuple[IntArray, range | Sequence[int]]]:
        """Return all values and positions, as they were added."""
        return list(zip(self._values, self._positions, strict=True))

    def repeated(self) -> list[tuple[int, int]]:
        """Return (value, position) of every occurrence after the first, by position."""
        if self._is_rising:
            return []
        values = np.concatenate(self._values)
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        again = np.sort(order[1:][ordered[1:] == ordered[:-1]])
        starts = np.cumsum([0, *(len(part) for part in self._values)])
        batches = np.searchsorted(starts, again, side="right") - 1
        return [
            (int(values[i]), int(self._positions[batch][int(i - starts[batch])]))
            for i, batch in zip(again, batches, strict=True)
        ]


class DuplicateIds:
    """The same for ids that are integers or text; `1` and `"1"` are the same id."""

    def __init__(self) -> None:
        self._integers = DuplicateIntegers()
        self._texts: dict[str, int] = {}
        self._repeated: list[tuple[str, int]] = []

    def add(self, ids: IntArray | Sequence[int | str], positions: range | Sequence[int]) -> None:
        """Take ids and the position of each in its file; once one is text, all are compared as text."""
        if isinstance(ids, np.ndarray) and not self._texts:
            self._integers.add(ids, positions)
            return
        self._spell_out()
        for value, position in zip(ids, positions, strict=True):
            if self._texts.setdefault(str(value), position) != position:
                self._repeated.append((str(value), position))

    def _spell_out(self) -> None:
        earlier, self._integers = self._integers, DuplicateIntegers()
        for values, positions in earlier.taken():
            for value, position in zip(values.tolist(), positions, strict=True):
                if self._texts.setdefault(str(value), position) != position:
                    self._repeated.append((str(value), position))

    def report(self, problems: ProblemLog, file: str, field: str, place: Place) -> None:
        """Add a problem for every id after its first occurrence."""
        for value, position in [*self._integers.repeated(), *self._repeated]:
            problems.add(Problem(file, place(position), field, "an id that occurs once", f"{value!r} again"))
