"""Named versions of a dataset."""

from __future__ import annotations

from shoal.client.session import Path, Session, build, given
from shoal.wire.datasets import CheckpointCreate, VersionBody, VersionList


class Checkpoints:
    """The checkpoints of one dataset."""

    def __init__(self, session: Session, dataset_path: Path) -> None:
        self._session = session
        self._path = (*dataset_path, "checkpoints")

    def create(self, name: str, *, version: int | None = None, note: str = "") -> VersionBody:
        """Name a version, by default the current one, and return it."""
        body = build(CheckpointCreate, name=name, note=note, **given(version=version))
        return self._session.read(VersionBody, "POST", self._path, body=body)

    def list(self) -> list[VersionBody]:
        """Return the versions that have names."""
        return self._session.read(VersionList, "GET", self._path).items

    def restore(self, name: str) -> VersionBody:
        """Make a new version equal to the named one, and return it."""
        return self._session.read(VersionBody, "POST", (*self._path, name, "restore"))

    def delete(self, name: str) -> None:
        """Take the name away; the version stays."""
        self._session.call("DELETE", (*self._path, name))

    def __repr__(self) -> str:
        named = [f"{name}: version {one.number}" for one in self.list() for name in one.checkpoints]
        return "\n".join(named) or "Checkpoints (none)"
