"""Every error code is documented with its status, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from shoal.errors import ShoalError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def _tree(kind: type[ShoalError]) -> list[type[ShoalError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _tree(child))]


def test_codes_are_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE.read_text(), flags=re.MULTILINE)
    ours = {kind.code: kind.status for kind in _tree(ShoalError) if kind.__module__ == "shoal.errors"}
    assert {code: int(status) for code, status in rows} == ours


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in _tree(ShoalError) if kind.__module__ == "shoal.errors"]
    assert len(codes) == len(set(codes))
