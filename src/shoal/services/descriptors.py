"""Models that describe pictures, as a home keeps them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shoal.errors import InvalidInputError
from shoal.services.uploads import path_of
from shoal.store.vectors import Float32Array
from shoal.wire.uploads import FileRef

if TYPE_CHECKING:
    from shoal.embed.describing import Describer
    from shoal.embed.descriptor import Descriptor
    from shoal.services.runtime import Runtime


def check_model(runtime: Runtime, model: str) -> None:
    """Raise what stands against computing by a model at once: nothing installed to run it, or no such file.

    Args:
        runtime: the open home.
        model: `efficientnet-lite0`, or the path of an ONNX file under an allowed root.

    Raises:
        ForbiddenError: a file outside the allowed roots.
        InvalidInputError: neither a known name nor an absolute path; an address that is no Ray cluster's.
        MissingExtraError: packages are missing.
        NotFoundError: no such file.
    """
    from shoal.embed.models import DEFAULT_MODEL, check_installed

    if model != DEFAULT_MODEL:
        if not Path(model).expanduser().is_absolute():
            raise InvalidInputError(
                f"Expected the model {DEFAULT_MODEL!r} or the absolute path of an ONNX file, "
                f"found {model[:200]!r}.",
                location={"field": "model"},
            )
        path_of(runtime, FileRef(path=model))
    check_installed(model)
    if runtime.ray_address is not None:
        from shoal.embed.ray_describing import check_cluster

        check_cluster(runtime.ray_address)


def open_descriptor(runtime: Runtime, model: str) -> Descriptor:
    """Return a model by name or path, ready to run in many threads; the home keeps its file.

    Raises:
        InvalidInputError: the file is no model that describes pictures.
        MissingExtraError: packages are missing.
    """
    from shoal.embed.descriptor import Descriptor
    from shoal.embed.models import DEFAULT_MODEL, keep_default_model, keep_model

    check_model(runtime, model)
    folder = _folder(runtime)
    if model == DEFAULT_MODEL:
        model_id, path = keep_default_model(folder)
    else:
        model_id, path = keep_model(folder, path_of(runtime, FileRef(path=model)))
    return Descriptor(path, model_id, n_threads=1)


def open_describer(runtime: Runtime, descriptor: Descriptor) -> Describer:
    """Return what runs a model that the home keeps: the Ray cluster of this server, or else its own cores.

    Raises:
        ConnectionFailedError: no cluster answers.
        MissingExtraError: Ray is not installed.
    """
    from shoal.embed.describing import LocalDescriber
    from shoal.embed.models import kept_model

    if runtime.ray_address is None:
        return LocalDescriber(descriptor)
    from shoal.embed.ray_describing import RayDescriber

    model = kept_model(_folder(runtime), descriptor.model_id)
    return RayDescriber(runtime.ray_address, model, descriptor.model_id)


def describe_image(runtime: Runtime, model_id: str, image: Path | bytes) -> Float32Array:
    """Return the vector of an image by the model of a computed space: float32, shape (d,), length 1.

    Args:
        runtime: the open home.
        model_id: as the space has it.
        image: a file, or its bytes.

    Raises:
        InvalidInputError: the model gives no vector for it.
        MissingExtraError: ONNX Runtime is not installed.
        NotFoundError: the home does not keep that model: the vectors were uploaded.
        UnreadableImageError: not an image, broken or too large.
    """
    from shoal.embed.descriptor import Descriptor
    from shoal.embed.models import kept_model
    from shoal.kernels.threads import n_workers
    from shoal.store.media import stretched

    descriptor = Descriptor(kept_model(_folder(runtime), model_id), model_id, n_threads=n_workers())
    name = image.name if isinstance(image, Path) else "the image"
    file = image if isinstance(image, Path) else io.BytesIO(image)
    (pixels,) = stretched(file, name, [None], descriptor.size)
    assert pixels is not None
    vector: Float32Array = descriptor.describe(pixels[np.newaxis])[0]
    if np.isnan(vector[0]):
        raise InvalidInputError(f"The model {model_id!r} gives no vector for {name}.")
    return vector


def _folder(runtime: Runtime) -> Path:
    return runtime.home.path / "models"
