"""Vectors computed by the default descriptor and by a model somebody brings, through the SDK."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, MissingExtraError, NotEvaluableError, NotFoundError
from shoal.wire.jobs import JobBody

COLOURS = {"red": (210, 40, 30), "green": (40, 180, 60), "blue": (30, 60, 200), "grey": (120, 120, 120)}
SPACE = "efficientnet-lite0"


def colour_model(path: Path) -> Path:
    """A model whose vector is the mean colour above mid-grey: easy to foresee."""
    image = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 16, 16])
    mean = helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["n", 3])
    node = helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[2, 3], keepdims=0)
    graph = helper.make_graph([node], "colour", [image], [mean])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six upright pictures in four quarters, a label on each quarter; half of the files are stored turned."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "images").mkdir()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number in range(6):
        picture = Image.new("RGB", (80, 60))
        for at, colour in enumerate(COLOURS.values()):
            place = (40 * (at % 2), 30 * (at // 2))
            picture.paste(colour, (*place, place[0] + 40, place[1] + 30))
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": at + 1,
                    "bbox": [place[0] + 5, place[1] + 5, 30, 20],
                    "area": 600,
                    "iscrowd": 0,
                }
            )
        exif = Image.Exif()
        if number % 2:
            exif[274] = 6
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        picture.save(folder / "images" / f"{number}.jpg", exif=exif, quality=95)
        images.append({"id": number, "file_name": f"{number}.jpg", "width": 80, "height": 60})
    categories = [{"id": at + 1, "name": name} for at, name in enumerate(COLOURS)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "labels.json").write_text(json.dumps(content))
    kept = ("image_id", "category_id", "bbox")
    results = [{**{key: one[key] for key in kept}, "score": 0.9} for one in annotations]
    (folder / "results.json").write_text(json.dumps(results))
    colour_model(folder / "colour.onnx")
    return folder


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Shoal]:
    with shoal.connect(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def dataset(connection: Shoal, files: Path) -> Dataset:
    project = connection.create_project("p")
    found: Dataset = project.datasets.upload("d", coco=files / "labels.json", images=files / "images")
    found.inference_sets.upload("m", coco_results=files / "results.json")
    return found


def expected_direction(colour: tuple[int, int, int]) -> np.ndarray[Any, Any]:
    centred = np.array(colour) - 127.0
    return np.asarray(centred / np.linalg.norm(centred))


def test_frames_get_vectors_once(dataset: Dataset) -> None:
    space = dataset.embeddings.compute(SPACE, progress=False)
    assert (space.n_vectors, space.body.n_elements, space.body.dimension) == (6, 6, 1280)
    assert space.body.origin == "computed"
    assert space.body.model_id.startswith("efficientnet-lite0-int8@")
    version = space.body.version
    assert dataset.embeddings.compute(SPACE, progress=False).body.version == version
    found = dataset.similar(["0.jpg"], k=5, space=SPACE).to_polars()
    assert max(found["distance"].to_list()) < 0.05  # the same picture, turned and decoded anew


@pytest.mark.parametrize("elements", ["labels", "inferences"])
def test_crops_are_cut_from_the_upright_image(dataset: Dataset, files: Path, elements: str) -> None:
    owner = "m" if elements == "inferences" else None
    space = dataset.embeddings.compute(
        "colour", files / "colour.onnx", elements=elements, inference_set=owner, margin=0.0, progress=False
    )
    assert space.n_vectors == 24
    for name, colour in COLOURS.items():
        found = dataset.similar(
            vector=expected_direction(colour).tolist(),
            k=6,
            space="colour",
            elements=elements,
            inference_set=owner,
            query=None,
        ).to_polars()
        assert max(found["distance"].to_list()) < 0.05, name
        assert set(found["frame_id"]) == {f"{number}.jpg" for number in range(6)}, name


def test_only_what_a_query_selects_is_computed_and_the_rest_later(dataset: Dataset, files: Path) -> None:
    model = files / "colour.onnx"
    first = dataset.embeddings.compute("colour", model, elements="labels", query="class:red", progress=False)
    assert first.n_vectors == 6
    second = dataset.embeddings.compute("colour", model, elements="labels", progress=False)
    assert second.n_vectors == 24
    assert second.body.version == first.body.version + 1


def test_pictures_that_cannot_be_read_are_told_and_skipped(
    connection: Shoal, files: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for number in range(6):
        (images / f"{number}.jpg").write_bytes((files / "images" / f"{number}.jpg").read_bytes())
    dataset = connection.create_project("p").datasets.upload("d", coco=files / "labels.json", images=images)
    whole = (images / "1.jpg").read_bytes()
    (images / "1.jpg").write_bytes(whole[: len(whole) // 2])
    (images / "4.jpg").unlink()
    space = dataset.embeddings.compute(SPACE, progress=False)
    assert (space.n_vectors, space.n_skipped) == (4, 2)
    assert [one["id"] for one in space.skipped] == ["1.jpg", "4.jpg"]
    assert "broken" in space.skipped[0]["reason"]
    assert "There is no image" in space.skipped[1]["reason"]
    (images / "1.jpg").write_bytes(whole)
    again = dataset.embeddings.compute(SPACE, progress=False)
    assert (again.n_vectors, again.n_skipped) == (5, 1)


def test_a_dataset_without_pictures_has_nothing_to_describe(connection: Shoal, files: Path) -> None:
    dataset = connection.create_project("p").datasets.upload("d", coco=files / "labels.json")
    with pytest.raises(NotEvaluableError, match="None of 6 frames has a picture that can be read"):
        dataset.embeddings.compute(SPACE, progress=False)
    assert list(dataset.embeddings) == []


def test_an_image_is_described_by_the_model_of_its_space(dataset: Dataset, files: Path) -> None:
    dataset.embeddings.compute(SPACE, progress=False)
    found = dataset.similar(image=files / "images" / "3.jpg", k=1, space=SPACE).to_polars()
    assert found["distance"][0] == pytest.approx(0, abs=1e-5)


def test_two_computations_at_once_describe_every_frame_once(connection: Shoal, dataset: Dataset) -> None:
    path = (*dataset.path, "embeddings", SPACE, "compute")
    bodies = [connection.session.read(JobBody, "POST", path, body={}) for _ in range(2)]
    results = [connection.jobs[body.id].wait(progress=False) for body in bodies]
    assert sorted(result["n_computed"] for result in results) == [0, 6]


def test_vectors_of_two_models_never_mix(dataset: Dataset, files: Path) -> None:
    dataset.embeddings.compute("one", progress=False)
    with pytest.raises(InvalidInputError, match="has the model id"):
        dataset.embeddings.compute("one", files / "colour.onnx", progress=False)
    with pytest.raises(InvalidInputError, match="has the distance"):
        dataset.embeddings.compute("one", distance="euclidean", progress=False)


def test_what_is_wrong_is_told(dataset: Dataset, files: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        dataset.embeddings.compute("x", files / "absent.onnx", progress=False)
    with pytest.raises(InvalidInputError, match=r"Expected the model .* or the absolute path"):
        dataset.embeddings.compute("x", "resnet", progress=False)
    with pytest.raises(InvalidInputError, match="margin"):
        dataset.embeddings.compute("x", margin=-1, progress=False)
    with pytest.raises(InvalidInputError, match="found one with frames"):
        dataset.embeddings.compute("x", inference_set="m", progress=False)
    with pytest.raises(NotFoundError):
        dataset.embeddings.compute("x", elements="inferences", inference_set="nobody", progress=False)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(InvalidInputError, match="cannot describe pictures"):
        dataset.embeddings.compute("x", tmp_path / "text.onnx", progress=False)
    assert list(dataset.embeddings) == []


def test_missing_packages_are_told_with_the_line_that_installs_them(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError) as caught:
        dataset.embeddings.compute(SPACE, progress=False)
    assert caught.value.hint == "pip install 'shoal[embed]'"
