"""`shoal serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import Home
from shoal.cli.usage import examples

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        epilog=examples(
            "shoal serve",
            "shoal serve --home ~/shoal-data --port 8080 --no-browser",
            "shoal serve --root /data/images",
        ),
    )(serve)


def serve(
    home: Home = None,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one.")] = 8000,
    root: Annotated[
        list[Path] | None,
        typer.Option(help="Folder whose images the server may read (repeatable)."),
    ] = None,
    catalog_url: Annotated[
        str | None,
        typer.Option(
            envvar="SHOAL_CATALOG_URL",
            help="Catalog database, such as postgresql://user@host/database [default: SQLite in the folder].",
        ),
    ] = None,
    ray_address: Annotated[
        str | None,
        typer.Option(
            envvar="SHOAL_RAY_ADDRESS",
            help="Ray cluster that describes pictures, such as ray://head:10001 [default: this machine].",
        ),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Serve a data folder: HTTP interface and page, on this machine only."""
    if host not in _LOOPBACK:
        raise UsageFault(
            f"--host: expected one of {', '.join(_LOOPBACK)}, found {host!r}. There are no accounts yet, so "
            "Shoal answers this machine only; use an SSH tunnel to reach it from another."
        )
    from shoal.local import DEFAULT_HOME
    from shoal.server.serving import serve as serve_home

    folder = home or Path(os.environ.get("SHOAL_HOME") or DEFAULT_HOME)
    serve_home(
        folder.expanduser().resolve(),
        host=host,
        port=port,
        roots=[path.expanduser().resolve() for path in root or ()],
        catalog_url=catalog_url or None,
        ray_address=ray_address or None,
        open_browser=browser,
        on_ready=lambda url: told_address(folder, url),
    )


def told_address(folder: Path, url: str) -> None:
    """Print where a folder is served."""
    typer.echo(f"Serving {folder} at {url}, to this machine only. Stop with Ctrl-C.")
