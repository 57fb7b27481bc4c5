"""Any name is one part of a path, and parameters arrive as they were meant."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.client.transport import encoded_body, query_string, quoted_path, request_target


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("Night rain", "Night%20rain"),
        ("a/b", "a%2Fb"),
        ("100%", "100%25"),
        ("é", "%C3%A9"),
        ("what?#", "what%3F%23"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("v1.2", "v1.2"),
    ],
)
def test_names_are_encoded(name: str, quoted: str) -> None:
    assert quoted_path("segments", name, "ids") == f"/api/v1/segments/{quoted}/ids"


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_paths_come_apart_into_the_parts_they_were_made_of(parts: list[str]) -> None:
    path = quoted_path(*parts)
    assert [unquote(part) for part in path.removeprefix("/api/v1/").split("/")] == parts
    assert path.isascii()


def test_parameters_that_are_none_are_left_out_and_lists_repeat() -> None:
    params = {"a": None, "b": ["x", "y z"], "c": False, "d": 0.5, "e": "&=é", "f": []}
    text = query_string(params)
    assert parse_qsl(text) == [("b", "x"), ("b", "y z"), ("c", "false"), ("d", "0.5"), ("e", "&=é")]
    assert request_target("/x", params) == f"/x?{text}"
    assert request_target("/x", {"a": None}) == "/x"


def test_bodies_carry_their_content_type() -> None:
    body, headers = encoded_body({"a": 1}, None, {"If-Match": '"3"'})
    assert (body, headers["content-type"], headers["If-Match"]) == (b'{"a": 1}', "application/json", '"3"')
    body, headers = encoded_body(None, b"", None)
    assert (body, headers["content-type"]) == (b"", "application/octet-stream")
    body, headers = encoded_body(None, None, None)
    assert (body, "content-type" in headers) == (b"", False)


def test_a_number_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encoded_body({"a": float("nan")}, None, None)
