"""Execution on columns equals a row-by-row reading of the tree."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.engine.selection import select
from shoal.model.segment import ElementKind
from shoal.query import check, parse, to_text
from twins.query import selected
from twins.query_strategies import CITIES, CLASSES, fitting_texts, worlds
from twins.query_world import World, WorldData

SCOPES = {ElementKind.FRAMES: "frames", ElementKind.LABELS: "label", ElementKind.INFERENCES: "inference"}
DTYPES: list[dict[str, pl.DataType]] = [
    {},
    {"user__city": pl.Categorical(), "class": pl.Categorical(), "truth": pl.Categorical()},
    {"user__city": pl.Enum(sorted(CITIES)), "class": pl.Enum(CLASSES), "kind": pl.Categorical()},
    {"width": pl.Float32(), "date_captured": pl.Datetime("ns"), "area_px": pl.Float32()},
]


@pytest.mark.parametrize("elements", list(ElementKind))
@settings(deadline=None, max_examples=150)
@given(world=worlds(), data=st.data())
def test_engine_agrees_with_its_slow_twin(elements: ElementKind, world: World, data: st.DataObject) -> None:
    text = data.draw(fitting_texts(SCOPES[elements]))
    dtypes = data.draw(st.sampled_from(DTYPES))
    node = parse(text)
    query = check(node, world.schema, elements)
    found = select(query, WorldData(world, dtypes)).tolist()
    assert found == selected(node, world, elements)


@settings(deadline=None, max_examples=60)
@given(world=worlds(), text=fitting_texts())
def test_a_printed_query_selects_the_same(world: World, text: str) -> None:
    node = parse(text)
    again = parse(to_text(node))
    data = WorldData(world)
    assert (select(check(node, world.schema), data) == select(check(again, world.schema), data)).all()


@settings(deadline=None, max_examples=60)
@given(world=worlds(), one=fitting_texts(), two=fitting_texts())
def test_boolean_laws(world: World, one: str, two: str) -> None:
    data = WorldData(world)

    def mask(text: str) -> list[bool]:
        return [bool(inside) for inside in select(check(parse(text), world.schema), data)]

    assert mask(f"NOT ({one} OR {two})") == mask(f"NOT ({one}) NOT ({two})")
    assert mask(f"NOT (({one}) ({two}))") == mask(f"NOT ({one}) OR NOT ({two})")
    assert mask(f"NOT NOT ({one})") == mask(one)
    both = [a and b for a, b in zip(mask(one), mask(two), strict=True)]
    assert mask(f"({one}) AND ({two})") == both
