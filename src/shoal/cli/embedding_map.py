"""`shoal map`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples

if TYPE_CHECKING:
    from shoal.client.maps import MapTable

_SHOWN_ROWS = 10
_KINDS = (".csv", ".parquet")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "map",
        epilog=examples(
            "shoal map",
            "shoal map --compute",
            "shoal map --elements labels --space crops --to points.parquet",
        ),
    )(show_map)


def show_map(
    compute: Annotated[
        bool, typer.Option("--compute", help="Make a map that keeps neighbours together (PaCMAP).")
    ] = False,
    method: Annotated[str | None, typer.Option(help="pca or pacmap [default: the best there is].")] = None,
    space: Annotated[
        str | None, typer.Option("--space", help="Embedding space [default: the only one there is].")
    ] = None,
    elements: Annotated[str, typer.Option(help="frames, labels or inferences.")] = "frames",
    inference_set: Annotated[
        str | None, typer.Option("--inference-set", "-i", help="With inferences: whose.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Write all points: .csv or .parquet.")] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show where elements lie on the map of their vectors, or make a better map."""
    if to is not None and to.suffix not in _KINDS:
        raise UsageFault(f"Expected a file ending in {' or '.join(_KINDS)}, found {to.name}.")
    with opened_dataset(home, url, project, dataset) as found:
        if compute:
            table = found.compute_map(space, elements, inference_set, method or "pacmap")
        else:
            table = found.map(space, elements, inference_set, method)
    if to is not None:
        _write(table, to)
    if json:
        print_json(table.body.model_dump(mode="json"))
        return
    body = table.body
    if to is None:
        head = [table[place] for place in range(min(len(table), _SHOWN_ROWS))]
        print_rows(head, ["id", "x", "y"], empty="No element has a vector.")
    made = ", ".join(body.methods)
    print_note(f"{body.n_points:,} of {body.n_elements:,} {elements} by {body.method} of {body.space}.")
    print_note(
        f"Maps there are: {made}." + ("" if len(body.methods) > 1 else " --compute makes a better one.")
    )


def _write(table: MapTable, to: Path) -> None:
    frame = table.to_polars()
    if to.suffix == ".csv":
        frame.write_csv(to)
    else:
        frame.write_parquet(to)
