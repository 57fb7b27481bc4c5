"""Classes as a user names them, and as an evaluation sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shoal.errors import InvalidInputError

BACKGROUND = "background"
"""The extra class of misses and false alarms; never in a class map."""

LEFT_OUT = -1
"""Evaluation index of a class whose `train_name` is empty: no outcome, no ignored region."""

IGNORED = -2
"""Evaluation index of a class with `ignore_in_eval`: its labels are ignored regions."""


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One class of a class map.

    Attributes:
        name: the class as labels and inferences carry it.
        id: a number of the user's, such as a COCO category id; unique within a class map.
        color: red, green, blue, each 0-255; `None` lets the page choose.
        train_name: what the model predicts it as; `None` means `name`, `""` means not evaluated.
        ignore_in_eval: its labels are ignored regions, its inferences are dropped.
        keypoint_names: names of keypoints, in order; empty for none.
        skeleton: pairs of keypoint indices that are drawn as bones.
    """

    name: str
    id: int
    color: tuple[int, int, int] | None = None
    train_name: str | None = None
    ignore_in_eval: bool = False
    keypoint_names: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain JSON values."""
        return {
            "name": self.name,
            "id": self.id,
            "color": list(self.color) if self.color else None,
            "train_name": self.train_name,
            "ignore_in_eval": self.ignore_in_eval,
            "keypoint_names": list(self.keypoint_names),
            "skeleton": [list(bone) for bone in self.skeleton],
        }

    @staticmethod
    def from_dict(value: Mapping[str, Any]) -> ClassEntry:
        """Read an entry written by `to_dict`; absent keys take their defaults."""
        color = value.get("color")
        return ClassEntry(
            name=value["name"],
            id=int(value["id"]),
            color=(int(color[0]), int(color[1]), int(color[2])) if color else None,
            train_name=value.get("train_name"),
            ignore_in_eval=bool(value.get("ignore_in_eval", False)),
            keypoint_names=tuple(value.get("keypoint_names") or ()),
            skeleton=tuple((int(a), int(b)) for a, b in value.get("skeleton") or ()),
        )


@dataclass(frozen=True, slots=True)
class ClassMap:
    """The ordered classes of a project; a class index is a position in `entries`.

    Raises:
        InvalidInputError: a name or id occurs twice, a name is empty, or a name is `background`.
    """

    entries: tuple[ClassEntry, ...] = ()
    _index: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        seen_ids: set[int] = set()
        for position, entry in enumerate(self.entries):
            if not entry.name.strip():
                raise InvalidInputError(f"Class {position} of the class map has an empty name.")
            if entry.name.casefold() == BACKGROUND:
                raise InvalidInputError(
                    f"Class name {entry.name!r} is reserved for misses and false alarms.",
                    hint="Rename the class; background is added by Shoal itself.",
                )
            if entry.name in self._index:
                raise InvalidInputError(f"Class name {entry.name!r} occurs twice in the class map.")
            if entry.id in seen_ids:
                raise InvalidInputError(f"Class id {entry.id} occurs twice in the class map.")
            seen_ids.add(entry.id)
            self._index[entry.name] = position

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def names(self) -> tuple[str, ...]:
        """Class names in order."""
        return tuple(entry.name for entry in self.entries)

    def index(self, name: str) -> int | None:
        """Return the position of a class by its exact name, or `None`."""
        return self._index.get(name)

    def extended(self, names: Iterable[str]) -> ClassMap:
        """Return a class map with the missing of `names` appended, with the next free ids."""
        entries = list(self.entries)
        known = set(self._index)
        next_id = max((entry.id for entry in entries), default=-1) + 1
        for name in names:
            if name not in known:
                entries.append(ClassEntry(name=name, id=next_id))
                known.add(name)
                next_id += 1
        return ClassMap(tuple(entries))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the entries as plain JSON values."""
        return [entry.to_dict() for entry in self.entries]

    @staticmethod
    def from_list(values: Iterable[Mapping[str, Any]]) -> ClassMap:
        """Read a class map written by `to_list`."""
        return ClassMap(tuple(ClassEntry.from_dict(value) for value in values))

    @staticmethod
    def from_names(names: Iterable[str]) -> ClassMap:
        """Build a class map from names; ids count from 0."""
        return ClassMap(tuple(ClassEntry(name=name, id=i) for i, name in enumerate(names)))


@dataclass(frozen=True, slots=True)
class EvaluationClasses:
    """The classes numbers are about: distinct evaluation names, in order of first appearance.

    Attributes:
        names: shape (K,); `train_name` if given else `name`, compared without case, spelled as first met.
        of_class: shape (len(class map),); evaluation index of each class, or `LEFT_OUT` or `IGNORED`.
    """

    names: tuple[str, ...]
    of_class: tuple[int, ...]

    @staticmethod
    def of(class_map: ClassMap) -> EvaluationClasses:
        """Derive the evaluation classes of a class map (metrics.md, section 1)."""
        names: list[str] = []
        position: dict[str, int] = {}
        of_class: list[int] = []
        for entry in class_map.entries:
            name = entry.name if entry.train_name is None else entry.train_name
            if entry.ignore_in_eval:
                of_class.append(IGNORED)
            elif name == "":
                of_class.append(LEFT_OUT)
            else:
                key = name.casefold()
                if key not in position:
                    position[key] = len(names)
                    names.append(name)
                of_class.append(position[key])
        return EvaluationClasses(tuple(names), tuple(of_class))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def background(self) -> int:
        """The index of the background class: one past the last."""
        return len(self.names)

    def index(self, name: str) -> int | None:
        """Return the evaluation index of a name, compared without case; background included."""
        key = name.casefold()
        if key == BACKGROUND:
            return self.background
        return next((i for i, known in enumerate(self.names) if known.casefold() == key), None)
