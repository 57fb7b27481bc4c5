"""Embedding spaces and suggestions on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shoal as sdk
from shoal_server import shoal
from vector_data import made_vectors, nearest

N = 30
IDS = [f"f{i:02}" for i in range(N)]
VECTORS = made_vectors(N, 6, seed=4)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    with sdk.connect(folder / "home") as opened:
        project = opened.create_project("driving", classes=["car"])
        rows = [{"frame_id": one, "lux": float(i)} for i, one in enumerate(IDS)]
        val = project.datasets.upload("val", frames=rows, progress=False)
        val.segments.create("Night", type="scenario", ids=IDS[:2])
    np.save(folder / "vectors.npy", VECTORS)
    (folder / "ids.txt").write_text("\n".join(IDS))
    return folder / "home"


def done(home: Path, *arguments: str) -> str:
    result = shoal(*arguments, home=home)
    assert result.returncode == 0, result.stderr
    return result.stdout


def read(home: Path, *arguments: str) -> Any:
    return json.loads(done(home, *arguments, "--json"))


def test_from_upload_to_the_next_version(home: Path) -> None:
    assert "No embedding spaces yet" in done(home, "embeddings", "list")
    files = home.parent / "vectors.npy", home.parent / "ids.txt"
    refused = shoal("embeddings", "upload", "clip", str(files[0]), "--model-id", "m", home=home)
    assert refused.returncode == 1
    assert "Expected the ids of the rows of 'vectors.npy'" in refused.stderr
    shown = done(
        home, "embeddings", "upload", "clip", str(files[0]), "--ids", str(files[1]), "--model-id", "m"
    )
    assert "clip" in shown
    (space,) = read(home, "embeddings", "list")
    assert (space["name"], space["n_vectors"], space["dimension"], space["model_id"]) == ("clip", N, 6, "m")

    allowed = (np.arange(N) != 5) & (np.arange(N) >= 10)
    found = read(home, "similar", "f05", "-k", "4", "--query", "lux>=10")
    expected = [IDS[i] for i in nearest(VECTORS, VECTORS[[5]], 4, allowed)]
    assert [item["id"] for item in found["items"]] == expected
    table = done(home, "similar", "f05", "-k", "4", "--query", "lux>=10")
    assert table.index(expected[0]) < table.index(expected[1])
    assert done(home, "query", "similar(id:f05, 3)", "--count").strip() == "3"
    assert shoal("similar", home=home).returncode == 3

    offered = [item["id"] for item in read(home, "segment", "similar", "Night")["items"]]
    answered = read(
        home, "segment", "similar", "Night", "--accept", offered[0], "--discard", offered[1], "-k", "5"
    )
    assert (answered["n_accepted"], answered["n_discarded"]) == (1, 1)
    assert not {item["id"] for item in answered["items"]} & {*IDS[:2], *offered[:2]}
    assert "version 2, 3 elements" in done(home, "segment", "similar", "Night", "--save")
    back = read(home, "segment", "similar", "Night", "--take-back", offered[1], "-k", "30")
    assert offered[1] in {item["id"] for item in back["items"]}

    assert "Deleted" in done(home, "embeddings", "delete", "clip", "--yes")
    gone = shoal("similar", "f05", home=home)
    assert gone.returncode == 1
    assert "no embedding space for frames" in gone.stderr
