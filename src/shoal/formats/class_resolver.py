"""From class names in a file to positions in the project's class map."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.errors import Problem, ProblemLog
from shoal.formats.faults import listed, near_names, shorten
from shoal.model.class_map import BACKGROUND, ClassEntry, ClassMap


class ClassResolver:
    """Resolves class names and ids while a file is read, and keeps count of those it does not know.

    Args:
        class_map: the project's classes.
        add: whether an unknown name becomes a new class at the end of the map; a `train_name`, which
            models predict, becomes one in any case.

    Attributes:
        added: names that were added, in order of first appearance.
        unknown: names (or ids, as text) that could not be resolved, with how often they occurred.
    """

    def __init__(self, class_map: ClassMap, *, add: bool = False) -> None:
        self.class_map = class_map
        self.add = add
        self.unknown: dict[str, int] = {}
        self._added: dict[str, int | None] = {}
        self._train_names = {entry.train_name.casefold() for entry in class_map.entries if entry.train_name}
        self._by_id = {entry.id: position for position, entry in enumerate(class_map.entries)}
        self._first_place: dict[str, tuple[str, str]] = {}

    @property
    def added(self) -> list[str]:
        """Names that were added, in order of first appearance."""
        return list(self._added)

    def index(self, name: str, *, preferred_id: int | None = None) -> int | None:
        """Return the class index of a name, adding it when allowed; `None` when unknown.

        Args:
            name: the exact name; case counts.
            preferred_id: the id an added class takes when it is free, such as its COCO category id.
        """
        position = self.class_map.index(name)
        if position is not None:
            return position
        if not name.strip() or name.casefold() == BACKGROUND:
            return None
        if not self.add and name.casefold() not in self._train_names:
            return None
        if name not in self._added:
            self._added[name] = preferred_id
        return len(self.class_map) + list(self._added).index(name)

    def index_of_id(self, class_id: int) -> int | None:
        """Return the class index of an id of the project's class map, or `None`."""
        return self._by_id.get(class_id)

    def reject(self, name: str, *, times: int, place: str, field: str) -> None:
        """Count rows whose class is unknown; `report` turns them into one problem per name."""
        self.unknown[name] = self.unknown.get(name, 0) + times
        self._first_place.setdefault(name, (place, field))

    def report(self, problems: ProblemLog, file: str) -> None:
        """Add one problem per unknown class not reported before, counted as often as the class occurred."""
        known = self.class_map.names
        for name, (place, field) in self._first_place.items():
            times = self.unknown[name]
            near = near_names(name, known)
            hint = f"Did you mean {' or '.join(repr(other) for other in near)}? " if near else ""
            if name.casefold() == BACKGROUND:
                hint = "background is reserved for misses and false alarms; leave such rows out."
            else:
                hint += "Rename it, or add it to the class map (--add-classes)."
            expected = (
                f"a class of the class map ({listed(known)})" if known else "a class (the class map is empty)"
            )
            often = "once" if times == 1 else f"{times:,} times"
            found = f"{shorten(name)}, {often}"
            problems.add(Problem(file, place, field, expected, found, hint), times=times)
        self._first_place.clear()

    def resolved_map(self) -> ClassMap:
        """Return the class map with the added classes at its end; preferred ids where they are free."""
        entries = list(self.class_map.entries)
        taken = {entry.id for entry in entries} | {wish for wish in self._added.values() if wish is not None}
        used = {entry.id for entry in entries}
        next_id = max(taken, default=-1) + 1
        for name, wish in self._added.items():
            if wish is None or wish in used:
                wish, next_id = next_id, next_id + 1
            used.add(wish)
            entries.append(ClassEntry(name=name, id=wish))
        return ClassMap(tuple(entries))


def class_entries(names_and_ids: Iterable[tuple[str, int]]) -> tuple[ClassEntry, ...]:
    """Return class entries of (name, id) pairs, in order."""
    return tuple(ClassEntry(name=name, id=class_id) for name, class_id in names_and_ids)
