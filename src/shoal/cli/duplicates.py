"""`shoal duplicates`."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples

_SHOWN = ("group", "id", "other_id", "distance", "segment", "other_segment")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "duplicates",
        epilog=examples(
            "shoal duplicates --max-distance .02",
            "shoal duplicates --leakage",
            "shoal duplicates --between training --between test --json",
        ),
    )(duplicates)


def duplicates(
    max_distance: Annotated[
        float, typer.Option(min=0.0, help="The largest distance of a pair, itself included.")
    ] = 0.05,
    between: Annotated[
        list[str] | None, typer.Option(help="Only pairs across these segments; repeat it.")
    ] = None,
    leakage: Annotated[bool, typer.Option("--leakage", help="Only pairs across all Split segments.")] = False,
    space: Annotated[str | None, typer.Option(help="The embedding space [default: the only one].")] = None,
    elements: Annotated[str, typer.Option(help="frames, labels or inferences.")] = "frames",
    inference_set: Annotated[
        str | None, typer.Option("--inference-set", "-i", help="With inferences, whose.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many pairs to show.")] = 50,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List near-identical frames or crops, or those that leak from one segment into another."""
    with opened_dataset(home, url, project, dataset) as found:
        table = found.near_duplicates(
            max_distance,
            space=space,
            elements=elements,
            inference_set=inference_set,
            between=between or ([] if leakage else None),
            progress=not json,
        )
    rows = table.to_dicts()
    if json:
        print_json(
            {
                "n_groups": table.n_groups,
                "n_elements": table.n_elements,
                "counts": table.counts,
                "pairs": rows,
            }
        )
        return
    typer.echo(f"{table.n_elements:,} {elements} in {table.n_groups:,} groups, {len(rows):,} pairs")
    for name, count in table.counts.items():
        typer.echo(f"  {name}: {count:,}")
    if rows:
        print_rows(rows[:limit], _SHOWN)
    if len(rows) > limit:
        print_note(f"{len(rows) - limit:,} more; --limit or --json shows them.")
