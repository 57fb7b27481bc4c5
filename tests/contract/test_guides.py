"""The guides of SDK and command line run as they are printed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from shoal.cli.app import run

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
N_FRAMES = 24


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOAL_URL", raising=False)
    monkeypatch.delenv("SHOAL_HOME", raising=False)
    (tmp_path / "images").mkdir()
    names = [f"f{i:02}.png" for i in range(N_FRAMES)]
    for name in names:
        Image.new("RGB", (100, 80)).save(tmp_path / "images" / name)
    labels = [
        {"id": 2 * i + k, "image_id": i, "category_id": k, "bbox": [5 + 50 * k, 5, 20, 20], "area": 400}
        for i in range(N_FRAMES)
        for k in range(2)
    ]
    instances = {
        "images": [{"id": i, "file_name": name, "width": 100, "height": 80} for i, name in enumerate(names)],
        "annotations": [label | {"iscrowd": 0} for label in labels],
        "categories": [{"id": 0, "name": "car"}, {"id": 1, "name": "pedestrian"}],
    }
    (tmp_path / "val.json").write_text(json.dumps(instances))
    for number, n_found in ((1, 44), (2, 30)):
        results = [
            {key: label[key] for key in ("image_id", "category_id", "bbox")} | {"score": 0.9}
            for label in labels[:n_found]
        ]
        (tmp_path / f"v{number}.json").write_text(json.dumps(results))
    pl.DataFrame(
        {
            "file_name": names,
            "split": ["training", "test"] * (N_FRAMES // 2),
            "time_of_day": ["day", "day", "night"] * (N_FRAMES // 3),
            "weather": ["clear", "rain"] * (N_FRAMES // 2),
            "lux": [float(i) for i in range(N_FRAMES)],
        }
    ).write_parquet(tmp_path / "frames.parquet")
    policy = "version: 1\nsegments:\n  - {name: All Frames, tier: critical, baseline: not_regressed}\n"
    (tmp_path / "shoal-gate.yaml").write_text(policy)
    return tmp_path


def blocks(guide: str, language: str) -> list[str]:
    text = (GUIDES / guide).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found


def test_the_sdk_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    program = "".join(blocks("sdk.md", "python"))
    exec(compile(program + "\nsh.close()\n", "sdk.md", "exec"), names)
    assert capsys.readouterr().out.startswith("Rejected: ")
    assert (folder / "night.json").exists()


def test_the_command_line_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in "".join(blocks("cli.md", "console")).splitlines():
        assert line.startswith("$ shoal ")
        arguments = shlex.split(line.removeprefix("$ shoal "))
        code = run(arguments)
        captured = capsys.readouterr()
        assert code == (1 if arguments[0] == "gate" else 0), (line, captured.err)
    assert (folder / "matrix.md").exists()


def test_the_embeddings_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = "".join(blocks("embeddings.md", "python"))
    exec(compile(program + "\nsh.close()\n", "embeddings.md", "exec"), {})
    assert "classifier" in capsys.readouterr().out
    np.save("vectors.npy", np.random.default_rng(2).standard_normal((N_FRAMES, 64)))
    Path("ids.txt").write_text("\n".join(f"f{i:02}.png" for i in range(N_FRAMES)))
    for line in "".join(blocks("embeddings.md", "console")).splitlines():
        code = run(shlex.split(line.removeprefix("$ shoal ")))
        assert code == 0, (line, capsys.readouterr().err)
