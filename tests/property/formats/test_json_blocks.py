"""Reading in small blocks gives what decoding the whole file gives, wherever the cuts fall."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shoal.formats.json_cut as json_cut
import shoal.formats.json_file as json_file
from shoal.formats.json_errors import MalformedJsonError
from shoal.formats.json_file import JsonFile
from shoal.formats.json_shape import ElementShape

scalars = (
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(max_size=6)
)
awkward = st.sampled_from(["},{", '"},{"', "]", "\\", "[{", ',{"id":1}', '\\"},{', "ü"])
values = st.recursive(
    scalars | awkward,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(awkward | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
elements = st.lists(
    st.fixed_dictionaries({"id": st.integers(0, 99)}, optional={"a b": values, "x": values}), max_size=8
)


def elements_of(path: Path, key: str) -> list[dict[str, Any]]:
    file = JsonFile(path)
    shape = ElementShape({"id": int}, {})
    section = file.section(key)
    assert section is not None
    found: list[dict[str, Any]] = []
    for block in file.blocks(section, shape):
        assert block.rejected == []
        learnt = shape.learnt_values(block.items)
        for i, item in enumerate(block.items):
            found.append({"id": item.id} | {k: v[i] for k, v in learnt.items() if v[i] is not None})
    list(file.sections())
    file.close()
    return found


def without_nulls(element: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in element.items() if value is not None}


@settings(deadline=None, max_examples=150)
@given(
    first=elements,
    second=elements,
    other=values,
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    block=st.integers(1, 64),
    tries=st.integers(0, 3),
)
def test_blocks_of_any_size(
    first: list[Any],
    second: list[Any],
    other: Any,
    indent: int | None,
    ascii_only: bool,
    block: int,
    tries: int,
) -> None:
    content = {"first": first, "other": other, "second": second}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_file, "BLOCK_BYTES", block)
        patch.setattr(json_cut, "MAX_TRIES", tries)
        path = Path(folder) / "f.json"
        path.write_text(json.dumps(content, indent=indent, ensure_ascii=ascii_only), encoding="utf-8")
        assert elements_of(path, "second") == [without_nulls(e) for e in second]
        assert elements_of(path, "first") == [without_nulls(e) for e in first]
        file = JsonFile(path)
        assert [section.key for section in file.sections()] == list(content)
        assert [file.value(section) for section in file.sections()] == list(content.values())
        assert file.tail_value("second") in (second, None)
        file.close()


@settings(deadline=None, max_examples=60)
@given(content=elements.filter(bool), where=st.floats(0, 1), block=st.integers(1, 200))
def test_nan_is_let_through_to_the_element_it_is_in(content: list[Any], where: float, block: int) -> None:
    place = min(int(where * len(content)), len(content) - 1)
    content = [dict(element) for element in content]
    content[place]["id"] = math.nan
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_file, "BLOCK_BYTES", block)
        path = Path(folder) / "f.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        file = JsonFile(path)
        section = file.section("")
        assert section is not None
        blocks = list(file.blocks(section, ElementShape({"id": int}, {})))
        file.close()
    assert [one.index for b in blocks for one in b.rejected] == [place]
    assert [i for b in blocks for i in b.indices] == [i for i in range(len(content)) if i != place]


@settings(deadline=None, max_examples=150)
@given(content=elements.filter(bool), where=st.floats(0, 1), block=st.integers(1, 200))
def test_a_cut_off_file_is_always_noticed(content: list[Any], where: float, block: int) -> None:
    text = json.dumps({"first": content, "n": {"id": 1}})
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_file, "BLOCK_BYTES", block)
        path = Path(folder) / "f.json"
        path.write_text(text[: int(where * (len(text) - 1))], encoding="utf-8")
        file = JsonFile(path)
        with pytest.raises(MalformedJsonError):
            list(file.sections())
        file.close()
