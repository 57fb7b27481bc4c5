"""Sets of elements, and what can be asked of them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from shoal.model.embedding import Projection
from shoal.model.segment import ElementKind
from shoal.wire.base import Shape
from shoal.wire.problems import ProblemBody


class Belonging(Shape):
    """Elements of one kind, standing for what belongs to them: crops of frames, frames of crops."""

    selection: SelectionBody
    elements: ElementKind
    inference_set: str | None = Field(default=None, description="The set the selection is about.")


class MapArea(Shape):
    """Elements whose point on a map lies in a polygon (even-odd rule; borders count as inside)."""

    space: str
    method: Projection
    polygon: list[tuple[float, float]] = Field(min_length=3, max_length=10_000)
    inference_set: str | None = Field(default=None, description="With inferences: whose.")


class SelectionBody(Shape):
    """A set of elements; exactly one field says how it is made.

    `ids` are frame ids, label ids or inference ids, after the kind of element.
    """

    query: str | None = None
    ids: list[str] | None = None
    segment: str | None = None
    version: int | None = Field(default=None, description="With `segment`: its version, default the current.")
    all_of: list[SelectionBody] | None = Field(default=None, description="Intersection.")
    any_of: list[SelectionBody] | None = Field(default=None, description="Union.")
    minus: tuple[SelectionBody, SelectionBody] | None = Field(
        default=None, description="First without second."
    )
    complement: SelectionBody | None = None
    of: Belonging | None = Field(
        default=None, description="The frames these crops are in, or the crops in these frames."
    )

    area: MapArea | None = Field(default=None, description="What a lasso on the map of embeddings holds.")

    @model_validator(mode="after")
    def _exactly_one(self) -> SelectionBody:
        ways = ("query", "ids", "segment", "all_of", "any_of", "minus", "complement", "of", "area")
        given = [way for way in ways if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(f"expected exactly one of {', '.join(ways)}, found {', '.join(given) or 'none'}")
        return self


class QueryRequest(Shape):
    """Count a selection and page through it."""

    selection: SelectionBody
    elements: ElementKind = ElementKind.FRAMES
    inference_set: str | None = Field(
        default=None, description="The set `inference(…)` and scores are about."
    )
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)
    sort: str | None = Field(default=None, description="A field; prefix `-` for falling order.")
    columns: list[str] | None = Field(default=None, description="Default: ids alone (`id`).")
    limit: int = Field(default=50, ge=0, le=1000)
    cursor: str | None = None
    offset: int | None = Field(default=None, ge=0, description="In place of a cursor: skip so many.")
    around: str | None = Field(
        default=None,
        description="In place of a cursor: an id to have in the middle of the page; no items without it.",
    )

    @model_validator(mode="after")
    def _one_start(self) -> QueryRequest:
        given = [name for name in ("cursor", "offset", "around") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"expected at most one of cursor, offset and around, found {', '.join(given)}")
        return self


class QueryPage(Shape):
    """The size of a selection and one page of it."""

    count: int
    total: int = Field(description="Elements in the dataset version.")
    dataset_version: int
    query: str | None = Field(description="The query as Shoal prints it.")
    items: list[dict[str, Any]]
    next_cursor: str | None
    offset: int = Field(default=0, description="Elements before the first one of this page.")
    selected_on: list[str] = Field(
        default_factory=list, description="Inference sets whose errors the selection goes by."
    )


class CompletionItem(Shape):
    """One thing that can be typed."""

    kind: str
    text: str
    detail: str = ""


class CompletionBody(Shape):
    """What can stand in place of `text[start:end]`."""

    start: int
    end: int
    items: list[CompletionItem]
    problem: ProblemBody | None = Field(
        default=None, description="Why the text as a whole cannot be asked yet; null: it can."
    )


class FacetValue(Shape):
    """One value and how many elements have it."""

    value: Any
    count: int


class FacetBody(Shape):
    """The distribution of one field over a selection."""

    field: str
    type: str
    kind: Literal["values", "histogram"]
    values: list[FacetValue] = Field(default_factory=list, description="Most frequent first, at most 100.")
    n_distinct: int = 0
    n_missing: int = 0
    edges: list[float] = Field(default_factory=list, description="Histogram: n + 1 edges, last one closed.")
    counts: list[int] = Field(default_factory=list)


class FacetList(Shape):
    """Facets of a selection."""

    count: int
    items: list[FacetBody]
