"""Tables in chunks: every row once, whatever the number of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.errors import ProblemLog
from shoal.formats import table_chunks


@pytest.mark.parametrize("n_rows", [0, 1, 4, 5, 8, 9])
def test_json_lines_end_where_they_end(n_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_chunks, "CHUNK_ROWS", 4)
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f'{{"frame_id": "f{i}"}}\n' for i in range(n_rows)))
    problems = ProblemLog()
    chunks = list(table_chunks.read_chunks(path, path.name, problems))
    found = [name for chunk in chunks for name in chunk.columns.get("frame_id", [])]
    assert found == [f"f{i}" for i in range(n_rows)]
    assert [chunk for chunk in chunks if not chunk.columns] == ([] if n_rows else chunks)
    assert problems.total == 0
