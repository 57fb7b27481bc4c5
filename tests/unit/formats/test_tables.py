from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.errors import InvalidInputError, ProblemLog
from shoal.formats.metadata import TabularMetadata
from shoal.formats.source import FrameLookup
from shoal.formats.tabular import TabularDataset, TabularInferences
from shoal.formats.understanding import understand
from shoal.model.class_map import ClassMap
from shoal.model.task import Task

Write = Callable[[str, Any], Path]
Read = Callable[..., Any]

CLASSES = ClassMap.from_names(["cat", "dog"])
LOOKUP = FrameLookup(
    ["a", "b", "c"], None, ["x/a.jpg", "x/b.jpg", "y/c.jpg"], widths=[640] * 3, heights=[480] * 3
)

FRAMES = (
    "\ufeffFrame ID,file_name,width,height,date_captured,lux,code,night,note\r\n"
    "a,x/a.jpg,640,480,2026-01-31T08:30:00Z,1.5,007,yes,große\r\n"
    'b,x/b.jpg,640,480,,NaN,010,no,"two\nlines"\r\n'
    "\r\n"
    "c,y/c.jpg,640,480,2026-02-01,3,011,,\r\n"
)


def test_csv_frames_with_bom_and_windows_line_ends(write: Write, read_dataset: Read) -> None:
    labels = write("labels.csv", "frame_id,class,x1,y1,x2,y2,occluded\nb,dog,10,20,40,60,0.5\n")
    got = read_dataset(TabularDataset(write("frames.csv", FRAMES), labels))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist() == ["a", "b", "c"]
    assert got.frames["user__lux"].to_pylist() == [1.5, None, 3.0]
    assert got.frames["user__code"].to_pylist() == ["007", "010", "011"]
    assert got.frames["user__night"].to_pylist() == [True, False, None]
    assert got.frames["user__note"].to_pylist() == ["große", "two\nlines", None]
    assert got.frames["date_captured"].to_pylist()[0] == datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
    (label,) = got.labels
    assert [label[key] for key in ("frame_row", "class_index", "x", "y", "w", "h")] == [1, 0, 10, 20, 30, 40]
    assert (label["label_id"], label["iscrowd"], label["user__occluded"]) == ("0", False, 0.5)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("frame_id,class,x,y,w,h,score", "a,cat,10,20,30,40,.5"),
        ("file_name;category;xmin;ymin;xmax;ymax;confidence", "x/a.jpg;cat;10;20;40;60;0.5"),
        ("image\tlabel\tleft\ttop\twidth\theight\tprob", "a.jpg\tcat\t10\t20\t30\t40\t5e-1"),
        ("frame_id,class_id,cx,cy,w,h,score", "a,0,25,40,30,40,0.5"),
        ("frame_id,class,bbox,score", 'a,cat,"[10, 20, 30, 40]",0.5'),
    ],
)
def test_long_inferences_by_column_names(header: str, row: str, write: Write, read_inferences: Read) -> None:
    source = TabularInferences(write("i.csv", f"{header}\n{row}\n"))
    got = read_inferences(source, LOOKUP, CLASSES)
    assert got.messages == []
    (one,) = got.labels
    assert [one[key] for key in ("frame_row", "class_index", "x", "y", "w", "h")] == [0, 0, 10, 20, 30, 40]
    assert one["confidence"] == 0.5
    np.testing.assert_array_equal(source.listed_frames, [0])


def test_nested_jsonl_lists_frames_without_inferences(write: Write, read_inferences: Read) -> None:
    rows = [
        {"frame_id": "c", "inferences": []},
        {"frame_id": "a", "inferences": [{"class": "dog", "bbox": [1, 2, 3, 4], "confidence": 0.5}]},
    ]
    source = TabularInferences(write("i.jsonl", "\n".join(map(json.dumps, rows))))
    got = read_inferences(source, LOOKUP, CLASSES)
    assert got.messages == []
    assert [(row["frame_row"], row["class_index"]) for row in got.labels] == [(0, 1)]
    np.testing.assert_array_equal(source.listed_frames, [0, 2])


def test_nested_file_without_any_inference(write: Write, read_inferences: Read) -> None:
    source = TabularInferences(write("i.jsonl", '{"frame_id": "c", "inferences": []}\n'))
    assert read_inferences(source, LOOKUP, CLASSES).messages == []
    np.testing.assert_array_equal(source.listed_frames, [2])


def test_row_with_only_a_frame_lists_it(write: Write, read_inferences: Read) -> None:
    source = TabularInferences(write("i.csv", "frame_id,class,x,y,w,h,score\nb,,,,,,\na,cat,1,2,3,4,1\n"))
    assert read_inferences(source, LOOKUP, CLASSES).messages == []
    np.testing.assert_array_equal(source.listed_frames, [0, 1])


def test_nested_parquet_is_frames_and_labels(tmp_path: Path, read_dataset: Read) -> None:
    rows = [
        {
            "file_name": "x/a.jpg",
            "speed": 3,
            "labels": [{"class": "dog", "bbox": [1.0, 2, 3, 4], "truncated": True}],
        },
        {"file_name": "x/b.jpg", "speed": 4, "labels": []},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    got = read_dataset(TabularDataset(tmp_path / "d.parquet"))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist() == ["a.jpg", "b.jpg"]
    assert got.frames["user__speed"].to_pylist() == [3, 4]
    assert [(row["frame_row"], row["w"], row["user__truncated"]) for row in got.labels] == [(0, 3.0, True)]


def test_frames_come_from_labels_when_there_is_no_table_of_frames(write: Write, read_dataset: Read) -> None:
    text = "image,label,x,y,w,h,image_width\nb.jpg,dog,1,2,3,4,64\na.jpg,cat,1,2,3,4,32\nb.jpg,cat,1,2,3,9,\n"
    got = read_dataset(TabularDataset(labels=write("l.csv", text)))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist() == ["b.jpg", "a.jpg"]
    assert got.frames["width"].to_pylist() == [64, 32]
    assert [row["frame_row"] for row in got.labels] == [0, 1, 0]
    assert got.classes.class_map.names == ("dog", "cat")


def test_classification(write: Write, read_dataset: Read, read_inferences: Read) -> None:
    source = TabularDataset(labels=write("l.csv", "frame_id,class\na,cat\nb,dog\n"), task=Task.CLASSIFICATION)
    got = read_dataset(source)
    assert got.messages == []
    assert [(row["frame_row"], row["class_index"], row["x"]) for row in got.labels] == [
        (0, 0, None),
        (1, 1, None),
    ]
    path = write("i.csv", "frame_id,class,confidence\na,dog,0.75\n")
    seen = read_inferences(TabularInferences(path, task=Task.CLASSIFICATION), got.lookup, CLASSES)
    assert [(row["class_index"], row["confidence"]) for row in seen.labels] == [(1, 0.75)]


def test_several_labels_on_a_frame_of_a_classification(write: Write, read_dataset: Read) -> None:
    path = write("l.csv", "frame_id,class\na,cat\nb,dog\na,dog\n")
    got = read_dataset(TabularDataset(labels=path, task=Task.CLASSIFICATION))
    assert got.messages[0].startswith("l.csv: line 4: expected one label per frame")


HEAD = "label_id,frame_id,class,x,y,w,h,iscrowd"


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ("1,z,cat,1,2,3,4,0", ["line 3: frame_id", "'a'", "found 'z'"]),
        ("1,a,cta,1,2,3,4,0", ["line 3: class", "'cta', once", "Did you mean 'cat'?"]),
        ("1,a,,1,2,3,4,0", ["line 3: class", "nothing"]),
        ("1,a,cat,1,2,wide,4,0", ["line 3: x, y, w, h", "'wide'"]),
        ("1,a,cat,1,2,nan,4,0", ["line 3: x, y, w, h", "nan"]),
        ("1,a,cat,1,2,,4,0", ["line 3: x, y, w, h"]),
        ("1,a,cat,1,2,-3,4,0", ["line 3: x, y, w, h", "above 0", "[1, 2, -3, 4]"]),
        ("1,a,cat,1,2,3,4,maybe", ["line 3: iscrowd", "true, false", "'maybe'"]),
        ("0,a,cat,1,2,3,4,0", ["line 3: label_id", "'0' again"]),
        ("1,a,cat,1,2,3", ["line 3", "8 cells", "6 cells"]),
    ],
)
def test_faults_name_line_and_column(row: str, parts: list[str], write: Write, read_dataset: Read) -> None:
    frames = write("f.csv", "frame_id,width,height\na,640,480\n")
    labels = write("l.csv", f"{HEAD}\n0,a,dog,1,2,3,4,TRUE\n{row}\n")
    got = read_dataset(TabularDataset(frames, labels), CLASSES)
    assert got.problems.total == 1
    for part in ["l.csv: ", *parts]:
        assert part in got.messages[0]


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("i.csv", "", ["line 1", "column names"]),
        ("i.csv", "frame_id,class\na,cat\n", ["a column bbox", "frame_id, class"]),
        ("i.csv", "frame_id,frame_id\na,b\n", ["line 1: frame_id", "occurs once"]),
        ("i.csv", b"frame_id,class\na,\xff\n", ["text in UTF-8", "0xff"]),
        ("i.jsonl", '{"frame_id": "a"\n', ["line 1", "a JSON object on one line"]),
        ("i.jsonl", "[1]\n", ["line 1", "a JSON object", "[1]"]),
        ("i.parquet", b"PAR1 this is not one", ["a Parquet file"]),
        ("i.csv", "frame_id,class,x,y,w,h,score\na,cat,1,2,3,4,80\n", ["line 2: score", "percent"]),
        ("i.csv", "frame_id,class,x,y,w,h,score\na,cat,.1,.2,.3,.4,.5\n", ["box_format='xywh-normalised'"]),
        ("i.jsonl", '{"frame_id":"a","class":"cat","bbox":[1,2,NaN,4],"score":1}\n', ["line 1: bbox", "nan"]),
    ],
)
def test_broken_tables(
    name: str, content: str | bytes, parts: list[str], write: Write, read_inferences: Read
) -> None:
    got = read_inferences(TabularInferences(write(name, content)), LOOKUP, CLASSES)
    assert got.problems.total >= 1
    for part in [name, *parts]:
        assert part in got.messages[0]


def test_another_ending_is_refused(write: Write) -> None:
    with pytest.raises(InvalidInputError, match=r"\.csv"):
        TabularInferences(write("i.xlsx", b""))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "parquet"])
def test_metadata_in_every_format(suffix: str, write: Write, tmp_path: Path) -> None:
    rows = [
        {"file_name": "b.jpg", "lux": 2, "city": "Köln"},
        {"file_name": "x/a.jpg", "lux": 7, "city": None},
    ]
    if suffix == "parquet":
        path = tmp_path / "m.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == "csv":
        path = write("m.csv", "file_name,lux,city\nb.jpg,2,Köln\nx/a.jpg,7,\n")
    elif suffix == "json":
        path = write("m.json", rows)
    else:
        path = write("m.jsonl", "\n".join(map(json.dumps, rows)))
    problems = ProblemLog()
    table = TabularMetadata(path).metadata(LOOKUP, problems)
    assert problems.problems == []
    assert table.to_pydict() == {"frame_row": [1, 0], "user__lux": [2, 7], "user__city": ["Köln", None]}


def test_metadata_of_unknown_and_repeated_frames(write: Write) -> None:
    problems = ProblemLog()
    path = write("m.csv", "frame_id,lux\na,1\nz,2\na,3\n")
    table = TabularMetadata(path).metadata(LOOKUP, problems)
    assert table["frame_row"].to_pylist() == [0]
    messages = [str(problem) for problem in problems.problems]
    assert any(
        text.startswith("m.csv: line 3: frame_id: expected a frame of the dataset") for text in messages
    )
    assert any("line 4: frame_id: expected one row per frame" in text for text in messages)
    lenient, noted = ProblemLog(), TabularMetadata(write("n.csv", "frame_id,lux\nz,2\n"), allow_unknown=True)
    noted.metadata(LOOKUP, lenient)
    assert (lenient.total, len(noted.notes)) == (0, 1)


def test_metadata_falls_back_to_file_names(write: Write) -> None:
    problems = ProblemLog()
    path = write(
        "m.json", [{"id": 30, "file_name": "a.jpg", "lux": 1}, {"id": 71, "file_name": "c.jpg", "lux": 2.5}]
    )
    table = TabularMetadata(path).metadata(LOOKUP, problems)
    assert problems.total == 0
    assert table["frame_row"].to_pylist() == [0, 2]
    assert table["user__lux"].to_pylist() == [1, 2.5]


def test_understanding_explains_columns(write: Write) -> None:
    text = "Image Path,Category,xmin,ymin,xmax,ymax,score,note\na.jpg,cat,1,2,3,4,1,x\nb.jpg,dog,1,2,3,4,1,\n"
    got = understand(write("i.csv", text), "inferences")
    assert got.layout == "one row per object"
    assert got.box_format == "xyxy"
    assert got.classes == ("cat", "dog")
    uses = {use.column: (use.meaning, use.type, use.n_missing) for use in got.columns}
    assert uses["Image Path"] == ("file_name", "text", 0)
    assert uses["xmin"] == ("box 1 of xyxy", "integer", 0)
    assert uses["note"] == ("user__note", "text", 1)
    assert "Category" in str(got)
    assert json.loads(json.dumps(got.to_dict()))["n_rows"] == 2
