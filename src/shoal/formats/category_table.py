"""From category ids of a COCO file to class indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.errors import Problem, ProblemLog
from shoal.formats.class_resolver import ClassResolver, class_entries
from shoal.formats.faults import listed, shorten
from shoal.model.class_map import BACKGROUND, ClassEntry


class CategoryTable:
    """Class indices of category ids: by the file's names, or by the ids of the class map when it has none.

    Args:
        classes: resolves names and ids.
        names: the name of each category id of the file; `None` when the file names none.
    """

    def __init__(self, classes: ClassResolver, names: Mapping[int, str] | None) -> None:
        self._classes = classes
        self._names = names
        self._undeclared: dict[int, int] = {}
        self._first_place: dict[int, str] = {}

    def indices(
        self, category_ids: npt.NDArray[np.int64], place: Callable[[int], str]
    ) -> npt.NDArray[np.int32]:
        """Return class indices, shape (N,); -1 where unknown, which `report` tells of."""
        unique, first, inverse, counts = np.unique(
            category_ids, return_index=True, return_inverse=True, return_counts=True
        )
        table = np.full(len(unique), -1, dtype=np.int32)
        # In order of appearance, so that added classes are numbered as a reader of the file meets them.
        for k in np.argsort(first):
            index = self._index(int(unique[k]), int(counts[k]), partial(place, int(first[k])))
            table[k] = -1 if index is None else index
        return table[inverse]

    def _index(self, category_id: int, times: int, place: Callable[[], str]) -> int | None:
        name = None if self._names is None else self._names.get(category_id)
        if name is not None:
            index = self._classes.index(name, preferred_id=category_id)
            if index is None:
                self._classes.reject(name, times=times, place=place(), field="category_id")
            return index
        index = self._classes.index_of_id(category_id) if self._names is None else None
        if index is None:
            self._undeclared[category_id] = self._undeclared.get(category_id, 0) + times
            self._first_place.setdefault(category_id, place())
        return index

    def report(self, problems: ProblemLog, file: str) -> None:
        """Add a problem per unknown class and per category id that nothing declares."""
        for category_id, times in self._undeclared.items():
            if self._names is None:
                known = [f"{e.id} ({e.name})" for e in self._classes.class_map.entries]
                expected = f"an id of the class map: {listed(known)}"
                hint = "Give the category names with the file, or set the ids of the class map."
            else:
                known = [f"{i} ({n})" for i, n in self._names.items()]
                expected = f"an id of the categories {listed(known)}" if known else "an id of `categories`"
                hint = "Add the category to the COCO file that declares the classes."
            found = f"{category_id}, {'once' if times == 1 else f'{times:,} times'}"
            place = self._first_place[category_id]
            problems.add(Problem(file, place, "category_id", expected, found, hint), times=times)
        self._classes.report(problems, file)


def read_categories(value: Any) -> tuple[tuple[ClassEntry, ...], list[Problem]]:
    """Return the classes of a `categories` section, and what is wrong with it (file name left empty)."""
    problems: list[Problem] = []
    if value is not None and not isinstance(value, list):
        return (), [Problem("", "categories", "", "a list of categories", shorten(value))]
    pairs: list[tuple[str, int]] = []
    ids: set[int] = set()
    names: set[str] = set()
    for i, category in enumerate(value or []):
        problem = _category_problem(category, f"categories[{i}]", ids, names)
        if problem is not None:
            problems.append(problem)
            continue
        ids.add(category["id"])
        names.add(category["name"])
        pairs.append((category["name"], category["id"]))
    return class_entries(pairs), problems


def _category_problem(category: Any, place: str, ids: set[int], names: set[str]) -> Problem | None:
    if not isinstance(category, dict):
        return Problem("", place, "", "an object with id and name", shorten(category))
    if type(category.get("id")) is not int:
        return Problem("", place, "id", "a whole number", shorten(category.get("id")))
    name = category.get("name")
    if not isinstance(name, str) or not name.strip():
        return Problem("", place, "name", "a name", shorten(name))
    if category["id"] in ids:
        return Problem("", place, "id", "an id that occurs once", f"{category['id']} again")
    if name in names:
        return Problem("", place, "name", "a name that occurs once", f"{name!r} again")
    if name.casefold() == BACKGROUND:
        hint = "background is reserved for misses and false alarms; rename or remove the category."
        return Problem("", place, "name", "another name", repr(name), hint)
    return None


def names_by_id(entries: Sequence[ClassEntry]) -> dict[int, str]:
    """Return the name of each class id."""
    return {entry.id: entry.name for entry in entries}
