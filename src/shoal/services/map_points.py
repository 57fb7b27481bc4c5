"""Maps as a request sees them: which there are, and where each element lies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shoal.errors import MissingExtraError, NotFoundError
from shoal.model.embedding import Projection
from shoal.model.segment import ElementKind
from shoal.services.scene import Scene, open_scene
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.wire.embeddings import SpaceChoice
from shoal.wire.selections import MapArea

if TYPE_CHECKING:
    from shoal.embed.projection import Points
    from shoal.embed.projection_layout import Layout
    from shoal.kernels.objects import BoolArray
    from shoal.services.runtime import Runtime
    from shoal.store.vectors import Float32Array

_PLACED_AT_ONCE: Final = 20_000
"""Vectors added since a map was made that a request places itself; more are the job's."""

_WORTH_PREPARING: Final = 50_000


@dataclass(frozen=True, slots=True)
class OpenMap:
    """A map on the dataset version of a scene.

    Attributes:
        space: whose vectors it shows.
        method: how it was made.
        methods: the maps that are there now, the plainest first.
        xy: float32, shape (N, 2): the point of each element in the order of the scene's masks, NaN without
            a vector.
        key: names the points.
    """

    space: OpenSpace
    method: Projection
    methods: Sequence[Projection]
    xy: Float32Array
    key: str

    @property
    def has_point(self) -> BoolArray:
        """bool, shape (N,): the elements that have one."""
        return self.space.has_vector

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """x least, y least, x most, y most; zeros without points."""
        points = self.xy[self.has_point]
        if not len(points):
            return 0.0, 0.0, 0.0, 0.0
        low, high = points.min(axis=0), points.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def open_map(scene: Scene, choice: SpaceChoice, method: Projection | None = None) -> OpenMap:
    """Open the map a request means; without a method the best that is there.

    Raises:
        NotFoundError: no such space, or its map was not made yet.
        InvalidInputError: there are several spaces and none was named.
    """
    space = open_space(scene, choice)
    layout = _ready_layout(scene, space)
    methods = [Projection.PCA, *([Projection.PACMAP] if layout is not None else [])]
    chosen = methods[-1] if method is None else method
    if chosen not in methods:
        raise NotFoundError(
            f"There is no {chosen.value} map of embedding space {space.row.name!r} yet.",
            hint="Make it with shoal map --compute, or .compute_map() in Python.",
            location={"field": "method"},
        )
    points = _points(scene, space, layout if chosen is Projection.PACMAP else None)
    xy = np.full((len(space.rows), 2), np.nan, np.float32)
    xy[space.has_vector] = points.xy[space.rows[space.has_vector]]
    return OpenMap(space, chosen, methods, xy, _key(scene, space, points.key))


def prepare_map(runtime: Runtime, project: str, dataset: str, choice: SpaceChoice) -> None:
    """Lay out the plain map of many new vectors while nobody waits; that of a few is there at once."""
    from shoal.embed.projection import pca_points

    space = open_space(open_scene(runtime, project, dataset), choice)
    if space.table.n_rows >= _WORTH_PREPARING:
        pca_points(space.table, runtime.derived)


def available_methods(scene: Scene, space: OpenSpace) -> list[Projection]:
    """Return the maps of a space that are there now, the plainest first."""
    is_laid_out = _ready_layout(scene, space) is not None
    return [Projection.PCA, *([Projection.PACMAP] if is_laid_out else [])]


def _ready_layout(scene: Scene, space: OpenSpace) -> Layout | None:
    """Return the fitted map, unless so much was added since that placing it would keep a request waiting."""
    from shoal.embed.projection import n_unplaced
    from shoal.embed.projection_layout import kept_layout
    from shoal.embed.projection_neighbours import check_extra

    derived = scene.runtime.derived
    layout = kept_layout(space.table, derived)
    if layout is None:
        return None
    missing = n_unplaced(space.table, derived, layout.name)
    if missing > _PLACED_AT_ONCE:
        return None
    if missing:
        try:
            check_extra()
        except MissingExtraError:
            return None
    return layout


def _points(scene: Scene, space: OpenSpace, layout: Layout | None) -> Points:
    from shoal.embed.projection import pca_points
    from shoal.embed.projection_layout import layout_points

    if layout is None:
        return pca_points(space.table, scene.runtime.derived)
    return layout_points(space.table, layout, scene.runtime.derived)


def _key(scene: Scene, space: OpenSpace, points: str) -> str:
    """Return a name for the points of these elements: of the map, the vectors and the dataset version."""
    owner = space.inference_set
    parts = (
        points,
        space.row.id,
        str(space.table.key["version"]),
        scene.source.version_id,
        scene.inference_source(owner).version_id if owner else "",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def area_mask(scene: Scene, area: MapArea, elements: ElementKind, inference_set: str | None) -> BoolArray:
    """Return the elements whose point lies in an area: bool over the elements of a kind.

    Raises:
        NotFoundError: no such space, or its map was not made yet.
    """
    from shoal.kernels.polygon import points_in_polygon

    owner = area.inference_set or inference_set
    choice = SpaceChoice(space=area.space, elements=elements, inference_set=owner)
    opened = open_map(scene, choice, area.method)
    return points_in_polygon(opened.xy, np.array(area.polygon, np.float64))
