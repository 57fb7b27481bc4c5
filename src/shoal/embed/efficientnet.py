"""EfficientNet-Lite0 as plain convolutions: batch normalisation is folded into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError
from shoal.store.vectors import Float32Array

SIDE_PX: Final = 224
"""Width and height of the pictures it was trained on."""

DIMENSION: Final = 1280

_EPSILON: Final = 1e-3
# Tan et al. 2019, table 1, without squeeze and excitation: kernel and stride of each block.
_BLOCKS: Final = (
    *((3, 1), (3, 2), (3, 1), (5, 2), (5, 1), (3, 2), (3, 1), (3, 1)),
    *((5, 1), (5, 1), (5, 1), (5, 2), (5, 1), (5, 1), (5, 1), (3, 1)),
)


@dataclass(frozen=True, slots=True)
class Convolution:
    """One convolution with padding as TensorFlow's `SAME`.

    Attributes:
        name: unique in the network.
        weights: float32 (out, in / groups, k, k).
        bias: float32 (out,).
        stride: step in both directions.
        is_depthwise: whether every channel is convolved by itself.
        is_bounded: whether ReLU6 follows: values are cut to [0, 6].
    """

    name: str
    weights: Float32Array
    bias: Float32Array
    stride: int
    is_depthwise: bool
    is_bounded: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Convolutions after one another; with `is_residual` their input is added to what comes out."""

    convolutions: tuple[Convolution, ...]
    is_residual: bool


def fold(state: Mapping[str, NDArray[Any]]) -> tuple[Block, ...]:
    """Return the network up to the features that are averaged: stem, sixteen blocks, head.

    Args:
        state: tensors by name, as the `efficientnet-lite0` checkpoint has them.

    Raises:
        InvalidInputError: a tensor is missing.

    Source: Tan and Le 2019 (EfficientNet); `efficientnet-lite` in TensorFlow's TPU models.
    """
    try:
        stem = _convolution(state, "_conv_stem", "_bn0", stride=2)
        blocks = [_block(state, f"_blocks.{i}.", *shape) for i, shape in enumerate(_BLOCKS)]
        head = _convolution(state, "_conv_head", "_bn1")
    except KeyError as error:
        raise InvalidInputError(
            f"The weights are not those of EfficientNet-Lite0: expected a tensor {error}, found none."
        ) from error
    return Block((stem,), False), *blocks, Block((head,), False)


def _block(state: Mapping[str, NDArray[Any]], prefix: str, kernel: int, stride: int) -> Block:
    parts = []
    if f"{prefix}_expand_conv.weight" in state:
        parts.append(_convolution(state, f"{prefix}_expand_conv", f"{prefix}_bn0"))
    parts.append(_convolution(state, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride=stride))
    parts.append(_convolution(state, f"{prefix}_project_conv", f"{prefix}_bn2", is_bounded=False))
    n_in, n_out = parts[0].weights.shape[1], parts[-1].weights.shape[0]
    return Block(tuple(parts), is_residual=stride == 1 and n_in == n_out)


def _convolution(
    state: Mapping[str, NDArray[Any]], name: str, norm: str, *, stride: int = 1, is_bounded: bool = True
) -> Convolution:
    weights = state[f"{name}.weight"].astype(np.float64)
    factor = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"].astype(np.float64) + _EPSILON)
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * factor
    return Convolution(
        name=name.replace("_blocks.", "block").replace("._", "_").lstrip("_"),
        weights=(weights * factor[:, None, None, None]).astype(np.float32),
        bias=bias.astype(np.float32),
        stride=stride,
        is_depthwise="depthwise" in name,
        is_bounded=is_bounded,
    )


def padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return how many zeros go before and after `size` pixels under TensorFlow's `SAME`."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2
