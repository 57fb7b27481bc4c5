"""The tree of a query as it was written: meaning without data.

Nodes are immutable, hashable and equal when they say the same; where they stood in the text (`offset`) does
not count.  `shoal.query.check` gives them types, `shoal.query.printer` writes them as text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Final, TypeAlias

from shoal.query.tokens import is_word

QUALIFIERS: Final = ("frame", "label", "inference", "outcome")
USER_PREFIX: Final = "user__"

MAXIMUM_SIMILAR: Final = 10_000
"""How many elements `similar(...)` may ask for."""


class Operator(StrEnum):
    """How a field is compared; `:` is equality, or membership for lists."""

    HAS = ":"
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Function(StrEnum):
    """Summaries of a number over a frame's labels, inferences or outcomes."""

    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    SUM = "sum"


class ObjectKind(StrEnum):
    """What `label(...)`, `inference(...)` and `outcome(...)` range over."""

    LABEL = "label"
    INFERENCE = "inference"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Word:
    """An unquoted value: text, a date, `true`, or the name of another field, as the field's type decides."""

    text: str
    offset: int = attribute(default=0, compare=False)

    def __post_init__(self) -> None:
        if not is_word(self.text) or is_reference(tuple(self.text.split("."))) or "@" in self.text:
            raise ValueError(f"{self.text!r} cannot stand without quotes")


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted value."""

    text: str
    offset: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number; finite.  `written` keeps the digits for messages."""

    value: int | float
    offset: int = attribute(default=0, compare=False)
    written: str = attribute(default="", compare=False)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError("a number in a query is finite")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text with wildcards: the literal parts between the stars, at least two; those inside are not empty."""

    parts: tuple[str, ...]
    offset: int = attribute(default=0, compare=False)

    def __post_init__(self) -> None:
        if len(self.parts) < 2 or "" in self.parts[1:-1]:
            raise ValueError("a pattern has a star, and no two side by side")


Scalar: TypeAlias = Word | Text | Number


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; `None` leaves an end open, but not both."""

    low: Scalar | None
    high: Scalar | None
    offset: int = attribute(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range has at least one end")


Value: TypeAlias = Word | Text | Number | Pattern | Range


@dataclass(frozen=True, slots=True)
class ValueList:
    """Values of which any may match."""

    values: tuple[Value, ...]
    offset: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A field by name.

    Attributes:
        parts: the name split at its unquoted dots, such as `("frame", "split")`.
        at: what follows `@`, split likewise; `None` without an `@`.
    """

    parts: tuple[str, ...]
    at: tuple[str, ...] | None = None
    offset: int = attribute(default=0, compare=False)

    @property
    def name(self) -> str:
        """The name in one piece, as messages show it."""
        return ".".join(self.parts) + ("@" + ".".join(self.at) if self.at else "")


@dataclass(frozen=True, slots=True)
class Everything:
    """No condition at all; matches every element."""


@dataclass(frozen=True, slots=True)
class And:
    """All of the terms, at least two."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the terms, at least two."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold; where it is unknown because a value is missing, neither does this."""

    term: Node


@dataclass(frozen=True, slots=True)
class Objects:
    """Labels, inferences or outcomes for which `where` holds.

    As a condition: there is at least one.

    Attributes:
        kind: what it ranges over.
        inference_set: the set named after `@`; `None` means the chosen one.
        where: a condition on each.
    """

    kind: ObjectKind
    inference_set: str | None
    where: Node
    offset: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Count:
    """How many objects there are."""

    objects: Objects


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A summary of a number over objects, such as `max(label.area_px, class:car)`.

    Attributes:
        function: the summary.
        field: `label.…`, `inference.…` or `outcome.…`.
        where: a condition on each object.
    """

    function: Function
    field: Field
    where: Node
    offset: int = attribute(default=0, compare=False)


Measure: TypeAlias = Field | Count | Aggregate


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field or count against a value, a list of values, or another field or count."""

    left: Measure
    operator: Operator
    right: Value | ValueList | Measure

    def __post_init__(self) -> None:
        if isinstance(self.right, Field) and not (self.right.at or is_reference(self.right.parts)):
            raise ValueError("on the right, a field without a qualifier is a Word")


@dataclass(frozen=True, slots=True)
class Exists:
    """The field has a value."""

    field: Field


@dataclass(frozen=True, slots=True)
class Flipped:
    """The baseline's outcomes of the frame are all right, the candidate's are not."""

    baseline: str
    candidate: str
    offset: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Similar:
    """Elements nearest to others, which are left out.

    Attributes:
        ids: the others, at least one.
        count: how many, 1 to `MAXIMUM_SIMILAR`.
        space: the embedding space; `None` means the only one there is.
        id_offsets: where each id stands.
        space_offset: where the name of the space stands.
    """

    ids: tuple[str, ...]
    count: int
    space: str | None
    offset: int = attribute(default=0, compare=False)
    id_offsets: tuple[int, ...] = attribute(default=(), compare=False)
    space_offset: int = attribute(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.ids or not 1 <= self.count <= MAXIMUM_SIMILAR:
            raise ValueError("similar takes ids and a count within the limit")


Node: TypeAlias = Everything | And | Or | Not | Comparison | Exists | Objects | Flipped | Similar
"""A condition."""


def is_reference(parts: tuple[str, ...]) -> bool:
    """Whether a name on the right of an operator is a field by its form: qualified, or a user field."""
    return parts[0].startswith(USER_PREFIX) or (len(parts) > 1 and parts[0] in QUALIFIERS)
