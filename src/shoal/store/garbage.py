"""Clearing away what crashes and failed uploads left behind."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from shoal.errors import StorageError
from shoal.store.catalog import Catalog, named_tables
from shoal.store.files import read_json
from shoal.store.locks import NamedLocks

UPLOAD_AGE_S: Final = 7 * 24 * 3600
"""An upload nobody has touched for this long is given up."""

HALF: Final = 2**63
"""Lance names manifests by 2**64 - 1 - version, so that the newest sorts first; older ones by version."""


class GarbageHome(Protocol):
    """What the collector needs to know of a home."""

    @property
    def path(self) -> Path:
        """The home's folder."""

    @property
    def catalog(self) -> Catalog:
        """The catalog, which names what stays."""

    @property
    def tables_uri(self) -> str:
        """Where new tables go."""

    @property
    def locks(self) -> NamedLocks:
        """Locks by name."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was cleared away.

    Attributes:
        dropped: tables nothing names.
        cleaned: tables rid of versions nothing names.
        failed: tables that could not be reached; they are looked at again next time.
        leftovers: half-made files and uploads given up, as paths in the home.
    """

    dropped: tuple[str, ...] = ()
    cleaned: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()


def collect_garbage(home: GarbageHome) -> Collected:
    """Delete tables and table versions the catalog does not name, old uploads and half-made arrays.

    Runs when a home is opened.  Later only while no upload runs: what an upload has written and not yet
    named would go.  Costs a listing of `tables/` when there is nothing to do; Lance is not imported then.
    Tables on object stores are looked at only where `unsettled/` tells that one was written.
    """
    with home.catalog.read() as session:
        named = named_tables(session)
    uris = {f"tables/{folder.name}" for folder in (home.path / "tables").glob("*.lance")}
    marks = [mark for mark in (home.path / "unsettled").iterdir() if not mark.name.startswith(".")]
    unsettled = {mark.read_text(encoding="utf-8") or f"tables/{mark.name}" for mark in marks}
    dropped = sorted((uris | unsettled) - set(named))
    cleaned = sorted(
        uri
        for uri, keep in named.items()
        if uri in unsettled or (uri in uris and _unnamed(home.path / uri, keep))
    )
    failed = _collect(home, dropped, {uri: named[uri] for uri in cleaned}) if dropped or cleaned else set()
    return Collected(
        dropped=tuple(uri for uri in dropped if uri not in failed),
        cleaned=tuple(uri for uri in cleaned if uri not in failed),
        failed=tuple(sorted(failed)),
        leftovers=tuple(_sweep(home.path)),
    )


def _collect(home: GarbageHome, dropped: Sequence[str], cleaned: Mapping[str, Collection[int]]) -> set[str]:
    """Return the tables that could not be dealt with, such as those of a bucket out of reach."""
    from shoal.store import tables

    failed = set()
    for uri, keep in {**dict.fromkeys(dropped, ()), **cleaned}.items():
        try:
            tables.cleanup(home, uri, keep)
        except StorageError:
            failed.add(uri)
    return failed


def _unnamed(folder: Path, keep: Collection[int]) -> set[int]:
    """Return the versions of a local table that should not be there.

    A version that only repeats a named one, put on top by `tables.cleanup`, is none of them.
    """
    found = set()
    for manifest in (folder / "_versions").glob("*.manifest"):
        if manifest.stem.isdigit():
            number = int(manifest.stem)
            found.add(2**64 - 1 - number if number >= HALF else number)
    tip = read_json(folder / "_refs" / "tags" / "shoal-restored.json")
    return found - set(keep) - ({tip["version"]} if isinstance(tip, dict) else set())


def _sweep(path: Path) -> list[str]:
    """Delete half-made derived arrays and models, and uploads given up; return their paths."""
    oldest = time.time() - UPLOAD_AGE_S
    gone = [found for name in ("derived", "unsettled", "models") for found in (path / name).glob(".*")]
    gone += [folder for folder in (path / "uploads").iterdir() if folder.stat().st_mtime < oldest]
    for found in gone:
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)
    return [str(found.relative_to(path)) for found in gone]
