"""What projects, datasets, inference sets, segments and jobs have in common."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from shoal.client.session import Session


class Identified(Protocol):
    """A body with an id and an address."""

    @property
    def id(self) -> str:
        """A stable id."""
        ...

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        ...

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Return plain JSON values."""
        ...


BodyT = TypeVar("BodyT", bound=Identified)


class Resource(Generic[BodyT]):
    """Something the server keeps, as it was when last read.

    Attributes:
        session: what it talks through.
        body: the shape as the server sent it.
    """

    def __init__(self, session: Session, body: BodyT) -> None:
        self.session = session
        self.body = body

    @property
    def id(self) -> str:
        """A stable id that survives renaming."""
        return self.body.id

    @property
    def url(self) -> str:
        """Where it is found: a URL on a server, a path when the server runs in this process."""
        return self.session.absolute(self.body.url)

    def to_dict(self) -> dict[str, Any]:
        """Return everything known of it as plain JSON values."""
        return self.body.model_dump(mode="json")
