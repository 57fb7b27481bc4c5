"""`shoal query`."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "query",
        epilog=examples(
            "shoal query 'time_of_day:night NOT weather:rain'",
            "shoal query 'count(label(class:car)) >= 10' --columns city,lux --sort -lux",
            "shoal query 'class:car area_px < 1024' --elements labels --ids",
        ),
    )(query)


def query(
    text: Annotated[str, typer.Argument(help="The query; empty for everything.")] = "",
    elements: Annotated[str, typer.Option(help="frames, labels or inferences.")] = "frames",
    inference_set: Annotated[
        str | None, typer.Option("--inference-set", "-i", help="The set inference(…) is about.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Fields to show, with commas between [default: ids].")
    ] = None,
    sort: Annotated[str | None, typer.Option(help="Field to sort by; prefix - for falling order.")] = None,
    limit: Annotated[int, typer.Option(min=0, max=1000, help="How many to show.")] = 20,
    ids: Annotated[bool, typer.Option("--ids", help="Print all ids, one a line.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Print the count alone.")] = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Select frames, labels or inferences and show how many and which."""
    with opened_dataset(home, url, project, dataset) as found:
        selection = found.query(text, elements=elements, inference_set=inference_set)
        if ids:
            listed = selection.ids()
            if json:
                print_json(listed)
            else:
                typer.echo("\n".join(listed), nl=bool(listed))
            return
        names = [name.strip() for name in columns.split(",")] if columns else []
        columns_wanted = ["id", *names] if names else None
        page = selection.page(columns=columns_wanted, sort=sort, limit=0 if count else limit)
    if json:
        print_json(page.model_dump(mode="json"))
    elif count:
        typer.echo(str(page.count))
    else:
        share = f" ({page.count / page.total:.1%})" if page.total else ""
        typer.echo(f"{page.count:,} of {page.total:,} {selection.elements}{share}")
        if page.items:
            print_rows(page.items, list(dict.fromkeys(["id", *names])))
        if page.count > len(page.items) > 0:
            print_note(f"{page.count - len(page.items):,} more; --limit or --ids shows them.")
