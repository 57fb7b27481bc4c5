"""Reading a folder with one folder per class: `root/cat/001.png`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from PIL import Image, UnidentifiedImageError

from shoal.errors import InvalidInputError, Problem, ProblemLog
from shoal.formats.batches import BATCH_ROWS, frame_batch, label_batch
from shoal.formats.class_resolver import ClassResolver, class_entries
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.image_location import file_url
from shoal.formats.json_text import printable
from shoal.formats.notes import Notes
from shoal.model.class_map import ClassEntry

IMAGE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"})


class ImageFolderDataset:
    """A classification dataset: every image is a frame, its first folder is its class.

    Frame ids are paths below the root, with `/`.  Images directly in the root are frames without a label.
    Sizes come from the headers; pixels are not decoded.  Hidden files and folders are passed over.

    Raises:
        InvalidInputError: the root is not a folder.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(os.path.abspath(root))
        if not self.root.is_dir():
            raise InvalidInputError(f"Expected a folder, found {str(root)!r}.", location={"file": str(root)})
        self.notes = Notes()
        self._paths: list[str] | None = None

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the folders that hold images, by name; ids count from 0."""
        names = sorted({printable(name) for path in self._images() if (name := _class_of(path)) is not None})
        return class_entries((name, i) for i, name in enumerate(names))

    def brings_labels(self) -> bool:
        """Return True: folders are classes."""
        return True

    def frames(self, problems: ProblemLog) -> Iterator[pa.RecordBatch]:
        """Yield the images in order of their paths; a broken one becomes a problem."""
        paths = self._images()
        if not paths:
            expected = "images in folders, one folder per class"
            problems.add(Problem(str(self.root), "", "", expected, "no image"))
        for start in range(0, len(paths), BATCH_ROWS):
            part = [(path, self._size(path, problems)) for path in paths[start : start + BATCH_ROWS]]
            whole = [(path, size) for path, size in part if size is not None]
            values = {
                "frame_id": [path for path, _ in whole],
                "file_name": [path for path, _ in whole],
                "url": [file_url(str(self.root / path)) for path, _ in whole],
                "width": [size[0] for _, size in whole],
                "height": [size[1] for _, size in whole],
            }
            yield frame_batch(values, {}, len(whole))

    def labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield one label for every image in a folder."""
        named = [path for path in self._images() if printable(path) == path]
        labelled = [(path, name) for path in named if (name := _class_of(path)) is not None]
        for start in range(0, len(labelled), BATCH_ROWS):
            part = labelled[start : start + BATCH_ROWS]
            rows = frames.rows([path for path, _ in part], ("frame_id",)).tolist()
            kept: list[tuple[int, str, int]] = []
            for row, (path, name) in zip(rows, part, strict=True):
                index = classes.index(name)
                if index is None:
                    classes.reject(name, times=1, place=path, field="folder")
                elif row >= 0:
                    kept.append((row, path, index))
            values = {
                "frame_row": [row for row, _, _ in kept],
                "label_id": [path for _, path, _ in kept],
                "class_index": [index for _, _, index in kept],
                "iscrowd": [False] * len(kept),
                "difficult": [False] * len(kept),
            }
            yield label_batch(values, {}, len(kept))
        classes.report(problems, str(self.root))

    def _images(self) -> list[str]:
        if self._paths is None:
            self._paths = []
            for folder, folders, files in os.walk(self.root):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in files:
                    if name.startswith("."):
                        continue
                    if os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES:
                        path = os.path.relpath(os.path.join(folder, name), self.root)
                        self._paths.append(path.replace(os.sep, "/"))
                    else:
                        self.notes.add("A file is not an image; ignored.")
            self._paths.sort()
        return self._paths

    def _size(self, path: str, problems: ProblemLog) -> tuple[int, int] | None:
        if printable(path) != path:
            expected = "a file name in UTF-8"
            problems.add(
                Problem(str(self.root), printable(path), "", expected, repr(path), "Rename the file.")
            )
            return None
        try:
            with Image.open(self.root / path) as image:
                return image.size
        except (
            UnidentifiedImageError,
            OSError,
            Image.DecompressionBombError,
            SyntaxError,
            ValueError,
        ) as error:
            found = "a broken file" if isinstance(error, UnidentifiedImageError) else str(error)[:80]
            hint = "Replace or remove the file."
            problems.add(Problem(str(self.root), path, "", "an image", found, hint))
            return None


def _class_of(path: str) -> str | None:
    folder, slash, _ = path.partition("/")
    return folder if slash else None
