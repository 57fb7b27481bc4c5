from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from postgres_server import PostgresServer
from shoal.errors import HomeInUseError, InvalidInputError, StorageError
from shoal.model.task import Task
from shoal.store import tables
from shoal.store.catalog import Dataset, DatasetVersion, Fact, Project
from shoal.store.garbage import Collected, collect_garbage
from shoal.store.home import FORMAT, Home, read_owner
from shoal.store.ownership import birth_of
from shoal.store.tables import TableKind, TableVersion

OWNING = """
import sys
from shoal.store.home import Home
with Home.open(sys.argv[1], owner_url="http://127.0.0.1:8123"):
    print("open", flush=True)
    sys.stdin.read()
"""


def owner_process(path: Path) -> subprocess.Popen[str]:
    """Start a process that owns the home until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def label(ordinal: int) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "ordinal": pa.array([ordinal], pa.uint32()),
            "row_ordinal": pa.array([ordinal], pa.uint32()),
            "class_index": pa.array([0], pa.int32()),
        }
    )


def name_tables(home: Home, frames: TableVersion, labels: TableVersion, number: int = 1) -> None:
    """Make a dataset version name two tables."""
    with home.catalog.begin() as session:
        project = Project(name=f"p{number}", task=Task.OBJECT_DETECTION)
        dataset = Dataset(project_id=project.id, name="d")
        version = DatasetVersion(
            dataset_id=dataset.id,
            number=number,
            frames_uri=frames.uri,
            frames_version=frames.version,
            labels_uri=labels.uri,
            labels_version=labels.version,
            n_frames=frames.n_rows,
            n_labels=labels.n_rows,
            members=b"",
        )
        session.add_all([project, dataset, version])


def test_a_home_is_made_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "home"
    with Home.open(path) as home:
        assert home.path == path
        with home.catalog.begin() as session:
            session.add(Fact(key="a", value="b"))
    for name in ("tables", "derived", "uploads", "media"):
        assert (path / name).is_dir()
    with Home.open(str(path)) as home, home.catalog.read() as session:
        assert session.get_one(Fact, "a").value == "b"


def test_a_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "home"
    process = owner_process(path)
    owner = read_owner(path)
    assert owner is not None
    assert (owner.pid, owner.url, owner.host) == (process.pid, "http://127.0.0.1:8123", socket.gethostname())
    with pytest.raises(HomeInUseError, match=rf"process {process.pid}, .*http://127\.0\.0\.1:8123") as caught:
        Home.open(path)
    assert caught.value.location == {"url": "http://127.0.0.1:8123", "pid": process.pid}
    process.communicate()
    assert read_owner(path) is None
    with Home.open(path):
        pass


def test_a_home_is_taken_over_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "home"
    process = owner_process(path)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert (path / "owner.json").exists()
    assert read_owner(path) is None
    with Home.open(path):
        owner = read_owner(path)
        assert owner is not None
        assert owner.pid == os.getpid()


def test_a_second_home_in_one_process_is_refused(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        with pytest.raises(HomeInUseError, match=f"process {os.getpid()}") as caught:
            Home.open(tmp_path / "home")
        assert caught.value.location == {"url": "", "pid": os.getpid()}
        home.set_url("http://127.0.0.1:9")
        owner = read_owner(home.path)
        assert owner is not None
        assert owner.url == "http://127.0.0.1:9"
        home.close()
        assert read_owner(home.path) is None
        with Home.open(home.path):
            pass


def test_another_process_with_the_same_number_is_no_owner(tmp_path: Path) -> None:
    record = {"pid": os.getpid(), "host": socket.gethostname(), "url": "", "started": "", "birth": 1}
    (tmp_path / "owner.json").write_text(json.dumps(record), encoding="utf-8")
    assert birth_of(os.getpid()) > 1
    assert read_owner(tmp_path) is None
    record["host"] = "another machine"
    (tmp_path / "owner.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_owner(tmp_path) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "what": 2}'])
def test_a_damaged_owner_record_names_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "owner.json").write_text(text, encoding="utf-8")
    assert read_owner(tmp_path) is None
    with Home.open(tmp_path):
        pass


def test_a_home_of_a_newer_shoal_is_refused_and_let_go(tmp_path: Path) -> None:
    Home.open(tmp_path).close()
    file = tmp_path / "format.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**found, "format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="format 2"):
        Home.open(tmp_path)
    file.write_text(json.dumps(found), encoding="utf-8")
    Home.open(tmp_path).close()


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be used"):
        Home.open(tmp_path / "file")


def test_tables_are_not_lost_to_a_wrong_catalog(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        frames = tables.write(home, TableKind.FRAMES, [])
        name_tables(home, frames, tables.write(home, TableKind.LABELS, [label(0)]))
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    with pytest.raises(InvalidInputError, match="do not belong together"):
        Home.open(tmp_path / "home", catalog_url=other)
    Home.open(tmp_path / "second").close()
    foreign = f"sqlite:///{tmp_path / 'second' / 'catalog.sqlite'}"
    with pytest.raises(InvalidInputError, match="do not belong together"):
        Home.open(tmp_path / "home", catalog_url=foreign)
    with Home.open(tmp_path / "home") as home:
        assert tables.read(home, frames).num_rows == 0


def test_a_home_with_its_catalog_in_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    url = postgres.new_database()
    with Home.open(tmp_path / "home", catalog_url=url) as home:
        frames = tables.write(home, TableKind.FRAMES, [])
        name_tables(home, frames, tables.write(home, TableKind.LABELS, [label(0)]))
    assert not (tmp_path / "home" / "catalog.sqlite").exists()
    with Home.open(tmp_path / "home", catalog_url=url) as home:
        assert tables.read(home, frames).num_rows == 0


def test_tables_go_where_asked_or_nowhere(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="tables_uri"):
        Home.open(tmp_path / "home", tables_uri="elsewhere")
    elsewhere = tmp_path / "bucket"
    with Home.open(tmp_path / "home", tables_uri=f"file://{elsewhere}") as home:
        named = tables.write(home, TableKind.FRAMES, [])
        labels = tables.write(home, TableKind.LABELS, [label(0)])
        left = tables.amend(home, TableKind.LABELS, labels, batches=[label(1)])
        tables.write(home, TableKind.LABELS, [label(2)])
        assert left.uri.startswith(f"file://{elsewhere}/")
        name_tables(home, named, labels)
    assert len(list(elsewhere.iterdir())) == 3
    with Home.open(tmp_path / "home", tables_uri=f"file://{elsewhere}") as home:
        assert tables.read(home, labels)["ordinal"].to_pylist() == [0]
        assert len(list(elsewhere.iterdir())) == 2
        assert list((home.path / "unsettled").iterdir()) == []


def test_what_nothing_names_is_collected_when_a_home_is_opened(tmp_path: Path) -> None:
    with Home.open(tmp_path) as home:
        frames = tables.write(home, TableKind.FRAMES, [])
        labels = tables.write(home, TableKind.LABELS, [label(0)])
        name_tables(home, frames, labels)
        tables.write(home, TableKind.LABELS, [label(1)])
        left = tables.amend(home, TableKind.LABELS, labels, batches=[label(2)])
        (home.derived_path / ".half-made").mkdir()
        (home.uploads_path / "up_000000000000").mkdir()
        os.utime(home.uploads_path / "up_000000000000", (1, 1))
        (home.uploads_path / "up_111111111111").mkdir()
    with Home.open(tmp_path) as home:
        assert {folder.name for folder in (tmp_path / "tables").iterdir()} == {
            Path(frames.uri).name,
            Path(labels.uri).name,
        }
        assert tables.read(home, labels)["ordinal"].to_pylist() == [0]
        assert len(list((tmp_path / labels.uri / "data").iterdir())) == 1
        assert list(home.derived_path.iterdir()) == []
        assert [folder.name for folder in home.uploads_path.iterdir()] == ["up_111111111111"]
        assert collect_garbage(home) == Collected()
        after = tables.amend(home, TableKind.LABELS, labels, batches=[label(3)])
        assert after.version > left.version
        assert tables.read(home, after)["ordinal"].to_pylist() == [0, 3]


def test_a_table_that_cannot_be_dropped_does_not_keep_a_home_shut(tmp_path: Path) -> None:
    Home.open(tmp_path).close()
    mark = tmp_path / "unsettled" / "labels-00.lance"
    mark.write_text("nowhere://bucket/labels-00.lance", encoding="utf-8")
    with Home.open(tmp_path) as home:
        assert mark.exists()
        assert collect_garbage(home) == Collected(failed=("nowhere://bucket/labels-00.lance",))


def test_half_written_marks_harm_nobody(tmp_path: Path) -> None:
    """A mark once was written in two steps; killed between them, an empty one had the whole home deleted."""
    with Home.open(tmp_path) as home:
        frames = tables.write(home, TableKind.FRAMES, [])
        name_tables(home, frames, tables.write(home, TableKind.LABELS, [label(0)]))
    (tmp_path / "unsettled" / "labels-00.lance").touch()
    (tmp_path / "unsettled" / ".labels-01.lance").touch()
    with Home.open(tmp_path) as home:
        assert tables.read(home, frames).num_rows == 0
        assert list((tmp_path / "unsettled").iterdir()) == []


def test_opening_imports_nothing_slow_even_with_tables(tmp_path: Path) -> None:
    with Home.open(tmp_path) as home:
        frames = tables.write(home, TableKind.FRAMES, [])
        labels = tables.write(home, TableKind.LABELS, [label(0)])
        name_tables(home, frames, tables.amend(home, TableKind.LABELS, labels, batches=[label(1)]))
        name_tables(home, frames, labels, number=2)
    code = (
        "import sys; from shoal.store.home import Home\n"
        f"with Home.open({str(tmp_path)!r}): pass\n"
        "slow = {'lance', 'polars', 'alembic', 'pyarrow', 'pandas', 'numpy', 'numba'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
