"""Pictures described by the machines of a Ray cluster."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import shoal
from shoal.embed.describing import Described, ImageParts, describe_parts
from shoal.embed.descriptor import Descriptor
from shoal.errors import ConnectionFailedError, InvalidInputError, MissingExtraError, ShoalError

_CALLS_PER_CORE: Final = 2
_MOST_CALLS: Final = 256
_ATTEMPTS: Final = 3
_CONNECTING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Model:
    """A model on its way; inside this the bytes stay a reference, fetched by processes that have them not."""

    model_id: str
    content: Any


class RayDescriber:
    """Describes on the machines of a Ray cluster, a call on one of their cores.

    Images are read here, by what this process may read, and travel as they are stored; they are decoded and
    described there.  Calls that a machine takes with it are done again on another.

    Args:
        address: of the cluster, `ray://host:10001`.
        model: the ONNX file, sent to every process that describes, once.
        model_id: names its vectors.

    Raises:
        ConnectionFailedError: no cluster answers at the address.
        InvalidInputError: not an address of Ray Client.
        MissingExtraError: Ray is not installed.
    """

    def __init__(self, address: str, model: Path, model_id: str) -> None:
        self._address = address
        self._ray = _connected(address)
        self._task = self._ray.remote(num_cpus=1)(_describe)
        self._model = _Model(model_id, self._ray.put(model.read_bytes()))

    @property
    def n_at_once(self) -> int:
        """Twice as many calls as the cluster has cores, so that none waits for the next images."""
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        return min(_CALLS_PER_CORE * max(cores, 1), _MOST_CALLS)

    def describe(self, images: Sequence[ImageParts]) -> Described:
        """Return what comes of the elements of some images; see `describe_parts`.

        Raises:
            ConnectionFailedError: the cluster is gone, or its machines cannot do the work.
            InvalidInputError: the model fails.
        """
        sent, unread = _loaded(images)
        try:
            found = self._ray.get(self._task.remote(shoal.__version__, self._model, self._ray.put(sent)))
        # What a lost cluster raises depends on the kind of address; Ray's errors have no class in common.
        except Exception as error:
            raise _failed(self._address, error) from error
        if isinstance(found, ShoalError):
            raise found
        described: Described = found
        return replace(described, skipped=described.skipped | unread)


def check_cluster(address: str) -> None:
    """Raise what stands against a cluster before anything is sent to it.

    Only Ray Client's addresses are taken: a process that joins a cluster as one of its machines waits without
    end for one that does not answer, and Ray ends it when the cluster is lost.

    Raises:
        InvalidInputError: another kind of address.
        MissingExtraError: Ray is not installed.
    """
    if not address.startswith("ray://"):
        raise InvalidInputError(
            f"Expected the address of a Ray cluster such as ray://head:10001, found {address[:200]!r}.",
            hint="Ray Client listens on port 10001 of the head; `ray start --head` starts it.",
            location={"field": "SHOAL_RAY_ADDRESS"},
        )
    if not find_spec("ray"):
        raise MissingExtraError(
            "Describing pictures on a Ray cluster needs Ray, which is not installed.",
            hint="pip install 'shoal[embed,ray]'",
            location={"extra": "ray"},
        )


def _connected(address: str) -> Any:
    """Return Ray, connected; one connection serves the whole process."""
    check_cluster(address)
    # Without a connection Ray would start a cluster on this machine, unasked.
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"
    import ray

    with _CONNECTING:
        if not ray.is_initialized():
            _connect(ray, address, _ATTEMPTS)
    return ray


def _connect(ray: Any, address: str, n_attempts: int) -> None:
    ray.shutdown()  # clears away a connection that broke
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        # The head forks a process for every connection, and after its start that may die at once.
        if isinstance(error, RuntimeError) and n_attempts > 1:
            _connect(ray, address, n_attempts - 1)
            return
        ray.shutdown()
        raise _failed(address, error) from error


def _failed(address: str, error: Exception) -> ConnectionFailedError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
    return ConnectionFailedError(
        f"The Ray cluster at {address} did not describe the pictures: {reason[:400]}",
        hint="What was described is kept. Check the cluster with `ray status` and compute again, "
        "or do so without SHOAL_RAY_ADDRESS.",
        location={"address": address},
    )


def _loaded(images: Sequence[ImageParts]) -> tuple[list[ImageParts], dict[int, str]]:
    """Return images with their bytes, and why elements of others are left out, by position."""
    loaded: list[ImageParts] = []
    unread: dict[int, str] = {}
    for one in images:
        try:
            content = one.file if isinstance(one.file, bytes) else one.file.read_bytes()
        except OSError as error:
            reason = f"The image {one.name} cannot be read: {error.strerror or error}."
            unread.update(dict.fromkeys(one.positions, reason))
        else:
            loaded.append(replace(one, file=content))
    return loaded, unread


def _describe(version: str, model: _Model, images: list[ImageParts]) -> Described | ShoalError:
    """Run on a machine of the cluster; errors of ours come back as they are, not wrapped in Ray's."""
    if version != shoal.__version__:
        return ConnectionFailedError(
            f"Expected Shoal {version} on every machine of the Ray cluster, found {shoal.__version__}."
        )
    try:
        return describe_parts(_descriptor(model), images)
    except ShoalError as error:
        return error


@lru_cache(maxsize=2)
def _descriptor(model: _Model) -> Descriptor:
    """Return the model, opened once in each process."""
    import ray

    return Descriptor(ray.get(model.content), model.model_id, n_threads=1)
