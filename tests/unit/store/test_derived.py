from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from shoal.errors import StorageError
from shoal.store.derived import Derived
from shoal.store.home import Home


def arrays(value: float = 1.0, n: int = 4) -> dict[str, Any]:
    return {
        "pairs": np.full(n, value),
        "none at all": np.empty((0, 3), dtype=np.int32),
        "grid": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(4).reshape(2, 2)),
    }


def never() -> Mapping[str, Any]:
    raise AssertionError("the arrays are there already")


def folders(home: Home) -> list[str]:
    return [folder.name for folder in home.derived_path.iterdir()]


def test_arrays_are_made_once_and_come_back_as_they_were(home: Home) -> None:
    derived = Derived(home)
    for found in (derived.get_or_make({"set": 1}, arrays), Derived(home).get_or_make({"set": 1}, never)):
        assert list(found) == list(arrays())
        for name, array in arrays().items():
            assert np.array_equal(found[name], array)
            assert found[name].dtype == array.dtype
            assert type(found[name]) is np.ndarray
            assert not found[name].flags.writeable


def test_what_is_not_there_is_not_made_when_only_asked_for(home: Home) -> None:
    derived = Derived(home)
    assert derived.get({"set": 1}) is None
    derived.get_or_make({"set": 1}, arrays)
    found = derived.get({"set": 1})
    assert found is not None
    assert list(found) == list(arrays())


def test_keys_differ_by_every_part_and_not_by_order(home: Home) -> None:
    derived = Derived(home)
    derived.get_or_make({"a": 1, "b": [2, None]}, arrays)
    derived.get_or_make({"b": [2, None], "a": 1}, never)
    for other in ({"a": 1, "b": [2]}, {"a": 1.5, "b": [2, None]}, {"a": "1", "b": [2, None]}):
        found = derived.get_or_make(other, lambda: arrays(2.0))
        assert found["pairs"][0] == 2.0


def test_another_code_version_makes_its_own(home: Home) -> None:
    Derived(home, code_version="1").get_or_make({}, arrays)
    assert Derived(home, code_version="2").get_or_make({}, lambda: arrays(2.0))["pairs"][0] == 2.0
    Derived(home, code_version="1").get_or_make({}, never)


def test_the_code_version_follows_the_source() -> None:
    version = Derived.__new__(Derived)
    version._given_version = None
    assert len(version.code_version) == 64


@pytest.mark.parametrize("harm", ["truncate", "delete", "index", "folder"])
def test_what_is_torn_is_made_again(home: Home, harm: str) -> None:
    derived = Derived(home)
    derived.get_or_make({}, arrays)
    (folder,) = home.derived_path.iterdir()
    if harm == "truncate":
        os.truncate(folder / "0.npy", 10)
    elif harm == "delete":
        (folder / "1.npy").unlink()
    elif harm == "index":
        (folder / "index.json").write_text('{"arrays": [', encoding="utf-8")
    else:
        derived.delete()
    assert derived.get_or_make({}, lambda: arrays(2.0))["pairs"][0] == 2.0
    derived.get_or_make({}, never)


def test_arrays_in_use_outlive_their_folder(home: Home) -> None:
    derived = Derived(home)
    found = derived.get_or_make({}, lambda: arrays(3.0, n=100_000))
    derived.delete({})
    assert folders(home) == []
    assert found["pairs"].sum() == 300_000


def test_a_maker_that_fails_leaves_nothing(home: Home) -> None:
    with pytest.raises(AssertionError):
        Derived(home).get_or_make({}, never)
    with pytest.raises(ValueError, match="Object arrays"):
        Derived(home).get_or_make({}, lambda: {"a": np.array([object()])})
    assert folders(home) == []


def test_a_disk_that_refuses_is_a_storage_error(home: Home) -> None:
    home.derived_path.rmdir()
    home.derived_path.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="derived"):
        Derived(home).get_or_make({}, arrays)
    home.derived_path.unlink()
    home.derived_path.mkdir()


def test_the_least_recently_used_go_when_the_disk_limit_is_passed(home: Home) -> None:
    def big() -> dict[str, Any]:
        return {"a": np.zeros(1_000)}

    derived = Derived(home, byte_limit=20_000)
    for number in range(2):
        derived.get_or_make({"n": number}, big)
    for folder in home.derived_path.iterdir():
        os.utime(folder, (1, 1))
    derived.get_or_make({"n": 0}, never)
    derived.get_or_make({"n": 2}, big)
    assert len(folders(home)) == 2
    derived.get_or_make({"n": 0}, never)
    derived.get_or_make({"n": 2}, never)


def test_threads_that_ask_at_once_make_once(home: Home) -> None:
    made: list[int] = []
    start = threading.Barrier(4)

    def make() -> dict[str, Any]:
        made.append(1)
        return arrays()

    def ask() -> None:
        start.wait()
        Derived(home, code_version="1").get_or_make({"n": 1}, make)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
