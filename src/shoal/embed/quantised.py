"""EfficientNet-Lite0 in whole numbers, as an ONNX model: pixels in, features out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from shoal.embed.efficientnet import DIMENSION, SIDE_PX, Block, Convolution, padding

if TYPE_CHECKING:
    import onnx

EDITION: Final = 1
"""Raised when the same weights shall give other vectors: they must not mix with the old ones."""

# Seven bits: machines without VNNI add two products of eight bits in sixteen and would cut them off, so that
# the same picture had other vectors there.  What it costs is in docs/guides/descriptor.md.
_LARGEST_WEIGHT: Final = 63

# What convolutions without ReLU6 and sums give, lowest and highest, by block: measured in floating point on
# the demonstration's pictures and on noise, a fifth added.  Part of the model, so that it is the same on
# every machine.
_PROJECTED: Final = (
    *((-50, 56), (-59, 64), (-66, 62), (-46, 55), (-37, 33), (-41, 46), (-26, 22), (-20, 19)),
    *((-48, 43), (-27, 19), (-20, 17), (-34, 39), (-19, 16), (-16, 19), (-16, 19), (-19, 19)),
)
_ADDED: Final = {
    2: (-78, 67),
    4: (-55, 56),
    6: (-41, 46),
    7: (-43, 48),
    9: (-52, 46),
    10: (-54, 48),
    12: (-36, 41),
    13: (-38, 42),
    14: (-48, 43),
}


@dataclass(frozen=True, slots=True)
class _Codes:
    """A value of the graph in eight bits: (code - zero) * scale is the number meant."""

    name: str
    scale: np.float32
    zero: np.uint8

    @property
    def inputs(self) -> tuple[str, str, str]:
        """What an operator needs to read it."""
        return self.name, f"{self.name}_scale", f"{self.name}_zero"


def int8_model(blocks: Sequence[Block]) -> bytes:
    """Return the ONNX model: `image` uint8 (n, 3, 224, 224), RGB, gives `vector` float32 (n, 1280).

    Pixels are codes already: (x - 127) / 128 is their meaning.  ReLU6 is free: codes of [0, 6] end there.

    Args:
        blocks: the folded network.

    Source: Jacob et al. 2018, static quantisation; weights by output channel, symmetric.
    """
    graph = _Graph()
    at = graph.value("image", np.float32(1 / 128), np.uint8(127))
    side = SIDE_PX
    for number, block in enumerate(blocks, start=-1):
        start = at
        for convolution in block.convolutions:
            low, high = (0, 6) if convolution.is_bounded else _PROJECTED[number]
            at = graph.convolve(at, convolution, side, low, high)
            side = -(-side // convolution.stride)
        if block.is_residual:
            at = graph.add(start, at, f"block{number}", *_ADDED[number])
    return graph.finished(at)


@dataclass
class _Graph:
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def value(self, name: str, scale: np.float32, zero: np.uint8) -> _Codes:
        """Note how the codes of a value are meant."""
        self.constant(f"{name}_scale", np.asarray(scale))
        self.constant(f"{name}_zero", np.asarray(zero))
        return _Codes(name, scale, zero)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def _spanning(self, name: str, low: float, high: float) -> _Codes:
        scale = np.float32((high - low) / 255)
        return self.value(name, scale, np.uint8(round(-low / float(scale))))

    def convolve(self, at: _Codes, layer: Convolution, side: int, low: float, high: float) -> _Codes:
        from onnx import helper

        name, n_out = layer.name, len(layer.weights)
        scales = np.abs(layer.weights).reshape(n_out, -1).max(axis=1) / np.float32(_LARGEST_WEIGHT)
        scales = np.maximum(scales, np.float32(1e-8))
        weights = np.rint(layer.weights / scales[:, None, None, None]).astype(np.int8)
        bias = np.rint(layer.bias / (scales.astype(np.float64) * float(at.scale)))
        into = self._spanning(name, low, high)
        inputs = (
            *at.inputs,
            self.constant(f"{name}_weights", weights),
            self.constant(f"{name}_weights_scale", scales),
            self.constant(f"{name}_weights_zero", np.zeros(n_out, np.int8)),
            *into.inputs[1:],
            self.constant(f"{name}_bias", bias.clip(-(2**31), 2**31 - 1).astype(np.int32)),
        )
        kernel = layer.weights.shape[2]
        before, after = padding(side, kernel, layer.stride)
        self.nodes.append(
            helper.make_node(
                "QLinearConv",
                inputs,
                [name],
                kernel_shape=[kernel, kernel],
                pads=[before, before, after, after],
                strides=[layer.stride, layer.stride],
                group=n_out if layer.is_depthwise else 1,
            )
        )
        return into

    def add(self, first: _Codes, second: _Codes, name: str, low: float, high: float) -> _Codes:
        from onnx import helper

        into = self._spanning(name, low, high)
        inputs = (*first.inputs, *second.inputs, *into.inputs[1:])
        self.nodes.append(helper.make_node("QLinearAdd", inputs, [name], domain="com.microsoft"))
        return into

    def finished(self, at: _Codes) -> bytes:
        """Return the model that ends in the mean over the picture."""
        from onnx import TensorProto, helper

        self.nodes.append(helper.make_node("DequantizeLinear", at.inputs, ["features"]))
        self.nodes.append(helper.make_node("GlobalAveragePool", ["features"], ["mean"]))
        self.nodes.append(helper.make_node("Flatten", ["mean"], ["vector"]))
        image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 3, SIDE_PX, SIDE_PX])
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", DIMENSION])
        graph = helper.make_graph(self.nodes, "efficientnet-lite0", [image], [vector], self.constants)
        versions = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=8)
        content: bytes = model.SerializeToString(deterministic=True)
        return content
