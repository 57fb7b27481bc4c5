"""The image of a frame: whole, small, or one part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError, NotFoundError
from shoal.services.lookup import current_version, dataset_named, dataset_source, not_found
from shoal.services.runtime import Runtime
from shoal.store.catalog import Dataset, DatasetVersion, Project

if TYPE_CHECKING:
    from shoal.store.media import Crop, EncodedImage, Gallery, ImageFile

SIZES: Final = (64, 128, 256, 512, 1024)
"""Longer sides of small images, pixels."""

MAX_MARGIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What a frame's image is answered with; exactly one of `content`, `file`, `elsewhere` unless unchanged.

    Attributes:
        tag: stands for the content; empty for images elsewhere.
        content: an image in memory.
        file: a file to send.
        elsewhere: an address the caller loads itself.
    """

    tag: str
    content: EncodedImage | None = None
    file: ImageFile | None = None
    elsewhere: str | None = None


def get_image(
    runtime: Runtime,
    project: str,
    dataset: str,
    frame_id: str,
    *,
    size: int | None = None,
    box: str | None = None,
    margin: float = 0.0,
    known: tuple[str, ...] = (),
) -> Picture:
    """Return the image of a frame.

    Args:
        runtime: the open home.
        project: name or id.
        dataset: name or id.
        frame_id: the frame.
        size: longer side in pixels, one of `SIZES`; default full size.
        box: `x,y,width,height` of a part, in pixels of the upright image.
        margin: room around the box on every side, as a share of its longer side.
        known: tags the caller has; `"*"` for any.

    Raises:
        ForbiddenError: the file lies outside the folders this server may show.
        InvalidInputError: a size, box or margin that does not fit; a part of an image that is elsewhere.
        NotFoundError: no such frame, or its image is missing.
        UnreadableImageError: broken, too large, or no image.
    """
    crop = _crop(box, margin)
    if size is not None and size not in SIZES:
        raise InvalidInputError(
            f"Expected size to be one of {', '.join(map(str, SIZES))}, found {size}.",
            location={"field": "size"},
        )
    url = _url_of(runtime, project, dataset, frame_id)
    if url.startswith(("http://", "https://")):
        return _elsewhere(url, crop)
    return _picture(runtime.gallery, url, size, crop, known)


def _picture(
    gallery: Gallery, url: str, size: int | None, crop: Crop | None, known: tuple[str, ...]
) -> Picture:
    original = gallery.find(url)
    tag = gallery.key(original, size, crop)[:32]
    if tag in known or "*" in known:
        return Picture(tag)
    if size is None and crop is None:
        return Picture(tag, file=gallery.whole(original))
    return Picture(tag, content=gallery.small(original, size, crop))


def _elsewhere(url: str, crop: Crop | None) -> Picture:
    if crop is not None:
        raise InvalidInputError(
            "The image is on another server, which this one does not contact; it cannot be cut here.",
            hint="Load the image from location.url and cut it there.",
            location={"url": url},
        )
    return Picture("", elsewhere=quote(url, safe="%/:=&?~#+!$,;'@()*[]"))


def _url_of(runtime: Runtime, project: str, dataset: str, frame_id: str) -> str:
    with runtime.catalog.read() as session:
        source = dataset_source(_current_version(session, project, dataset))
    snapshot = runtime.workspace.dataset(source)
    position = snapshot.position_of_id.get(frame_id)
    if position is None:
        raise not_found("frame", frame_id, snapshot.frame_ids[:2000], where=f" in dataset {dataset!r}")
    url: str | None = snapshot.frames("url")["url"][position]
    if not url:
        raise NotFoundError(
            f"Frame {frame_id!r} has no image.",
            hint="Upload the dataset again with its folder of images: --images DIR, or images=….",
            location={"frame": frame_id},
        )
    return url


def _current_version(session: Session, project: str, dataset: str) -> DatasetVersion:
    """Return a dataset's version by one question instead of three: a grid asks sixty times at once."""
    found = session.scalar(
        select(DatasetVersion)
        .join(Dataset, Dataset.current_version_id == DatasetVersion.id)
        .join(Project, Project.id == Dataset.project_id)
        .where((Project.name == project) | (Project.id == project))
        .where((Dataset.name == dataset) | (Dataset.id == dataset))
    )
    return found or current_version(session, dataset_named(session, project, dataset))


def _crop(box: str | None, margin: float) -> Crop | None:
    from shoal.store.media import Crop

    if not 0 <= margin <= MAX_MARGIN:  # false for NaN as well
        raise InvalidInputError(
            f"Expected margin in [0, {MAX_MARGIN:g}], found {margin:g}.", location={"field": "margin"}
        )
    if box is None:
        return None
    try:
        x, y, width, height = (float(part) for part in box.split(","))
    except ValueError:
        x = y = width = height = math.nan
    if not (math.isfinite(x + y + width + height) and width > 0 and height > 0):
        raise InvalidInputError(
            f"Expected box to be x,y,width,height with a size above 0, found {box!r}.",
            location={"field": "box"},
        )
    return Crop(x, y, width, height, margin)
