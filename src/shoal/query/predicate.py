"""The tree of a query after the check: every name resolved, every value typed, ready to run.

Each node is about the rows of one table.  Where a condition on frames is used on labels, `Lifted` says so.
Conditions are true, false or unknown (a value is missing); AND, OR and NOT follow Kleene's logic and only
what is true is selected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from shoal.query.ast import Function, Operator
from shoal.query.types import FieldType, Table


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table; inferences and outcomes are those of `inference_set`."""

    table: Table
    inference_set: str | None = None


FRAMES = Rows(Table.FRAMES)
LABELS = Rows(Table.LABELS)


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column."""

    rows: Rows
    name: str
    type: FieldType


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall, F1 or number of errors of a frame under an inference set."""

    name: str
    inference_set: str

    @property
    def rows(self) -> Rows:
        """Scores belong to frames."""
        return FRAMES

    @property
    def type(self) -> FieldType:
        """Scores are numbers."""
        return FieldType.NUMBER


@dataclass(frozen=True, slots=True)
class Summary:
    """A number per row of `rows`, made of the objects that belong to it.

    Attributes:
        rows: one result for each: a frame, or a label or inference for its own outcomes.
        objects: what is summarised.
        function: `None` counts the objects; min, max and mean of none are missing, the sum of none is 0.
        value: the number summarised, on `objects`; `None` when counting.
        where: on `objects`.
    """

    rows: Rows
    objects: Rows
    function: Function | None
    value: Operand | None
    where: Predicate

    @property
    def type(self) -> FieldType:
        """Summaries are numbers."""
        return FieldType.NUMBER


@dataclass(frozen=True, slots=True)
class LiftedOperand:
    """The value of the row's frame (or, for an outcome, of its label or inference)."""

    rows: Rows
    operand: Operand

    @property
    def type(self) -> FieldType:
        """The type of what is lifted."""
        return self.operand.type


Operand: TypeAlias = Column | Score | Summary | LiftedOperand
Constant: TypeAlias = str | bool | int | float | datetime


@dataclass(frozen=True, slots=True)
class Anything:
    """True for every row."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where all terms are."""

    terms: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where any term is."""

    terms: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """True where the term is false; unknown stays unknown."""

    term: Predicate


@dataclass(frozen=True, slots=True)
class Compare:
    """An operand against a constant of its type or an operand on the same rows; dates are in UTC."""

    left: Operand
    operator: Operator
    right: Operand | Constant


@dataclass(frozen=True, slots=True)
class OneOf:
    """The operand equals one of at least one constants of its type."""

    operand: Operand
    values: tuple[str, ...] | tuple[int | float, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """A string operand fits a pattern: the literal parts between its stars."""

    operand: Operand
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListHas:
    """Some element of a list equals the single part, or fits the pattern of several parts."""

    operand: Operand
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """The operand has a value; never unknown."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Some:
    """Some object of the row fits `where`; never unknown.  `rows` and `objects` as in `Summary`."""

    rows: Rows
    objects: Rows
    where: Predicate


@dataclass(frozen=True, slots=True)
class FlippedFrame:
    """The baseline is right on the frame and the candidate wrong; unknown where either does not cover it."""

    baseline: str
    candidate: str


@dataclass(frozen=True, slots=True)
class InSegment:
    """The row is in the segment; `rows` are of the kind the segment holds."""

    rows: Rows
    name: str


@dataclass(frozen=True, slots=True)
class SimilarTo:
    """The row is among those nearest to others, which are left out.

    Attributes:
        rows: frames, labels or inferences.
        ids: the others, each once.
        count: how many rows.
        space: the embedding space.
        offsets: where each id stands in the text.
    """

    rows: Rows
    ids: tuple[str, ...]
    count: int
    space: str
    offsets: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Lifted:
    """The predicate on the row's frame (or, for an outcome, its label or inference; unknown without one)."""

    rows: Rows
    predicate: Predicate


Predicate: TypeAlias = (
    Anything
    | AllOf
    | AnyOf
    | Negation
    | Compare
    | OneOf
    | Matches
    | ListHas
    | Present
    | Some
    | FlippedFrame
    | InSegment
    | SimilarTo
    | Lifted
)


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that fits the data.

    Attributes:
        rows: what it selects from: frames, labels, inferences or outcomes.
        predicate: the condition on them.
    """

    rows: Rows
    predicate: Predicate
