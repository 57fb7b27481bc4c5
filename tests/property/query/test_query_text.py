"""Parser and printer are inverse; no text at all does anything but parse or say why not."""

from __future__ import annotations

import inspect
import sys
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shoal.engine.selection import select
from shoal.errors import QuerySyntaxError, QueryTypeError
from shoal.model.segment import ElementKind
from shoal.query import check, parse, to_text
from shoal.query.ast import Comparison, Field, Node, Number, Operator
from twins.query_strategies import SCHEMA, any_nodes, fitting_texts
from twins.query_world import World, WorldData

SOUP = (
    *"():=<>,.*@\"'\\!- ",
    *("!=", "<=", ">=", "..", " and ", " OR ", "NOT ", "label(", "inference@one(", "outcome(", "count("),
    *(
        "max(",
        "exists(",
        "flipped(",
        "similar(id:",
        "segment:",
        "frame.",
        "user__city",
        "city",
        "speed",
        "class",
        "f1@two",
    ),
    *("label.area_px", "true", "car", "5", "1e3", "2026-01-01", "T10:00", "one", "two", '"x y"', "\x00"),
    *("\ud800", "é", "\u2028"),
)


def survives(text: str) -> None:
    error: QuerySyntaxError | QueryTypeError | None = None
    try:
        node = parse(text)
        assert parse(to_text(node)) == node
        for elements in ElementKind:
            check(node, SCHEMA, elements)
    except (QuerySyntaxError, QueryTypeError) as caught:
        error = caught
    assert error is None or 0 <= error.location["offset"] <= len(text)


@settings(deadline=None, max_examples=300)
@given(any_nodes())
@example(Comparison(Field(("a",)), Operator.EQUAL, Number(2**63 - 512)))
def test_parser_reads_what_the_printer_writes(node: Node) -> None:
    text = to_text(node)
    assert parse(text) == node
    assert hash(parse(text)) == hash(node)


@settings(deadline=None, max_examples=100)
@given(fitting_texts())
def test_printing_twice_changes_nothing(text: str) -> None:
    printed = to_text(parse(text))
    assert to_text(parse(printed)) == printed


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60))
def test_arbitrary_text(text: str) -> None:
    survives(text)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(SOUP), max_size=25).map("".join))
def test_soup_of_the_language(text: str) -> None:
    survives(text)


@settings(deadline=None, max_examples=150)
@given(fitting_texts(), st.data())
def test_queries_with_a_hole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    survives(text[:start] + text[end:])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "NOT " * 2_500,
        "label(" * 1_600,
        "(" * 4_900 + "a:b" + ")" * 4_900,
        "NOT(" * 60 + "a:b" + ")" * 60,
        '"' * 9_999,
        '"\\' * 5_000,
        "a" * 10_000,
        "1" * 9_990 + ":1",
        "a:" + "1" * 9_990,
        "a:" + "1" * 5_000 + "e" + "1" * 4_000,
        "city:" + "*a" * 4_990,
        "city:" + "*" * 9_990,
        "a:" + "." * 9_990,
        "a:" + "1.." * 3_000,
        ("2026-01-01T10:00" * 700)[:10_000],
        ("2026-01-01T10:00(" * 700)[:10_000],
        "@" * 10_000,
        "a@" * 5_000,
        "a." * 5_000 + ":x",
        " " * 10_000,
        "city:(" + "b," * 4_990,
        "city:b " * 1_400,
        "city:b OR " * 999 + "city:b",
        "x:y\n" * 2_000,
        "a" * 10_001,
        "city:b " * 100_000,
    ],
    ids=lambda text: f"{text[:12]!r}x{len(text)}",
)
def test_huge_and_deep_input_ends_quickly(text: str) -> None:
    began = time.process_time()
    survives(text)
    assert time.process_time() - began < 2.0


def test_the_deepest_nesting_allowed_works() -> None:
    half = "(city:b OR " * 99 + "city:b" + ")" * 99
    for text in (half, "NOT " * 100 + "city:b", "NOT (" * 50 + "city:b" + ")" * 50):
        node = parse(text)
        assert hash(node) == hash(parse(to_text(node)))
        check(node, SCHEMA)


@pytest.mark.parametrize("opening", ["(", "NOT ", "label(", "max(label.area_px, "])
def test_the_deepest_trees_leave_room_on_the_stack(opening: str) -> None:
    cost = 2 if "l" in opening else 1
    level = f"{opening}city:b city:b OR " if opening != "NOT " else opening
    closing = {"(": ")", "NOT ": "", "label(": ")"}.get(opening, ") > 0")
    text = level * (100 // cost) + "city:b" + closing * (100 // cost)
    world = World(SCHEMA, [{"user__city": "b"}], labels=[{"frame": 0, "class": "car"}])
    node, again = parse(text), parse(text)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 720)
    try:
        assert node == again
        assert hash(node) == hash(again)
        assert parse(to_text(node)) == node
        query = check(node, SCHEMA)
        assert hash(query) == hash(check(again, SCHEMA))
        assert query == check(again, SCHEMA)
        select(query, WorldData(world))
    finally:
        sys.setrecursionlimit(limit)


def test_one_level_too_deep_says_where() -> None:
    with pytest.raises(QuerySyntaxError, match="nested deeper than 100 levels") as caught:
        parse("(" * 101 + "city:b" + ")" * 101)
    assert caught.value.location == {"offset": 100}
