"""`shoal segment …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Targets, Url, Yes
from shoal.cli.output import console, print_json, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples, new_app
from shoal.cli.values import targets_of

if TYPE_CHECKING:
    from shoal.client.segment import Segment

app = new_app("Segments: named, versioned groups of frames or crops.")

Name = Annotated[str, typer.Argument(help="Name or id of the segment.")]
Query = Annotated[str | None, typer.Option("--query", "-q", help="What it holds, as a query.")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="Id of an element (repeatable).")]
Type = Annotated[
    str,
    typer.Option(
        "--type",
        help="split, regression_test, scenario, bucket, frame_issue, label_quality, "
        "collection_campaign or work_queue.",
    ),
]
Note = Annotated[str, typer.Option("--note", help="Kept with the version.")]


@app.command("list", epilog=examples("shoal segment list", "shoal segment list --type scenario --json"))
def list_segments(
    type: Annotated[str | None, typer.Option("--type", help="Of this type only.")] = None,  # noqa: A002
    state: Annotated[str | None, typer.Option("--state", help="In this state only.")] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List segments by type and name."""
    with opened_dataset(home, url, project, dataset) as found:
        segments = found.segments.list(type=type, state=state)
    if json:
        print_json([segment.to_dict() for segment in segments])
    else:
        print_rows([_row(segment) for segment in segments], _COLUMNS, empty="No segments yet.")


@app.command(
    "create",
    epilog=examples(
        "shoal segment create Night --type regression_test --query time_of_day:night "
        "--target recall=0.9 --target f1=0.85",
        "shoal segment create 'Odd ones' --type bucket --id 000123 --id 000456",
    ),
)
def create(
    name: Annotated[str, typer.Argument(help="Any text.")],
    type: Type,  # noqa: A002
    query: Query = None,
    ids: Ids = None,
    target: Targets = None,
    elements: Annotated[str, typer.Option(help="frames, labels or inferences.")] = "frames",
    inference_set: Annotated[
        str | None, typer.Option("--inference-set", "-i", help="The set inference(…) is about.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Who looks after it.")] = "",
    description: Annotated[str, typer.Option(help="Free text.")] = "",
    rule: Annotated[
        str, typer.Option(help="How scores are held against targets: default or confident.")
    ] = "default",
    keep_query: Annotated[
        bool, typer.Option("--keep-query/--drop-query", help="Keep the query as the segment's rule.")
    ] = True,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Create a segment from a query or from ids."""
    _one_way(query, ids)
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments.create(
            name,
            type,
            query=query,
            ids=ids or None,
            targets=targets_of(target),
            keep_query=keep_query,
            elements=elements,
            inference_set=inference_set,
            owner=owner,
            description=description,
            rule=rule,
        )
    _show([segment], json)


@app.command(
    "per-value",
    epilog=examples(
        "shoal segment per-value split",
        "shoal segment per-value weather --type scenario --prefix 'Weather: ' --target recall=0.8",
    ),
)
def per_value(
    field: Annotated[str, typer.Argument(help="Metadata field.")],
    type: Type = "split",  # noqa: A002
    prefix: Annotated[str, typer.Option(help="Put before each value to make the name.")] = "",
    target: Targets = None,
    owner: Annotated[str, typer.Option(help="Who looks after them.")] = "",
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="Only frames this query selects.")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Create a segment for each value of a field."""
    with opened_dataset(home, url, project, dataset) as found:
        segments = found.segments.create_per_value(
            field, type, prefix=prefix, targets=targets_of(target), owner=owner, query=query
        )
    _show(segments, json, as_list=True)


@app.command("show", epilog=examples("shoal segment show Night", "shoal segment show Night --baseline v1"))
def show(
    name: Name,
    baseline: Annotated[
        str | None, typer.Option("--baseline", "-b", help="Inference set to compare with.")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show a segment, what its query would change today, and every inference set on it."""
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name]
        is_scored = segment.body.type.is_model_performance
        metrics = segment.metrics(baseline) if is_scored else None
        difference = segment.difference() if segment.query is not None else None
    if json:
        print_json(
            segment.to_dict()
            | {
                "metrics": metrics.model_dump(mode="json") if metrics else None,
                "difference": difference.model_dump(mode="json") if difference else None,
            }
        )
        return
    _show([segment], False)
    if difference is not None:
        typer.echo(
            f"Query: {difference.query}\nToday it would add {difference.n_add:,} and remove "
            f"{difference.n_remove:,}."
        )
    if metrics is not None and metrics.items:
        from shoal.cli.matrix_view import segment_table

        console().print(segment_table(metrics))
    elif metrics is not None:
        typer.echo("No inference sets yet.")


@app.command("add", epilog=examples("shoal segment add Night --query 'lux < 5'"))
def add(
    name: Name,
    query: Query = None,
    ids: Ids = None,
    note: Note = "",
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Add elements, which makes a new version."""
    _one_way(query, ids)
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name].add(ids or None, query=query, note=note)
    _show([segment], json)


@app.command("remove", epilog=examples("shoal segment remove Night --id 000123"))
def remove(
    name: Name,
    query: Query = None,
    ids: Ids = None,
    note: Note = "",
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Take elements out, which makes a new version."""
    _one_way(query, ids)
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name].remove(ids or None, query=query, note=note)
    _show([segment], json)


@app.command("follow", epilog=examples("shoal segment follow Night"))
def follow(
    name: Name,
    note: Note = "",
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Take what the kept query selects today, as a new version."""
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name].follow_query(note=note)
    _show([segment], json)


@app.command("update", epilog=examples("shoal segment update Night --state resolved --owner ada"))
def update(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    type: Annotated[str | None, typer.Option("--type", help="New type.")] = None,  # noqa: A002
    state: Annotated[
        str | None, typer.Option(help="triage, in_progress, in_review, resolved or cancelled.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who looks after it.")] = None,
    description: Annotated[str | None, typer.Option(help="Free text.")] = None,
    rule: Annotated[str | None, typer.Option(help="default or confident.")] = None,
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="The kept query; an empty text drops it.")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Change what is said of a segment; its elements stay."""
    values: dict[str, Any] = {
        "name": new_name,
        "type": type,
        "state": state,
        "owner": owner,
        "description": description,
        "rule": rule,
        "query": query,
    }
    changes = {key: value for key, value in values.items() if value is not None}
    if not changes:
        raise UsageFault("Expected something to change, such as --state resolved.")
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name].update(**changes)
    _show([segment], json)


@app.command("versions", epilog=examples("shoal segment versions Night"))
def versions(
    name: Name,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List a segment's versions, newest first."""
    with opened_dataset(home, url, project, dataset) as found:
        rows = [one.model_dump(mode="json") for one in found.segments[name].versions]
    if json:
        print_json(rows)
    else:
        columns = ["number", "n_elements", "n_added", "n_removed", "dataset_version", "created_at", "note"]
        print_rows(rows, columns)


@app.command("delete", epilog=examples("shoal segment delete Night --yes"))
def delete(
    name: Name,
    yes: Yes = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Delete a segment with its versions."""
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name]
        if not yes:
            typer.confirm(
                f"Delete segment {segment.name!r} with {segment.version} versions?", abort=True, err=True
            )
        segment.delete()
    typer.echo(f"Deleted segment {segment.name}.")


_COLUMNS = {
    "name": "segment",
    "type": "type",
    "n_elements": "elements",
    "kind": "of",
    "version": "version",
    "targets": "targets",
    "state": "state",
    "owner": "owner",
}


def _row(segment: Segment) -> dict[str, Any]:
    body = segment.body
    return {
        "name": body.name,
        "type": body.type.display_name,
        "n_elements": body.n_elements,
        "kind": body.elements.value,
        "version": body.version,
        "targets": ", ".join(f"{key} ≥ {minimum:g}" for key, minimum in segment.targets.items()) or None,
        "state": body.state.value,
        "owner": body.owner or None,
    }


def _show(segments: list[Segment], as_json: bool, *, as_list: bool = False) -> None:
    if as_json:
        values = [segment.to_dict() for segment in segments]
        print_json(values if as_list else values[0])
    else:
        print_rows([_row(segment) for segment in segments], _COLUMNS, empty="No segments.")


def _one_way(query: str | None, ids: list[str] | None) -> None:
    if (query is None) == (not ids):
        raise UsageFault("Expected exactly one of --query and --id.")
