"""Images: where they lie, who may see them, and small copies that can be made again."""

from __future__ import annotations

from shoal.store.media.assets import keep_asset
from shoal.store.media.cache import ImageCache
from shoal.store.media.gallery import EncodedImage, Gallery, ImageFile
from shoal.store.media.originals import Original
from shoal.store.media.pictures import Crop, stretched
from shoal.store.media.roots import ImageRoots, remember_image_root

__all__ = [
    "Crop",
    "EncodedImage",
    "Gallery",
    "ImageCache",
    "ImageFile",
    "ImageRoots",
    "Original",
    "keep_asset",
    "remember_image_root",
    "stretched",
]
