"""`shoal project …`."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsJson, Home, Url, Yes
from shoal.cli.output import print_json, print_rows
from shoal.cli.place import connected
from shoal.cli.usage import examples, new_app

app = new_app("Projects: a task, a class map, default thresholds.")

Name = Annotated[str, typer.Argument(help="Name of the project.")]


@app.command("list", epilog=examples("shoal project list"))
def list_projects(home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """List projects by name."""
    with connected(home, url) as shoal:
        projects = [project.to_dict() for project in shoal.projects]
    if json:
        print_json(projects)
    else:
        rows = [{**one, "classes": len(one["classes"])} for one in projects]
        print_rows(
            rows, ["name", "task", "classes", "confidence", "iou", "matching"], empty="No projects yet."
        )


@app.command(
    "create",
    epilog=examples(
        "shoal project create driving",
        "shoal project create driving --class car --class pedestrian --confidence 0.3",
    ),
)
def create(
    name: Name,
    task: Annotated[
        str, typer.Option(help="object_detection, classification or binary_classification.")
    ] = "object_detection",
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="Class (repeatable) [default: those of the first upload]."),
    ] = None,
    confidence: Annotated[float, typer.Option(help="Default confidence threshold.")] = 0.1,
    iou: Annotated[float, typer.Option(help="Default IoU threshold.")] = 0.5,
    matching: Annotated[str, typer.Option(help="class-first or global.")] = "class-first",
    group_field: Annotated[
        str | None, typer.Option(help="Metadata field whose values are resampled as one.")
    ] = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Create a project."""
    with connected(home, url, create=True) as shoal:
        project = shoal.create_project(name, task, classes or None, confidence, iou, matching, group_field)
    if json:
        print_json(project.to_dict())
    else:
        typer.echo(f"Project {project.name}: {project.task}, {len(project.classes)} classes.")


@app.command("show", epilog=examples("shoal project show driving"))
def show(name: Name, home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Show a project and its datasets."""
    with connected(home, url) as shoal:
        project = shoal.project(name)
        datasets = [dataset.to_dict() for dataset in project.datasets]
    if json:
        print_json(project.to_dict() | {"datasets": datasets})
        return
    body = project.body
    typer.echo(
        f"{body.name}: {body.task}, confidence ≥ {body.confidence:g}, IoU ≥ {body.iou:g}, "
        f"matching {body.matching}"
    )
    typer.echo(f"Classes: {', '.join(project.class_names) or 'those of the first upload'}")
    print_rows(
        datasets, ["name", "version", "n_frames", "n_labels", "inference_sets"], empty="No datasets yet."
    )


@app.command("delete", epilog=examples("shoal project delete driving --yes"))
def delete(name: Name, yes: Yes = False, home: Home = None, url: Url = None) -> None:
    """Delete a project with all it holds."""
    with connected(home, url) as shoal:
        project = shoal.project(name)
        if not yes:
            typer.confirm(f"Delete project {name!r} with all it holds?", abort=True, err=True)
        project.delete()
    typer.echo(f"Deleted project {name}.")
