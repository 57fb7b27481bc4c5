"""The guide runs as it is printed, and so does the demonstration with and without the packages for it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import onnx
import polars as pl
import pytest
from onnx import TensorProto, helper
from PIL import Image

import shoal
from shoal.cli.app import run

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "descriptor.md"
N_FRAMES = 6


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOAL_URL", raising=False)
    monkeypatch.delenv("SHOAL_HOME", raising=False)
    (tmp_path / "images").mkdir()
    rng = np.random.default_rng(4)
    names = [f"f{i}.png" for i in range(N_FRAMES)]
    for name in names:
        coarse = Image.fromarray(rng.integers(0, 255, (8, 10, 3), np.uint8))
        coarse.resize((100, 80)).save(tmp_path / "images" / name)
    labels = [
        {"id": i, "image_id": i, "category_id": 0, "bbox": [5, 5, 40, 30], "area": 1200, "iscrowd": 0}
        for i in range(N_FRAMES)
    ]
    images = [{"id": i, "file_name": name, "width": 100, "height": 80} for i, name in enumerate(names)]
    content = {"images": images, "annotations": labels, "categories": [{"id": 0, "name": "car"}]}
    (tmp_path / "val.json").write_text(json.dumps(content))
    results = [
        {"image_id": i, "category_id": 0, "bbox": [5, 5, 40, 30], "score": 0.9} for i in range(N_FRAMES)
    ]
    (tmp_path / "v1.json").write_text(json.dumps(results))
    table = pl.DataFrame({"file_name": names, "time_of_day": ["day", "night"] * (N_FRAMES // 2)})
    table.write_parquet(tmp_path / "frames.parquet")
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", 3, 8, 8])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 192])
    nodes = [
        helper.make_node("Cast", ["pixels"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["values"], ["vector"]),
    ]
    graph = helper.make_graph(nodes, "flat", [pixels], [vector])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), "encoder.onnx"
    )
    return tmp_path


def test_the_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    program = "".join(blocks("python"))
    exec(compile(program + "\nsh.close()\n", "descriptor.md", "exec"), names)
    assert "6 of 6 frames, 1280 numbers" in capsys.readouterr().out
    for line in "".join(blocks("console")).splitlines():
        code = run(shlex.split(line.removeprefix("$ shoal ")))
        assert code == 0, (line, capsys.readouterr().err)
    with shoal.connect("./shoal-data") as connection:
        spaces = connection.project("driving").datasets["val"].embeddings
        model_id = spaces["efficientnet-lite0"].body.model_id
        assert {(one.name, one.elements, one.n_vectors) for one in spaces} == {
            ("efficientnet-lite0", "frames", 6),
            ("crops", "labels", 6),
            ("found", "inferences", 6),
            ("mine", "frames", 6),
        }
    assert f"`{model_id}`" in GUIDE.read_text("utf-8")
    (normalise,) = [block for block in blocks("sh") if "metadata_props" in block]
    exec(normalise.partition('"')[2].rstrip().removesuffix('"'), {})
    assert {prop.key for prop in onnx.load("encoder.onnx").metadata_props} == {"shoal.mean", "shoal.std"}


def test_the_demonstration_describes_its_frames_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(["demo", "--frames", "4", "--home", str(tmp_path)]) == 0
    assert "No embeddings" not in capsys.readouterr().err
    with shoal.connect(tmp_path) as connection:
        (space,) = connection.project("demo").datasets["street"].embeddings
        assert (space.name, space.n_vectors, space.body.version) == ("efficientnet-lite0", 4, 1)


def test_without_the_packages_the_demonstration_says_so_in_a_line_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert run(["demo", "--frames", "4", "--home", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "Try next" in captured.out
    (line,) = [line for line in captured.err.splitlines() if "embeddings" in line]
    assert "pip install 'shoal[embed]'" in line
