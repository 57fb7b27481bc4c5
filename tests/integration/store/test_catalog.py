from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shoal.errors import AlreadyExistsError, ConflictError, InvalidInputError, ShoalError, StorageError
from shoal.model.metric import Average, Metric
from shoal.model.segment import ElementKind, SegmentState, SegmentType
from shoal.model.task import MatchingRule, Task
from shoal.model.verdict import VerdictRule
from shoal.store.catalog import (
    Audit,
    Base,
    Catalog,
    Checkpoint,
    Comment,
    Dataset,
    DatasetVersion,
    Fact,
    InferenceSet,
    InferenceSetVersion,
    Job,
    JobState,
    Project,
    Segment,
    SegmentVersion,
    Target,
    named_tables,
)
from shoal.store.versions import TableVersion


@dataclass
class Tree:
    project: Project
    dataset: Dataset
    version: DatasetVersion
    inference_set: InferenceSet
    segment: Segment
    segment_version: SegmentVersion
    job: Job


def add_tree(session: Session, name: str = "driving") -> Tree:
    """Add one row of every kind, children before parents."""
    project = Project(name=name, task=Task.OBJECT_DETECTION, class_map=[{"name": "car", "id": 1}])
    dataset = Dataset(project_id=project.id, name="val")
    version = DatasetVersion(
        dataset_id=dataset.id,
        number=1,
        frames_uri=f"tables/frames-{name}.lance",
        frames_version=3,
        labels_uri=f"tables/labels-{name}.lance",
        labels_version=4,
        n_frames=10,
        n_labels=20,
        fields={"user__split": "string"},
        members=b"\0\1",
    )
    inference_set = InferenceSet(dataset_id=dataset.id, name="yolo_v1", confidence=0.3)
    inferences = InferenceSetVersion(
        inference_set_id=inference_set.id,
        number=1,
        uri=f"tables/inferences-{name}.lance",
        version=1,
        coverage=b"\0",
        n_inferences=2**31,
    )
    segment = Segment(
        dataset_id=dataset.id,
        name="Night",
        type=SegmentType.REGRESSION_TEST,
        elements=ElementKind.INFERENCES,
        inference_set_id=inference_set.id,
    )
    segment_version = SegmentVersion(
        segment_id=segment.id,
        number=1,
        members=b"\2",
        n_elements=3,
        origin={"kind": "query", "query": "time_of_day:night"},
        dataset_version_id=version.id,
    )
    job = Job(kind="ingest", project_id=project.id, arguments={"files": ["a", "ü"]})
    session.add_all(
        [
            Comment(segment_id=segment.id, text="why?"),
            Target(segment_id=segment.id, metric=Metric.RECALL, minimum=0.9),
            Checkpoint(dataset_id=dataset.id, name="golden", version_id=version.id),
            Audit(action="create", subject=dataset.id),
            segment_version,
            segment,
            inferences,
            inference_set,
            version,
            dataset,
            job,
            project,
        ]
    )
    return Tree(project, dataset, version, inference_set, segment, segment_version, job)


def counts(catalog: Catalog) -> dict[str, int]:
    with catalog.read() as session:
        return {
            mapper.class_.__name__: session.scalar(select(func.count()).select_from(mapper.class_)) or 0
            for mapper in Base.registry.mappers
        }


def test_every_model_comes_back_as_it_was_stored(catalog: Catalog) -> None:
    with catalog.begin() as session:
        tree = add_tree(session)
    with catalog.read() as session:
        project = session.get(Project, tree.project.id)
        version = session.get(DatasetVersion, tree.version.id)
        segment = session.get(Segment, tree.segment.id)
        segment_version = session.get(SegmentVersion, tree.segment_version.id)
        job = session.get(Job, tree.job.id)
        inferences = session.scalars(select(InferenceSetVersion)).one()
        target = session.scalars(select(Target)).one()
    assert project is not None
    assert version is not None
    assert segment is not None
    assert segment_version is not None
    assert job is not None
    assert (project.task, project.matching, project.confidence, project.iou, project.margin) == (
        Task.OBJECT_DETECTION,
        MatchingRule.CLASS_FIRST,
        0.1,
        0.5,
        0.01,
    )
    assert isinstance(project.task, Task)
    assert project.class_map == [{"name": "car", "id": 1}]
    assert version.frames_table == TableVersion("tables/frames-driving.lance", 3, 10)
    assert version.labels_table == TableVersion("tables/labels-driving.lance", 4, 20)
    assert (version.fields, version.members) == ({"user__split": "string"}, b"\0\1")
    assert (segment.state, segment.rule, segment.query) == (SegmentState.TRIAGE, VerdictRule.DEFAULT, None)
    assert segment_version.origin == {"kind": "query", "query": "time_of_day:night"}
    assert (job.state, job.result, job.arguments) == (JobState.QUEUED, None, {"files": ["a", "ü"]})
    assert inferences.table == TableVersion("tables/inferences-driving.lance", 1, 2**31)
    assert (target.metric, target.average, target.class_name) == (Metric.RECALL, Average.WEIGHTED, "")


def test_named_tables_are_those_of_all_versions(catalog: Catalog) -> None:
    with catalog.begin() as session:
        add_tree(session, "a")
        tree = add_tree(session, "b")
        older = add_tree(session, "c")
        older.version.frames_uri = tree.version.frames_uri
        older.version.frames_version = 9
    with catalog.read() as session:
        named = named_tables(session)
    assert named["tables/frames-b.lance"] == {3, 9}
    assert named["tables/inferences-a.lance"] == {1}
    assert "tables/frames-c.lance" not in named


def test_deleting_a_project_deletes_all_below_and_frees_its_jobs(catalog: Catalog) -> None:
    with catalog.begin() as session:
        tree = add_tree(session)
        add_tree(session, "other")
    before = counts(catalog)
    with catalog.begin() as session:
        session.delete(session.get_one(Project, tree.project.id))
    after = counts(catalog)
    for name, number in before.items():
        kept = number if name in ("Job", "Audit", "Fact") else number // 2
        assert after[name] == kept, name
    with catalog.read() as session:
        assert session.get_one(Job, tree.job.id).project_id is None


def test_deleting_an_inference_set_deletes_segments_of_its_crops(catalog: Catalog) -> None:
    with catalog.begin() as session:
        tree = add_tree(session)
    with catalog.begin() as session:
        session.delete(session.get_one(InferenceSet, tree.inference_set.id))
    after = counts(catalog)
    assert (after["Segment"], after["Target"], after["DatasetVersion"]) == (0, 0, 1)


def test_a_taken_name_is_told_and_nothing_of_the_transaction_stays(catalog: Catalog) -> None:
    with catalog.begin() as session:
        add_tree(session)
    before = counts(catalog)
    with pytest.raises(AlreadyExistsError) as caught, catalog.begin() as session:
        session.add_all([Fact(key="a", value="b"), Project(name="driving", task=Task.CLASSIFICATION)])
    assert caught.value.location == {"kind": "project"}
    assert counts(catalog) == before


def test_names_are_unique_within_their_parent_only(catalog: Catalog) -> None:
    with catalog.begin() as session:
        one, two = add_tree(session, "one"), add_tree(session, "two")
    assert one.dataset.name == two.dataset.name
    with pytest.raises(AlreadyExistsError) as caught, catalog.begin() as session:
        session.add(Dataset(project_id=one.project.id, name="val"))
    assert caught.value.location == {"kind": "dataset"}
    with pytest.raises(AlreadyExistsError) as caught, catalog.begin() as session:
        session.add(Target(segment_id=one.segment.id, metric=Metric.RECALL, minimum=0.1))
    assert caught.value.location == {"kind": "target"}


def test_a_parent_that_is_gone_is_a_conflict(catalog: Catalog) -> None:
    with pytest.raises(ConflictError), catalog.begin() as session:
        session.add(Dataset(project_id="prj_nothing", name="val"))


def test_a_change_of_a_row_somebody_changed_is_a_conflict(catalog: Catalog) -> None:
    with catalog.begin() as session:
        segment = add_tree(session).segment
    name = segment.id
    with catalog.begin() as session:
        session.get_one(Segment, name).owner = "ann"
    segment.owner = "bob"
    with pytest.raises(ConflictError), catalog.begin() as session:
        session.add(segment)
    with catalog.read() as session:
        stored = session.get_one(Segment, name)
    assert (stored.owner, stored.revision) == ("ann", 2)


def test_a_change_moves_revision_and_time(catalog: Catalog) -> None:
    with catalog.begin() as session:
        project = add_tree(session).project
    created = project.updated_at
    with catalog.begin() as session:
        changed = session.get_one(Project, project.id)
        changed.description = "roads"
    assert changed.revision == 2
    assert changed.updated_at > created
    assert changed.created_at == project.created_at


def test_times_come_back_in_utc(catalog: Catalog) -> None:
    moment = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with catalog.begin() as session:
        session.add(Audit(action="x", at=moment))
    with catalog.read() as session:
        stored = session.scalars(select(Audit)).one()
    assert stored.at == moment
    assert stored.at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(catalog: Catalog) -> None:
    with pytest.raises(InvalidInputError, match="without a zone"), catalog.begin() as session:
        session.add(Audit(action="x", at=datetime(2026, 1, 1)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "a\0b", {1, 2}])
def test_what_is_not_json_everywhere_is_refused(catalog: Catalog, value: object) -> None:
    with pytest.raises(InvalidInputError), catalog.begin() as session:
        session.add(Job(kind="x", arguments={"value": value}))


def test_what_only_one_database_takes_is_refused_by_both(catalog: Catalog) -> None:
    with pytest.raises(InvalidInputError, match="NUL"), catalog.begin() as session:
        session.add(Project(name="a\0b", task=Task.CLASSIFICATION))
    with pytest.raises(InvalidInputError, match="NUL"), catalog.read() as session:
        session.scalar(select(Project).where(Project.name == "a\0b"))
    with pytest.raises(InvalidInputError, match="64 bits"), catalog.read() as session:
        session.scalar(select(DatasetVersion).where(DatasetVersion.number == 2**63))


def test_names_sort_by_code_point_on_both_databases(catalog: Catalog) -> None:
    names = ["b", "B", "a", "_x", "10", "9", "é", "Zebra"]
    with catalog.begin() as session:
        session.add_all([Project(name=name, task=Task.CLASSIFICATION) for name in names])
    with catalog.read() as session:
        assert list(session.scalars(select(Project.name).order_by(Project.name))) == sorted(names)


def test_an_exception_in_the_block_undoes_everything_and_passes_through(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.begin() as session:
            add_tree(session)
            session.flush()
            raise KeyError("mine")

    with pytest.raises(KeyError):
        fail()
    assert counts(catalog)["Project"] == 0


def test_a_readers_changes_are_thrown_away(catalog: Catalog) -> None:
    with catalog.begin() as session:
        project = add_tree(session).project
    with catalog.read() as session:
        session.get_one(Project, project.id).description = "changed"
    with catalog.read() as session:
        assert session.get_one(Project, project.id).description == ""


def test_a_reader_sees_one_state_while_others_write(catalog: Catalog) -> None:
    with catalog.begin() as session:
        session.add(Fact(key="n", value="1"))
    with catalog.read() as reader:
        first = reader.execute(text("SELECT value FROM fact")).scalar()
        with catalog.begin() as session:
            session.get_one(Fact, "n").value = "2"
        assert reader.execute(text("SELECT value FROM fact")).scalar() == first == "1"
    with catalog.read() as reader:
        assert reader.execute(text("SELECT value FROM fact")).scalar() == "2"


def test_writers_take_turns_and_readers_never_see_half(catalog: Catalog) -> None:
    """Two accounts, money moved by four threads: no move is lost, no reader sees another total."""
    with catalog.begin() as session:
        session.add_all([Fact(key="a", value="1000"), Fact(key="b", value="0")])
    wrong: list[object] = []

    def move() -> None:
        for _ in range(15):
            with catalog.begin() as session:
                a, b = session.get_one(Fact, "a"), session.get_one(Fact, "b")
                a.value, b.value = str(int(a.value) - 1), str(int(b.value) + 1)

    def watch() -> None:
        for _ in range(40):
            with catalog.read() as session:
                total = sum(int(session.get_one(Fact, key).value) for key in ("a", "b"))
            if total != 1000:
                wrong.append(total)

    def guarded(work: object) -> None:
        assert callable(work)
        try:
            work()
        except ShoalError as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(w,)) for w in (move, move, move, move, watch, watch)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with catalog.read() as session:
        assert session.get_one(Fact, "b").value == "60"


def test_objects_stay_readable_after_their_session(catalog: Catalog) -> None:
    with catalog.begin() as session:
        add_tree(session)
    with catalog.read() as session:
        project = session.scalars(select(Project)).one()
    assert project.name == "driving"


def test_a_catalog_is_opened_again_with_its_content(catalog_url: str) -> None:
    first = Catalog.open(catalog_url)
    with first.begin() as session:
        add_tree(session)
    first.close()
    second = Catalog.open(catalog_url)
    assert counts(second)["Segment"] == 1
    second.close()


def test_a_server_that_is_not_there_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="database"):
        Catalog.open("postgresql://nobody@/none?host=/nowhere")


@pytest.mark.parametrize("url", ["mysql://x/y", "no url", "", "oracle+cx://a"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match="SQLite or PostgreSQL"):
        Catalog.open(url)


def test_a_file_that_is_no_database_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StorageError, match="not a database"):
        Catalog.open(path)
