"""Arrays that can be made again: content-addressed, memory-mapped, deletable at any time."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from shoal.errors import StorageError
from shoal.store.files import read_json, write_json
from shoal.store.locks import NamedLocks

AnyArray = npt.NDArray[Any]

MAKERS: Final = ("kernels", "engine", "embed", "discover", "store/derived.py")
"""Where the code lies that decides what is in the arrays."""


class DerivedHome(Protocol):
    """What derived arrays need to know of the home they lie in."""

    @property
    def derived_path(self) -> Path:
        """The folder they lie in."""

    @property
    def locks(self) -> NamedLocks:
        """Threads that want the same arrays take turns."""


class Derived:
    """Named arrays by what they were made from.

    The key is the SHA-256 of the parts the caller names together with a digest of the source code that makes
    arrays, so no array outlives a change of either.  Each key is a folder that appears as a whole; one that
    is torn or deleted is made again.  Arrays are read-only maps of files: they cost memory only while used,
    and stay valid when their folder is deleted.

    Args:
        home: where the arrays lie.
        byte_limit: disk space for all arrays; the least recently used go first.  `None` for no limit.
        code_version: replaces the digest of the source code.
    """

    def __init__(
        self, home: DerivedHome, *, byte_limit: int | None = None, code_version: str | None = None
    ) -> None:
        self._home = home
        self._byte_limit = byte_limit
        self._given_version = code_version

    @cached_property
    def code_version(self) -> str:
        """What the code that makes arrays is, in this process."""
        if self._given_version is not None:
            return self._given_version
        package = Path(__file__).parent.parent
        digest = hashlib.sha256()
        for place in MAKERS:
            start = package / place
            for file in sorted(start.rglob("*.py")) if start.is_dir() else [start]:
                digest.update(str(file.relative_to(package)).encode())
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def get_or_make(
        self, key_parts: Mapping[str, Any], make: Callable[[], Mapping[str, AnyArray]]
    ) -> Mapping[str, AnyArray]:
        """Return the arrays of a key, read-only; make and keep them when they are not there.

        Args:
            key_parts: JSON values that decide the content: versions of inputs, parameters.
            make: returns the arrays by name; any dtype but object.  Called at most once at a time per key.

        Raises:
            StorageError: the disk failed.
        """
        folder = self._folder(key_parts)
        with self._home.locks.holding(str(folder)):
            found = _load(folder)
            if found is None:
                arrays = make()
                try:
                    _store(folder, arrays, key_parts)
                    found = _load(folder)
                except OSError as error:
                    raise StorageError(
                        f"Derived arrays could not be written to {folder}: {error.strerror or error}.",
                        hint="Check that the disk has room; derived/ may be emptied at any time.",
                    ) from error
                self._evict(keep=folder)
        if found is None:
            raise StorageError(f"Derived arrays written to {folder} were gone when they were read.")
        return found

    def find(self, key_parts: Mapping[str, Any]) -> Mapping[str, AnyArray] | None:
        """Return the arrays of a key, read-only; `None` when nobody made them."""
        return _load(self._folder(key_parts))

    def get(self, key_parts: Mapping[str, Any]) -> Mapping[str, AnyArray] | None:
        """Return the arrays of a key, read-only, or `None` when they are not there."""
        return _load(self._folder(key_parts))

    def delete(self, key_parts: Mapping[str, Any] | None = None) -> None:
        """Delete the arrays of a key, or of all keys; arrays in use stay valid."""
        if key_parts is not None:
            shutil.rmtree(self._folder(key_parts), ignore_errors=True)
            return
        for folder in self._home.derived_path.iterdir():
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, key_parts: Mapping[str, Any]) -> Path:
        key = {"code": self.code_version, "parts": key_parts}
        text = json.dumps(key, sort_keys=True, allow_nan=False, separators=(",", ":"))
        return self._home.derived_path / hashlib.sha256(text.encode()).hexdigest()

    def _evict(self, keep: Path) -> None:
        if self._byte_limit is None:
            return
        sizes = {}
        for folder in self._home.derived_path.glob("[!.]*"):
            try:
                sizes[folder] = (folder.stat().st_mtime_ns, sum(f.stat().st_size for f in folder.iterdir()))
            except FileNotFoundError:
                continue
        total = sum(size for _, size in sizes.values())
        for folder in sorted(sizes, key=sizes.__getitem__):
            if total <= self._byte_limit:
                return
            if folder != keep:
                shutil.rmtree(folder, ignore_errors=True)
                total -= sizes[folder][1]


def _store(folder: Path, arrays: Mapping[str, AnyArray], key_parts: Mapping[str, Any]) -> None:
    """Write under a temporary name, put on the disk, rename: the folder appears as a whole."""
    fresh = folder.with_name(f".{folder.name[:16]}-{secrets.token_hex(4)}")
    fresh.mkdir(parents=True)
    try:
        index = []
        for number, (name, array) in enumerate(arrays.items()):
            file = fresh / f"{number}.npy"
            with file.open("wb") as stream:
                np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
                stream.flush()
                os.fsync(stream.fileno())
            index.append({"name": name, "bytes": file.stat().st_size})
        write_json(fresh / "index.json", {"arrays": index, "key": dict(key_parts)})
        shutil.rmtree(folder, ignore_errors=True)
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _load(folder: Path) -> dict[str, AnyArray] | None:
    """Return the arrays of a folder, `None` when it is absent or not whole."""
    arrays: dict[str, AnyArray] = {}
    try:
        index = read_json(folder / "index.json")
        if not isinstance(index, dict):
            return None
        for number, entry in enumerate(index["arrays"]):
            file = folder / f"{number}.npy"
            if file.stat().st_size != entry["bytes"]:
                return None
            arrays[entry["name"]] = _mapped(file)
        os.utime(folder)
    except (OSError, ValueError, KeyError):
        return None
    return arrays


def _mapped(file: Path) -> AnyArray:
    """An array without elements cannot be mapped and is read instead."""
    try:
        array: AnyArray = np.load(file, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    except ValueError:
        array = np.load(file, allow_pickle=False)
        array.flags.writeable = False
    return array
