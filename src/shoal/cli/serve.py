"""`shoal serve`."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import Home
from shoal.cli.usage import examples

if TYPE_CHECKING:
    from shoal.server.serving import Serving


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        epilog=examples(
            "shoal serve",
            "shoal serve --home ~/shoal-data --port 8080 --no-browser",
            "shoal serve --root /data/images",
            "shoal token create anna && shoal serve --host 0.0.0.0",
        ),
    )(serve)


def serve(
    home: Home = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's own ask for a token.")
    ] = "127.0.0.1",
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
    require_token: Annotated[
        bool,
        typer.Option(
            "--require-token",
            envvar="SHOAL_REQUIRE_TOKEN",
            help="Ask callers from this machine for a token too, as behind a proxy.",
        ),
    ] = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Serve a data folder: HTTP interface and page, to this machine or to everyone who has a token."""
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
        require_token=require_token,
        open_browser=browser,
        on_ready=lambda serving: tell(folder, serving),
    )


def tell(folder: Path, serving: Serving) -> None:
    """Print where a folder is served, and to whom."""
    to_whom = "to everyone who has a token" if serving.requires_token else "to this machine only"
    typer.echo(f"Serving {folder} at {serving.url}, {to_whom}. Stop with Ctrl-C.")
    if serving.is_everywhere:
        typer.echo(f"Other machines find it at http://{socket.gethostname()}:{serving.port}.")
    if not serving.is_local:
        typer.echo("Tokens travel unencrypted: beyond a network you trust, put a proxy with TLS before it.")
