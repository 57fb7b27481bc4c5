"""Segments of every type, through the SDK: made, followed, edited, remembered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.client.datasets import Datasets
from shoal.errors import AlreadyExistsError, ConflictError, InvalidInputError, NotFoundError
from shoal.model.segment import SegmentType

N = 12


def frame_rows() -> list[dict[str, Any]]:
    return [
        {
            "frame_id": f"f{i:02}",
            "split": ("training", "test")[i % 2],
            "weather": ("clear", 'rain "heavy"', "snow\\ice")[i % 3],
            "is_rural": i % 4 == 0,
            "lanes": 1 + i % 3,
            "grade": (-1.5, 0.25, 1e-7)[i % 3],
            "a field": ("x y", "AND")[i % 2],
            "lux": i * 10.0,
            "date_captured": ("2026-01-01T12:00:00Z", "2026-01-02")[i % 2],
            "odd": ("x", " a b ")[i % 2],
            "tags": [["wet"], ["wet", "dark road"], []][i % 3],
            "labels": [
                {"class": "car", **box(5), "is_parked": i % 2 == 0},
                {"class": "pedestrian", **box(60)},
            ],
        }
        for i in range(N)
    ]


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.0}


def inferences(*, found: range) -> list[dict[str, Any]]:
    cars = [{"frame_id": f"f{i:02}", "class": "car", "confidence": 0.9, **box(6)} for i in range(N)]
    people = [{"frame_id": f"f{i:02}", "class": "pedestrian", "confidence": 0.6, **box(61)} for i in found]
    return cars + people


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def val(sh: Shoal, request: pytest.FixtureRequest) -> Dataset:
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)
    project = sh.create_project(name, classes=["car", "pedestrian"])
    dataset = project.datasets.upload("val", frames=frame_rows(), progress=False)
    dataset.inference_sets.upload("v1", inferences=inferences(found=range(9)), progress=False)
    dataset.inference_sets.upload("v2", inferences=inferences(found=range(3)), progress=False)
    return dataset.refresh()


def test_all_eight_types_and_targets_on_three_of_them(val: Dataset) -> None:
    scored = {"split", "regression_test", "scenario"}
    for kind in SegmentType:
        if kind.value in scored:
            made = val.segments.create(kind.value, type=kind.value, query="split:test", targets={"f1": 0.5})
            assert made.targets == {"f1": 0.5}
        else:
            with pytest.raises(InvalidInputError, match="holds no targets"):
                val.segments.create(kind.value, type=kind.value, query="split:test", targets={"f1": 0.5})
            made = val.segments.create(kind.value, type=kind.display_name, query="split:test")
            with pytest.raises(InvalidInputError, match="holds no targets"):
                made.targets = {"f1": 0.5}
        assert (made.type, made.n_elements) == (kind.value, N // 2)
    assert {row["segment"] for row in val.matrix()} == {"All Frames"} | scored
    with pytest.raises(InvalidInputError, match="not scored"):
        val.matrix(segments=["bucket"])
    val.segments["bucket"].update(type="scenario")
    assert val.matrix(segments=["bucket"])
    with pytest.raises(InvalidInputError, match="has targets"):
        val.segments["split"].update(type="bucket")
    assert [s.type for s in val.segments.list(type="Work Queue")] == ["work_queue"]


def test_a_rule_and_a_frozen_list_and_the_difference_between_them(val: Dataset) -> None:
    bright = val.segments.create("bright", type="scenario", query="lux >= 60")
    frozen = val.segments.create("frozen", type="scenario", query="lux >= 60", keep_query=False)
    assert (bright.query, frozen.query) == ("lux >= 60", None)
    rows = [
        {"frame_id": "f00", "lux": 500.0},
        {"frame_id": "f11", "lux": 1.0},
        {"frame_id": "n00", "lux": 90.0},
    ]
    Datasets(val.session, val.body.project).upload("val", frames=rows, mode="upsert", progress=False)
    assert bright.ids() == frozen.ids() == [f"f{i:02}" for i in range(6, 12)]
    change = bright.difference()
    assert (change.n_add, change.n_remove, change.add, change.remove) == (2, 1, ["f00", "n00"], ["f11"])
    bright.follow_query(note="new light meter")
    assert (bright.version, bright.n_elements) == (2, 7)
    assert bright.ids() == ["f00", *(f"f{i:02}" for i in range(6, 11)), "n00"]
    assert bright.ids(version=1) == [f"f{i:02}" for i in range(6, 12)]
    assert (bright.difference().n_add, bright.difference().n_remove) == (0, 0)
    with pytest.raises(InvalidInputError, match="keeps no query"):
        frozen.follow_query()
    newest, first = bright.versions
    assert (newest.number, newest.n_added, newest.n_removed, newest.note) == (2, 2, 1, "new light meter")
    assert (first.dataset_version, newest.dataset_version) == (1, 2)
    assert newest.origin["query"] == "lux >= 60"
    assert {row["segment_version"] for row in val.matrix(segments=["bright"])} == {None, 2}


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("split", ["test", "training"]),
        ("weather", ["clear", 'rain "heavy"', "snow\\ice"]),
        ("is_rural", ["false", "true"]),
        ("lanes", ["1", "2", "3"]),
        ("grade", ["-1.5", "1e-07", "0.25"]),
        ("a field", ["AND", "x y"]),
        ("user__lanes", ["1", "2", "3"]),
        ("date_captured", ["2026-01-01T12:00:00+00:00", "2026-01-02T00:00:00+00:00"]),
        ("odd", ["a b", "x"]),
    ],
)
def test_a_segment_per_value_of_a_field(val: Dataset, field: str, names: list[str]) -> None:
    made = val.segments.create_per_value(field, "split", targets={"recall": 0.1})
    assert [segment.name for segment in made] == names
    assert sum(segment.n_elements for segment in made) == N
    for segment in made:
        assert segment.targets == {"recall": 0.1}
        change = segment.difference()
        assert (change.n_add, change.n_remove) == (0, 0)
        assert val.query(segment.query or "").ids() == segment.ids()
    with pytest.raises(AlreadyExistsError):
        val.segments.create_per_value(field, "split")


def test_a_segment_per_value_of_lists_overlaps(val: Dataset) -> None:
    made = val.segments.create_per_value("tags", "scenario")
    assert [(segment.name, segment.n_elements) for segment in made] == [("dark road", 4), ("wet", 8)]
    assert all(s.difference().n_add == s.difference().n_remove == 0 for s in made)


def test_a_segment_per_value_within_a_query(val: Dataset) -> None:
    made = val.segments.create_per_value("lanes", "scenario", prefix="lanes ", query="split:test OR lux < 1")
    assert [(s.name, s.n_elements) for s in made] == [("lanes 1", 3), ("lanes 2", 2), ("lanes 3", 2)]
    assert all(s.difference().n_add == s.difference().n_remove == 0 for s in made)
    with pytest.raises(InvalidInputError, match="There is no column"):
        val.segments.create_per_value("lane", "scenario")


def test_adding_and_removing_in_every_way(val: Dataset) -> None:
    bucket = val.segments.create("hand picked", type="bucket", ids=["f00", "f01"])
    bucket.add(ids=["f02"], note="one more").add(query="lux > 100").add(selection=val.query("lanes:3"))
    assert bucket.ids() == ["f00", "f01", "f02", "f05", "f08", "f11"]
    bucket.remove(["f00"]).remove(query="lanes:3 split:test").remove(selection=~val.query("lux > 10"))
    assert bucket.ids() == ["f02", "f08"]
    assert bucket.version == 7
    bucket.add(["f02"])
    assert bucket.version == 7, "the same elements are no new version"
    assert [v.note for v in bucket.versions][-2] == "one more"
    with pytest.raises(NotFoundError, match="'nope'"):
        bucket.add(["nope"])
    with pytest.raises(InvalidInputError, match="exactly one"):
        bucket.add()


def test_a_selection_about_one_set_keeps_its_set(val: Dataset) -> None:
    missed = val.query("outcome(kind:false_negative)", inference_set="v2")
    assert missed.count() == 9
    bucket = val.segments.create("missed", type="bucket", selection=missed)
    assert bucket.n_elements == 9
    assert bucket.difference().n_add == 0
    bucket.remove(selection=val.query("outcome(kind:false_negative)", inference_set="v1"))
    assert bucket.ids() == [f"f{i:02}" for i in range(3, 9)]
    bucket.follow_query()
    assert bucket.n_elements == 9
    by_query = val.segments.create(
        "by query", type="scenario", query="outcome(kind:false_negative)", inference_set="v1"
    )
    assert (by_query.n_elements, by_query.difference().n_add) == (3, 0)


def test_what_was_picked_by_a_sets_own_errors_is_marked(val: Dataset) -> None:
    ways = {
        "outcomes": {"query": "outcome@v2(kind:false_negative)"},
        "scores": {"query": "f1@v2 < 1"},
        "flips": {"query": "flipped(v1, v2)"},
        "selection": {"selection": val.query("f1 < 1", inference_set="v2") & val.query("lux > 1")},
        "light": {"query": "lux > 50"},
        "frozen": {"query": "outcome@v2(kind:false_negative)", "keep_query": False},
    }
    for name, way in ways.items():
        val.segments.create(name, type="scenario", **way)  # type: ignore[arg-type]
    val.segments.create("derived", type="scenario", query="segment:outcomes lux > 50")
    val.segments.create("copied", type="scenario", selection=val.segments["scores"].elements())
    edited = val.segments.create("edited", type="scenario", query="f1@v2 < 1")
    edited.add(["f00"])
    grown = val.segments.create("grown", type="scenario", ids=["f00"])
    grown.add(query="f1@v2 < 1")
    marks = {
        row["segment"]: row["selected_on"]
        for row in val.matrix(metrics=["f1"], inference_sets=["v2"], details=True)
    }
    assert marks == {
        "All Frames": None,
        "light": None,
        "outcomes": "v2",
        "scores": "v2",
        "flips": "v2",
        "selection": "v2",
        "frozen": "v2",
        "derived": "v2",
        "copied": "v2",
        "edited": "v2",
        "grown": "v2",
    }
    flips = val.matrix(["flips", "scores"], ["v1"], metrics=["f1"], details=True).to_dicts()
    assert {row["segment"]: row["selected_on"] for row in flips} == {
        "All Frames": None,
        "flips": "v1",
        "scores": None,
    }


def test_state_owner_comments_names(val: Dataset) -> None:
    night = val.segments.create("Night rain", type="work_queue", query="lux < 30", owner="ada")
    assert (night.state, night.owner) == ("triage", "ada")
    night.update(state="in_review", owner="bob", description="wet", name="Rainy night")
    assert val.segments["Rainy night"].state == "in_review"
    assert [s.name for s in val.segments.list(state="in_review")] == ["Rainy night"]
    with pytest.raises(NotFoundError, match="Night rain"):
        val.segments["Night rain"]
    first = night.comment("look at f01", author="ada")
    night.comment("done", author="bob")
    assert [(c.author, c.text) for c in night.comments] == [("ada", "look at f01"), ("bob", "done")]
    night.delete_comment(first.id)
    assert [c.text for c in night.comments] == ["done"]
    with pytest.raises(InvalidInputError):
        night.update(state="asleep")
    other = val.segments.create("other", type="bucket", ids=["f00"])
    with pytest.raises(AlreadyExistsError):
        other.update(name="Rainy night")
    other.delete()
    assert [s.name for s in val.segments] == ["Rainy night"]
    for name in ("All Frames", "all frames", "", "two\nlines"):
        with pytest.raises(InvalidInputError):
            val.segments.create(name, type="bucket", ids=["f00"])


def test_segments_of_crops(val: Dataset) -> None:
    query = "class:car is_parked:true"
    parked = val.segments.create("parked", type="label_quality", query=query, elements="labels")
    assert (parked.body.elements, parked.n_elements) == ("labels", 6)
    assert parked.elements().frames(["lux"]).to_polars().height == 6
    sure = val.query("class:pedestrian confidence >= .5", elements="inferences", inference_set="v1")
    alarms = val.segments.create("sure", type="bucket", selection=sure)
    assert (alarms.n_elements, alarms.body.inference_set) == (9, "v1")
    assert len(alarms.ids()) == 9
    assert val.query("segment:sure lux > 50").count() == 3
    assert val.query("segment:parked", elements="labels").count() == 6
    parked.remove(query="frame.lux > 50")
    assert parked.n_elements == 3
    with pytest.raises(InvalidInputError, match="holds frames"):
        val.segments.create("x", type="split", query="class:car", elements="labels")
    with pytest.raises(InvalidInputError):
        parked.add(selection=val.query("lux > 1"))
    val.inference_sets.upload("v1", inferences=inferences(found=range(2)), progress=False)
    assert alarms.refresh().ids() == []


def test_segments_in_queries(val: Dataset) -> None:
    val.segments.create("Night rain", type="scenario", query="lux < 60")
    val.segments.create("train", type="split", query="split:training")
    both = val.query('segment:"Night rain" NOT segment:train')
    assert both.ids() == ["f01", "f03", "f05"]
    night, train = val.segments["Night rain"].elements(), val.segments["train"].elements()
    assert (night - train).ids() == both.ids()
    assert (night & train).ids() == ["f00", "f02", "f04"]
    assert (~(night | train)).ids() == ["f07", "f09", "f11"]
    assert (night & ~train).ids() == both.ids()
    val.segments["Night rain"].update(name="Wet night")
    with pytest.raises(shoal.ShoalError, match="Night rain"):
        val.query('segment:"Night rain"').count()
    assert val.query('segment:"Wet night"').count() == 6


def test_two_editors_never_overwrite_each_other(val: Dataset) -> None:
    mine = val.segments.create("shared", type="scenario", query="lux < 60")
    yours = val.segments["shared"]
    yours.update(owner="you")
    for change in (
        lambda: mine.add(["f11"]),
        lambda: mine.update(owner="me"),
        lambda: setattr(mine, "targets", {"f1": 0.2}),
        lambda: mine.follow_query(),
    ):
        with pytest.raises(ConflictError):
            change()
    mine.refresh().add(["f11"])
    with pytest.raises(ConflictError):
        yours.targets = {"f1": 0.3}
    assert val.segments["shared"].n_elements == 7
    again = val.segments.create("shared", type="scenario", query="lux < 60", exist_ok=True)
    assert (again.n_elements, again.version) == (6, 3)
    assert val.segments.create("shared", type="scenario", query="lux < 60", exist_ok=True).version == 3


def test_targets_in_short_and_in_full(val: Dataset) -> None:
    night = val.segments.create("night", type="regression_test", query="lux < 60")
    night.targets = {"recall": 0.9, "f1@macro": 0.2, "recall@pedestrian": 0.85}
    assert night.targets == {"recall": 0.9, "f1@macro": 0.2, "recall@pedestrian": 0.85}
    found = {one.inference_set: one for one in night.metrics(baseline="v1").items}
    assert found["v1"].succeeds == {"recall": True, "f1@macro": True, "recall@pedestrian": True}
    assert found["v2"].succeeds == {"recall": False, "f1@macro": True, "recall@pedestrian": False}
    assert (found["v1"].passed, found["v2"].passed) == (True, False)
    rows = val.matrix(["night"], ["v2"], class_name="PEDESTRIAN").to_dicts()
    assert {r["target"] for r in rows if r["metric"] == "recall"} == {None, 0.85}
    night.targets = {"recall@Pedestrian": 0.1}
    assert night.metrics().items[0].succeeds == {"recall@pedestrian": True}
    with pytest.raises(InvalidInputError, match="unknown class"):
        night.targets = {"recall@tram": 0.5}
    with pytest.raises(InvalidInputError):
        night.targets = {"recall": 90}
    night.targets = {}
    assert night.metrics().items[0].passed is None
