"""Parts of images on their way to vectors: in this process, or wherever else their bytes are sent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from shoal.errors import InvalidInputError, NotFoundError
from shoal.kernels.objects import Int64Array
from shoal.kernels.threads import n_workers
from shoal.store.vectors import Float32Array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shoal.embed.descriptor import Descriptor
    from shoal.store.media import Crop

_OUTSIDE: Final = "Nothing of the image is inside the box."
_NO_VECTOR: Final = "The model gives no vector for it."


@dataclass(frozen=True, slots=True)
class ImageParts:
    """An image and the elements it shows.

    Attributes:
        name: what messages call it.
        file: where it is, or its bytes.
        positions: of the elements, rising.
        crops: what each shows; `None` is the whole image.
    """

    name: str
    file: Path | bytes
    positions: list[int]
    crops: list[Crop | None]


@dataclass(frozen=True, slots=True)
class Described:
    """What came of some elements.

    Attributes:
        positions: int64, shape (n,): the elements that have a vector now.
        vectors: float32, shape (n, d).
        skipped: why others have none, by position.
    """

    positions: Int64Array
    vectors: Float32Array
    skipped: dict[int, str]


class Describer(Protocol):
    """Describes images somewhere; many threads may ask at once."""

    @property
    def n_at_once(self) -> int:
        """How many calls keep it busy."""

    def describe(self, images: Sequence[ImageParts]) -> Described:
        """Return what comes of the elements of some images; see `describe_parts`."""


class LocalDescriber:
    """Describes in this process, a call on one thread.

    Args:
        descriptor: the model.
    """

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor

    @property
    def n_at_once(self) -> int:
        """One call for every core."""
        return n_workers()

    def describe(self, images: Sequence[ImageParts]) -> Described:
        """Return what comes of the elements of some images; see `describe_parts`."""
        return describe_parts(self._descriptor, images)


def describe_parts(descriptor: Descriptor, images: Sequence[ImageParts]) -> Described:
    """Decode images and describe their parts; images that cannot be read are skipped.

    Raises:
        InvalidInputError: the model fails.
    """
    shown: list[NDArray[np.uint8]] = []
    found: list[int] = []
    skipped: dict[int, str] = {}
    for image in images:
        try:
            parts = _cut(image, descriptor.size)
        except (InvalidInputError, NotFoundError) as error:
            skipped.update(dict.fromkeys(image.positions, error.message))
            continue
        for position, part in zip(image.positions, parts, strict=True):
            if part is None:
                skipped[position] = _OUTSIDE
            else:
                shown.append(part)
                found.append(position)
    vectors = np.empty((0, descriptor.dimension), np.float32)
    if shown:
        vectors = descriptor.describe(np.stack(shown))
    whole = ~np.isnan(vectors[:, 0])
    at = np.array(found, np.int64)
    skipped.update(dict.fromkeys(at[~whole].tolist(), _NO_VECTOR))
    return Described(at[whole], vectors[whole], skipped)


def _cut(image: ImageParts, size: tuple[int, int]) -> list[NDArray[np.uint8] | None]:
    from shoal.store.media import stretched

    file = image.file if isinstance(image.file, Path) else io.BytesIO(image.file)
    return stretched(file, image.name, image.crops, size)
