"""Every case of `docs/query` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.engine.selection import select
from shoal.errors import InvalidInputError
from shoal.query import check, parse, to_text
from shoal.query.types import Table
from twins.query_case import Case, read_cases
from twins.query_world import WorldData

FOLDER = Path(__file__).parents[2] / "docs" / "query"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read_cases(path)]


def ids(case: Case, mask: list[bool]) -> list[str]:
    key = {"frames": "frame_id", "labels": "label_id", "inferences": "inference_id"}[case.elements]
    chosen = case.world.schema.inference_set or ""
    rows = {
        Table.FRAMES: case.world.frames,
        Table.LABELS: case.world.labels,
        Table.INFERENCES: case.world.inferences.get(chosen, []),
    }[Table(case.elements.value)]
    return [row[key] for row, inside in zip(rows, mask, strict=True) if inside]


@pytest.mark.parametrize("case", [case for case in CASES if not case.code], ids=lambda case: case.name)
def test_selects(case: Case) -> None:
    node = parse(case.text)
    query = check(node, case.world.schema, case.elements)
    assert ids(case, select(query, WorldData(case.world)).tolist()) == case.selects
    assert check(parse(to_text(node)), case.world.schema, case.elements) == query


@pytest.mark.parametrize("case", [case for case in CASES if case.code], ids=lambda case: case.name)
def test_fails(case: Case) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(parse(case.text), case.world.schema, case.elements)
    assert caught.value.code == case.code
    assert caught.value.location["offset"] + 1 == case.character
    for part in case.message.removesuffix(".").split(" … "):
        assert part in str(caught.value)


def test_there_are_cases() -> None:
    assert len(CASES) > 150
