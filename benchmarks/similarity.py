"""Similarity search: recall, latency, memory and build time, filtered and not, beside other indexes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import shoal
from benchmarks import vector_files
from benchmarks.measuring import alone, wait_for_quiet
from benchmarks.tables import Report, duration, shown
from benchmarks.vector_files import DIMENSION, SHARES, K
from shoal.embed.index import VectorIndex
from shoal.kernels.objects import Int64Array
from shoal.model.embedding import Distance
from shoal.store.derived import Derived
from shoal.store.home import Home
from shoal.store.vectors import VectorBatch, open_vectors, write_vectors

Search = Callable[[int, str], Int64Array]
"""Returns the rows found for a query under a filter."""

_PAUSE_EVERY = 10


def measured(folder: Path, search: Search, filters: list[str]) -> dict[str, Any]:
    """Time every query under every filter, one after the other, and compare what is found."""
    answers = {}
    for name in filters:
        search(0, name)
        found, times = [], []
        for i in range(vector_files.N_QUERIES):
            if i % _PAUSE_EVERY == 0:
                wait_for_quiet()
            start = time.perf_counter()
            found.append(search(i, name))
            times.append(time.perf_counter() - start)
        answers[name] = {
            "p50": float(np.quantile(times, 0.5)),
            "p95": float(np.quantile(times, 0.95)),
            "best": min(times),
            "recall": vector_files.recall(np.array(found), vector_files.truth_of(folder, name)),
        }
    return answers


def ours(folder: str) -> dict[str, Any]:
    """The index itself, over vectors in a Lance table."""
    place = Path(folder)
    queries = vector_files.queries_of(place)
    allowed = {name: vector_files.allowed_rows(place, name) for name in SHARES if name != "all"}
    with tempfile.TemporaryDirectory() as name, Home.open(Path(name) / "home") as home:
        stored = write_vectors(home, _batches(place), DIMENSION)
        table = open_vectors(home, stored, dimension=DIMENSION, distance=Distance.COSINE, model_id="drawn")
        start = time.perf_counter()
        index = VectorIndex.open(table, Derived(home))
        index.nearest(queries[:1], K)
        built = time.perf_counter() - start

        def search(i: int, chosen: str) -> Int64Array:
            return index.nearest(queries[i : i + 1], K, rows=allowed.get(chosen)).rows

        return {"built": built, "filters": measured(place, search, list(SHARES))}


def _batches(folder: Path) -> Iterator[VectorBatch]:
    for first, part in vector_files.batches(folder):
        yield np.arange(first, first + len(part), dtype=np.uint32), part


def whole_way(folder: str) -> dict[str, Any]:
    """`Dataset.similar` in process: request, catalog, query, search, ids, JSON and back."""
    place = Path(folder)
    n_rows, queries = len(vector_files.vectors_of(place)), vector_files.queries_of(place)
    rank = np.empty(n_rows, np.int64)
    rank[np.load(place / "order.npy")] = np.arange(n_rows)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        ids = pa.array([f"{i:08d}" for i in range(n_rows)])
        pq.write_table(pa.table({"frame_id": ids, "rank": rank}), scratch / "frames.parquet")
        (scratch / "ids.txt").write_text("\n".join(ids.to_pylist()))
        with shoal.connect(scratch / "home") as client:
            project = client.create_project("benchmark", classes=["object"])
            val = project.datasets.upload("val", frames=scratch / "frames.parquet", progress=False)
            start = time.perf_counter()
            val.embeddings.upload(
                "drawn", scratch / "ids.txt", place / "vectors.npy", "drawn", progress=False
            )
            uploaded = time.perf_counter() - start
            val.similar(vector=queries[0].tolist(), k=K)
            built = time.perf_counter() - start - uploaded

            def search(i: int, chosen: str) -> Int64Array:
                limit = int(n_rows * SHARES[chosen])
                query = None if chosen == "all" else f"rank < {limit}"
                found = val.similar(vector=queries[i].tolist(), k=K, query=query)
                return np.array([int(one) for one in found.column("id")])

            return {"built": built, "uploaded": uploaded, "filters": measured(place, search, list(SHARES))}


def numpy_exact(folder: str) -> dict[str, Any]:
    """Floats in memory, one product with the query, the largest 20."""
    place = Path(folder)
    queries = vector_files.normalised(vector_files.queries_of(place))
    start = time.perf_counter()
    vectors = np.empty((len(vector_files.vectors_of(place)), DIMENSION), np.float32)
    for first, part in vector_files.batches(place):
        vectors[first : first + len(part)] = vector_files.normalised(part)
    built = time.perf_counter() - start
    allowed = {name: vector_files.allowed_rows(place, name) for name in SHARES}

    def search(i: int, chosen: str) -> Int64Array:
        if chosen == "all":
            return np.argpartition(vectors @ -queries[i], K)[:K]
        rows = allowed[chosen]
        return rows[np.argpartition(vectors[rows] @ -queries[i], K)[:K]]

    return {"built": built, "filters": measured(place, search, list(SHARES))}


def hnswlib_graph(folder: str) -> dict[str, Any]:
    """A navigable graph over floats; filters inside it, as a Python function."""
    import hnswlib

    place = Path(folder)
    n_rows, queries = len(vector_files.vectors_of(place)), vector_files.queries_of(place)
    start = time.perf_counter()
    index = hnswlib.Index("cosine", DIMENSION)
    index.init_index(n_rows, M=16, ef_construction=100)
    for _, part in vector_files.batches(place):
        index.add_items(part)
    built = time.perf_counter() - start
    index.set_ef(200)
    inside = {name: np.zeros(n_rows, np.bool_) for name in SHARES}
    for name, mask in inside.items():
        mask[vector_files.allowed_rows(place, name)] = True

    def search(i: int, chosen: str) -> Int64Array:
        mask = inside[chosen]
        options = {} if chosen == "all" else {"filter": lambda row: bool(mask[row]), "num_threads": 1}
        try:
            return np.asarray(index.knn_query(queries[i : i + 1], K, **options)[0][0], np.int64)
        except RuntimeError:
            # It met fewer than 20 rows the filter lets through, and returns none.
            return np.full(K, -1)

    return {"built": built, "filters": measured(place, search, list(SHARES))}


def usearch_graph(folder: str) -> dict[str, Any]:
    """A navigable graph over 8-bit vectors; its Python interface takes no filter."""
    from usearch.index import Index

    place = Path(folder)
    queries = vector_files.queries_of(place)
    start = time.perf_counter()
    index = Index(ndim=DIMENSION, metric="cos", dtype="i8", expansion_search=200)
    for first, part in vector_files.batches(place):
        index.add(np.arange(first, first + len(part)), part)
    built = time.perf_counter() - start

    def search(i: int, _: str) -> Int64Array:
        return np.asarray(index.search(queries[i], K).keys, np.int64)

    return {"built": built, "filters": measured(place, search, ["all"])}


def faiss_cells(folder: str) -> dict[str, Any]:
    """Cells with 8-bit codes, 16 cells a query; filters as bitmaps inside the scan."""
    import faiss

    place = Path(folder)
    n_rows = len(vector_files.vectors_of(place))
    queries = vector_files.normalised(vector_files.queries_of(place))
    start = time.perf_counter()
    n_cells = int(2 * n_rows**0.5)
    index = faiss.index_factory(DIMENSION, f"IVF{n_cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.linspace(0, n_rows - 1, min(n_rows, 40 * n_cells)).astype(np.int64)
    index.train(vector_files.normalised(vector_files.vectors_of(place)[sample]))
    for _, part in vector_files.batches(place):
        index.add(vector_files.normalised(part))
    built = time.perf_counter() - start
    chosen_rows = {name: faiss.IDSelectorBatch(vector_files.allowed_rows(place, name)) for name in SHARES}

    def search(i: int, chosen: str) -> Int64Array:
        parameters: Any = faiss.SearchParametersIVF()
        parameters.nprobe, parameters.sel = 16, None if chosen == "all" else chosen_rows[chosen]
        return np.asarray(index.search(queries[i : i + 1], K, params=parameters)[1][0], np.int64)

    return {"built": built, "filters": measured(place, search, list(SHARES))}


def report(n_rows: int, *, kept: str | None = None) -> Report:
    """Measure every way at one size.

    Args:
        n_rows: vectors.
        kept: a folder in which the vectors stay between runs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(kept or name) / f"vectors-{n_rows}"
        vector_files.write(folder, n_rows)
        ways: list[tuple[str, Callable[..., dict[str, Any]]]] = [
            ("**Shoal**: the index", ours),
            ("**Shoal**: `Dataset.similar`, the whole way", whole_way),
            ("numpy, floats in memory, exact", numpy_exact),
            ("faiss, cells with 8-bit codes", faiss_cells),
            ("hnswlib, M 16, ef 200", hnswlib_graph),
            ("usearch, 8-bit, ef 200", usearch_graph),
        ]
        found = {title: alone(way, folder=str(folder)) for title, way in ways}
    table = Report(f"Similarity search: {n_rows:,} vectors × {DIMENSION}, 20 nearest", _columns())
    for title, one in found.items():
        _add(table, title, one)
    table.notes += [
        "p50 / p95 and recall@20 against exact floats, 100 queries one after the other; filters of 10 % and "
        "1 % let through rows drawn at random. Built: from stored vectors to the first answer.",
        "Memory is the most a process held, mapped files and building included.",
        "The whole way is the SDK in process: request, catalog, the query behind a filter, search, ids, JSON "
        "and back.",
        "hnswlib asks a Python function about each row it meets, on one thread; usearch takes no filter from "
        "Python.",
    ]
    _targets(table, n_rows, found["**Shoal**: the index"])
    return table


def _columns() -> tuple[str, ...]:
    heads = [f"{name}: {what}" for name in SHARES for what in ("p50 / p95", "recall")]
    return ("tool", "built", "memory", *heads)


def _add(table: Report, title: str, one: dict[str, Any]) -> None:
    cells = []
    for name in SHARES:
        answer = one["filters"].get(name)
        cells += (
            ["–", "–"]
            if answer is None
            else [f"{duration(answer['p50'])} / {duration(answer['p95'])}", f"{answer['recall']:.3f}"]
        )
    table.add(title, duration(one["built"]), f"{shown(one['peak_mb'])} MB", *cells)


def _targets(table: Report, n_rows: int, found: dict[str, Any]) -> None:
    what = f"{n_rows:,} × {DIMENSION}"
    for name, answer in found["filters"].items():
        label = f"Similarity at {what}, {name}"
        table.at_most(f"{label}: p50", 20, 1e3 * answer["p50"], "ms", best=1e3 * answer["best"])
        table.at_least(f"{label}: recall@20", 99, 100 * answer["recall"], "%")
    table.at_most(f"Similarity at {what}: searchable after upload", 20, found["built"], "s")
    limit = (1.5 * n_rows * DIMENSION + 2**30) / 1e6
    table.at_most(f"Similarity at {what}: memory, 1.5 × 8-bit + 1 GiB", limit, found["peak_mb"], "MB")
