"""Images to show: whole or small, upright, from the cache where they are in it."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shoal.store.locks import NamedLocks
from shoal.store.media.buckets import Buckets
from shoal.store.media.cache import ImageCache
from shoal.store.media.originals import Original, find_original
from shoal.store.media.pictures import Crop, media_type, rendition, shown_as
from shoal.store.media.roots import ImageRoots

_EDITION: Final = 1
"""Raised when the same request shall give other pixels, so that no cache answers with the old ones."""

_SMALL_QUALITY: Final = 82
_WHOLE_QUALITY: Final = 95
_MOST_DECODERS: Final = 4


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file to send as it is.

    Attributes:
        path: the file.
        media_type: what is in it, by its content.
    """

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image in memory.

    Attributes:
        content: JPEG or WebP.
        media_type: which of them.
    """

    content: bytes
    media_type: str


class Gallery:
    """Finds images and makes upright, smaller or cut ones of them.

    Safe to call from many threads; an image asked for twice at once is decoded once, and a few are decoded
    at the same time, so that other work keeps its share of the machine.

    Args:
        roots: says which local files may be shown.
        cache: keeps what was made.
        locks: threads that want the same image take turns.
    """

    def __init__(self, roots: ImageRoots, cache: ImageCache, locks: NamedLocks) -> None:
        self._roots = roots
        self._cache = cache
        self._locks = locks
        self._buckets = Buckets(cache)
        self._decoding = threading.BoundedSemaphore(min(_MOST_DECODERS, max(2, (os.cpu_count() or 2) // 2)))

    def find(self, url: str) -> Original:
        """Return the image at an address; raises as `find_original`."""
        return find_original(url, self._roots, self._buckets)

    def key(self, original: Original, size: int | None = None, crop: Crop | None = None) -> str:
        """Return what stands for the content of a rendition, 64 hexadecimal digits."""
        return hashlib.sha256(repr((_EDITION, original.identity, size, crop)).encode()).hexdigest()

    def whole(self, original: Original) -> ImageFile:
        """Return an image at full size: as stored when browsers show it upright, else a copy they do.

        Raises:
            UnreadableImageError: not an image, broken or too large.
        """
        path = original.path()
        shown = shown_as(path, original.name)
        if shown is not None:
            return ImageFile(path, shown)
        key = self.key(original)
        with self._locks.holding(f"image/{key}"):
            kept = self._cache.find(key)
            if kept is None:
                with self._decoding:
                    made = rendition(path, original.name, None, None, quality=_WHOLE_QUALITY)
                return ImageFile(self._cache.keep(key, made), media_type(made))
        with kept.open("rb") as file:
            return ImageFile(kept, media_type(file.read(4)))

    def small(self, original: Original, size: int | None, crop: Crop | None = None) -> EncodedImage:
        """Return an image or a part of it as JPEG or WebP; see `rendition`."""
        content = self._small(original, size, crop)
        return EncodedImage(content, media_type(content))

    def _small(self, original: Original, size: int | None, crop: Crop | None) -> bytes:
        key = self.key(original, size, crop)
        kept = self._cache.read(key)
        if kept is not None:
            return kept
        with self._locks.holding(f"image/{key}"):
            kept = self._cache.read(key)
            if kept is None:
                path = original.path()
                with self._decoding:
                    kept = rendition(path, original.name, size, crop, quality=_SMALL_QUALITY)
                self._cache.keep(key, kept)
        return kept
