"""Vectors of one's own through the SDK, in process and over a socket: searched, refused, deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import shoal
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError, NotFoundError, QueryTypeError, UploadRejectedError
from shoal_server import running_server
from vector_data import made_vectors, nearest

N = 24
D = 8
VECTORS = made_vectors(N, D, seed=1)
CROPS = made_vectors(2 * N, D, seed=2)
IDS = [f"f{i:02}" for i in range(N)]


def box(left: float) -> dict[str, float]:
    return {"x": left, "y": 10.0, "w": 20.0, "h": 20.0}


def rows() -> list[dict[str, Any]]:
    return [
        {
            "frame_id": IDS[i],
            "split": ("training", "test")[i % 2],
            "lux": float(i),
            "labels": [
                {"id": f"l{2 * i:02}", "class": "car", **box(5)},
                {"id": f"l{2 * i + 1:02}", "class": "bus", **box(60)},
            ],
        }
        for i in range(N)
    ]


@pytest.fixture(scope="module", params=["in process", "over a socket"])
def sh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoal]:
    home = tmp_path_factory.mktemp("home")
    if request.param == "in process":
        with shoal.connect(home) as opened:
            yield opened
        return
    with running_server(home) as server, shoal.connect(server.url) as opened:
        yield opened


@pytest.fixture
def val(sh: Shoal, request: pytest.FixtureRequest) -> Dataset:
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)
    project = sh.create_project(name, classes=["car", "bus"])
    dataset = project.datasets.upload("val", frames=rows(), progress=False)
    found = [{"frame_id": one, "class": "car", "confidence": 0.9, **box(6)} for one in IDS]
    dataset.inference_sets.upload("v1", inferences=found, progress=False)
    return dataset.refresh()


def put(val: Dataset, **options: Any) -> Any:
    values: dict[str, Any] = {
        "space": "clip",
        "ids": IDS,
        "vectors": VECTORS,
        "model_id": "clip-b32",
        "progress": False,
    }
    return val.embeddings.upload(**(values | options))


def test_vectors_are_uploaded_listed_searched_and_deleted(val: Dataset) -> None:
    assert val.embeddings.list() == []
    space = put(val)
    assert (space.name, space.elements, space.n_vectors) == ("clip", "frames", N)
    assert space.body.dimension == D
    assert space.body.distance == "cosine"
    assert space.body.origin == "uploaded"
    assert repr(space) == "EmbeddingSpace('clip', 24 of 24 frames, 8 numbers, cosine, 'clip-b32')"

    found = val.similar(["f03"], k=5)
    allowed = np.arange(N) != 3
    assert found.column("id") == [IDS[i] for i in nearest(VECTORS, VECTORS[[3]], 5, allowed)]
    assert found.column("frame_id") == found.column("id")
    assert set(found.column("nearest")) == {"f03"}
    assert found.column("distance") == sorted(found.column("distance"))
    assert found.body.method == "exact"
    assert found.body.n_candidates == N - 1

    val.embeddings.delete("clip")
    assert val.embeddings.list() == []
    with pytest.raises(NotFoundError, match="no embedding space for frames of dataset 'val'") as caught:
        val.similar(["f03"])
    assert "embeddings upload" in caught.value.hint


def test_many_seeds_a_query_a_selection_and_a_vector(val: Dataset) -> None:
    put(val)
    seeds = [3, 4]
    is_test = np.arange(N) % 2 == 1
    allowed = is_test & ~np.isin(np.arange(N), seeds)
    expected = [IDS[i] for i in nearest(VECTORS, VECTORS[seeds], 4, allowed)]
    assert val.similar(["f03", "f04"], k=4, query="split:test").column("id") == expected
    chosen = val.query("lux>=3 lux<=4")
    found = val.similar(selection=chosen, k=4, query="split:test")
    assert found.column("id") == expected
    assert set(found.column("nearest")) <= {"f03", "f04"}
    by_vector = val.similar(vector=VECTORS[3].tolist(), k=1)
    assert by_vector.to_dicts() == [{"id": "f03", "frame_id": "f03", "distance": 0.0, "nearest": None}]
    rare = val.similar(["f03"], k=20, query="lux<2")
    assert sorted(rare.column("id")) == ["f00", "f01"]
    with pytest.raises(InvalidInputError, match="exactly one of ids, vector, image, selection"):
        val.similar(["f03"], vector=[1.0])
    with pytest.raises(InvalidInputError, match=r"Expected a vector of 8 numbers.*found 3"):
        val.similar(vector=[1.0, 2.0, 3.0])
    with pytest.raises(InvalidInputError, match="a direction, found zeros"):
        val.similar(vector=[0.0] * D)
    with pytest.raises(NotFoundError, match="1 of 1 ids are not frames"):
        val.similar(["nobody"])


def test_crops_of_labels_and_of_inferences_have_spaces_of_their_own(val: Dataset) -> None:
    labels = [f"l{i:02}" for i in range(2 * N)]
    put(val, elements="labels", ids=labels, vectors=CROPS)
    inferences = val.query("", elements="inferences", inference_set="v1").ids()
    put(
        val,
        elements="inferences",
        inference_set="v1",
        ids=inferences,
        vectors=CROPS[:N],
        distance="euclidean",
    )
    put(val)
    assert [(one.elements, one.body.inference_set) for one in val.embeddings] == [
        ("frames", None),
        ("labels", None),
        ("inferences", "v1"),
    ]
    found = val.similar(["l07"], k=3, elements="labels", query="class:car")
    is_car = np.arange(2 * N) % 2 == 0
    expected = nearest(CROPS, CROPS[[7]], 3, is_car & (np.arange(2 * N) != 7))
    assert found.column("id") == [labels[i] for i in expected]
    assert found.column("frame_id") == [IDS[i // 2] for i in expected]
    by_length = val.similar([inferences[0]], k=3, elements="inferences")
    expected = nearest(CROPS[:N], CROPS[[0]], 3, np.arange(N) != 0, "euclidean")
    assert by_length.column("id") == [inferences[i] for i in expected]
    val.inference_sets.delete("v1")
    assert [one.elements for one in val.embeddings] == ["frames", "labels"]


def test_upserts_supersede_and_stay_with_their_elements(val: Dataset) -> None:
    put(val)
    changed = VECTORS.copy()
    for start in (0, 5, 9):
        new = made_vectors(8, D, seed=start + 10)
        put(val, ids=IDS[start : start + 8], vectors=new)
        changed[start : start + 8] = new
    expected = [IDS[i] for i in nearest(changed, changed[[0]], N, np.arange(N) != 0)]
    assert val.similar(["f00"], k=N).column("id") == expected
    assert val.embeddings["clip"].body.version == 4
    val.frames.delete(["f05"])
    assert val.embeddings["clip"].n_vectors == N - 1
    assert val.similar(["f00"], k=N).column("id") == [one for one in expected if one != "f05"]
    put(val, ids=["f01", "f02"], vectors=made_vectors(2, 3, seed=5), model_id="other", mode="replace")
    assert (val.embeddings["clip"].n_vectors, val.embeddings["clip"].body.dimension) == (2, 3)
    assert val.similar(["f01"]).column("id") == ["f02"]
    with pytest.raises(NotFoundError, match="None of the 1 seeds has a vector"):
        val.similar(["f00"])


@pytest.mark.parametrize("kind", ["npy and text", "npy and json", "parquet", "arrow", "feather", "polars"])
def test_files_of_every_kind_give_the_same(val: Dataset, tmp_path: Path, kind: str) -> None:
    options: dict[str, Any] = {"ids": None}
    table = pa.table(
        {"frame_id": IDS, "embedding": pa.FixedSizeListArray.from_arrays(pa.array(VECTORS.ravel()), D)}
    )
    lists = pa.table({"name": IDS, "numbers": [row.tolist() for row in VECTORS]})
    if kind.startswith("npy"):
        np.save(tmp_path / "v.npy", np.asfortranarray(VECTORS.astype(np.float64)))
        suffix = "txt" if kind.endswith("text") else "json"
        text = "\r\n".join(IDS) + "\r\n" if suffix == "txt" else json.dumps(IDS)
        (tmp_path / f"ids.{suffix}").write_text(text)
        options = {"ids": tmp_path / f"ids.{suffix}", "vectors": tmp_path / "v.npy"}
    elif kind == "parquet":
        pq.write_table(lists, tmp_path / "v.parquet", row_group_size=7)
        options |= {"vectors": tmp_path / "v.parquet", "id_column": "name", "vector_column": "numbers"}
    elif kind == "arrow":
        with pa.OSFile(str(tmp_path / "v.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as out:
            out.write_table(table, max_chunksize=5)
        options |= {"vectors": tmp_path / "v.arrow"}
    elif kind == "feather":
        feather.write_feather(table, tmp_path / "v.feather", chunksize=9)
        options |= {"vectors": tmp_path / "v.feather"}
    else:
        options |= {"vectors": pl.from_arrow(table)}
    put(val, **options)
    found = val.similar(["f00"], k=N).column("id")
    assert found == [IDS[i] for i in nearest(VECTORS, VECTORS[[0]], N, np.arange(N) != 0)]


def at(row: int, value: Any) -> Any:
    changed = VECTORS.copy()
    changed[row] = value
    return changed


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"vectors": at(3, np.nan)}, r"vectors.npy: row 3: vector: expected finite numbers.*nan in place 0"),
    ({"vectors": at(4, np.inf)}, r"row 4: vector: expected finite numbers.*inf in place 0"),
    ({"vectors": at(5, 0)}, r"row 5: vector: expected a direction.*found zeros"),
    ({"vectors": at(5, 1e30)}, r"row 5: vector: expected numbers that fit"),
    ({"ids": ["f1x", *IDS[1:]]}, r"ids.json: \[0\]: id: expected the id of a frame.*'f1x' \(Near ones: 'f"),
    ({"ids": [*IDS[:-1], "f00"]}, r"\[23\]: id: expected each frame once, found 'f00' \(It was at \[0\]"),
    ({"ids": IDS[1:]}, r"expected 24 ids, as vectors.npy has rows; found 23"),
    ({"ids": None}, r"Expected the ids of the rows of 'vectors.npy', found none"),
    ({"vectors": VECTORS[:, :5]}, r"has the dimension 8; the new vectors have 5"),
    ({"model_id": "dino"}, r"has the model id 'clip-b32'; the new vectors have 'dino'"),
    ({"distance": "euclidean"}, r"has the distance 'cosine'; the new vectors have 'euclidean'"),
    ({"vectors": VECTORS[:0], "ids": []}, r"holds no vectors"),
    ({"vectors": [[1.0], [1.0, 2.0]]}, r"Expected vectors of one length"),
    ({"inference_set": "v1"}, r"Expected an inference set with elements inferences alone"),
    ({"space": "a b"}, r"letters, digits|pattern"),
]


def test_what_does_not_fit_is_refused_and_changes_nothing(val: Dataset, tmp_path: Path) -> None:
    put(val)
    before = val.similar(["f00"], k=N).to_dicts(), val.embeddings["clip"].to_dict()
    for options, message in REFUSED:
        with pytest.raises(InvalidInputError, match=message):
            put(val, **options)
    bad = pa.table({"id": IDS[:4], "vector": [[1.0] * D, None, [1.0] * 3, [1.0] * (D - 1) + [None]]})
    pq.write_table(bad, tmp_path / "bad.parquet")
    with pytest.raises(UploadRejectedError) as caught:
        put(val, ids=None, vectors=tmp_path / "bad.parquet")
    assert caught.value.total == 3
    assert [problem.place for problem in caught.value.problems] == ["row 1", "row 2", "row 3"]
    assert [problem.found for problem in caught.value.problems] == ["nothing", "3", "nan in place 7"]
    cut = tmp_path / "cut.parquet"
    cut.write_bytes((tmp_path / "bad.parquet").read_bytes()[:-9])
    with pytest.raises(InvalidInputError, match=r"cut.parquet: expected a Parquet file"):
        put(val, ids=None, vectors=cut)
    no_column = tmp_path / "no.parquet"
    pq.write_table(pa.table({"a": [1]}), no_column)
    with pytest.raises(InvalidInputError, match="expected the ids in a column 'id'; there are 'a'"):
        put(val, ids=None, vectors=no_column)
    after = val.similar(["f00"], k=N).to_dicts(), val.embeddings["clip"].to_dict()
    assert after == before


def test_a_query_speaks_of_what_is_near(val: Dataset) -> None:
    put(val)
    near = [IDS[i] for i in nearest(VECTORS, VECTORS[[3]], 5, np.arange(N) != 3)]
    assert val.query('similar(id:"f03", 5)').ids() == sorted(near)
    is_test = [one for one in near if int(one[1:]) % 2]
    assert val.query("similar(id:f03, 5) split:test").ids() == sorted(is_test)
    with pytest.raises(QueryTypeError, match=r"no frame with the id 'f99'") as caught:
        val.query("split:test similar(id:(f03, f99), 5)").count()
    assert caught.value.location["offset"] == 28
    with pytest.raises(QueryTypeError, match=r"no embedding space for labels") as caught:
        val.query("similar(id:l00, 5)", elements="labels").count()
    assert caught.value.location["offset"] == 0
    segment = val.segments.create("Near", type="scenario", query="similar(id:f03, 5)")
    assert segment.query == "similar(id:f03, 5, space:clip)"
    put(val, space="dino", model_id="dino", vectors=VECTORS[::-1])
    with pytest.raises(QueryTypeError, match=r"several embedding spaces for frames"):
        val.query("similar(id:f03, 5)").count()
    assert segment.difference().n_add == 0
    put(val, elements="labels", ids=[f"l{i:02}" for i in range(2 * N)], vectors=CROPS)
    crops = [f"l{i:02}" for i in nearest(CROPS, CROPS[[7]], 3, np.arange(2 * N) != 7)]
    assert val.query("similar(id:l07, 3)", elements="labels").ids() == sorted(crops)
    assert val.query("label(similar(id:l07, 3))").ids() == sorted({IDS[int(one[1:]) // 2] for one in crops})
    found = val.complete("similar(id:f03, 5, space:d").items
    assert [(item.kind, item.text) for item in found] == [("embedding_space", "dino")]


def test_several_spaces_must_be_named(val: Dataset) -> None:
    put(val)
    put(val, space="dino", model_id="dino", vectors=VECTORS[::-1])
    with pytest.raises(InvalidInputError, match=r"name of an embedding space.*there are clip, dino"):
        val.similar(["f00"])
    with pytest.raises(NotFoundError, match="no embedding space 'dina'") as caught:
        val.similar(["f00"], space="dina")
    assert "dino" in caught.value.hint
    reversed_ = val.similar(["f00"], space="dino", k=N).column("id")
    assert reversed_ == [IDS[i] for i in nearest(VECTORS[::-1], VECTORS[[-1]], N, np.arange(N) != 0)]
