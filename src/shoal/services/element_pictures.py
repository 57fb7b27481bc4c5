"""The picture of every element: whole images of frames, crops of labels and inferences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from shoal.errors import ForbiddenError, InvalidInputError, NotFoundError
from shoal.kernels.objects import FloatArray, Int64Array
from shoal.model.columns import BOX_COLUMNS
from shoal.model.segment import ElementKind
from shoal.services.scene import Scene

if TYPE_CHECKING:
    from shoal.embed.describing import Described, Describer
    from shoal.store.media import Crop, Gallery

PICTURES_PER_PART: Final = 16
"""About how many elements a thread reads and describes at a time."""

_MOST_PER_PART: Final = 128
_NO_IMAGE: Final = "The frame has no image."
_ELSEWHERE: Final = "The image is on another server, which this one does not contact."


@dataclass(frozen=True, slots=True)
class ElementPictures:
    """Where the pictures of elements are, by element position.

    Attributes:
        urls: of the frames' images, by frame position; `None` where there is none.
        frame_of: int64, shape (N,), rising: the frame each element is in.
        boxes: float64, shape (N, 4): x, y, width, height; NaN stands for the whole image.
        margin: room around a box, as a share of its longer side.
    """

    urls: list[str | None]
    frame_of: Int64Array
    boxes: FloatArray
    margin: float

    def crop(self, position: int) -> Crop | None:
        """Return the part an element shows; `None` is the whole image."""
        from shoal.store.media import Crop

        x, y, width, height = self.boxes[position].tolist()
        return None if math.isnan(x) else Crop(x, y, width, height, self.margin)

    @property
    def are_remote(self) -> bool:
        """Whether images are fetched from buckets."""
        return any(url is not None and url.startswith(("s3://", "gs://")) for url in self.urls)

    def parts(self, positions: Int64Array) -> Iterator[Int64Array]:
        """Yield elements, given rising, some at a time; those of one frame together, up to a limit."""
        frames = self.frame_of[positions]
        start = 0
        while start < len(positions):
            last = frames[min(start + PICTURES_PER_PART, len(positions)) - 1]
            stop = min(int(np.searchsorted(frames, last, side="right")), start + _MOST_PER_PART)
            yield positions[start:stop]
            start = stop

    def by_frame(self, positions: Int64Array) -> Iterator[tuple[int, list[int]]]:
        """Yield frames and which of some elements, given rising, they show."""
        for frame, here in groupby(positions.tolist(), key=lambda at: int(self.frame_of[at])):
            yield frame, list(here)


def element_pictures(
    scene: Scene, elements: ElementKind, inference_set: str | None, margin: float
) -> ElementPictures:
    """Return where the pictures of all elements of a kind are, in the order of the scene's masks."""
    urls = scene.snapshot.frames("url")["url"].to_list()
    if elements is ElementKind.FRAMES:
        n_frames = len(urls)
        return ElementPictures(urls, np.arange(n_frames), np.full((n_frames, 4), np.nan), margin)
    offsets = scene.offsets(elements, inference_set)
    frame_of = np.repeat(np.arange(len(urls)), np.diff(offsets))
    data, columns = scene.query_data(inference_set), list(BOX_COLUMNS)
    is_label = elements is ElementKind.LABELS
    table = data.labels(columns) if is_label else data.inferences(inference_set, columns)
    boxes = np.stack([table[name].to_numpy().astype(np.float64) for name in columns], axis=1)
    return ElementPictures(urls, frame_of, boxes.reshape(-1, 4), margin)


def describe_elements(
    gallery: Gallery, describer: Describer, pictures: ElementPictures, positions: Int64Array
) -> Described:
    """Find and describe some elements, given rising; images that cannot be read are skipped."""
    from shoal.embed.describing import ImageParts

    images: list[ImageParts] = []
    skipped: dict[int, str] = {}
    for frame, here in pictures.by_frame(positions):
        try:
            name, file = _found(gallery, pictures.urls[frame])
        except (ForbiddenError, InvalidInputError, NotFoundError) as error:
            skipped.update(dict.fromkeys(here, error.message))
        else:
            images.append(ImageParts(name, file, here, [pictures.crop(at) for at in here]))
    described = describer.describe(images)
    return replace(described, skipped=described.skipped | skipped)


def _found(gallery: Gallery, url: str | None) -> tuple[str, Path]:
    """Return what messages call an image, and a file with it."""
    if not url:
        raise NotFoundError(_NO_IMAGE)
    if url.startswith(("http://", "https://")):
        raise InvalidInputError(_ELSEWHERE)
    original = gallery.find(url)
    return original.name, original.path()
