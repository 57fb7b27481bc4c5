"""`shoal similar`, and `shoal segment similar`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples

Count = Annotated[int, typer.Option("--count", "-k", min=1, max=1000, help="How many at most.")]
Query = Annotated[str | None, typer.Option("--query", "-q", help="Only what this query selects.")]
Space = Annotated[
    str | None, typer.Option("--space", help="Embedding space [default: the only one there is].")
]


def add_to(app: typer.Typer, segments: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "similar",
        epilog=examples(
            "shoal similar 000123",
            "shoal similar 000123 000456 -k 50 --query time_of_day:night",
            "shoal similar --image photo.jpg --space default",
        ),
    )(similar)
    segments.command(
        "similar",
        epilog=examples(
            "shoal segment similar Night -k 50",
            "shoal segment similar Night --accept 000123 --discard 000456",
            "shoal segment similar Night --save",
        ),
    )(suggest)


def similar(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of elements.")] = None,
    image: Annotated[Path | None, typer.Option("--image", help="In place of ids: an image file.")] = None,
    count: Count = 20,
    query: Query = None,
    space: Space = None,
    elements: Annotated[str, typer.Option(help="frames, labels or inferences.")] = "frames",
    inference_set: Annotated[
        str | None, typer.Option("--inference-set", "-i", help="With inferences: whose.")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show the elements nearest to others by their vectors, nearest first."""
    if bool(ids) == (image is not None):
        raise UsageFault("Expected ids, or --image.")
    with opened_dataset(home, url, project, dataset) as found:
        table = found.similar(
            ids or None,
            image=image,
            k=count,
            query=query,
            space=space,
            elements=elements,
            inference_set=inference_set,
        )
    if json:
        print_json(table.body.model_dump(mode="json"))
        return
    print_rows(table.to_dicts(), ["id", "frame_id", "distance", "nearest"], empty="Nothing is near.")
    body = table.body
    print_note(f"Space {body.space} ({body.model_id}), {body.n_candidates:,} {elements} searched.")


def suggest(
    name: Annotated[str, typer.Argument(help="Name or id of the segment.")],
    count: Count = 20,
    query: Query = None,
    space: Space = None,
    ranking: Annotated[str, typer.Option(help="auto, nearest or classifier.")] = "auto",
    accept: Annotated[list[str] | None, typer.Option("--accept", help="Id to accept (repeatable).")] = None,
    discard: Annotated[
        list[str] | None, typer.Option("--discard", help="Id to discard (repeatable).")
    ] = None,
    take_back: Annotated[
        list[str] | None, typer.Option("--take-back", help="Id whose answer to forget (repeatable).")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Make accepted elements members, in a new version.")
    ] = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Answer suggestions, save accepted ones, or show which elements may belong to a segment."""
    with opened_dataset(home, url, project, dataset) as found:
        segment = found.segments[name]
        for answer, ids in (
            (segment.take_back, take_back),
            (segment.discard, discard),
            (segment.accept, accept),
        ):
            if ids:
                answer(ids)
        if save:
            segment.save_accepted(space=space, ranking=ranking)
            if json:
                print_json(segment.to_dict())
            else:
                typer.echo(f"{segment.name}: version {segment.version}, {segment.n_elements:,} elements.")
            return
        table = segment.similar(k=count, query=query, ranking=ranking, space=space)
    if json:
        print_json(table.body.model_dump(mode="json"))
        return
    print_rows(table.to_dicts(), ["id", "frame_id", "score", "distance", "nearest"], empty="Nothing is near.")
    body = table.body
    print_note(
        f"By {body.ranking}; {body.n_accepted} accepted, {body.n_discarded} discarded."
        + (
            ""
            if body.classifier_is_ready
            else f" The classifier still needs {body.n_more_accepted} accepted and "
            f"{body.n_more_discarded} discarded."
        )
    )
