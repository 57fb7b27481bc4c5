"""`shoal demo`: ready-made data, judged at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.gate import show_verdict
from shoal.cli.matrix import show_matrix
from shoal.cli.options import AsJson, Home
from shoal.cli.output import print_json, print_note
from shoal.cli.serve import tell
from shoal.cli.usage import examples
from shoal.errors import MissingExtraError, NotFoundError

if TYPE_CHECKING:
    from shoal.client.connection import Shoal
    from shoal.client.dataset import Dataset
    from shoal.demo import DemoSegment


SPACE = "efficientnet-lite0"
"""The embedding space of the pictures, named after what computes it."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a demonstration is loaded from.

    Attributes:
        project: settings of its project.
        dataset: what the dataset is uploaded from.
        results: what each inference set is uploaded from, in order.
    """

    project: Mapping[str, Any]
    dataset: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """A demonstration.

    Attributes:
        project: name of its project.
        dataset: name of its dataset.
        note: kept with the dataset version; tells one demonstration from another.
        make: writes its files.
        baseline: the inference set others are compared with.
        candidates: those put before the gate.
        segments: to be created beside one per split.
        policy: the gate's policy, YAML text.
    """

    project: str
    dataset: str
    note: str
    make: Callable[[], Files]
    baseline: str
    candidates: tuple[str, ...]
    segments: tuple[DemoSegment, ...]
    policy: str


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo",
        epilog=examples(
            "shoal demo",
            "shoal demo --home ~/shoal-demo --frames 300 --seed 7",
            "shoal demo --digits",
            "shoal demo --serve",
        ),
    )(demo)


def demo(
    home: Home = None,
    frames: Annotated[int, typer.Option(min=1, help="How many street scenes to draw.")] = 1200,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 2026,
    digits: Annotated[
        bool, typer.Option("--digits", help="Real handwritten digits and two classifiers instead.")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Go on serving the folder afterwards.")] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="With --serve: open the page.")
    ] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: the port.")] = 8000,
    json: AsJson = False,
) -> None:
    """Load data to look at: drawn street scenes with four simulated detectors, segments and a gate policy.

    Running it again finds everything in place.
    """
    from shoal.local import DEFAULT_HOME, connect

    folder = (home or Path(os.environ.get("SHOAL_HOME") or DEFAULT_HOME)).expanduser().resolve()
    story = _digits(folder) if digits else _street(folder, frames, seed)
    with connect(folder) as shoal:
        dataset = _loaded_dataset(shoal, story)
        if dataset is None:
            dataset = _load(shoal, story)
        else:
            print_note(f"Project {story.project!r} is in place already.")
        _add_segments(dataset, story)
        is_described = _describe(dataset)
        matrix = dataset.matrix(baseline=story.baseline, metrics=("recall", "f1"), details=True)
        reports = [dataset.gate(one, story.baseline, story.policy) for one in story.candidates]
    if json:
        gates = [report.to_dict() for report in reports]
        print_json({"matrix": matrix.body.model_dump(mode="json"), "gates": gates})
    else:
        show_matrix(matrix)
        for report in reports:
            typer.echo(f"\nMay {report.candidate} ship in place of {report.baseline}?")
            show_verdict(report)
        _show_next(folder, story, is_described=is_described)
    if serve:
        from shoal.server.serving import serve as serve_home

        serve_home(folder, port=port, open_browser=browser, on_ready=lambda serving: tell(folder, serving))


def _street(folder: Path, n_frames: int, seed: int) -> Story:
    from shoal.demo.story import BASELINE, DETECTORS, STREET_POLICY, STREET_SEGMENTS

    def make() -> Files:
        from shoal.client.progress import open_progress
        from shoal.demo import draw_street_scenes

        with open_progress(True) as shown:
            files = draw_street_scenes(
                folder / "demo" / "street",
                n_frames=n_frames,
                seed=seed,
                progress=lambda done, total: shown.show("Drawing street scenes", done, total),
            )
        return Files(
            {"confidence": files.confidence, "iou": files.iou, "group_field": files.group_field},
            {"coco": files.coco, "images": files.images, "metadata": files.metadata},
            {name: {"coco_results": path} for name, path in files.results.items()},
        )

    return Story(
        "demo",
        "street",
        f"shoal demo --frames {n_frames} --seed {seed}",
        make,
        BASELINE,
        tuple(detector.name for detector in DETECTORS if detector.name != BASELINE),
        STREET_SEGMENTS,
        STREET_POLICY,
    )


def _digits(folder: Path) -> Story:
    from shoal.demo.digits import DIGIT_POLICY, DIGIT_SEGMENTS, KERNEL, LOGISTIC, make_digits

    def make() -> Files:
        files = make_digits(folder / "demo" / "digits")
        return Files(
            {"task": files.task, "classes": files.class_names, "confidence": files.confidence},
            {"frames": files.frames, "labels": files.labels, "images": files.images},
            {name: {"inferences": path} for name, path in files.results.items()},
        )

    return Story(
        "digits", "digits", "shoal demo --digits", make, LOGISTIC, (KERNEL,), DIGIT_SEGMENTS, DIGIT_POLICY
    )


def _loaded_dataset(shoal: Shoal, story: Story) -> Dataset | None:
    """Return the dataset when an earlier run has loaded all of it."""
    try:
        dataset = shoal.project(story.project).datasets[story.dataset]
    except NotFoundError:
        return None
    is_current = any(one.number == dataset.version and one.note == story.note for one in dataset.versions)
    covered = {one.name for one in dataset.inference_sets if one.coverage == 1.0}
    return dataset if is_current and covered >= {story.baseline, *story.candidates} else None


def _load(shoal: Shoal, story: Story) -> Dataset:
    files = story.make()
    project = shoal.create_project(story.project, exist_ok=True, **files.project)
    dataset: Dataset = project.datasets.upload(story.dataset, note=story.note, **files.dataset)
    for name, source in files.results.items():
        dataset.inference_sets.upload(name, **source)
    return dataset


def _add_segments(dataset: Dataset, story: Story) -> None:
    if not dataset.segments.list(type="split"):
        dataset.segments.create_per_value("split", "split")
    named = {segment.name for segment in dataset.segments}
    for segment in story.segments:
        if segment.name not in named:
            dataset.segments.create(
                segment.name,
                segment.type,
                query=segment.query,
                targets=[asdict(target) for target in segment.targets],
                description=segment.description,
            )


def _describe(dataset: Dataset) -> bool:
    """Compute the embeddings of pictures that have none; return `False` without the packages for it."""
    if any(space.name == SPACE and space.n_vectors == dataset.n_frames for space in dataset.embeddings):
        return True
    try:
        dataset.embeddings.compute(SPACE)
    except MissingExtraError as error:
        print_note(f"No embeddings: the map and similarity search need more packages. {error.hint}")
        return False
    return True


def _show_next(folder: Path, story: Story, *, is_described: bool) -> None:
    policy = folder / f"{story.project}-gate.yaml"
    policy.write_text(story.policy, encoding="utf-8")
    place = f"--home {folder} --project {story.project}"
    candidate = story.candidates[-1]
    lines = [
        f"shoal report {candidate} --confusion {place}",
        f"shoal query '{story.segments[0].query}' {place}",
        f"shoal gate --candidate {candidate} --baseline {story.baseline} --policy {policy} {place}",
    ]
    if is_described:
        lines.append(f"shoal duplicates --leakage {place}")
    typer.echo("\nTry next:\n" + "\n".join(f"  {line}" for line in lines))
    page = f"/p/{story.project}/d/{story.dataset}/metrics?baseline={story.baseline}"
    typer.echo(f"\nIn the browser:\n  shoal serve --home {folder}\n  http://127.0.0.1:8000{page}")
