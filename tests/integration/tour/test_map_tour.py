"""The map of embeddings over HTTP and from Python: points, colours, lassos as selections, a better map."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, NotFoundError
from shoal_server import running_server
from shoal_server import shoal as run_shoal
from twins.maps import is_inside

N = 60
IDS = [f"f{i:02}" for i in range(N)]
WITHOUT = IDS[-3:]
MAP = "/projects/maps/datasets/val/map"
SQUARE = [(-0.2, -0.3), (0.9, -0.3), (0.9, 0.6), (-0.2, 0.6)]
BOW = [(-1.0, -1.0), (1.0, 1.0), (1.0, -1.0), (-1.0, 1.0)]


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.0}


def frames() -> list[dict[str, Any]]:
    return [
        {
            "frame_id": IDS[i],
            "weather": ("rain", "clear", "fog")[i % 3],
            "lux": None if i == 7 else float(i),
            "labels": [
                {"id": f"l{i:02}a", "class": "car", **box(5)},
                {"id": f"l{i:02}b", "class": ("car", "bus")[i % 2], **box(60)},
                *([{"id": f"l{i:02}c", "class": "bus", **box(90)}] if i % 2 else []),
            ],
        }
        for i in range(N)
    ]


def vectors(n: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    centres = 2 * rng.normal(size=(3, 10))
    return (centres[np.arange(n) % 3] + rng.normal(size=(n, 10))).astype(np.float32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_server(tmp_path_factory.mktemp("maps") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def sh(server: Any) -> Iterator[Shoal]:
    with shoal.connect(server.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def val(sh: Shoal) -> Dataset:
    project = sh.create_project("maps", classes=["car", "bus"])
    dataset = project.datasets.upload("val", frames=frames(), progress=False)
    found = [{"frame_id": one, "class": "car", "confidence": 0.9, **box(6)} for one in IDS[:40]]
    dataset.inference_sets.upload("v1", inferences=found, progress=False)
    with_vector = IDS[: N - len(WITHOUT)]
    dataset.embeddings.upload("look", with_vector, vectors(len(with_vector), 1), "m/1", progress=False)
    crops = dataset.query("", elements="labels").ids()
    dataset.embeddings.upload(
        "crops", crops, vectors(len(crops), 2), "m/2", elements="labels", progress=False
    )
    return dataset.refresh()


@pytest.fixture(scope="module")
def http(server: Any, val: Dataset) -> Iterator[httpx.Client]:
    assert val.name == "val"
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as client:
        yield client


def colours(http: httpx.Client, **request: Any) -> tuple[dict[str, Any], list[Any]]:
    body = http.post(f"{MAP}/colours", json=request).raise_for_status().json()
    kind = "<f4" if body["kind"] == "numbers" else "u1"
    return body, np.frombuffer(base64.b64decode(body["values"]), kind).tolist()


def test_points_are_there_at_once_for_every_element_that_has_a_vector(
    http: httpx.Client, val: Dataset
) -> None:
    found = http.get(MAP).raise_for_status().json()
    assert (found["method"], found["methods"], found["job"]) == ("pca", ["pca"], None)
    assert (found["n_points"], found["n_elements"]) == (N - 3, N)
    answer = http.get(f"{MAP}/points", params={"key": found["key"]})
    xy = np.frombuffer(answer.content, "<f4").reshape(-1, 2)
    assert np.isnan(xy).all(axis=1).tolist() == [one in WITHOUT for one in IDS]
    assert [*np.nanmin(xy, axis=0), *np.nanmax(xy, axis=0)] == pytest.approx(found["bounds"])
    assert "immutable" in answer.headers["Cache-Control"]
    kept = http.get(f"{MAP}/points", headers={"If-None-Match": answer.headers["ETag"]})
    assert (kept.status_code, kept.content, kept.headers["Cache-Control"]) == (304, b"", "private, no-cache")

    table = val.map()
    assert table.column("id") == IDS[: N - 3]
    assert table.column("x") == pytest.approx(xy[: N - 3, 0].tolist())
    crops = val.map(elements="labels")
    assert len(crops) == val.n_labels
    assert crops.body.space == "crops"


@pytest.mark.parametrize("polygon", [SQUARE, BOW])
@pytest.mark.parametrize("elements", ["frames", "labels"])
def test_a_lasso_is_a_selection_like_any_other(
    val: Dataset, polygon: list[tuple[float, float]], elements: str
) -> None:
    table = val.map(elements=elements)
    expected = [row["id"] for row in table if is_inside((row["x"], row["y"]), polygon)]
    assert 0 < len(expected) < len(table)
    inside = val.in_area(polygon, elements=elements)
    assert inside.ids() == expected
    rain = val.query("weather:rain", elements=elements)
    both = inside & rain
    assert set(both.ids()) == set(expected) & set(rain.ids())
    assert both.count() + (inside - rain).count() == len(expected)
    if elements == "frames":
        saved = val.segments.create("Lasso", type="bucket", selection=inside)
        assert saved.elements().ids() == expected
        saved.delete()


def test_a_mask_says_what_a_selection_holds(http: httpx.Client, val: Dataset) -> None:
    body = http.post(f"{MAP}/mask", json={"selection": {"query": "weather:(rain, fog)"}}).json()
    bits = np.unpackbits(np.frombuffer(base64.b64decode(body["mask"]), np.uint8), bitorder="little")
    chosen = set(val.query("weather:(rain, fog)").ids())
    assert bits[:N].tolist() == [one in chosen for one in IDS]
    assert body["count"] == len(chosen)
    assert not bits[N:].any()


def test_colours_by_a_field(http: httpx.Client, val: Dataset) -> None:
    body, values = colours(http, field="weather")
    assert body["kind"] == "categories"
    assert [(entry["value"], entry["count"]) for entry in body["legend"]] == [
        ("clear", 19),
        ("fog", 19),
        ("rain", 19),
    ]
    for place, entry in enumerate(body["legend"]):
        chosen = val.query(entry["query"]).ids()
        assert chosen == [one for one, value in zip(IDS, values, strict=True) if value == place]
    body, values = colours(http, field="lux")
    assert (body["kind"], body["legend"], body["low"], body["high"]) == ("numbers", [], 0.0, 56.0)
    assert np.isnan(values[7])
    assert values[8:] == [float(i) for i in range(8, N)]
    body, values = colours(http, field="class", elements="labels")
    assert {entry["value"]: entry["count"] for entry in body["legend"]} == {"car": 90, "bus": 60}
    body, values = colours(http, field="class")
    assert [body["legend"][value]["value"] for value in values] == [("car", "bus")[i % 2] for i in range(N)]
    for place, entry in enumerate(body["legend"]):
        assert val.query(entry["query"]).ids() == [
            one for one, value in zip(IDS, values, strict=True) if value == place
        ]
    body, values = colours(http, field="frame.weather", elements="labels")
    fog = next(entry for entry in body["legend"] if entry["value"] == "fog")
    assert val.query(fog["query"], elements="labels").count() == fog["count"] == 50


def test_many_values_share_the_last_colour(http: httpx.Client) -> None:
    body, values = colours(http, field="frame_id")
    assert len(body["legend"]) == 32
    assert (body["legend"][-1]["value"], body["legend"][-1]["count"]) == (None, N - 3 - 31)
    assert body["legend"][-1]["query"] is None
    assert values == [min(i, 31) for i in range(N)]


def test_colours_by_segments_and_outcomes(http: httpx.Client, val: Dataset) -> None:
    for name, query in (("Rain", "weather:rain"), ("Dark", "lux < 30")):
        val.segments.create(name, type="bucket", query=query)
    body, values = colours(http, segments=["Dark", "Rain"])
    dark, rain = (set(val.query(query).ids()) for query in ("lux < 30", "weather:rain"))
    assert values == [0 if one in dark else 1 if one in rain else 255 for one in IDS]
    assert val.query(body["legend"][1]["query"]).ids() == [one for one in IDS if one in rain - dark]

    body, values = colours(http, outcome_of="v1")
    by_value = {entry["value"]: place for place, entry in enumerate(body["legend"])}
    missed = body["legend"][by_value["false_negative"]]
    assert values == [by_value["false_negative"]] * N
    assert (missed["count"], val.query(missed["query"]).ids()) == (N - 3, IDS)
    body, values = colours(http, outcome_of="v1", elements="labels")
    names = [entry["value"] for entry in body["legend"]]
    found = {name: entry["count"] for name, entry in zip(names, body["legend"], strict=True)}
    assert found["true_positive"] == 40
    assert val.query(body["legend"][0]["query"], elements="labels").count() == 40


@pytest.mark.parametrize(
    ("path", "request_body", "status", "word"),
    [
        ("colours", {"field": "nothing"}, 422, "nothing"),
        ("colours", {}, 422, "exactly one"),
        ("colours", {"segments": ["nothing"]}, 404, "nothing"),
        ("colours", {"outcome_of": "v9"}, 404, "v9"),
        ("mask", {"selection": {"area": {"space": "look", "method": "pca", "polygon": [[0, 0]]}}}, 422, "3"),
        (
            "mask",
            {"selection": {"area": {"space": "gone", "method": "pca", "polygon": SQUARE}}},
            404,
            "gone",
        ),
        ("compute", {"method": "pca"}, 422, "no job"),
    ],
)
def test_wrong_questions_are_told(
    http: httpx.Client, path: str, request_body: dict[str, Any], status: int, word: str
) -> None:
    answer = http.post(f"{MAP}/{path}", json=request_body)
    assert answer.status_code == status
    assert word in answer.text


def test_a_better_map_is_a_job_and_places_what_is_added_later(
    val: Dataset, server: Any, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match="no pacmap map of embedding space 'crops' yet"):
        val.map(elements="labels", method="pacmap")
    with pytest.raises(InvalidInputError, match="no job"):
        val.compute_map(elements="labels", method="pca", progress=False)
    pytest.importorskip("faiss")
    made = val.compute_map(elements="labels", progress=False)
    assert [method.value for method in made.body.methods] == ["pca", "pacmap"]
    assert val.map(elements="labels").to_dicts() == made.to_dicts()
    assert val.map(elements="labels", method="pca").body.method == "pca"
    spaces = {space.name: space.body for space in val.embeddings}
    assert [method.value for method in spaces["crops"].projections] == ["pca", "pacmap"]

    crops = val.query("", elements="labels").ids()
    again = vectors(len(crops), 2)
    again[0] = again[31]
    val.embeddings.upload("crops", crops[:1], again[:1], "m/2", elements="labels", progress=False)
    moved = val.map(elements="labels")
    assert moved.body.method == "pacmap"
    assert moved.body.key != made.body.key
    before, after = made.to_dicts(), moved.to_dicts()
    assert [after[0]["x"], after[0]["y"]] == pytest.approx([after[31]["x"], after[31]["y"]], abs=1e-3)
    for one, other in zip(before[1:], after[1:], strict=True):
        assert [other["x"], other["y"]] == pytest.approx([one["x"], one["y"]], abs=1e-3)

    target = tmp_path / "points.csv"
    place = ("--url", server.url, "--project", "maps", "--dataset", "val")
    shown = run_shoal("map", "--elements", "labels", "--to", str(target), *place)
    assert shown.returncode == 0, shown.stderr
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == [row["id"] for row in after]
    assert float(rows[5]["x"]) == pytest.approx(after[5]["x"], rel=1e-5)
