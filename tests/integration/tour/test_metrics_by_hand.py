"""Every number of the SDK against a slow, literal reading of the definitions, on random data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shoal
from coco_oracle import twelve_numbers
from literal_metrics import (
    BACKGROUND,
    Classes,
    Frame,
    Inference,
    Label,
    Outcome,
    average_scores,
    class_scores,
    counted,
    frame_scores,
    outcomes_of,
)
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset

Rule = Callable[[Frame], bool]
SEGMENTS: dict[str, Rule] = {
    "night": lambda frame: frame.fields["light"] == "night",
    "fast": lambda frame: frame.fields["speed"] >= 50,
    "nothing": lambda frame: False,
    "unlabelled": lambda frame: not frame.labels,
}
QUERIES = {"night": "light:night", "fast": "speed >= 50", "unlabelled": "n_labels = 0"}


def everything(frame: Frame) -> bool:
    return True


Point = tuple[float, float]
NO_LABELS: list[Label | None] = [None]


@dataclass
class World:
    """Frames as made up, and the same in Shoal."""

    val: Dataset
    frames: list[Frame]
    class_map: list[dict[str, Any]]
    rule: str
    sets: tuple[str, ...] = ("a", "b")

    @property
    def classes(self) -> Classes:
        return Classes(self.class_map)

    def outcomes(self, name: str, point: Point, segment: str = "All Frames") -> dict[str, list[Outcome]]:
        inside = SEGMENTS.get(segment, everything)
        return {
            frame.frame_id: outcomes_of(frame, name, self.classes, *point, self.rule)
            for frame in self.frames
            if inside(frame) and name in frame.inferences
        }


def random_box(rng: np.random.Generator) -> tuple[float, float, float, float]:
    # Few places and sizes, so that overlaps tie and land on the threshold.
    x, y = (float(v) for v in 10 * rng.integers(0, 8, 2))
    w, h = (float(v) for v in 10 * rng.integers(1, 5, 2))
    return x, y, w, h


def random_frames(
    seed: int, names: list[str], *, n: int = 40, crowd: float = 0.0, difficult: float = 0.0
) -> list[Frame]:
    rng = np.random.default_rng(seed)
    frames = []
    for i in range(n):
        frame = Frame(f"f{i:03}.jpg", {"light": str(rng.choice(["day", "night"])), "speed": float(i * 2)})
        for _ in range(rng.integers(0, 7)):
            name = names[rng.integers(len(names))]
            box = random_box(rng)
            is_crowd = bool(rng.random() < crowd)
            frame.labels.append(Label(name, box, is_crowd, not is_crowd and bool(rng.random() < difficult)))
        for set_name in ("a", "b"):
            found = frame.inferences.setdefault(set_name, [])
            for label in frame.labels:
                for _ in range(rng.integers(0, 3)):
                    x, y, w, h = label.box
                    moved = (x + float(rng.integers(-1, 2)) * 2, y, w, h + float(rng.integers(0, 2)) * 5)
                    said = label.name if rng.random() < 0.7 else names[rng.integers(len(names))]
                    found.append(Inference(said, moved, round(float(rng.uniform(0, 1)), 1)))
            for _ in range(rng.integers(0, 3)):
                found.append(
                    Inference(names[rng.integers(len(names))], random_box(rng), round(float(rng.random()), 1))
                )
            order = rng.permutation(len(found))
            frame.inferences[set_name] = [found[k] for k in order]
        frames.append(frame)
    return frames


def upload_coco(project: Any, folder: Path, frames: list[Frame], names: list[str]) -> Dataset:
    ids = {name: 10 * (len(names) - i) for i, name in enumerate(names)}
    coco = {
        "images": [
            {"id": 7 * i + 1, "file_name": f.frame_id, "width": 200, "height": 200, **f.fields}
            for i, f in enumerate(frames)
        ],
        "categories": [{"id": ids[name], "name": name} for name in names],
        "annotations": [
            {
                "image_id": 7 * i + 1,
                "category_id": ids[label.name],
                "bbox": list(label.box),
                "iscrowd": int(label.crowd),
                "area": label.box[2] * label.box[3],
            }
            for i, f in enumerate(frames)
            for label in f.labels
        ],
    }
    for number, annotation in enumerate(coco["annotations"]):
        annotation["id"] = number + 1
    (folder / "labels.json").write_text(json.dumps(coco))
    val = project.datasets.upload("val", coco=folder / "labels.json", progress=False)
    for set_name in ("a", "b"):
        results = [
            {
                "image_id": 7 * i + 1,
                "category_id": ids[one.name],
                "bbox": list(one.box),
                "score": one.confidence,
            }
            for i, f in enumerate(frames)
            for one in f.inferences[set_name]
        ]
        (folder / f"{set_name}.json").write_text(json.dumps(results))
        val.inference_sets.upload(set_name, coco_results=folder / f"{set_name}.json", progress=False)
    return val  # type: ignore[no-any-return]


def upload_csv(project: Any, folder: Path, frames: list[Frame]) -> Dataset:
    rows = [
        {"frame_id": f.frame_id, **f.fields}
        if label is None
        else {
            "frame_id": f.frame_id,
            **f.fields,
            "class": label.name,
            **dict(zip("xywh", label.box, strict=True)),
            "difficult": label.difficult,
            "iscrowd": label.crowd,
        }
        for f in frames
        for label in (f.labels or NO_LABELS)
    ]
    frame_rows = [{"frame_id": f.frame_id, **f.fields} for f in frames]
    label_rows = [{k: v for k, v in row.items() if k not in ("light", "speed")} for row in rows]
    write_csv(folder / "frames.csv", frame_rows)
    write_csv(folder / "labels.csv", label_rows)
    val = project.datasets.upload(
        "val", frames=folder / "frames.csv", labels=folder / "labels.csv", progress=False
    )
    for set_name in ("a", "b"):
        write_csv(
            folder / f"{set_name}.csv",
            [
                {
                    "frame_id": f.frame_id,
                    "class": one.name,
                    **dict(zip("xywh", one.box, strict=True)),
                    "confidence": one.confidence,
                }
                for f in frames
                for one in f.inferences[set_name]
            ],
        )
        val.inference_sets.upload(set_name, inferences=folder / f"{set_name}.csv", progress=False)
    return val  # type: ignore[no-any-return]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)


def coco_with_crowds(sh: Shoal, folder: Path) -> World:
    names = ["car", "pedestrian", "cyclist"]
    frames = random_frames(1, names, crowd=0.15)
    val = upload_coco(sh.create_project("crowds", confidence=0.3), folder, frames, names)
    return World(val, frames, [{"name": name} for name in names], "class-first")


CLASS_MAP: list[dict[str, Any]] = [
    {"name": "Car", "train_name": "vehicle"},
    {"name": "truck", "train_name": "Vehicle"},
    {"name": "pedestrian"},
    {"name": "PEDESTRIAN", "train_name": None},
    {"name": "sign", "train_name": ""},
    {"name": "unsure", "ignore_in_eval": True},
]


def class_map(sh: Shoal, folder: Path) -> World:
    names = [str(entry["name"]) for entry in CLASS_MAP]
    frames = random_frames(2, names, difficult=0.15, crowd=0.1)
    project = sh.create_project("mapped", classes=CLASS_MAP, confidence=0.2, iou=0.33)
    return World(upload_csv(project, folder, frames), frames, CLASS_MAP, "class-first")


def global_rule(sh: Shoal, folder: Path) -> World:
    names = ["car", "pedestrian", "unsure"]
    classes: list[dict[str, Any]] = [
        {"name": "car"},
        {"name": "pedestrian"},
        {"name": "unsure", "ignore_in_eval": True},
    ]
    frames = random_frames(3, names, crowd=0.1, difficult=0.1)
    project = sh.create_project("global", classes=classes, matching="global", confidence=0.5)
    return World(upload_csv(project, folder, frames), frames, classes, "global")


@pytest.fixture(scope="module")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    with shoal.connect(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module", params=[coco_with_crowds, class_map, global_rule])
def world(request: pytest.FixtureRequest, sh: Shoal, tmp_path_factory: pytest.TempPathFactory) -> World:
    made: World = request.param(sh, tmp_path_factory.mktemp("files"))
    # One segment is there before the sets' numbers are asked for, others follow; it makes no difference.
    for name, query in QUERIES.items():
        made.val.segments.create(name, type="scenario", query=query)
    made.val.segments.create("nothing", type="regression_test", query="speed < 0", targets={"recall": 0.5})
    return made


POINTS: list[Point] = [(0.3, 0.5), (0.5, 0.33), (0.0, 0.1), (0.7, 0.75), (1.0, 1.0)]


@pytest.mark.parametrize("point", POINTS)
def test_outcomes(world: World, point: Point) -> None:
    confidence, iou = point
    for name in world.sets:
        expected = {
            frame_id: sorted(_shown(one) for one in found)
            for frame_id, found in world.outcomes(name, point).items()
            if found
        }
        everything = world.val.query(elements="labels").table(["label_id", *"xywh"])
        labels = {row["label_id"]: row for row in everything}
        rows: dict[str, list[Any]] = {}
        for row in world.val.outcomes(name, confidence=confidence, iou=iou):
            label = labels.get(row["label_id"])
            box = None if label is None else tuple(label[side] for side in "xywh")
            shown = (row["truth"], row["predicted"], str(row["confidence"]), str(box))
            rows.setdefault(row["frame_id"], []).append(shown)
            assert row["weight"] == 1
        assert {frame_id: sorted(found) for frame_id, found in rows.items()} == expected


def test_outcomes_in_order_of_size(world: World) -> None:
    sizes: dict[str, float] = {}
    for kind in ("label", "inference"):
        rows = world.val.query(elements=f"{kind}s", inference_set="a").table([f"{kind}_id", "area_px"])
        sizes |= {f"{kind} {row[f'{kind}_id']}": row["area_px"] for row in rows}
    for sort in ("area_px", "-area_px"):
        params = {"inference_set": "a", "sort": sort, "limit": 1000}
        page = world.val.session.call("GET", (*world.val.path, "outcomes"), params=params).json()
        found = [
            sizes[f"label {row['label_id']}" if row["label_id"] else f"inference {row['inference_id']}"]
            for row in page["items"]
        ]
        assert page["total"] == len(found) > 20
        assert found == sorted(found, reverse=sort.startswith("-"))


def _shown(one: Outcome) -> tuple[str, str, str, str]:
    confidence = None if one.inference is None else one.inference.confidence
    return one.truth, one.predicted, str(confidence), str(one.label.box if one.label else None)


@pytest.mark.parametrize("point", POINTS)
def test_matrix_in_every_average_and_class(world: World, point: Point) -> None:
    confidence, iou = point
    names = world.classes.names
    for average in ("weighted", "macro", "micro", *names):
        how: dict[str, Any] = {"class_name": average} if average in names else {"average": average}
        table = world.val.matrix(confidence=confidence, iou=iou, details=True, **how).to_dicts()
        assert table[0]["segment"] == "All Frames"
        for row in table:
            n = _counts(world, row["inference_set"], point, row["segment"])
            scores = (
                class_scores(n, average, names) if average in names else average_scores(n, names)[average]
            )
            assert row["value"] == _about(scores[row["metric"]]), (row, n)
            assert (row["reason"] != "") == (row["value"] is None)
            _check_counts(world, row, n, average)
            if row["low"] is not None:
                assert row["low"] - 1e-9 <= row["value"] <= row["high"] + 1e-9


def _check_counts(world: World, row: dict[str, Any], n: Mapping[tuple[str, str], int], average: str) -> None:
    frames = [frame for frame in world.frames if SEGMENTS.get(row["segment"], everything)(frame)]
    names = world.classes.names if average not in world.classes.names else [average]
    assert row["n_frames"] == row["n_segment_frames"] == len(frames)
    assert row["n_labels"] == sum(count for (truth, _), count in n.items() if truth in names)
    assert row["n_inferences"] == sum(count for (_, said), count in n.items() if said in names)
    assert row["coverage"] == (1.0 if frames else None)
    assert (row["confidence"], row["matching"]) == (row["confidence"], world.rule)
    if row["target"] is not None:
        assert (row["segment"], row["target_verdict"]) == ("nothing", "not_evaluable")


def _counts(world: World, name: str, point: Point, segment: str) -> Mapping[tuple[str, str], int]:
    return counted(one for found in world.outcomes(name, point, segment).values() for one in found)


def _about(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("point", POINTS)
def test_report_and_confusion(world: World, point: Point) -> None:
    confidence, iou = point
    names = world.classes.names
    for segment in ("All Frames", *SEGMENTS):
        n = _counts(world, "b", point, segment)
        report = world.val.report("b", segment=segment, confidence=confidence, iou=iou)
        rows = {row["class_name"]: row for row in report.to_dicts()}
        assert list(rows) == [*names, "weighted", "macro", "micro"]
        for name in names:
            expected = class_scores(n, name, names)
            assert {key: rows[name][key] for key in expected} == {k: _about(v) for k, v in expected.items()}
        for average, expected in average_scores(n, names).items():
            assert {key: rows[average][key] for key in expected} == {
                k: _about(v) for k, v in expected.items()
            }
        for cell in report.confusion.to_dicts():
            assert cell["count"] == n.get((cell["truth"], cell["predicted"]), 0)
        assert report.confusion.classes == (*names, BACKGROUND)
        body = report.body
        assert body.false_positives == sum(c for (truth, _), c in n.items() if truth == BACKGROUND)
        assert body.false_negatives == sum(c for (_, said), c in n.items() if said == BACKGROUND)
        assert body.confusions == sum(
            c for (truth, said), c in n.items() if BACKGROUND not in (truth, said) and truth != said
        )


def test_operating_points_per_set(world: World) -> None:
    confidences, ious = {"a": 0.2, "b": 0.6}, {"a": 0.4, "b": 0.5}
    rows = world.val.matrix(confidence=confidences, iou=ious).to_dicts()
    for row in rows:
        point = (confidences[row["inference_set"]], ious[row["inference_set"]])
        assert (row["confidence"], row["iou"]) == point
        n = _counts(world, row["inference_set"], point, row["segment"])
        assert row["value"] == _about(average_scores(n, world.classes.names)["weighted"][row["metric"]])


def test_frame_scores_and_flips(world: World) -> None:
    project = world.val.body.project
    assert project
    first = world.val.matrix()[0]
    point = (first["confidence"], first["iou"])
    expected = {name: world.outcomes(name, point) for name in world.sets}
    for name in world.sets:
        columns = ["id", "precision", "recall", "f1"]
        for row in world.val.query("", inference_set=name).table(columns):
            scores = frame_scores(expected[name][row["id"]])
            assert {key: row[key] for key in scores} == {k: _about(v) for k, v in scores.items()}
        low = {
            frame_id
            for frame_id, found in expected[name].items()
            if (f1 := frame_scores(found)["f1"]) is not None and f1 < 0.5
        }
        assert set(world.val.query(f"f1@{name} < 0.5").ids()) == low
    right = {
        name: {f for f, found in expected[name].items() if all(o.truth == o.predicted for o in found)}
        for name in world.sets
    }
    flips = world.val.flips("a", "b")
    assert set(flips.broken) == right["a"] - right["b"]
    assert set(flips.mended) == right["b"] - right["a"]
    assert set(world.val.query("flipped(a, b)").ids()) == right["a"] - right["b"]


@pytest.mark.parametrize("segment", ["All Frames", "night"])
@pytest.mark.parametrize("iou", [0.5, 0.33])
def test_curves_and_calibration(world: World, segment: str, iou: float) -> None:
    names = world.classes.names
    body = world.val.curves("a", segment=segment, iou=iou)
    assert [curve.class_name for curve in body.curves] == ["micro", *names]
    for i, confidence in enumerate(body.curves[0].confidence):
        n = _counts(world, "a", (confidence, iou), segment)
        expected = {name: class_scores(n, name, names) for name in names}
        expected["micro"] = average_scores(n, names)["micro"]
        for curve in body.curves:
            found = {"precision": curve.precision[i], "recall": curve.recall[i], "f1": curve.f1[i]}
            scores = expected[curve.class_name]
            assert found == {metric: _about(scores[metric]) for metric in found}
    for curve in body.curves:
        defined = [value for value in curve.f1 if value is not None]
        assert curve.best_f1 == max(defined)
        assert curve.f1[curve.confidence.index(curve.best_confidence or 0.0)] == curve.best_f1
    claims = [
        (one.inference.confidence, one.truth == one.predicted)
        for found in world.outcomes("a", (0.0, iou), segment).values()
        for one in found
        if one.inference is not None
    ]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for claimed, holds in claims:
        bins[min(int(claimed * 10), 9)].append((claimed, holds))
    assert body.calibration.n == [len(one) for one in bins]
    assert body.calibration.hit_rate == [_about(_mean([holds for _, holds in one])) for one in bins]
    gaps = [abs(sum(claimed for claimed, _ in one) - sum(holds for _, holds in one)) for one in bins if one]
    assert body.calibration.expected_calibration_error == pytest.approx(sum(gaps) / len(claims))


def _mean(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def test_a_label_change_is_a_new_version_with_new_numbers(sh: Shoal, tmp_path: Path) -> None:
    names = ["car", "pedestrian"]
    frames = random_frames(5, names, n=12)
    project = sh.create_project("changing", confidence=0.3)
    world = World(
        upload_coco(project, tmp_path, frames, names), frames, [{"name": n} for n in names], "class-first"
    )
    segment = world.val.segments.create("night", type="scenario", query="light:night")
    before = world.val.matrix()
    frames[0].labels = [Label("car", (0.0, 0.0, 50.0, 50.0)), Label("pedestrian", (90.0, 90.0, 10.0, 30.0))]
    row = {
        "frame_id": frames[0].frame_id,
        "labels": [
            {"class": label.name, **dict(zip("xywh", label.box, strict=True))} for label in frames[0].labels
        ],
    }
    world.val = project.datasets.upload("val", labels=[row], mode="upsert", progress=False)
    after = world.val.matrix()
    assert (before.body.dataset_version, after.body.dataset_version) == (1, 2)
    assert [r["value"] for r in after] != [r["value"] for r in before]
    for one in after.to_dicts():
        n = _counts(world, one["inference_set"], (0.3, 0.5), one["segment"])
        assert one["value"] == _about(average_scores(n, names)["weighted"][one["metric"]])
        assert one["segment_version"] == (segment.version if one["segment"] == "night" else None)


def test_models_predict_train_names(sh: Shoal) -> None:
    classes = [{"name": "car", "train_name": "vehicle"}, {"name": "truck", "train_name": "vehicle"}]
    project = sh.create_project("trained", classes=classes)
    box = {"x": 0, "y": 0, "w": 10, "h": 10}
    rows = [{"frame_id": name, "labels": [{"class": name, **box}]} for name in ("car", "truck")]
    val = project.datasets.upload("val", frames=rows, progress=False)
    predicted = [{"frame_id": r["frame_id"], "class": "vehicle", "confidence": 0.9, **box} for r in rows]
    val.inference_sets.upload("m", inferences=predicted, progress=False)
    assert [row["class_name"] for row in val.report("m")][:-3] == ["vehicle"]
    assert [row["value"] for row in val.matrix()] == [1.0, 1.0, 1.0]
    assert project.refresh().class_names == ["car", "truck", "vehicle"]
    assert val.query("inference@m(class:vehicle)").count() == 2
    with pytest.raises(shoal.ShoalError, match="class of the class map"):
        val.inference_sets.upload("n", inferences=[{**predicted[0], "class": "wagon"}], progress=False)


def test_average_precision_of_merged_classes_equals_pycocotools(sh: Shoal, tmp_path: Path) -> None:
    names = ["car", "truck", "pedestrian", "sign"]
    frames = random_frames(11, names, n=30, crowd=0.1)
    classes = [
        {"name": "car", "train_name": "vehicle"},
        {"name": "truck", "train_name": "Vehicle"},
        {"name": "pedestrian"},
        {"name": "sign", "train_name": ""},
    ]
    val = upload_coco(sh.create_project("merged", classes=classes), tmp_path, frames, names)
    val.segments.create("night", type="scenario", query="light:night")
    truth = json.loads((tmp_path / "labels.json").read_text())
    results = json.loads((tmp_path / "a.json").read_text())
    ids = {category["name"]: category["id"] for category in truth["categories"]}
    merged = {ids["car"]: ids["car"], ids["truck"]: ids["car"], ids["pedestrian"]: ids["pedestrian"]}
    truth["categories"] = [c for c in truth["categories"] if c["name"] in ("car", "pedestrian")]
    for rows in (truth["annotations"], results):
        rows[:] = [
            row | {"category_id": merged[row["category_id"]]} for row in rows if row["category_id"] in merged
        ]
    images = {image["file_name"]: image["id"] for image in truth["images"]}
    for segment in ("All Frames", "night"):
        inside = [images[f.frame_id] for f in frames if segment != "night" or f.fields["light"] == "night"]
        assert val.coco("a", segment=segment) == pytest.approx(
            twelve_numbers(truth, results, inside), abs=1e-9
        )


def test_a_model_that_finds_nothing(sh: Shoal, tmp_path: Path) -> None:
    names = ["car", "pedestrian"]
    frames = random_frames(12, names, n=10)
    val = upload_coco(sh.create_project("nothing", classes=names), tmp_path, frames, names)
    n_labels = sum(len(frame.labels) for frame in frames)
    (tmp_path / "none.json").write_text("[]")
    none = val.inference_sets.upload("none", coco_results=tmp_path / "none.json", progress=False)
    assert (none.n_inferences, none.n_covered, none.n_without_inferences) == (0, 10, 10)
    assert any("covers=listed" in note for note in none.notes)
    report = val.report("none")
    assert (report.body.false_negatives, report.body.false_positives) == (n_labels, 0)
    rows = {row["metric"]: row["value"] for row in val.matrix(inference_sets=["none"])}
    assert rows == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert [row["precision"] for row in report][:2] == [None, None]
    assert val.coco("none")["AP"] == 0.0
    curves = val.curves("none")
    assert curves.calibration.expected_calibration_error is None
    assert len(val.outcomes("none")) == n_labels
    assert val.query("outcome@none(kind:false_negative)").count() == sum(bool(f.labels) for f in frames)
    row = next(r for r in val.matrix(inference_sets=["none"], baseline="a", metrics=["recall"]))
    assert row["delta"] < 0
    assert val.gate("none", "a").passed is False
