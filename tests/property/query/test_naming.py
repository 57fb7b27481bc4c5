"""A query that names the chosen set means what the query meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.model.segment import ElementKind
from shoal.query import check, parse, to_text
from shoal.query.naming import name_chosen_set, name_spaces
from shoal.query.predicate import FRAMES, LABELS, Rows
from shoal.query.types import Table
from twins.query_strategies import SCHEMA, fitting_texts

SCOPES = {ElementKind.FRAMES: ("frames", FRAMES), ElementKind.LABELS: ("label", LABELS)}
SEGMENTS = {name: "one" for name, kind in SCHEMA.segments.items() if kind is ElementKind.INFERENCES}
CHOSEN = replace(SCHEMA, inference_set="one", segment_sets=SEGMENTS)


@pytest.mark.parametrize("elements", list(SCOPES))
@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_naming_changes_no_meaning_and_needs_no_choice(elements: ElementKind, data: st.DataObject) -> None:
    scope, rows = SCOPES[elements]
    node = parse(data.draw(fitting_texts(scope)))
    named = name_chosen_set(node, CHOSEN, rows)
    assert check(named, CHOSEN, elements) == check(node, CHOSEN, elements)
    again = parse(to_text(named))
    unchosen = replace(CHOSEN, inference_set=None)
    assert check(again, unchosen, elements) == check(node, CHOSEN, elements)
    assert name_chosen_set(again, CHOSEN, rows) == again


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("f1 < 0.5", "f1@one < 0.5"),
        ("recall < precision", "recall@one < precision@one"),
        ("frame.recall < recall@two", "recall@one < recall@two"),
        ("n_inferences > n_labels", "n_inferences@one > n_labels"),
        ("inference.confidence.max > 0.5", "inference@one.confidence.max > 0.5"),
        ("max(inference.confidence, class:car) > 0.5", "max(inference@one.confidence, class:car) > 0.5"),
        ("label(class:car outcome(kind:confusion))", "label(class:car outcome@one(kind:confusion))"),
        (
            "inference@two(class:car) inference(class:car)",
            "inference@two(class:car) inference@one(class:car)",
        ),
        ("count(outcome()) > 3", "count(outcome@one()) > 3"),
        ("label(class:car)", "label(class:car)"),
        ("flipped(one, two)", "flipped(one, two)"),
        ("similar(id:f0, 2)", "similar(id:f0, 2, space:clip)"),
        ("inference(similar(id:o0, 2))", "inference@one(similar(id:o0, 2, space:ones))"),
    ],
)
def test_the_chosen_set_is_named_where_it_is_meant(text: str, named: str) -> None:
    assert to_text(name_chosen_set(parse(text), CHOSEN)) == named


def test_spaces_alone_are_named_in_a_query_about_inferences() -> None:
    scope = Rows(Table.INFERENCES, "two")
    text = (
        "f1 < 0.5 similar(id:o0, 2) inference(similar(id:o1, 1)) "
        "max(inference@two.confidence, similar(id:o1, 1)) > 1"
    )
    named = name_spaces(parse(text), CHOSEN, scope)
    assert to_text(named) == (
        "f1 < 0.5 similar(id:o0, 2, space:twos) inference(similar(id:o1, 1, space:ones)) "
        "max(inference@two.confidence, similar(id:o1, 1, space:twos)) > 1"
    )


def test_without_a_choice_nothing_changes() -> None:
    node = parse("f1@two < 0.5 label(class:car)")
    assert name_chosen_set(node, replace(SCHEMA, inference_set=None)) == node
