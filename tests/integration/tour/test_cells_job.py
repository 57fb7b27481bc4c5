"""Cells of very many vectors: a job that follows an upload, and searches before and after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import shoal
from shoal.embed import cells


def test_an_upload_beyond_the_limit_gets_cells_as_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MIN_ROWS", 50)
    vectors = np.random.default_rng(0).standard_normal((60, 8))
    ids = [f"f{i:02}" for i in range(60)]
    with shoal.connect(tmp_path / "home") as sh:
        val = sh.create_project("p", classes=["car"]).datasets.upload(
            "val", frames=[{"frame_id": name} for name in ids], progress=False
        )
        val.embeddings.upload("few", ids[:40], vectors[:40], "m", progress=False)
        assert not [job for job in sh.jobs.list() if job.kind == "index_embeddings"]
        val.embeddings.upload("clip", ids, vectors, "m", progress=False)
        [job] = [job for job in sh.jobs.list() if job.kind == "index_embeddings"]
        assert job.wait(progress=False) == {"space": "clip", "n_rows": 60}
        found = val.similar(vector=vectors[7].tolist(), k=1, space="clip")
        assert found.body.method == "index"
        assert found.column("id") == ["f07"]
        assert val.similar(vector=vectors[7].tolist(), k=1, space="few").body.method == "exact"
        assert len(val.similar(["f07"], k=30, space="clip")) == 30
