from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shoal.formats.coco import CocoDataset
from shoal.model.class_map import ClassMap
from shoal.model.task import Task

Write = Callable[[str, Any], Path]
Read = Callable[..., Any]

GOOD: dict[str, Any] = {
    "images": [
        {
            "id": 7,
            "file_name": "night/a.jpg",
            "width": 640,
            "height": 480,
            "split": "val",
            "tags": ["x", "y"],
        },
        {"id": 3, "file_name": "day/b.jpg", "width": 640, "height": 480, "split": "test", "tags": []},
    ],
    "annotations": [
        {"id": 11, "image_id": 3, "category_id": 18, "bbox": [1, 2, 30, 40], "area": 900.5, "iscrowd": 0},
        {"id": 5, "image_id": 7, "category_id": 2, "bbox": [5, 6, 70, 80], "iscrowd": 1},
    ],
    "categories": [{"id": 18, "name": "größe"}, {"id": 2, "name": "car"}],
}


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    change(content)
    return content


def test_ids_with_gaps_and_utf8_names(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", GOOD)))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist() == ["a.jpg", "b.jpg"]
    assert got.frames["source_id"].to_pylist() == ["7", "3"]
    assert got.frames["user__split"].to_pylist() == ["val", "test"]
    assert got.frames["user__tags"].to_pylist() == [["x", "y"], []]
    assert [(e.name, e.id) for e in CocoDataset(write("gt.json", GOOD)).classes()] == [
        ("größe", 18),
        ("car", 2),
    ]
    first, second = got.labels
    assert (first["frame_row"], first["label_id"], first["class_index"]) == (1, "11", 0)
    assert (first["x"], first["y"], first["w"], first["h"], first["area_px"]) == (1, 2, 30, 40, 900.5)
    assert (second["frame_row"], second["iscrowd"], second["area_px"]) == (0, True, 5600)


@pytest.mark.parametrize(
    "order", [("categories", "annotations", "images"), ("annotations", "categories", "images")]
)
def test_any_order_of_sections(order: tuple[str, ...], write: Write, read_dataset: Read) -> None:
    straight = read_dataset(CocoDataset(write("a.json", GOOD)))
    turned = read_dataset(CocoDataset(write("b.json", {key: GOOD[key] for key in order})))
    assert turned.frames.equals(straight.frames)
    assert turned.objects.equals(straight.objects)


def test_compressed_and_pretty_printed(tmp_path: Path, read_dataset: Read) -> None:
    path = tmp_path / "gt.json.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(GOOD, indent=2).encode()))
    got = read_dataset(CocoDataset(path))
    assert got.messages == []
    assert got.objects.num_rows == 2


def test_string_image_ids(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        content["images"][0]["id"] = "cam-7"
        content["annotations"][1]["image_id"] = "cam-7"
        content["annotations"][0]["image_id"] = "3"

    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert got.messages == []
    assert [row["frame_row"] for row in got.labels] == [1, 0]


@pytest.mark.parametrize(("choice", "ids"), [("path", ["night/a.jpg", "day/b.jpg"]), ("id", ["7", "3"])])
def test_frame_id_from(choice: str, ids: list[str], write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", GOOD), frame_id_from=choice))
    assert got.frames["frame_id"].to_pylist() == ids
    assert got.objects.num_rows == 2


def test_addresses_under_a_folder(write: Write, tmp_path: Path, read_dataset: Read) -> None:
    (tmp_path / "img dir").mkdir()
    (tmp_path / "img dir" / "b.jpg").write_bytes(b"")
    got = read_dataset(CocoDataset(write("gt.json", GOOD), images=tmp_path / "img dir"))
    first, second = got.frames["url"].to_pylist()
    assert first == f"file://{tmp_path}/img%20dir/night/a.jpg"
    assert second == f"file://{tmp_path}/img%20dir/b.jpg"
    assert any("not in" in note for note in got.notes)


def test_masks_without_boxes(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        run_lengths = {"size": [480, 640], "counts": [480 * 10 + 5, 20, 460, 20, 480 * 640 - 480 * 10 - 505]}
        content["annotations"][0] |= {"segmentation": run_lengths}
        content["annotations"][1] |= {"segmentation": [[10, 10, 50, 10, 50, 40, 10, 40]]}
        for annotation in content["annotations"]:
            annotation.pop("bbox")
            annotation.pop("area", None)

    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert got.messages == []
    first, second = got.labels
    assert [first[k] for k in ("x", "y", "w", "h", "area_px")] == [10, 5, 2, 20, 40]
    assert [second[k] for k in ("x", "y", "w", "h", "area_px")] == [10, 10, 40, 30, 1200]
    assert json.loads(second["segmentation"]) == [[10, 10, 50, 10, 50, 40, 10, 40]]


def test_attributes_and_unknown_keys_become_user_columns(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        content["annotations"][0] |= {"attributes": {"occluded": True, "speed": 3}, "source": "tool"}
        content["annotations"][1] |= {"attributes": {"speed": 2.5}, "keypoints": [1, 2, 0]}

    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert got.objects["user__occluded"].to_pylist() == [True, None]
    assert got.objects["user__speed"].to_pylist() == [3.0, 2.5]
    assert got.objects["user__source"].to_pylist() == ["tool", None]
    assert "user__keypoints" not in got.objects.column_names
    assert any("'keypoints'" in note for note in got.notes)


def test_boxes_in_other_formats(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        content["annotations"][0]["bbox"] = [0.5, 0.5, 0.25, 0.5]
        content["annotations"][1]["bbox"] = [0.1, 0.1, 0.2, 0.2]

    got = read_dataset(CocoDataset(write("gt.json", changed(change)), box_format="cxcywh-normalised"))
    assert got.messages == []
    assert [got.labels[0][k] for k in "xywh"] == [240, 120, 160, 240]


def test_classification_takes_categories_only(write: Write, read_dataset: Read) -> None:
    content = copy.deepcopy(GOOD)
    for annotated in content["annotations"]:
        del annotated["bbox"]
    got = read_dataset(CocoDataset(write("gt.json", content), task=Task.CLASSIFICATION))
    assert got.messages == []
    assert [(row["frame_row"], row["class_index"], row["x"]) for row in got.labels] == [
        (1, 0, None),
        (0, 1, None),
    ]


def test_added_classes_keep_their_category_ids(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", GOOD)), ClassMap.from_names(["bus"]), add=True)
    assert got.messages == []
    assert [(e.name, e.id) for e in got.classes.resolved_map().entries] == [
        ("bus", 0),
        ("größe", 18),
        ("car", 2),
    ]
    assert [row["class_index"] for row in got.labels] == [1, 2]


def annotation(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["annotations"][1].update(values)


def image(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["images"][1].update(values)


FAULTS: list[tuple[str, Callable[[dict[str, Any]], None], list[str]]] = [
    ("duplicate image id", image(id=7), ["images[1]: id", "7 again, first in images[0]"]),
    ("duplicate file name", image(file_name="day/a.jpg"), ["images[1]: file_name", "frame_id_from='path'"]),
    ("no file name", image(file_name=None), ["images[1]: file_name", "frame_id_from='id'"]),
    ("bad width", image(width=0), ["images[1]: width", "above 0", "found 0"]),
    ("width as text", image(width="640"), ["images[1]: width", "found '640'"]),
    ("duplicate annotation id", annotation(id=11), ["annotations[1]: id", "11 again"]),
    ("unknown image", annotation(image_id=99), ["annotations[1]: image_id", "found 99"]),
    (
        "unknown category",
        annotation(category_id=4),
        ["annotations[1]: category_id", "18 (größe)", "found 4, once"],
    ),
    ("huge id", annotation(category_id=10**30), ["annotations[1]: category_id"]),
    ("no width", annotation(bbox=[1, 2, 0, 4]), ["annotations[1]: bbox", "above 0", "[1, 2, 0, 4]"]),
    ("negative height", annotation(bbox=[1, 2, 3, -4]), ["annotations[1]: bbox", "[1, 2, 3, -4]"]),
    (
        "three numbers",
        annotation(bbox=[1, 2, 3]),
        ["annotations[1]: bbox", "finite numbers", "[1, 2, 3]"],
    ),
    ("text in a box", annotation(bbox=[1, 2, "3", 4]), ["annotations[1]: bbox", "'3'"]),
    ("NaN", annotation(bbox=[1, 2, float("nan"), 4]), ["annotations[1]: bbox", "nan"]),
    ("Infinity", annotation(bbox=[1, 2, float("inf"), 4]), ["annotations[1]: bbox", "inf"]),
    ("no box", annotation(bbox=None), ["annotations[1]: bbox", "segmentation"]),
    ("crowd as text", annotation(iscrowd="false"), ["annotations[1]: iscrowd", "0 or 1", "'false'"]),
    ("crowd of two", annotation(iscrowd=2), ["annotations[1]: iscrowd", "found 2"]),
    ("negative area", annotation(area=-1), ["annotations[1]: area", "-1"]),
    ("category as text", annotation(category_id="car"), ["annotations[1]: category_id", "'car'"]),
    (
        "missing image id",
        lambda c: c["annotations"][1].pop("image_id"),
        ["[1]: image_id", "nothing"],
    ),
    ("an id missing", lambda c: c["annotations"][1].pop("id"), ["annotations[1]: id", "nothing"]),
    ("not an object", lambda c: c["annotations"].append(5), ["annotations[2]", "an object", "found 5"]),
    (
        "category twice",
        lambda c: c["categories"].append({"id": 2, "name": "x"}),
        ["[2]: id", "2 again"],
    ),
    ("no images", lambda c: c.pop("images"), ["images", "'annotations', 'categories'"]),
    ("images no list", lambda c: c.update(images={}), ["images", "another type"]),
]


@pytest.mark.parametrize(
    ("change", "parts"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_faults_name_element_and_key(
    change: Callable[[dict[str, Any]], None], parts: list[str], write: Write, read_dataset: Read
) -> None:
    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert got.problems.total >= 1
    assert got.messages[0].startswith("gt.json: ")
    for part in parts:
        assert part in got.messages[0]


def test_normalised_boxes_given_as_pixels(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        content["annotations"][0]["bbox"] = [0.1, 0.2, 0.3, 0.4]
        content["annotations"][1]["bbox"] = [0.5, 0.2, 0.3, 0.4]

    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert got.problems.total == 2
    assert "box_format='xywh-normalised'" in got.messages[0]


def test_pixels_given_as_normalised(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", GOOD), box_format="xywh-normalised"))
    assert got.problems.total == 2
    assert "box_format='xywh'" in got.messages[0]


def test_box_outside_its_image_is_noted(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", changed(annotation(bbox=[900, 6, 70, 80])))))
    assert got.messages == []
    assert got.notes == ["A box lies wholly outside its image; kept."]


def test_unknown_class_names_are_counted_with_near_names(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", GOOD)), ClassMap.from_names(["Car", "größe"]))
    assert got.problems.total == 1
    assert "'car', once" in got.messages[0]
    assert "Did you mean 'Car'?" in got.messages[0]
    assert "--add-classes" in got.messages[0]


def test_several_labels_on_a_classification_frame(write: Write, read_dataset: Read) -> None:
    got = read_dataset(
        CocoDataset(write("gt.json", changed(annotation(image_id=3))), task=Task.CLASSIFICATION)
    )
    assert got.problems.total == 1
    assert "annotations[1]" in got.messages[0]
    assert "one label per frame" in got.messages[0]


def test_file_name_leading_out_of_the_folder(write: Write, tmp_path: Path, read_dataset: Read) -> None:
    content = changed(image(file_name="../../etc/passwd"))
    got = read_dataset(CocoDataset(write("gt.json", content), images=tmp_path))
    assert "a file inside" in got.messages[0]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (b"", ["line 1, byte 0", "an empty file"]),
        (b"hello", ["line 1, byte 0", "'hello'", "Is this a JSON file?"]),
        (json.dumps(GOOD).encode()[:-3], ["the end of the file", "cut off"]),
        (json.dumps(GOOD).encode()[:250], ["the end of the file", "cut off"]),
        (json.dumps(GOOD, indent=1).encode().replace(b'"width": 640', b'"width": 64O', 1), ["line 6, byte"]),
        (json.dumps(GOOD).encode() + b"}", ["valid JSON", "'}'"]),
        (json.dumps(GOOD["annotations"]).encode(), ["a list", "upload it as inferences"]),
    ],
)
def test_broken_files(text: bytes, parts: list[str], write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", text)))
    assert got.problems.total >= 1
    for part in parts:
        assert part in got.messages[0]


def test_halves_of_characters_are_replaced(write: Write, read_dataset: Read) -> None:
    text = json.dumps(changed(image(file_name="\ud800.jpg", place="\udc00 \U0001f697 \\ud800")))
    assert "\\ud800" in text
    got = read_dataset(CocoDataset(write("gt.json", text.encode())))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist()[1] == "\ufffd.jpg"
    assert got.frames["user__place"].to_pylist()[1] == "\ufffd \U0001f697 \\ud800"


def test_no_image_at_all(write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", {"images": []})))
    assert got.messages == ["gt.json: images: expected at least one image, found none"]


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"images": ' + b"[" * 100_000, b'{"a":' * 100_000])
def test_endless_nesting(text: bytes, write: Write, read_dataset: Read) -> None:
    got = read_dataset(CocoDataset(write("gt.json", text)))
    assert any("nested too deeply" in message for message in got.messages)


def test_at_most_fifty_problems_are_kept_and_all_counted(write: Write, read_dataset: Read) -> None:
    def change(content: dict[str, Any]) -> None:
        content["annotations"] = [
            {"id": i, "image_id": 3, "category_id": 2, "bbox": [1, 2, 3, 0]} for i in range(130)
        ]

    got = read_dataset(CocoDataset(write("gt.json", changed(change))))
    assert (len(got.messages), got.problems.total) == (50, 130)
    assert "annotations[49]" in got.messages[49]
