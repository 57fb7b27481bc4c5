"""`shoal dataset …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url, Yes
from shoal.cli.output import print_json, print_rows
from shoal.cli.place import opened_dataset, opened_project
from shoal.cli.usage import examples, new_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shoal.wire.datasets import VersionBody

app = new_app("Datasets, their versions and checkpoints.")
checkpoint = new_app("Checkpoints: versions with names.")
app.add_typer(checkpoint, name="checkpoint")

CheckpointName = Annotated[str, typer.Argument(help="Name of the checkpoint.")]


@app.command("list", epilog=examples("shoal dataset list"))
def list_datasets(
    project: ProjectName = None, home: Home = None, url: Url = None, json: AsJson = False
) -> None:
    """List the datasets of a project."""
    with opened_project(home, url, project) as found:
        datasets = [dataset.to_dict() for dataset in found.datasets]
    if json:
        print_json(datasets)
    else:
        columns = ["name", "version", "n_frames", "n_labels", "inference_sets"]
        print_rows(datasets, columns, empty="No datasets yet.")


@app.command("show", epilog=examples("shoal dataset show val"))
def show(
    name: Annotated[str | None, typer.Argument(help="Name [default: the only one].")] = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show a dataset: size, fields that queries can use, inference sets."""
    with opened_dataset(home, url, project, name) as found:
        inference_sets = [one.to_dict() for one in found.inference_sets]
    if json:
        print_json(found.to_dict() | {"inference_sets": inference_sets})
        return
    typer.echo(f"{found.name}: version {found.version}, {found.n_frames:,} frames, {found.n_labels:,} labels")
    print_rows([field.model_dump() for field in found.body.fields], {"name": "field", "type": "type"})
    columns = {
        "name": "inference set",
        "n_inferences": "inferences",
        "n_covered": "frames covered",
    }
    print_rows(inference_sets, columns, empty="No inference sets yet.")


@app.command("versions", epilog=examples("shoal dataset versions"))
def versions(
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List a dataset's versions, newest first."""
    with opened_dataset(home, url, project, dataset) as found:
        _show(found.versions, json)


@app.command(
    "delete-frames",
    epilog=examples("shoal dataset delete-frames --query 'exists(broken)' --yes"),
)
def delete_frames(
    query: Annotated[str | None, typer.Option("--query", "-q", help="Frames it selects.")] = None,
    ids: Annotated[list[str] | None, typer.Option("--id", help="Frame id (repeatable).")] = None,
    note: Annotated[str, typer.Option(help="Kept with the version.")] = "",
    yes: Yes = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Delete frames with their labels, which makes a new version."""
    if (query is None) == (not ids):
        raise UsageFault("Expected exactly one of --query and --id.")
    with opened_dataset(home, url, project, dataset) as found:
        if not yes:
            count = len(ids) if ids else found.query(query or "").count()
            typer.confirm(f"Delete {count:,} frames of {found.name!r}?", abort=True, err=True)
        _show([found.frames.delete(ids or None, query=query, note=note)], json)


@app.command("delete", epilog=examples("shoal dataset delete val --yes"))
def delete(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    yes: Yes = False,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Delete a dataset with its inference sets and segments."""
    with opened_dataset(home, url, project, name) as found:
        if not yes:
            typer.confirm(
                f"Delete dataset {name!r} with its inference sets and segments?", abort=True, err=True
            )
        found.delete()
    typer.echo(f"Deleted dataset {name}.")


@checkpoint.command("create", epilog=examples("shoal dataset checkpoint create 'before relabelling'"))
def create_checkpoint(
    name: CheckpointName,
    version: Annotated[int | None, typer.Option(help="Version [default: the current one].")] = None,
    note: Annotated[str, typer.Option(help="Kept with it.")] = "",
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Name a version."""
    with opened_dataset(home, url, project, dataset) as found:
        _show([found.checkpoints.create(name, version=version, note=note)], json)


@checkpoint.command("list", epilog=examples("shoal dataset checkpoint list"))
def list_checkpoints(
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List the versions that have names."""
    with opened_dataset(home, url, project, dataset) as found:
        _show(found.checkpoints.list(), json)


@checkpoint.command("restore", epilog=examples("shoal dataset checkpoint restore 'before relabelling'"))
def restore_checkpoint(
    name: CheckpointName,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Make a new version equal to the named one."""
    with opened_dataset(home, url, project, dataset) as found:
        _show([found.checkpoints.restore(name)], json)


@checkpoint.command("delete", epilog=examples("shoal dataset checkpoint delete 'before relabelling'"))
def delete_checkpoint(
    name: CheckpointName,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Take a name away; the version stays."""
    with opened_dataset(home, url, project, dataset) as found:
        found.checkpoints.delete(name)
    typer.echo(f"Deleted checkpoint {name}.")


def _show(versions: Sequence[VersionBody], as_json: bool) -> None:
    rows = [version.model_dump(mode="json") for version in versions]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ["number", "n_frames", "n_labels", "checkpoints", "created_at", "note"])
