"""Weights are read from files that nobody vouches for."""

from __future__ import annotations

import io
import os
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shoal.embed.checkpoint import read_checkpoint
from shoal.errors import InvalidInputError

MAGIC = 0x1950A86A20F9469CFC6C
SYSTEM = {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}


class Name:
    """Pickles as a global name, whether there is such a module or not."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Storage:
    def __init__(self, key: str, values: np.ndarray[Any, Any], kind: str = "FloatStorage") -> None:
        self.key, self.values, self.kind = key, values, kind


class Call:
    """Pickles as `function(*arguments)`."""

    def __init__(self, function: Name, *arguments: object) -> None:
        self.function, self.arguments = function, arguments


class Built:
    """Pickles as an object whose attributes are set."""

    def __init__(self, target: object, attributes: dict[str, object]) -> None:
        self.target, self.attributes = target, attributes


class Writer(pickle._Pickler):
    """Writes what PyTorch would, and what nobody should."""

    write: Callable[[bytes], object]

    def persistent_id(self, value: object) -> object:
        if isinstance(value, Storage):
            return ("storage", Name("torch", value.kind), value.key, "cpu", len(value.values), None)
        return None

    def save(self, value: object, save_persistent_id: bool = True) -> None:
        if isinstance(value, Name):
            self.write(b"c" + value.module.encode() + b"\n" + value.name.encode() + b"\n")
        elif isinstance(value, Call):
            self.save(value.function)
            self.save(value.arguments)
            self.write(b"R")
        elif isinstance(value, Built):
            self.save(value.target)
            self.save(value.attributes)
            self.write(b"b")
        else:
            super().save(value, save_persistent_id)  # type: ignore[misc]


def tensor(storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Call:
    rebuild = Name("torch._utils", "_rebuild_tensor_v2")
    return Call(rebuild, storage, offset, shape, strides, False, OrderedDict())


def checkpoint(state: object, storages: list[Storage], *, system: object = None) -> bytes:
    stream = io.BytesIO()
    for value in (MAGIC, 1001, system or SYSTEM, state, [one.key for one in storages]):
        Writer(stream, 2).dump(value)
    for one in storages:
        stream.write(struct.pack("<q", len(one.values)) + one.values.tobytes())
    return stream.getvalue()


def saved(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    return path


@pytest.fixture
def whole() -> bytes:
    numbers = Storage("0", np.arange(24, dtype=np.float32))
    count = Storage("1", np.array([7], np.int64), "LongStorage")
    state = OrderedDict(
        plain=tensor(numbers, 0, (2, 3), (3, 1)),
        turned=tensor(numbers, 6, (3, 2), (1, 3)),
        count=tensor(count, 0, (), ()),
    )
    return checkpoint(state, [numbers, count])


def test_tensors_are_views_of_their_storages(tmp_path: Path, whole: bytes) -> None:
    found = read_checkpoint(saved(tmp_path, whole))
    assert list(found) == ["plain", "turned", "count"]
    assert found["plain"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["turned"].tolist() == [[6, 9], [7, 10], [8, 11]]
    assert found["count"].dtype == np.int64
    assert found["count"].item() == 7


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("os", "system", ("touch {}",)),
        ("posix", "system", ("touch {}",)),
        ("builtins", "eval", ("__import__('pathlib').Path('{}').touch()",)),
        ("builtins", "getattr", (OrderedDict(), "clear")),
        ("subprocess", "check_call", (["touch", "{}"],)),
        ("torch", "load", ("{}",)),
        ("torch", "FloatStorage.__class__", ()),
        ("collections", "OrderedDict.fromkeys", ()),
        ("shoal.embed.checkpoint", "os", ()),
    ],
)
def test_a_pickle_that_wants_to_run_something_is_refused(
    tmp_path: Path, module: str, name: str, arguments: tuple[object, ...]
) -> None:
    witness = tmp_path / "ran"
    filled = tuple(a.format(witness) if isinstance(a, str) else a for a in arguments)
    state = OrderedDict(weight=Call(Name(module, name), *filled))
    with pytest.raises(InvalidInputError, match="tensors and nothing else") as caught:
        read_checkpoint(saved(tmp_path, checkpoint(state, [])))
    assert f"{module}.{name}" in caught.value.message
    assert not witness.exists()


def test_a_pickle_that_wants_to_run_something_at_its_first_byte_is_refused(tmp_path: Path) -> None:
    witness = tmp_path / "ran"

    class Hostile:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, (f"touch {witness}",)

    with pytest.raises(InvalidInputError, match=r"found \w+\.system"):
        read_checkpoint(saved(tmp_path, pickle.dumps(Hostile(), 2)))
    assert not witness.exists()


def test_opcodes_pytorch_does_not_write_are_refused(tmp_path: Path) -> None:
    for content in (pickle.dumps([1], 4), pickle.dumps(1 + 2j, 2), pickle.dumps(b"a" * 300, 3)):
        with pytest.raises(InvalidInputError, match="tensors and nothing else"):
            read_checkpoint(saved(tmp_path, content))
    endless = b"\x80\x02K\x01r\xff\xff\xff\x7f."  # asks for 32 GiB to remember one number in
    with pytest.raises(InvalidInputError, match="LONG_BINPUT"):
        read_checkpoint(saved(tmp_path, endless))


def test_attributes_change_nothing(tmp_path: Path, whole: bytes) -> None:
    """BUILD sets attributes of whatever a pickle has made, functions and classes included."""
    numbers = Storage("0", np.arange(6, dtype=np.float32))
    good = tensor(numbers, 0, (2, 3), (3, 1))
    for target in (Call(Name("collections", "OrderedDict")), good, good.function):
        changed = Built(target, {"make": 1, "items": 2, "storage": 3, "__defaults__": (4,)})
        found = read_checkpoint(
            saved(tmp_path, checkpoint(OrderedDict(changed=changed, weight=good), [numbers]))
        )
        assert found["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert len(read_checkpoint(saved(tmp_path, whole))) == 3


def test_every_cut_is_noticed(tmp_path: Path, whole: bytes) -> None:
    for length in range(len(whole)):
        with pytest.raises(InvalidInputError, match=r"weights\.pth cannot be read as weights"):
            read_checkpoint(saved(tmp_path, whole[:length]))


def test_flipped_bytes_give_tensors_or_an_error(tmp_path: Path, whole: bytes) -> None:
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(400):
        broken = bytearray(whole)
        broken[int(rng.integers(len(whole)))] ^= int(rng.integers(1, 256))
        try:
            found = read_checkpoint(saved(tmp_path, bytes(broken)))
        except InvalidInputError:
            refused += 1
        else:
            assert sum(one.size for one in found.values()) <= 13
    assert refused > 100


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (0, (5, 5), (5, 1)),
        (20, (2, 3), (3, 1)),
        (-1, (2,), (1,)),
        (0, (-2, -3), (3, 1)),
        (0, (4,), (-1,)),
        (0, (1 << 40,), (0,)),
        (0, (2, 3), (1,)),
    ],
)
def test_tensors_outside_of_their_storage_are_refused(
    tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    numbers = Storage("0", np.arange(24, dtype=np.float32))
    content = checkpoint(OrderedDict(w=tensor(numbers, offset, shape, strides)), [numbers])
    with pytest.raises(InvalidInputError, match="does not fit its storage"):
        read_checkpoint(saved(tmp_path, content))


def test_other_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="protocol 1001, found something else"):
        read_checkpoint(saved(tmp_path, pickle.dumps(12)))
    big = checkpoint(OrderedDict(), [], system={**SYSTEM, "little_endian": False})
    with pytest.raises(InvalidInputError, match="little-endian"):
        read_checkpoint(saved(tmp_path, big))
