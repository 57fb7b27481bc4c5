"""Where the images of a source lie."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from shoal.formats.frame_lookup import base_name
from shoal.formats.notes import Notes


class OutsideRootError(ValueError):
    """A file name leads out of the images folder."""


class ImageFolder:
    """Turns file names into absolute `file://` addresses under one folder.

    A name is looked for as it is, then without its folders.  Missing files are noted, not refused.
    """

    def __init__(self, root: Path, notes: Notes) -> None:
        self.root = os.path.abspath(root)
        self._notes = notes

    def url(self, file_name: str) -> str:
        """Return the address of a file.

        Raises:
            OutsideRootError: the name leads out of the folder.
        """
        path = os.path.normpath(os.path.join(self.root, file_name))
        if not path.startswith(self.root.rstrip(os.sep) + os.sep):
            raise OutsideRootError(file_name)
        if not os.path.exists(path):
            flat = os.path.join(self.root, base_name(file_name))
            if os.path.exists(flat):
                path = flat
            else:
                self._notes.add(f"An image is not in {self.root}.")
        return file_url(path)


def file_url(path: str) -> str:
    """Return the `file://` address of an absolute path."""
    return f"file://{quote(path)}"


def is_remote(url: str | None) -> bool:
    """Whether a text is an address that needs no folder."""
    return url is not None and url.startswith(("http://", "https://", "s3://", "gs://", "file://"))
