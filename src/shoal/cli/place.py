"""Where a command finds its data: connection, project, dataset."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.cli.faults import UsageFault
from shoal.errors import NotFoundError

if TYPE_CHECKING:
    from shoal.client.connection import Shoal
    from shoal.client.dataset import Dataset
    from shoal.client.project import Project


@contextmanager
def connected(home: Path | None, url: str | None, *, create: bool = False) -> Iterator[Shoal]:
    """Connect to what `--home` and `--url` name, else to what the environment names.

    Args:
        home: a data folder.
        url: a server.
        create: whether a folder that does not exist is made.

    Raises:
        UsageFault: both are given.
        NotFoundError: the folder does not exist.
    """
    from shoal.local import connect, default_target

    if home is not None and url is not None:
        raise UsageFault("Expected either --home or --url, found both.")
    target = str(home) if home is not None else url or default_target()
    if not create and not target.startswith(("http://", "https://")):
        _require_folder(Path(target).expanduser())
    with connect(target) as shoal:
        yield shoal


@contextmanager
def opened_project(home: Path | None, url: str | None, project: str | None) -> Iterator[Project]:
    """Connect and find a project: the named one, else the only one."""
    with connected(home, url) as shoal:
        yield chosen_project(shoal, project)


@contextmanager
def opened_dataset(
    home: Path | None, url: str | None, project: str | None, dataset: str | None
) -> Iterator[Dataset]:
    """Connect and find a dataset: the named one, else the only one."""
    with opened_project(home, url, project) as found:
        yield chosen_dataset(found, dataset)


def chosen_project(shoal: Shoal, name: str | None) -> Project:
    """Return the named project, else the only one.

    Raises:
        UsageFault: no name is given and there are several.
        NotFoundError: there is none.
    """
    if name is not None:
        return shoal.project(name)
    projects = shoal.projects
    if not projects:
        raise NotFoundError(
            f"There is no project in {shoal.address}.",
            hint="`shoal demo` makes one to look at; `shoal import` makes one from files, "
            "`shoal project create` an empty one.",
        )
    return projects[_only([project.name for project in projects], "project")]


def chosen_dataset(project: Project, name: str | None) -> Dataset:
    """Return the named dataset, else the only one.

    Raises:
        UsageFault: no name is given and there are several.
        NotFoundError: there is none.
    """
    if name is not None:
        return project.datasets[name]
    datasets = list(project.datasets)
    if not datasets:
        raise NotFoundError(
            f"Project {project.name!r} has no dataset.", hint="`shoal upload dataset` adds one."
        )
    # What a failed first upload leaves holds nothing, and nobody means it.
    filled = [dataset for dataset in datasets if dataset.version] or datasets
    return filled[_only([dataset.name for dataset in filled], "dataset")]


def _only(names: Sequence[str], kind: str) -> int:
    if len(names) > 1:
        raise UsageFault(f"There are several {kind}s ({', '.join(names)}); choose one with --{kind}.")
    return 0


def _require_folder(home: Path) -> None:
    if not home.is_dir():
        raise NotFoundError(
            f"There is no data folder {os.fspath(home)!r}.",
            hint="Name one with --home or $SHOAL_HOME, or make one: `shoal demo`, `shoal import`, "
            "`shoal project create`.",
        )
