"""`shoal target …`."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url
from shoal.cli.output import print_json, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples, new_app
from shoal.cli.values import targets_of

app = new_app("Targets: minimum scores of segments.")

Name = Annotated[str, typer.Argument(help="Name or id of the segment.")]


@app.command("list", epilog=examples("shoal target list"))
def list_targets(
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List the targets of all segments."""
    with opened_dataset(home, url, project, dataset) as found:
        rows = [
            {"segment": segment.name, "target": key, "minimum": minimum}
            for segment in found.segments
            for key, minimum in segment.targets.items()
        ]
    if json:
        print_json(rows)
    else:
        print_rows(rows, ["segment", "target", "minimum"], empty="No targets yet.")


@app.command(
    "set",
    epilog=examples(
        "shoal target set Night recall=0.9 f1=0.85",
        "shoal target set Night f1@macro=0.8 recall@pedestrian=0.85 --keep",
    ),
)
def set_targets(
    name: Name,
    targets: Annotated[
        list[str], typer.Argument(help="Minimum scores: recall=0.9, f1@macro=0.8, recall@pedestrian=0.85.")
    ],
    keep: Annotated[bool, typer.Option("--keep", help="Keep the targets that are not named.")] = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Set the targets of a segment, in place of those it has."""
    wanted = targets_of(targets) or {}
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name]
        segment.targets = (segment.targets | wanted) if keep else wanted
    _show(segment.name, segment.targets, json)


@app.command("clear", epilog=examples("shoal target clear Night"))
def clear(
    name: Name,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Take all targets of a segment away."""
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name]
        segment.targets = {}
    _show(segment.name, segment.targets, json)


def _show(segment: str, targets: dict[str, float], as_json: bool) -> None:
    if as_json:
        print_json({"segment": segment, "targets": targets})
    else:
        rows = [{"segment": segment, "target": key, "minimum": value} for key, value in targets.items()]
        print_rows(rows, ["segment", "target", "minimum"], empty=f"Segment {segment} has no targets.")
