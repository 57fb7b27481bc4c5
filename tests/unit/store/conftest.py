from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shoal.store.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(tmp_path / "home") as opened:
        yield opened
