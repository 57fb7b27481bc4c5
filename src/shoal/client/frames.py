"""The frames of a dataset, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shoal.client.selection import id_list
from shoal.client.session import Path, Session, build, given
from shoal.errors import InvalidInputError
from shoal.wire.datasets import FrameBody, FramePage, VersionBody
from shoal.wire.uploads import FramesDelete

PAGE_SIZE = 1000


class Frames:
    """The frames of a dataset's current version; iterable, and `frames["000123"]`."""

    def __init__(self, session: Session, dataset_path: Path) -> None:
        self._session = session
        self._path = (*dataset_path, "frames")

    def get(self, frame_id: str, *, inference_sets: Sequence[str] = ()) -> FrameBody:
        """Return one frame with its labels, the inferences of the sets asked for, and its segments.

        Raises:
            NotFoundError: there is no such frame.
        """
        params = {"inference_set": list(inference_sets)}
        return self._session.read(FrameBody, "GET", (*self._path, frame_id), params=params)

    def image(
        self,
        frame_id: str,
        size: int | None = None,
        *,
        box: Sequence[float] | None = None,
        margin: float = 0.0,
    ) -> bytes:
        """Return the image of a frame, upright, as an encoded file (JPEG, PNG, WebP …).

        Args:
            frame_id: the frame.
            size: longer side in pixels: 64, 128, 256, 512 or 1024; default the whole image.
            box: x, y, width, height of a part, in pixels of the upright image.
            margin: room around the box, as a share of its longer side.

        Raises:
            ForbiddenError: the file lies outside the folders the server may show.
            InvalidInputError: the image is on another server; `location["url"]` is its address.
            NotFoundError: there is no such frame, or its image is missing.
            UnreadableImageError: the image is broken, too large, or none.
        """
        params = given(
            size=size,
            box=None if box is None else ",".join(map(repr, map(float, box))),
            margin=margin or None,
        )
        response = self._session.call("GET", (*self._path[:-1], "images", frame_id), params=params)
        if response.status != 200:
            url = response.headers.get("location", "")
            raise InvalidInputError(
                f"The image of frame {frame_id!r} is on another server.",
                hint=f"Load it from {url}.",
                location={"url": url},
            )
        return response.content

    def page(
        self, query: str | None = None, *, sort: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> FramePage:
        """Return one page of frames, in order of `sort` (prefix `-` for falling)."""
        params = {"query": query, "sort": sort, "limit": limit, "cursor": cursor}
        return self._session.read(FramePage, "GET", self._path, params=params)

    def list(self, query: str | None = None, *, sort: str | None = None) -> Iterator[dict[str, Any]]:
        """Return an iterator over all frames a query selects, page by page."""
        cursor = None
        while True:
            page = self.page(query, sort=sort, limit=PAGE_SIZE, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def delete(
        self, ids: Iterable[str] | None = None, *, query: str | None = None, note: str = ""
    ) -> VersionBody:
        """Delete frames with their labels, by id or by query, and return the new dataset version.

        Raises:
            InvalidInputError: neither or both are given.
        """
        if (ids is None) == (query is None):
            raise InvalidInputError("Expected exactly one of ids and query.")
        values = given(ids=None if ids is None else id_list(ids), query=query)
        body = build(FramesDelete, note=note, **values)
        return self._session.read(VersionBody, "POST", (*self._path, "delete"), body=body)

    def __getitem__(self, frame_id: str) -> FrameBody:
        return self.get(frame_id)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self.list()

    def __len__(self) -> int:
        return self.page(limit=1).total
