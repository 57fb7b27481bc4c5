"""The README's snippets, typed as they are printed into an empty folder."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from journey_data import write_journey_files
from shoal.cli.app import run
from shoal.client.connection import Shoal

README = Path(__file__).parents[3] / "README.md"
SNIPPETS: list[tuple[str, str]] = re.findall(
    r"```(python|sh)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SHOAL_URL", "SHOAL_HOME"):
        monkeypatch.delenv(name, raising=False)
    files = write_journey_files(tmp_path / "made", n_frames=60)
    shutil.copy(files.coco, "val.json")
    shutil.copy(files.baseline, "v1.json")
    shutil.copy(files.candidate, "v2.json")
    pl.read_csv(files.metadata).write_parquet("frames.parquet")
    for image in json.loads(files.coco.read_text())["images"]:
        path = tmp_path / "images" / image["file_name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(path)


def snippet(language: str, word: str) -> str:
    return next(text for kind, text in SNIPPETS if kind == language and word in text)


def test_five_lines_of_python_and_the_same_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    printed = io.StringIO()
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet("python", "shoal.connect"), "README.md", "exec"), names)
    connection = names["sh"]
    assert isinstance(connection, Shoal)
    connection.close()
    reason = printed.getvalue().splitlines()[-1]
    assert reason.startswith(("Accepted", "Rejected"))
    shutil.rmtree("shoal-data")
    lines = snippet("sh", "shoal upload dataset").splitlines()
    codes = [run(shlex.split(line, comments=True)[1:]) for line in lines]
    assert codes[:-1] == [0] * (len(codes) - 1)
    assert codes[-1] == (0 if reason.startswith("Accepted") else 1)
    assert reason in capsys.readouterr().out


def test_straight_from_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    command = snippet("sh", "--results v1.json --results").strip()
    assert run(shlex.split(command)[1:]) == 0
    out = capsys.readouterr().out
    assert "v1" in out
    assert "v2" in out
    assert not (tmp_path / "shoal-data").exists()
