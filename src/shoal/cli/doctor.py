"""`shoal doctor`: what is wrong with this machine or this folder."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from shoal.cli.options import AsJson, Home, Url
from shoal.cli.output import print_json, print_rows
from shoal.cli.usage import examples
from shoal.errors import ShoalError

LOW_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what.
        ok: whether it is as it should be.
        found: what was found.
        hint: the way out, when it is not.
    """

    name: str
    ok: bool
    found: str
    hint: str = ""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=examples("shoal doctor", "shoal doctor --home ~/shoal-data --json"))(doctor)


def doctor(home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Check the installation, the data folder and the server; leave with 1 when something is wrong."""
    from shoal.local import default_target

    target = str(home) if home is not None else url or default_target()
    checks = [_python(), _packages()]
    if target.startswith(("http://", "https://")):
        checks.append(_connection(target))
    else:
        folder = Path(target).expanduser().resolve()
        checks += [_writable(folder), _disk(folder), _owner(folder)]
        if (folder / "catalog.sqlite").exists():
            checks += [_connection(str(folder)), _datasets(str(folder))]
    if json:
        print_json([asdict(check) for check in checks])
    else:
        rows = [{**asdict(check), "ok": "✓ ok" if check.ok else "✗ wrong"} for check in checks]
        print_rows(rows, {"name": "check", "ok": "", "found": "found", "hint": "hint"})
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _python() -> Check:
    import shoal

    return Check("versions", True, f"shoal {shoal.__version__}, Python {platform.python_version()}")


def _packages() -> Check:
    from importlib.metadata import PackageNotFoundError, requires, version

    missing = []
    for line in requires("shoal") or []:
        name = line.split(";")[0].split("[")[0].split(">")[0].split("=")[0].strip()
        if "extra ==" not in line:
            try:
                version(name)
            except PackageNotFoundError:
                missing.append(name)
    if missing:
        return Check("packages", False, f"missing: {', '.join(missing)}", "pip install --upgrade shoal")
    return Check("packages", True, "all there")


def _writable(folder: Path) -> Check:
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Check("folder", False, f"{place}: {error.strerror}", "Choose another folder with --home.")
    is_new = "" if folder == place else ", not made yet"
    return Check("folder", True, f"{folder} can be written{is_new}")


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(_existing(folder)).free
    found = f"{free / 1024**3:.1f} GiB free"
    return Check("disk", free >= LOW_DISK_BYTES, found, "" if free >= LOW_DISK_BYTES else "Make room.")


def _owner(folder: Path) -> Check:
    from shoal.server.ownership import read_owner

    owner = read_owner(folder)
    if owner is None:
        return Check("owner", True, "nobody has it open")
    where = f", serving {owner.url}" if owner.url else ""
    ok = bool(owner.url) or owner.pid == os.getpid()
    hint = "" if ok else "Close that process; it does not serve the folder to others."
    return Check("owner", ok, f"process {owner.pid} on {owner.host}{where}", hint)


def _connection(target: str) -> Check:
    def ask() -> str:
        from shoal.local import connect

        with connect(target) as shoal:
            health = shoal.health()
        return f"Shoal {health.version} on {health.home}, process {health.pid}"

    return _tried("connection", ask)


def _datasets(target: str) -> Check:
    def count() -> str:
        from shoal.local import connect

        with connect(target) as shoal:
            projects = shoal.projects
            n_datasets = sum(len(list(project.datasets)) for project in projects)
            failed = shoal.jobs.list(state="failed")
        return f"projects: {len(projects)}, datasets: {n_datasets}, failed jobs: {len(failed)}"

    return _tried("catalog", count)


def _tried(name: str, action: Callable[[], str]) -> Check:
    try:
        return Check(name, True, action())
    except ShoalError as error:
        return Check(name, False, error.message, error.hint)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
