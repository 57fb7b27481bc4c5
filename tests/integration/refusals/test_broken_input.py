"""Broken input of many kinds: refused with file, place, field, expected and found; nothing changes."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import shoal
from shoal.client.connection import Shoal
from shoal.client.project import Project
from shoal.errors import InvalidInputError, ShoalError, UploadRejectedError

IMAGES = [{"id": 10 + i, "file_name": f"a/{i}.jpg", "width": 640, "height": 480} for i in range(4)]
LABELS = [
    {"id": i + 1, "image_id": 10 + i, "category_id": 1 + i % 2, "bbox": [10.0, 20, 30, 40], "iscrowd": 0}
    for i in range(4)
]
CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "pedestrian"}]
RESULT = {"image_id": 10, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.9}
ABSENT = object()


def document(**sections: Any) -> dict[str, Any]:
    """A good COCO file with some sections replaced."""
    good = {"images": IMAGES, "annotations": LABELS, "categories": CATEGORIES}
    return {**copy.deepcopy(good), **sections}


def with_element(section: str, index: int, **values: Any) -> dict[str, Any]:
    """A good COCO file with some values of one element replaced."""
    changed = document()
    element = changed[section][index]
    for key, value in values.items():
        if value is ABSENT:
            del element[key]
        else:
            element[key] = value
    return changed


def label(**values: Any) -> dict[str, Any]:
    return with_element("annotations", 2, **values)


def image(**values: Any) -> dict[str, Any]:
    return with_element("images", 2, **values)


def boxes(box: list[float]) -> dict[str, Any]:
    return document(annotations=[{**one, "bbox": box} for one in LABELS])


def result(**values: Any) -> list[dict[str, Any]]:
    """A good result and a changed one."""
    return [RESULT, {key: value for key, value in {**RESULT, **values}.items() if value is not ABSENT}]


@dataclass(frozen=True)
class Broken:
    """One kind of broken input and what must be said about it.

    Attributes:
        kind: the name of the case.
        role: what it is uploaded as.
        name: the file's name.
        content: bytes, text, or a value written as JSON.
        said: place, field, and parts of what was expected, what was found, and the hint; the last may miss.
        total: how many problems are counted.
        options: of the upload.
    """

    kind: str
    role: str
    name: str
    content: Any
    said: tuple[str, ...] = ()
    total: int = 1
    options: tuple[tuple[str, Any], ...] = ()


def coco(kind: str, content: Any, *said: str, **more: Any) -> Broken:
    return Broken(kind, "coco", "labels.json", content, said, **more)


def results(kind: str, content: Any, *said: str, **more: Any) -> Broken:
    return Broken(kind, "coco_results", "results.json", content, said, **more)


def frames(kind: str, content: Any, *said: str, name: str = "frames.csv", **more: Any) -> Broken:
    return Broken(kind, "frames", name, content, said, **more)


def labels(kind: str, content: Any, *said: str, **more: Any) -> Broken:
    return Broken(kind, "labels", "labels.csv", content, said, **more)


def metadata(kind: str, content: Any, *said: str, **more: Any) -> Broken:
    return Broken(kind, "metadata", "metadata.csv", content, said, **more)


def inferences(kind: str, content: Any, *said: str, **more: Any) -> Broken:
    return Broken(kind, "inferences", "inferences.csv", content, said, **more)


def parquet(**columns: list[Any]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


GOOD = json.dumps(document())
NORMALISED = (("normalised", True),)
UPSERT = (("mode", "upsert"),)
FOUR = "four finite numbers"
SIDES = "a width and a height above 0"
BOX_CSV = "frame_id,class,x,y,w,h\n"
SCORED_CSV = "frame_id,class,confidence,x,y,w,h\n"

CASES = [
    coco("not JSON", "hello", "line 1, byte 0", "", "valid JSON", "'hello'", "Is this a JSON file?"),
    coco("truncated", GOOD[:300], "line 1, byte 300", "", "valid JSON", "end of the file", "cut off"),
    coco("empty file", "", "line 1, byte 0", "", "valid JSON", "an empty file"),
    coco("wrong top level", [1, 2], "", "images", "an object with a list 'images'", "a list", "results file"),
    coco(
        "without images", {"annotations": []}, "", "images", "list 'images'", "an object with 'annotations'"
    ),
    coco("no image", document(images=[]), "", "images", "at least one image", "none"),
    coco("nested too deeply", '{"images":' + "[" * 50_000, "line 1", "", "valid JSON", "nested too deeply"),
    coco("image id twice", image(id=10), "images[2]", "id", "occurs once", "10 again, first in images[0]"),
    coco("numbers and text as ids", image(id="10"), "images[2]", "id", "occurs once", "'10' again"),
    coco("label id twice", label(id=1), "annotations[2]", "id", "occurs once", "1 again"),
    coco("label of no image", label(image_id=99), "annotations[2]", "image_id", "id of an image", "99"),
    coco("label without box", label(bbox=ABSENT), "annotations[2]", "bbox", "a box", "nothing"),
    coco("label without class", label(category_id=ABSENT), "annotations[2]", "category_id", "id", "nothing"),
    coco("box of text", label(bbox="abc"), "annotations[2]", "bbox", FOUR, "'abc'"),
    coco("box of three", label(bbox=[1, 2, 3]), "annotations[2]", "bbox", FOUR, "[1, 2, 3]"),
    coco("NaN", label(bbox=[1, 2, float("nan"), 3]), "annotations[2]", "bbox", FOUR, "nan"),
    coco("Infinity", label(bbox=[1, 2, float("inf"), 3]), "annotations[2]", "bbox", FOUR, "inf"),
    coco("past all floats", GOOD.replace("30", "1e999", 1), "annotations[0]", "bbox", FOUR, "inf"),
    coco("negative box", label(bbox=[1, 2, -3, 3]), "annotations[2]", "bbox", SIDES, "-3", "Correct the box"),
    coco("box without width", label(bbox=[1, 2, 0, 3]), "annotations[2]", "bbox", SIDES, "[1, 2, 0, 3]"),
    coco(
        "fractions as pixels",
        boxes([0.1, 0.2, 0.3, 0.4]),
        *("annotations[0]", "bbox", "boxes in pixels", "[0.1, 0.2, 0.3, 0.4]", "normalised"),
        total=4,
    ),
    coco(
        "pixels as fractions",
        document(),
        *("annotations[0]", "bbox", "fractions", "[10, 20, 30, 40]", "pixels"),
        total=4,
        options=NORMALISED,
    ),
    coco(
        "undeclared category", label(category_id=77), "annotations[2]", "category_id", "1 (car)", "77, once"
    ),
    coco(
        "no categories",
        document(categories=[]),
        *("annotations[0]", "category_id", "an id of `categories`", "1, 2 times", "Add the category"),
        total=4,
    ),
    coco(
        "class the project lacks",
        document(categories=[CATEGORIES[0], {"id": 2, "name": "zebra"}]),
        *("annotations[1]", "category_id", "'car', 'pedestrian'", "'zebra', 2 times", "--add-classes"),
        total=2,
    ),
    coco(
        "category name twice",
        document(categories=[*CATEGORIES, {"id": 3, "name": "car"}]),
        *("categories[2]", "name", "occurs once", "'car' again"),
    ),
    coco(
        "equal names in two folders",
        image(file_name="b/0.jpg"),
        *("images[2]", "file_name", "occurs once", "taken by images[0]", "frame_id_from='path'"),
    ),
    coco("negative width", image(width=-4), "images[2]", "width", "above 0", "-4"),
    coco("width of text", image(width="wide"), "images[2]", "width", "a number of pixels", "'wide'"),
    coco("number as file name", image(file_name=7), "images[2]", "file_name", "a text", "7"),
    coco(
        "not UTF-8", GOOD.encode().replace(b"a/1", b"a/\xff"), "images[1]", "", "text in UTF-8", "file_name"
    ),
    coco(
        "path out of the images",
        image(file_name="../../etc/passwd"),
        *("images[2]", "file_name", "a file inside", "'../../etc/passwd'"),
        options=(("images", "."),),
    ),
    frames("empty table", "", "line 1", "", "a line of column names", "nothing", "empty upload"),
    frames("table without rows", "frame_id,split\n", "", "", "at least one row", "none"),
    frames("needed column", "a,b\n1,2\n", "", "frame_id", "a column frame_id or file_name", "columns a, b"),
    frames("column twice", "frame_id,b,b\n1,2,3\n", "line 1", "b", "occurs once", "it again"),
    frames("ragged line", "frame_id,b\n0.jpg,2\n1.jpg,2,3\n", "line 3", "", "2 cells", "3 cells"),
    frames("CSV not UTF-8", b"frame_id,b\n0,2\n\xff,2\n", "line 3", "", "text in UTF-8", "0xff", "as UTF-8"),
    frames(
        "frame id twice", "frame_id,b\nx,2\nx,3\n", "line 3", "frame_id", "once", "'x' again, first in line 2"
    ),
    frames("no frame id", "frame_id,b\nx,2\n,3\n", "line 3", "frame_id", "a frame id", "nothing"),
    frames(
        "another type than stored",
        "frame_id,speed\n0.jpg,fast\n",
        *("", "speed", "numbers, as in the dataset", "text", "another name"),
        options=UPSERT,
    ),
    frames("no Parquet", b"PAR1 nothing PAR1", "", "", "a Parquet file", "damaged", name="frames.parquet"),
    frames(
        "Parquet without needed column",
        parquet(a=[1]),
        *("", "frame_id", "a column frame_id or file_name", "the columns a"),
        name="frames.parquet",
    ),
    frames(
        "broken JSON line",
        '{"frame_id":"x"}\n{"frame_id":\n{"frame_id":"y"}\n',
        *("line 2", "", "a JSON object on one line", '{"frame_id":'),
        name="frames.jsonl",
    ),
    frames(
        "list for a row", '{"frame_id":"x"}\n[1]\n', "line 2", "", "a JSON object", "[1]", name="frames.jsonl"
    ),
    labels(
        "class misspelt", f"{BOX_CSV}0.jpg,cra,1,2,3,4\n", "line 2", "class", "'car'", "'cra'", "mean 'car'"
    ),
    labels("text in a box", f"{BOX_CSV}0.jpg,car,1,two,3,4\n", "line 2", "x, y, w, h", FOUR, "'two'"),
    labels(
        "corners in the wrong order",
        "frame_id,class,x1,y1,x2,y2\n0.jpg,car,10,10,3,4\n",
        *("line 2", "x1, y1, x2, y2", "right above left", "[10, 10, 3, 4]", "width and height?"),
    ),
    metadata(
        "metadata of no frame", "frame_id,b\nzz,2\n", "", "frame_id", "rows about frames", "none", "0.jpg"
    ),
    metadata("metadata twice", "frame_id,b\n0.jpg,2\n0.jpg,3\n", "line 3", "frame_id", "one row", "again"),
    metadata(
        "metadata without key", "foo,b\n0.jpg,2\n", "", "frame_id", "a column frame_id", "columns foo, b"
    ),
    results("result of no frame", result(image_id=99), "results[1]", "image_id", "such as '0.jpg'", "99"),
    results("unknown category", result(category_id=99), "results[1]", "category_id", "1 (car)", "99, once"),
    results(
        "percent", result(score=97.5), "results[1]", "score", "from 0 to 1", "97.5", "Divide them by 100"
    ),
    results("negative confidence", result(score=-0.1), "results[1]", "score", "from 0 to 1", "-0.1"),
    results("no confidence", result(score=ABSENT), "results[1]", "score", "from 0 to 1", "nothing"),
    results("confidence NaN", result(score=float("nan")), "results[1]", "score", "from 0 to 1", "nan"),
    results("labels as results", document(), "annotations[0]", "score", "from 0 to 1", "nothing", total=4),
    results(
        "object for a list", {"foo": 1}, "", "", "a list of results", "an object with 'foo'", "bbox, score"
    ),
    inferences(
        "class of nobody", f"{SCORED_CSV}0.jpg,zebra,.5,1,2,3,4\n", "line 2", "class", "'car'", "'zebra'"
    ),
    inferences(
        "row of no frame", f"{SCORED_CSV}zz,car,.5,1,2,3,4\n", "line 2", "frame_id", "a frame", "'zz'"
    ),
]

INFERENCES = ("coco_results", "inferences")


@dataclass
class World:
    """A home with something in it, and where broken files go."""

    home: Path
    sh: Shoal
    project: Project
    folder: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("refusals")
    with shoal.connect(folder / "home") as sh:
        project = sh.create_project("driving", confidence=0.3)
        (folder / "good.json").write_text(GOOD)
        (folder / "good.csv").write_text("frame_id,split,speed\n0.jpg,train,1.5\n1.jpg,test,2\n")
        (folder / "results.json").write_text(json.dumps([RESULT]))
        good = folder / "good.json"
        val = project.datasets.upload("val", coco=good, metadata=folder / "good.csv", progress=False)
        val.inference_sets.upload("v1", coco_results=folder / "results.json", progress=False)
        val.segments.create_per_value("split")
        scored(sh)
        yield World(folder / "home", sh, project, folder)


def scored(sh: Shoal) -> None:
    """Wait until nothing runs."""
    for job in sh.jobs:
        if not job.is_finished:
            job.wait(progress=False)


def state_of(world: World) -> dict[str, Any]:
    """Everything a user sees, and every file of the store that holds data."""
    val = world.project.datasets["val"]
    stored = [
        path.relative_to(world.home).as_posix()
        for folder in ("tables", "media", "uploads", "unsettled")
        for path in (world.home / folder).rglob("*")
        if "_versions" not in path.parts and "_refs" not in path.parts and "_transactions" not in path.parts
    ]
    return {
        "dataset": val.to_dict(),
        "datasets": [one.name for one in world.project.datasets],
        "project": world.sh.project("driving").to_dict(),
        "sets": [one.to_dict() for one in val.inference_sets],
        "segments": [one.to_dict() for one in val.segments],
        "matrix": val.matrix().to_dicts(),
        "frames": val.query("").frames().to_dicts(),
        "stored": sorted(stored),
    }


def refused(world: World, case: Broken, upload: Callable[..., Any]) -> ShoalError:
    path = world.folder / case.name
    content = case.content
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    options = {key: world.folder if key == "images" else value for key, value in case.options}
    with pytest.raises(ShoalError) as caught:
        upload(**{case.role: path}, **options, progress=False)
    return caught.value


def uploads_of(world: World, case: Broken) -> Callable[..., Any]:
    val = world.project.datasets["val"]
    if case.role in INFERENCES:
        return lambda **options: val.inference_sets.upload("v1", **options)
    return lambda **options: world.project.datasets.upload("val", **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_broken_input_is_named_and_nothing_changes(world: World, case: Broken) -> None:
    before = state_of(world)
    error = refused(world, case, uploads_of(world, case))
    assert isinstance(error, UploadRejectedError)
    assert error.total == case.total
    assert 1 <= len(error.problems) <= case.total
    problem = error.problems[0]
    assert problem.file == case.name
    place, field, expected, found, hint = (*case.said, "", "")[:5]
    assert problem.place.startswith(place)
    assert bool(problem.place) == bool(place)
    assert problem.field == field
    assert expected in problem.expected
    assert found in problem.found
    assert hint in problem.hint
    assert case.name in str(error)
    assert "Traceback" not in str(error)
    assert state_of(world) == before


def test_at_least_twenty_five_kinds() -> None:
    assert len({case.kind for case in CASES}) == len(CASES) >= 25


def test_fifty_problems_are_shown_and_all_are_counted(world: World) -> None:
    before = state_of(world)
    case = results("many", [{**RESULT, "score": -i - 1} for i in range(1234)])
    error = refused(world, case, uploads_of(world, case))
    assert isinstance(error, UploadRejectedError)
    assert error.total == 1234
    assert len(error.problems) == 50
    assert [problem.place for problem in error.problems] == [f"results[{i}]" for i in range(50)]
    assert "… and 1184 more" in str(error)
    assert state_of(world) == before


def test_a_fault_at_the_end_of_much_that_is_good_leaves_no_table(world: World) -> None:
    before = state_of(world)
    good = [{**RESULT, "bbox": [1, 2, 3 + i % 50, 4]} for i in range(80_000)]
    case = results("late", [*good, {**RESULT, "score": 3}])
    error = refused(world, case, uploads_of(world, case))
    assert isinstance(error, UploadRejectedError)
    assert error.problems[0].place == "results[80000]"
    assert state_of(world) == before


@pytest.mark.parametrize("role", ["coco", "metadata"])
def test_a_file_that_cannot_be_unpacked(world: World, role: str) -> None:
    before = state_of(world)
    cut = gzip.compress(GOOD.encode() * 50)[:-40]
    for content in (b"\x1f\x8bnope", cut):
        case = Broken("gzip", role, "labels.json.gz", content)
        error = refused(world, case, uploads_of(world, case))
        assert isinstance(error, InvalidInputError)
        assert "labels.json.gz: expected a file compressed with gzip" in error.message
        assert "damaged or cut off" in error.hint
        assert state_of(world) == before


@pytest.mark.parametrize(
    ("covers", "said"),
    [
        ("everything", "found 'everything'"),
        ("query:split:test", "1 frames have inferences but are not in the coverage"),
        ("query:split:(", "ends too early"),
        ("query:nothing:x", "nothing"),
    ],
)
def test_coverage_that_cannot_be(world: World, covers: str, said: str) -> None:
    before = state_of(world)
    case = results("coverage", [RESULT], options=(("covers", covers),))
    error = refused(world, case, uploads_of(world, case))
    assert isinstance(error, InvalidInputError)
    assert said in error.message
    assert state_of(world) == before


def test_a_file_of_unknown_kind_is_refused_by_its_name(world: World) -> None:
    before = state_of(world)
    case = Broken("kind", "metadata", "frames.xlsx", b"PK")
    error = refused(world, case, uploads_of(world, case))
    assert "'frames.xlsx'" in error.message
    assert ".parquet" in error.message
    assert state_of(world) == before


def test_a_broken_image_in_a_folder_of_images(world: World) -> None:
    before = state_of(world)
    folder = world.folder / "pictures"
    (folder / "cat").mkdir(parents=True)
    Image.new("RGB", (4, 4)).save(folder / "cat" / "1.png")
    (folder / "cat" / "2.png").write_bytes(b"not a picture")
    with pytest.raises(UploadRejectedError) as caught:
        world.project.datasets.upload("val", images=folder, progress=False)
    problem = caught.value.problems[0]
    assert (problem.file, problem.place, problem.expected) == (str(folder), "cat/2.png", "an image")
    assert state_of(world) == before


def test_two_labels_on_a_frame_of_a_classification_project(world: World) -> None:
    project = world.sh.create_project("signs", task="classification")
    path = world.folder / "signs.csv"
    path.write_text("frame_id,class\na,stop\nb,go\na,go\n")
    with pytest.raises(UploadRejectedError) as caught:
        project.datasets.upload("val", labels=path, progress=False)
    problem = caught.value.problems[0]
    assert (problem.file, problem.place) == ("signs.csv", "line 4")
    assert "one" in problem.expected
    assert list(project.datasets) == []


def test_the_same_upload_again_without_its_fault_is_taken(world: World) -> None:
    project = world.sh.create_project("again")
    path = world.folder / "labels.json"
    path.write_text(json.dumps(label(category_id=77)))
    with pytest.raises(UploadRejectedError):
        project.datasets.upload("val", coco=path, progress=False)
    assert world.sh.project("again").classes == []
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert project.datasets.upload("val", coco=path, progress=False).n_frames == 4
    unknown = document(categories=[*CATEGORIES, {"id": 3, "name": "zebra"}])
    unknown["annotations"][0]["category_id"] = 3
    path.write_text(json.dumps(unknown))
    with pytest.raises(UploadRejectedError, match="zebra"):
        project.datasets.upload("val", coco=path, progress=False)
    project.datasets.upload("val", coco=path, add_classes=True, progress=False)
    assert [one["name"] for one in world.sh.project("again").to_dict()["classes"]][-1] == "zebra"
