"""`shoal token …`."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsJson, Home, Url, Yes
from shoal.cli.output import print_json, print_rows
from shoal.cli.place import connected
from shoal.cli.usage import examples, new_app

app = new_app("Tokens: what lets people and programs in from other machines.")

TokenName = Annotated[
    str, typer.Argument(help="Name of the token: letters from A to Z, digits, '_', '.' and '-'.")
]
COLUMNS = ["name", "ending", "created_by", "created_at", "expires_at", "last_used_at", "is_expired"]


@app.command("create", epilog=examples("shoal token create anna", "shoal token create ci --days 90"))
def create(
    name: TokenName,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it expires [default: never].")
    ] = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Make a token and print its secret, which cannot be read again."""
    with connected(home, url, create=True) as shoal:
        token = shoal.tokens.create(name, expires_in_days=days)
    if json:
        print_json(token.to_dict())
        return
    typer.echo(token.secret)
    typer.echo(f"Token {name}: keep it now, it is not shown again. Use it as $SHOAL_TOKEN.", err=True)


@app.command("list", epilog=examples("shoal token list"))
def list_tokens(home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """List the tokens, without their secrets."""
    with connected(home, url) as shoal:
        rows = [token.to_dict() for token in shoal.tokens.list()]
    if json:
        print_json(rows)
        return
    print_rows(rows, COLUMNS, empty="No tokens.")


@app.command("revoke", epilog=examples("shoal token revoke ci --yes"))
def revoke(name: TokenName, yes: Yes = False, home: Home = None, url: Url = None) -> None:
    """End a token: whoever uses it is refused from now on."""
    with connected(home, url) as shoal:
        token = shoal.tokens[name]
        if not yes:
            typer.confirm(f"Revoke token {name!r}? Whoever uses it is refused.", abort=True, err=True)
        token.revoke()
    typer.echo(f"Revoked token {name}.", err=True)
