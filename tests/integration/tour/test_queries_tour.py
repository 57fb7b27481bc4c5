"""Every example line of the query language on a dataset that has those fields, against plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset

N = 48
CLASSES = ("car", "pedestrian", "truck")
Row = dict[str, Any]


def made_up() -> tuple[list[Row], dict[str, list[Row]]]:
    rng = np.random.default_rng(8)
    rows: list[Row] = []
    sets: dict[str, list[Row]] = {"yolo_v7": [], "yolo_v8": []}
    for i in range(N):
        captured = datetime(2025, 12, 20, 13, tzinfo=UTC) + timedelta(days=3 * i)
        row: Row = {
            "frame_id": f"{100 + i:06}",
            "split": ("training", "validation", "test")[i % 3],
            "speed_kmh": None if i % 11 == 0 else float(rng.integers(0, 100)),
            "weather": ("clear", "rain", "snow", None)[i % 4],
            "time_of_day": "night" if i % 5 == 0 else "day",
            "lux": float(rng.integers(0, 40)),
            "city": ("berlin", "bern", "oslo")[i % 3],
            "tags": [["a", "b c"], ["b c"], []][i % 3],
            "date_captured": captured.isoformat(),
            "device_id": f"cam{i % 2}",
            "width": 640,
            "height": 480,
            **({"latitude": 52.0, "longitude": 13.0} if i % 2 else {}),
        }
        row["labels"] = [
            {
                "class": CLASSES[rng.integers(3)],
                "x": float(rng.integers(0, 300)),
                "y": float(rng.integers(0, 300)),
                "w": float(rng.integers(8, 120)),
                "h": float(rng.integers(8, 120)),
                "iscrowd": bool(rng.random() < 0.1),
                "occluded": bool(rng.random() < 0.4),
            }
            for _ in range(rng.integers(0, 6))
        ]
        rows.append(row)
        for found in sets.values():
            for label in row["labels"]:
                if rng.random() < 0.8:
                    said = label["class"] if rng.random() < 0.8 else CLASSES[rng.integers(3)]
                    box = {key: label[key] for key in "xywh"}
                    confidence = round(float(rng.uniform(0.2, 1)), 3)
                    found.append(
                        {"frame_id": row["frame_id"], "class": said, "confidence": confidence, **box}
                    )
    return rows, sets


ROWS, SETS = made_up()


@pytest.fixture(scope="module")
def val(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as sh:
        yield upload(sh)


def upload(sh: Shoal) -> Dataset:
    project = sh.create_project("queries", classes=list(CLASSES), confidence=0.3)
    val = project.datasets.upload("val", frames=ROWS, progress=False)
    for name, rows in SETS.items():
        val.inference_sets.upload(name, inferences=rows, progress=False)
    val.segments.create("Night rain", type="scenario", query="time_of_day:night weather:rain")
    val.segments.create("train", type="split", query="split:training")
    return val.refresh()


def area(label: Row) -> float:
    return float(label["w"] * label["h"])


def captured(row: Row) -> date:
    return datetime.fromisoformat(row["date_captured"]).date()


def said(row: Row, name: str) -> list[Row]:
    return [one for one in SETS[name] if one["frame_id"] == row["frame_id"]]


def is_cars(row: Row) -> bool:
    return [label["class"] for label in row["labels"]].count("car") >= 2


Test = Callable[[Row], bool]
EXAMPLES: list[tuple[str, Test]] = [
    ("split:training", lambda r: r["split"] == "training"),
    ("user__split:training", lambda r: r["split"] == "training"),
    ('frame.split = "training"', lambda r: r["split"] == "training"),
    (
        "frame.speed_kmh >= 50 AND NOT weather:(rain, snow)",
        lambda r: (r["speed_kmh"] or 0) >= 50 and r["weather"] == "clear",
    ),
    (
        "(time_of_day:night OR lux < 10) city:ber*",
        lambda r: (r["time_of_day"] == "night" or r["lux"] < 10) and r["city"].startswith("ber"),
    ),
    (
        "date_captured:2026-01-01..2026-03-31",
        lambda r: date(2026, 1, 1) <= captured(r) <= date(2026, 3, 31),
    ),
    ('exists(gps)  id:"000123"', lambda r: "latitude" in r and r["frame_id"] == "000123"),
    ("NOT exists(weather)", lambda r: r["weather"] is None),
    ("weather != rain", lambda r: r["weather"] not in (None, "rain")),
    ("device_id:cam1 width:640 height > 400", lambda r: r["device_id"] == "cam1"),
    ("n_labels >= 3", lambda r: len(r["labels"]) >= 3),
    ("n_inferences@yolo_v8 < n_labels", lambda r: len(said(r, "yolo_v8")) < len(r["labels"])),
    (
        "label(class:pedestrian area_px < 1024)",
        lambda r: any(one["class"] == "pedestrian" and area(one) < 1024 for one in r["labels"]),
    ),
    ("count(label(class:car)) >= 2", is_cars),
    ("max(label.area_px) > 5000", lambda r: max(map(area, r["labels"]), default=0) > 5000),
    ("frame.label.area_px.max > 5000", lambda r: max(map(area, r["labels"]), default=0) > 5000),
    (
        "mean(label.area_px, class:car) > 3000",
        lambda r: (
            bool(cars := [area(one) for one in r["labels"] if one["class"] == "car"])
            and sum(cars) / len(cars) > 3000
        ),
    ),
    (
        "inference@yolo_v8(class:truck confidence > 0.7)",
        lambda r: any(one["class"] == "truck" and one["confidence"] > 0.7 for one in said(r, "yolo_v8")),
    ),
    ('tags:"b c"', lambda r: "b c" in r["tags"]),
    ("NOT segment:train", lambda r: r["split"] != "training"),
    (
        'segment:"Night rain"   NOT segment:train',
        lambda r: r["time_of_day"] == "night" and r["weather"] == "rain" and r["split"] != "training",
    ),
    ("", lambda r: True),
]


@pytest.mark.parametrize(("text", "holds"), EXAMPLES, ids=[text or "everything" for text, _ in EXAMPLES])
def test_examples_about_frames(val: Dataset, text: str, holds: Test) -> None:
    expected = [row["frame_id"] for row in ROWS if holds(row)]
    found = val.query(text)
    assert found.ids() == expected
    assert found.count() == len(expected)
    assert found.frames(["split"]).column("split") == [r["split"] for r in ROWS if holds(r)]
    printed = found.page().query
    assert printed is not None
    assert val.query(printed).ids() == expected
    assert (~found).count() == N - len(expected)


def test_examples_about_outcomes_and_scores(val: Dataset) -> None:
    def frames_of(name: str, holds: Test) -> list[str]:
        found = {row["frame_id"] for row in val.outcomes(name) if holds(row)}
        return [row["frame_id"] for row in ROWS if row["frame_id"] in found]

    query = val.query("outcome(truth:car predicted:truck confidence > 0.5)", inference_set="yolo_v7")
    assert query.ids() == frames_of(
        "yolo_v7", lambda o: (o["truth"], o["predicted"]) == ("car", "truck") and o["confidence"] > 0.5
    )
    query = val.query("outcome@yolo_v8(kind:false_negative truth:pedestrian)")
    assert query.ids() == frames_of(
        "yolo_v8", lambda o: (o["truth"], o["predicted"]) == ("pedestrian", "background")
    )
    scores = {
        name: {row["id"]: row for row in val.query(inference_set=name).table(["id", "f1", "recall"])}
        for name in SETS
    }
    low = [i for i, row in scores["yolo_v8"].items() if row["f1"] is not None and row["f1"] < 0.5]
    assert val.query("f1 < 0.5", inference_set="yolo_v8").ids() == low
    assert val.query("f1@yolo_v8 < 0.5").ids() == low
    worse = [
        i
        for i, row in scores["yolo_v8"].items()
        if None not in (row["recall"], scores["yolo_v7"][i]["recall"])
        and row["recall"] < scores["yolo_v7"][i]["recall"]
    ]
    assert worse
    assert val.query("recall@yolo_v8 < recall@yolo_v7").ids() == worse
    assert val.query("flipped(yolo_v7, yolo_v8)").ids() == val.flips("yolo_v7", "yolo_v8").broken


def test_examples_about_crops(val: Dataset) -> None:
    labels = [(row, label) for row in ROWS for label in row["labels"]]
    cars = val.query("class:car area_px < 1024", elements="labels")
    expected = [one for _, one in labels if one["class"] == "car" and area(one) < 1024]
    assert cars.count() == len(expected)
    assert cars.table(["x", "w"]).to_dicts() == [{"x": one["x"], "w": one["w"]} for one in expected]
    hidden = val.query("occluded:true time_of_day:night NOT iscrowd:true", elements="labels")
    assert hidden.count() == sum(
        one["occluded"] and not one["iscrowd"] and row["time_of_day"] == "night" for row, one in labels
    )
    sure = val.query("class:truck confidence > 0.7", elements="inferences", inference_set="yolo_v7")
    trucks = [one for one in SETS["yolo_v7"] if one["class"] == "truck" and one["confidence"] > 0.7]
    assert sure.count() == len(trucks)
    assert set(sure.frames().column("frame_id")) == {one["frame_id"] for one in trucks}
    wrong = val.query("outcome(kind:false_positive)", elements="inferences", inference_set="yolo_v7")
    alarms = [row for row in val.outcomes("yolo_v7") if row["truth"] == "background"]
    assert set(wrong.ids()) == {row["inference_id"] for row in alarms}
    missed = val.query("outcome@yolo_v7(kind:false_negative)", elements="labels")
    outcomes = [row for row in val.outcomes("yolo_v7") if row["predicted"] == "background"]
    assert set(missed.ids()) == {row["label_id"] for row in outcomes}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sped_kmh > 3", "speed_kmh"),
        ("speed_kmh > fast", "holds numbers"),
        ("split > 3", "split"),
        ("weather:(rain", "character 13"),
        ("label(class:bus)", "bus"),
        ("outcome@yolo_v9()", "yolo_v9"),
        ("f1 < 0.5", "f1@yolo_v7"),
        ('segment:"Night ran"', "Night rain"),
        ("__import__('os')", "character"),
    ],
)
def test_mistakes_point_at_the_character_and_suggest(val: Dataset, text: str, message: str) -> None:
    with pytest.raises(shoal.ShoalError, match="character") as error:
        val.query(text).count()
    assert message in str(error.value)
    assert "offset" in error.value.location


def test_completion(val: Dataset) -> None:
    def offered(text: str, **options: Any) -> dict[str, str]:
        return {item.text: item.detail for item in val.complete(text, **options).items}

    assert {"split", "speed_kmh", "segment", "label(", "f1"} <= offered("").keys()
    assert offered("spl") == {"split": "string"}
    values = offered("weather:")
    assert {name: values[name] for name in ("clear", "rain", "snow")} == dict.fromkeys(
        ("clear", "rain", "snow"), "12"
    )
    assert offered("segment:") == {'"Night rain"': "frames", "train": "frames"}
    assert {"yolo_v7", "yolo_v8"} <= {text.rpartition("@")[2].rstrip("(") for text in offered("outcome@")}
    assert offered("label(class:").keys() == {*CLASSES}
    assert "confidence" in offered("", elements="inferences", inference_set="yolo_v7")
    found = val.complete("lux < 10 weather:ra AND city:oslo", 19)
    assert found.items[0].text == "rain"
    assert (found.start, found.end) == (17, 19)


def test_facets(val: Dataset) -> None:
    weather, speed = val.facets(["weather", "speed_kmh"], query="split:training").items
    training = [row for row in ROWS if row["split"] == "training"]
    counts = {one.value: one.count for one in weather.values}
    assert counts == {
        name: sum(row["weather"] == name for row in training) for name in ("clear", "rain", "snow")
    }
    assert weather.n_missing == sum(row["weather"] is None for row in training)
    assert speed.kind == "histogram"
    assert sum(speed.counts) == sum(row["speed_kmh"] is not None for row in training)
    assert len(speed.edges) == len(speed.counts) + 1
    classes = val.facets("class", elements="labels").items[0]
    assert {one.value: one.count for one in classes.values} == {
        name: sum(label["class"] == name for row in ROWS for label in row["labels"]) for name in CLASSES
    }
    said_classes = val.facets("class", elements="inferences", inference_set="yolo_v8").items[0]
    assert sum(one.count for one in said_classes.values) == len(SETS["yolo_v8"])


def test_pages_and_sorting(val: Dataset) -> None:
    lux = {row["frame_id"]: row["lux"] for row in ROWS}
    page = val.query().page(columns=["lux"], sort="-lux", limit=10)
    seen = [item["lux"] for item in page.items]
    while page.next_cursor:
        page = val.query().page(columns=["lux"], sort="-lux", limit=10, cursor=page.next_cursor)
        seen += [item["lux"] for item in page.items]
    assert seen == sorted(lux.values(), reverse=True)
    by_f1 = val.query(inference_set="yolo_v8").page(columns=["id", "f1"], sort="f1", limit=1000).items
    values = [row["f1"] for row in by_f1 if row["f1"] is not None]
    assert values == sorted(values)
    assert all(row["f1"] is None for row in by_f1[len(values) :])
    speeds = [row["speed_kmh"] for row in val.query().page(columns=["speed_kmh"], sort="-speed_kmh").items]
    assert speeds[-5:] == [None] * 5
