"""`shoal embeddings …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.options import AsJson, DatasetName, Home, ProjectName, Url, Yes
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples, new_app

if TYPE_CHECKING:
    from shoal.client.embeddings import EmbeddingSpace

app = new_app("Embedding spaces: vectors of frames or crops, for similarity search and the map.")

Space = Annotated[str, typer.Argument(help="Name of the embedding space.")]
Elements = Annotated[str, typer.Option("--elements", help="frames, labels or inferences.")]
InferenceSetName = Annotated[
    str | None, typer.Option("--inference-set", "-i", help="With inferences: whose.")
]
_SHOWN_SKIPPED = 5
_COLUMNS = ["space", "elements", "of", "vectors", "missing", "dimension", "distance", "model", "origin"]


@app.command("list", epilog=examples("shoal embeddings list", "shoal embeddings list --json"))
def list_spaces(
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List the embedding spaces."""
    with opened_dataset(home, url, project, dataset) as found:
        spaces = found.embeddings.list()
    show_spaces(spaces, json)


@app.command(
    "upload",
    epilog=examples(
        "shoal embeddings upload clip vectors.npy --ids ids.txt --model-id clip-vit-b32",
        "shoal embeddings upload clip vectors.parquet --model-id clip-vit-b32 --mode replace",
        "shoal embeddings upload dino crops.arrow --elements labels --model-id dinov2-s",
    ),
)
def upload(
    space: Space,
    vectors: Annotated[Path, typer.Argument(help="A file: .npy, .parquet, .arrow or .feather.")],
    model_id: Annotated[str, typer.Option("--model-id", help="What made the vectors.")],
    ids: Annotated[
        Path | None, typer.Option("--ids", help="With .npy: a text file, an id a line, or a JSON list.")
    ] = None,
    elements: Elements = "frames",
    inference_set: InferenceSetName = None,
    distance: Annotated[
        str | None, typer.Option(help="cosine or euclidean [default: the space's, else cosine].")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="upsert: vectors of other elements stay; replace: they go.")
    ] = "upsert",
    id_column: Annotated[str | None, typer.Option("--id-column", help="Of a table [default: id].")] = None,
    vector_column: Annotated[
        str | None, typer.Option("--vector-column", help="Of a table [default: vector].")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Upload vectors; all of them can be searched afterwards, or nothing was stored."""
    with opened_dataset(home, url, project, dataset) as found:
        stored = found.embeddings.upload(
            space,
            ids,
            vectors,
            model_id,
            elements=elements,
            inference_set=inference_set,
            distance=distance,
            mode=mode,
            id_column=id_column,
            vector_column=vector_column,
        )
    show_spaces([stored], json)


@app.command(
    "compute",
    epilog=examples(
        "shoal embeddings compute efficientnet-lite0",
        "shoal embeddings compute crops --elements labels --margin 0.2",
        "shoal embeddings compute mine --model ~/models/encoder.onnx --query 'time_of_day:night'",
    ),
)
def compute(
    space: Space,
    model: Annotated[
        str | None,
        typer.Option(help="efficientnet-lite0, or an ONNX file of the server [default: efficientnet-lite0]."),
    ] = None,
    elements: Elements = "frames",
    inference_set: InferenceSetName = None,
    margin: Annotated[
        float | None,
        typer.Option(help="Of crops: room on every side, share of the longer side [default: 0.1]."),
    ] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only elements it selects.")] = None,
    distance: Annotated[
        str | None, typer.Option(help="cosine or euclidean [default: the space's, else cosine].")
    ] = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Describe elements that have no vector yet; stopped or killed, it goes on from there when run again."""
    with opened_dataset(home, url, project, dataset) as found:
        stored = found.embeddings.compute(
            space,
            Path(model) if model is not None and model.endswith(".onnx") else model,
            elements=elements,
            inference_set=inference_set,
            margin=margin,
            query=query,
            distance=distance,
        )
    show_spaces([stored], json)
    if stored.n_skipped:
        print_note(f"{stored.n_skipped:,} {elements} have no picture that can be read, the first:")
        for one in stored.skipped[:_SHOWN_SKIPPED]:
            print_note(f"  {one['id']}: {one['reason']}")


@app.command("delete", epilog=examples("shoal embeddings delete clip --yes"))
def delete(
    space: Space,
    elements: Elements = "frames",
    inference_set: InferenceSetName = None,
    yes: Yes = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Delete an embedding space with its vectors."""
    if not yes:
        typer.confirm(f"Delete embedding space {space!r} of {elements}?", abort=True)
    with opened_dataset(home, url, project, dataset) as found:
        found.embeddings.delete(space, elements, inference_set)
    typer.echo(f"Deleted embedding space {space} of {elements}.")


def show_spaces(spaces: list[EmbeddingSpace], as_json: bool) -> None:
    """Print embedding spaces."""
    if as_json:
        print_json([space.to_dict() for space in spaces])
    else:
        print_rows([_row(space) for space in spaces], _COLUMNS, empty="No embedding spaces yet.")


def _row(space: EmbeddingSpace) -> dict[str, Any]:
    body = space.body
    return {
        "space": body.name,
        "elements": body.elements.value,
        "of": body.inference_set,
        "vectors": body.n_vectors,
        "missing": body.n_elements - body.n_vectors,
        "dimension": body.dimension,
        "distance": body.distance.value,
        "model": body.model_id,
        "origin": body.origin,
    }
