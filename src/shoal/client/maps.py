"""Maps of embeddings from Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shoal.client.jobs import Job, wait_for
from shoal.client.progress import open_progress
from shoal.client.selection import Selection
from shoal.client.session import build, given
from shoal.client.tables import ArrowTable
from shoal.model.embedding import Projection
from shoal.model.segment import ElementKind
from shoal.wire.embeddings import MapBody, MapCompute
from shoal.wire.jobs import JobBody
from shoal.wire.selections import MapArea, SelectionBody

if TYPE_CHECKING:
    from shoal.client.dataset_elements import DatasetElements


class MapTable(ArrowTable):
    """Where elements lie on a map: `id`, `x`, `y`; those without a vector are left out.

    Attributes:
        body: which space, how the map was made, which maps there are.
    """

    def __init__(self, body: MapBody, ids: list[str], content: bytes) -> None:
        import numpy as np
        import pyarrow as pa

        xy = np.frombuffer(content, "<f4").reshape(-1, 2)
        has_point = np.isfinite(xy[:, 0])
        columns = {"id": pa.array(ids, pa.string()), "x": pa.array(xy[:, 0]), "y": pa.array(xy[:, 1])}
        super().__init__(pa.table(columns).filter(pa.array(has_point)))
        self.body = body


def read_map(
    dataset: DatasetElements,
    *,
    space: str | None,
    elements: ElementKind,
    inference_set: str | None,
    method: str | None,
) -> MapTable:
    """Return the map that is there now."""
    wanted = given(space=space, inference_set=inference_set, method=method)
    body = dataset.session.read(
        MapBody, "GET", (*dataset.path, "map"), params={"elements": elements.value, **wanted}
    )
    params = {"space": body.space, "elements": elements.value, "method": body.method.value, "key": body.key}
    params |= given(inference_set=body.inference_set)
    points = dataset.session.call("GET", (*dataset.path, "map", "points"), params=params)
    ids = dataset.query("", elements=elements.value, inference_set=body.inference_set).ids()
    return MapTable(body, ids, points.content)


def compute_map(
    dataset: DatasetElements,
    *,
    space: str | None,
    elements: ElementKind,
    inference_set: str | None,
    method: str,
    progress: bool,
) -> MapTable:
    """Make a map as a job, wait for it, and return it."""
    values: dict[str, Any] = given(space=space, inference_set=inference_set)
    request = build(MapCompute, elements=elements, method=method, **values)
    with open_progress(progress) as shown:
        started = dataset.session.read(JobBody, "POST", (*dataset.path, "map", "compute"), body=request)
        wait_for(Job(dataset.session, started), shown)
    return read_map(dataset, space=space, elements=elements, inference_set=inference_set, method=method)


def in_area(
    dataset: DatasetElements,
    polygon: Iterable[tuple[float, float]],
    *,
    space: str | None,
    elements: ElementKind,
    inference_set: str | None,
    method: str | None,
) -> Selection:
    """Return the elements whose point lies in a polygon; asks the server which map is meant when not told."""
    if space is None or method is None:
        wanted = given(space=space, inference_set=inference_set, method=method)
        params = {"elements": elements.value, **wanted}
        found = dataset.session.read(MapBody, "GET", (*dataset.path, "map"), params=params)
        space, method = found.space, found.method
    corners = [(float(x), float(y)) for x, y in polygon]
    area = build(
        MapArea, space=space, method=Projection(method), polygon=corners, **given(inference_set=inference_set)
    )
    body = build(SelectionBody, area=area)
    return Selection(dataset, body, elements=elements, inference_set=inference_set)
