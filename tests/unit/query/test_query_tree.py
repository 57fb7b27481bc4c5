from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from shoal.engine.selection import select
from shoal.errors import QueryTypeError
from shoal.model.segment import ElementKind
from shoal.query import FieldType, Schema, Table, check, parse, to_text
from shoal.query.ast import And, Comparison, Field, Number, Operator, Pattern, Range, Text, Word
from shoal.query.predicate import FRAMES, LABELS, Rows
from shoal.query.requirements import required_columns
from twins.query_world import World, WorldData

SCHEMA = Schema(
    user_fields={
        Table.FRAMES: {"user__city": FieldType.STRING, "user__speed": FieldType.NUMBER},
        Table.LABELS: {"user__depth": FieldType.NUMBER},
    },
    classes=("car",),
    evaluation_classes=("car",),
    segments={"S": ElementKind.FRAMES},
    inference_sets=("one",),
    inference_set="one",
)


def test_the_tree_says_what_was_written() -> None:
    assert parse('city:ber* speed = 1..2 note:"x"') == And(
        (
            Comparison(Field(("city",)), Operator.HAS, Pattern(("ber", ""))),
            Comparison(Field(("speed",)), Operator.EQUAL, Range(Number(1), Number(2))),
            Comparison(Field(("note",)), Operator.HAS, Text("x")),
        )
    )


def test_equal_queries_are_equal_wherever_they_stand() -> None:
    one, other = parse("city:a speed<3"), parse("  city:a   AND speed  < 3 ")
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a:b and c:d", "a:b c:d"),
        ("((a:b))", "a:b"),
        ("a:b or (c:d e:f)", "a:b OR c:d e:f"),
        ("(a:b or c:d) e:f", "(a:b OR c:d) e:f"),
        ('a:"b"', 'a:"b"'),
        ('"a b":c', '"a b":c'),
        ('user__"a b" = 1', 'user__"a b" = 1'),
        ("a:**b**", "a:*b*"),
        ("count(label) > 1", "count(label()) > 1"),
        ("not(a:b)", "NOT a:b"),
        ("a:1.", "a:1.0"),
        ("", ""),
    ],
)
def test_printing(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


@pytest.mark.parametrize(
    "text", ["two words", "a*", "1", "and", "user__x", "frame.x", "a@b", "", '"', "a..b", ".a"]
)
def test_a_word_must_read_back_as_itself(text: str) -> None:
    with pytest.raises(ValueError):
        Word(text)


def test_only_what_is_needed_is_read() -> None:
    text = "city:a label(depth > 3 speed < 2) recall > 0.5 outcome(label.area_px > 3) segment:S"
    found = required_columns(check(parse(text), SCHEMA))
    assert found.columns == {
        FRAMES: {"user__city", "user__speed"},
        LABELS: {"user__depth", "area_px"},
        Rows(Table.OUTCOMES, "one"): set(),
    }
    assert found.frame_scores == {"one"}
    assert found.segments == {"S"}


def test_only_what_is_needed_is_asked_for() -> None:
    world = World(SCHEMA, [{"frame_id": "a", "user__city": "a"}])
    data = WorldData(world)
    assert select(check(parse("city:a NOT label(depth > 3)"), SCHEMA), data).tolist() == [True]
    assert sorted(data.asked) == [("frames", ("user__city",)), ("labels", ("user__depth",))]


def test_a_query_without_fields_reads_nothing() -> None:
    data = WorldData(World(SCHEMA, [{"frame_id": "a"}, {"frame_id": "b"}]))
    mask = select(check(parse(""), SCHEMA), data)
    assert mask.dtype == np.bool_
    assert mask.tolist() == [True, True]


def test_no_frames_at_all() -> None:
    data = WorldData(World(SCHEMA, [], scores={"one": []}, outcomes={"one": []}, segments={"S": []}))
    for text in (
        "",
        "city:a*b*c",
        "max(label.area_px) > 1",
        "f1 > 1",
        "outcome(label.area_px > 1)",
        "segment:S",
    ):
        assert select(check(parse(text), SCHEMA), data).tolist() == []


def test_columns_that_hold_nothing_answer_nothing() -> None:
    class Empty(WorldData):
        def frames(self, columns: object) -> pl.DataFrame:
            return pl.DataFrame({"user__city": [None, None], "user__speed": [None, None]})

    data = Empty(World(SCHEMA, [{}, {}]))
    for text in ("city:a", "NOT city:a*", "speed > 3", "speed != 3", "exists(city)"):
        assert not select(check(parse(text), SCHEMA), data).any()


def test_wide_queries_run() -> None:
    world = World(SCHEMA, [{"user__city": "b"}, {"user__city": "c"}])
    for text, expected in (
        ("city:b " * 1400, [True, False]),
        ("NOT city:c OR " * 600 + "city:c", [True, True]),
    ):
        assert select(check(parse(text), SCHEMA), WorldData(world)).tolist() == expected


def test_the_class_list_may_be_long_and_the_error_is_not() -> None:
    schema = Schema(classes=tuple(f"class_{i}" for i in range(1000)))
    with pytest.raises(QueryTypeError) as caught:
        check(parse("label(class:zzz)"), schema)
    assert len(str(caught.value)) < 300


def test_importing_the_query_language_is_cheap() -> None:
    code = (
        "import sys, shoal.query; print({'lark', 'polars', 'numpy', 'pyarrow', 'numba'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
