"""What a checked query reads, so that nothing else is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shoal.query.predicate import (
    AllOf,
    AnyOf,
    CheckedQuery,
    Column,
    Compare,
    FlippedFrame,
    InSegment,
    Lifted,
    LiftedOperand,
    ListHas,
    Matches,
    Negation,
    OneOf,
    Operand,
    Predicate,
    Present,
    Rows,
    Score,
    SimilarTo,
    Some,
    Summary,
)


@dataclass(frozen=True, slots=True)
class Requirements:
    """The data a query needs.

    Attributes:
        columns: by table, the names of its columns; a table is there without columns when only its row
            count or its links to frames are needed.  Outcomes are loaded whole, whatever is named here.
        frame_scores: inference sets whose frame scores are read.
        segments: names of segments.
        similar: the calls of `similar(...)`.
    """

    columns: Mapping[Rows, frozenset[str]]
    frame_scores: frozenset[str]
    segments: frozenset[str]
    similar: frozenset[SimilarTo] = frozenset()


@dataclass(slots=True)
class _Found:
    columns: dict[Rows, set[str]] = field(default_factory=dict)
    frame_scores: set[str] = field(default_factory=set)
    segments: set[str] = field(default_factory=set)
    similar: set[SimilarTo] = field(default_factory=set)

    def rows(self, rows: Rows) -> set[str]:
        return self.columns.setdefault(rows, set())


def required_columns(query: CheckedQuery) -> Requirements:
    """Return what a query reads; linear in the size of the query."""
    found = _Found()
    found.rows(query.rows)
    _predicate(query.predicate, found)
    columns = {rows: frozenset(names) for rows, names in found.columns.items()}
    return Requirements(
        columns, frozenset(found.frame_scores), frozenset(found.segments), frozenset(found.similar)
    )


def _predicate(node: Predicate, found: _Found) -> None:
    match node:
        case AllOf(terms) | AnyOf(terms):
            for term in terms:
                _predicate(term, found)
        case Negation(term):
            _predicate(term, found)
        case Lifted(rows, predicate):
            found.rows(rows)
            _predicate(predicate, found)
        case Some(rows, objects, where):
            found.rows(rows)
            found.rows(objects)
            _predicate(where, found)
        case InSegment(rows, name):
            found.rows(rows)
            found.segments.add(name)
        case SimilarTo(rows):
            found.rows(rows)
            found.similar.add(node)
        case FlippedFrame(baseline, candidate):
            found.frame_scores.update((baseline, candidate))
        case _:
            _leaf(node, found)


def _leaf(node: Predicate, found: _Found) -> None:
    match node:
        case Compare(left, _, right):
            _operand(left, found)
            if isinstance(right, Operand):
                _operand(right, found)
        case OneOf(operand) | Matches(operand) | ListHas(operand) | Present(operand):
            _operand(operand, found)


def _operand(operand: Operand, found: _Found) -> None:
    match operand:
        case Column(rows, name):
            found.rows(rows).add(name)
        case Score(_, inference_set):
            found.frame_scores.add(inference_set)
        case LiftedOperand(rows, inner):
            found.rows(rows)
            _operand(inner, found)
        case Summary(rows, objects, _, value, where):
            found.rows(rows)
            found.rows(objects)
            if value is not None:
                _operand(value, found)
            _predicate(where, found)
