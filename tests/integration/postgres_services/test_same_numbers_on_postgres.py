"""The whole journey with a catalog in PostgreSQL: the numbers are those with SQLite."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import shoal
from journey_data import JourneyFiles, write_journey_files
from postgres_server import PostgresServer, running_postgres
from shoal.client.asgi import AsgiServer, InProcessTransport
from shoal.client.connection import Shoal
from shoal.errors import AlreadyExistsError, ConflictError, InvalidInputError, ShoalError, UploadRejectedError
from shoal.server.app import create_app
from shoal_server import COMMAND, running_server
from vector_data import made_vectors

VARYING = {"created_at", "updated_at", "id", "url", "segment_id"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> JourneyFiles:
    return write_journey_files(tmp_path_factory.mktemp("files"), n_frames=45)


def opened(home: Path, catalog_url: str | None) -> Shoal:
    server = AsgiServer(create_app(home, local=True, catalog_url=catalog_url))
    return Shoal(InProcessTransport(server, address=str(home), release=server.close))


def journey(sh: Shoal, files: JourneyFiles) -> dict[str, Any]:
    """Everything a user does, and all that is shown on the way."""
    project = sh.create_project("driving", confidence=0.3)
    val = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
    ids = val.query("").ids()
    val.embeddings.upload("clip", ids, made_vectors(len(ids), 6, seed=1), "clip-b32", progress=False)
    val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
    val.segments.create_per_value("split", type="split")
    night = val.segments.create(
        "Night é 🚲", type="regression_test", query="time_of_day:night", targets={"recall": 0.6, "f1": 0.5}
    )
    night.comment("look at the cyclists", author="ada")
    night.update(owner="ada", state="in_progress")
    night.remove(ids=night.ids()[:2], note="two are wrong")
    suggested = night.similar(k=6).to_dicts()
    night.accept([suggested[3]["id"], suggested[0]["id"]])
    night.discard([suggested[1]["id"], suggested[2]["id"]])
    answers = night.answers.accepted, night.answers.discarded
    night.save_accepted(author="ada")
    val.inference_sets.upload("v2", coco_results=files.candidate, progress=False)
    val.checkpoints.create("before")
    first = val.query("").ids()[0]
    val.frames.delete([first])
    between = val.matrix(baseline="v1").to_dicts()
    val.checkpoints.restore("before")
    return {
        "between": between,
        "suggested": suggested,
        "answers": answers,
        "origin": night.versions[0].origin,
        "similar": val.similar(ids[:2], k=5, query="time_of_day:night").to_dicts(),
        "spaces": [plain(space.to_dict()) for space in val.embeddings],
        "near": val.query(f'similar(id:"{ids[3]}", 7)').ids(),
        "matrix": val.matrix(baseline="v1").to_dicts(),
        "gate": val.gate(candidate="v2", baseline="v1").to_dict(),
        "report": val.report("v2", segment="Night é 🚲").to_dicts(),
        "segments": [plain(segment.to_dict()) for segment in val.segments],
        "comments": [(one.author, one.text) for one in night.comments],
        "versions": [(one.number, one.n_frames, one.note, one.checkpoints) for one in val.versions],
        "history": [(one.number, one.n_added, one.n_removed, one.note) for one in night.versions],
        "difference": night.difference().model_dump(),
        "facets": val.facets(["split", "speed_kmh", "time_of_day"]).model_dump(),
        "project": plain(sh.project("driving").to_dict()),
        "frames": val.query("time_of_day:night AND speed_kmh>30").frames().to_dicts(),
        "faults": list(faults(sh, files)),
    }


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """A body without ids and times."""
    return {key: value for key, value in body.items() if key not in VARYING}


def faults(sh: Shoal, files: JourneyFiles) -> Iterator[tuple[str, str]]:
    """What is said of mistakes the catalog notices."""
    project = sh.project("driving")
    val = project.datasets["val"]
    stale = val.segments.get("training")
    val.segments.get("training").update(owner="bob")
    tries: list[tuple[type[ShoalError], Any]] = [
        (AlreadyExistsError, lambda: sh.create_project("driving")),
        (AlreadyExistsError, lambda: val.segments.create("training", "bucket", query="")),
        (AlreadyExistsError, lambda: val.checkpoints.create("before")),
        (ConflictError, lambda: stale.update(owner="eve")),
        (InvalidInputError, lambda: val.segments.create("nul\0", "bucket", query="")),
        (InvalidInputError, lambda: sh.create_project("nul", group_field="\0")),
        (InvalidInputError, lambda: val.checkpoints.create("far", version=2**70)),
        (
            UploadRejectedError,
            lambda: val.inference_sets.upload("v3", coco_results=files.coco, progress=False),
        ),
    ]
    for kind, attempt in tries:
        with pytest.raises(kind) as caught:
            attempt()
        yield caught.value.code, caught.value.message
    assert [one.name for one in val.inference_sets] == ["v1", "v2"]


@pytest.fixture(scope="module")
def expected(files: JourneyFiles, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with opened(tmp_path_factory.mktemp("sqlite") / "home", None) as sh:
        return journey(sh, files)


def test_the_numbers_are_the_same(
    postgres: PostgresServer, files: JourneyFiles, expected: dict[str, Any], tmp_path: Path
) -> None:
    url = postgres.new_database()
    with opened(tmp_path / "home", url) as sh:
        found = journey(sh, files)
    for part, value in expected.items():
        assert found[part] == value, part
    assert not (tmp_path / "home" / "catalog.sqlite").exists()
    with opened(tmp_path / "home", url) as sh:
        again = sh.project("driving").datasets["val"].matrix(baseline="v1").to_dicts()
    assert again == found["matrix"]


def test_a_server_and_the_command_line_take_the_catalogs_url(
    postgres: PostgresServer, files: JourneyFiles, tmp_path: Path
) -> None:
    url, home = postgres.new_database(), tmp_path / "home"
    with running_server(home, "--catalog-url", url) as server, shoal.connect(server.url) as sh:
        val = sh.create_project("driving").datasets.upload("val", coco=files.coco, progress=False)
        assert val.n_frames == 45
    assert not (home / "catalog.sqlite").exists()
    command = [COMMAND, "dataset", "list", "--json", "--home", str(home)]
    with_url = {**os.environ, "SHOAL_CATALOG_URL": url}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=with_url)
    assert done.returncode == 0, done.stderr
    assert '"val"' in done.stdout
    without = subprocess.run(command, capture_output=True, text=True, check=False)
    assert without.returncode == 1
    assert "do not belong together" in without.stderr
