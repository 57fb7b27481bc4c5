"""Embedding spaces, similarity search, answers to suggestions, the map, near-duplicates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from shoal.model.embedding import Distance, Projection, Ranking
from shoal.model.segment import ElementKind
from shoal.wire.base import Shape
from shoal.wire.selections import SelectionBody
from shoal.wire.uploads import FileRef


class SpaceChoice(Shape):
    """Which vectors are meant."""

    space: str | None = Field(
        default=None, description="Name of an embedding space; default the only one these elements have."
    )
    elements: ElementKind = ElementKind.FRAMES
    inference_set: str | None = Field(
        default=None, description="With `elements: inferences`: whose. Else: whose a query may speak of."
    )


class EmbeddingSpaceBody(Shape):
    """Vectors of one model for elements of one kind."""

    name: str
    elements: ElementKind
    inference_set: str | None
    model_id: str
    dimension: int
    distance: Distance
    origin: Literal["uploaded", "computed"]
    n_vectors: int = Field(description="Elements of the current dataset version that have a vector.")
    n_elements: int = Field(description="Elements of that kind in the current dataset version.")
    version: int = Field(description="Grows with every change of the vectors.")
    projections: list[Projection] = Field(description="Maps that are there now.")
    created_at: datetime
    updated_at: datetime


class EmbeddingSpaceList(Shape):
    """Embedding spaces by name and kind of element."""

    items: list[EmbeddingSpaceBody]


class EmbeddingIngest(Shape):
    """Vectors to read. All of them become searchable together, or none does."""

    vectors: FileRef = Field(description="`.npy` (with `ids`), `.parquet`, `.arrow` or `.feather`.")
    ids: FileRef | None = Field(
        default=None, description="With `.npy`: a text file, an id a line, or a JSON list."
    )
    id_column: str = Field(default="id", description="In tables; `frame_id`, `label_id` … are known too.")
    vector_column: str = "vector"
    elements: ElementKind = ElementKind.FRAMES
    inference_set: str | None = None
    model_id: str = Field(min_length=1, description="What made the vectors; those of two never mix.")
    distance: Distance = Distance.COSINE
    mode: Literal["replace", "upsert"] = Field(
        default="upsert", description="upsert: vectors of other elements stay; replace: they go."
    )


class EmbeddingCompute(Shape):
    """Compute vectors with a descriptor, for elements that have none yet."""

    elements: ElementKind = ElementKind.FRAMES
    inference_set: str | None = None
    model: str = Field(
        default="efficientnet-lite0",
        description="The default descriptor, or the path of an ONNX file under an allowed root.",
    )
    margin: float = Field(default=0.1, ge=0, le=2, description="Crops: part of the box added on every side.")
    distance: Distance = Distance.COSINE
    query: str | None = Field(default=None, description="Only elements this query selects.")


class SimilarRequest(SpaceChoice):
    """Elements nearest to seeds; exactly one field says what the seeds are."""

    ids: list[str] | None = Field(default=None, description="Elements of the kind searched.")
    selection: SelectionBody | None = Field(default=None, description="Elements of the kind searched.")
    vector: list[float] | None = None
    image: FileRef | None = Field(default=None, description="Described by the model of a computed space.")
    k: int = Field(default=20, ge=1, le=1000)
    within: SelectionBody | None = Field(default=None, description="Search only these elements.")
    exclude: SelectionBody | None = Field(default=None, description="Leave these out, as the seeds are.")

    @model_validator(mode="after")
    def _one_seed(self) -> SimilarRequest:
        ways = ("ids", "selection", "vector", "image")
        given = [way for way in ways if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(f"expected exactly one of {', '.join(ways)}, found {', '.join(given) or 'none'}")
        return self


class SimilarItem(Shape):
    """One element that was found."""

    id: str
    frame_id: str
    distance: float = Field(description="To the nearest seed.")
    nearest: str | None = Field(default=None, description="Id of that seed, when seeds are elements.")


class SimilarBody(Shape):
    """What was found, nearest first; equal distances in the order of the elements."""

    items: list[SimilarItem]
    space: str
    model_id: str
    distance: Distance
    method: Literal["exact", "index"] = Field(
        description="index: the cells around each seed were scanned, beyond 4 million vectors."
    )
    n_candidates: int = Field(description="Elements searched: those with a vector that filters let through.")
    n_seeds: int = Field(description="Seeds with a vector; of more than 4096, so many spread evenly.")
    n_seeds_without_vector: int = 0
    dataset_version: int


class SuggestionRequest(Shape):
    """Ask for elements that may belong to a segment."""

    space: str | None = None
    k: int = Field(default=20, ge=1, le=1000)
    query: str | None = Field(default=None, description="Suggest only what this query selects.")
    inference_set: str | None = Field(default=None, description="The set the query speaks of.")
    ranking: Ranking = Ranking.AUTO


class Suggestion(Shape):
    """One element that may belong."""

    id: str
    frame_id: str
    score: float = Field(description="Larger is likelier: 1 - distance, or the classifier's probability.")
    distance: float = Field(description="To the nearest member or accepted element.")
    nearest: str | None = None


class SuggestionBody(Shape):
    """Suggestions, likeliest first: neither members, nor answered."""

    items: list[Suggestion]
    space: str
    model_id: str
    ranking: Literal["nearest", "classifier"] = Field(description="The one these are ordered by.")
    classifier_is_ready: bool
    n_more_accepted: int = Field(description="Accepted answers (or members) the classifier still needs.")
    n_more_discarded: int = Field(description="Discarded answers it still needs.")
    n_candidates: int
    n_accepted: int
    n_discarded: int
    segment_version: int
    dataset_version: int


class AnswersChange(Shape):
    """Answers to suggestions; the last one about an element holds."""

    accept: list[str] = Field(default_factory=list)
    discard: list[str] = Field(default_factory=list)
    take_back: list[str] = Field(default_factory=list, description="Forget the answers about these.")
    author: str = ""


class AnswersSave(Shape):
    """What to write down with the version that accepted answers make."""

    space: str | None = Field(
        default=None, description="The space they were suggested from; default the only one there is."
    )
    ranking: Ranking = Ranking.AUTO
    author: str = ""
    note: str = ""


class AnswersBody(Shape):
    """What was answered and is not taken back; accepted ones leave when they become members."""

    accepted: list[str] = Field(description="In order of answering.")
    discarded: list[str]
    revision: int = Field(description="The segment's ETag.")


class MapChoice(SpaceChoice):
    """Which map is meant."""

    method: Projection | None = Field(default=None, description="Default the best that is there.")


class MapPoints(MapChoice):
    """Which points are meant."""

    key: str | None = Field(default=None, description="The map's key: the answer may then be kept for ever.")


class MapCompute(SpaceChoice):
    """Make a map as a job."""

    method: Projection = Projection.PACMAP


class MapBody(Shape):
    """A map: what `map/points` gives and where its points lie."""

    space: str
    elements: ElementKind
    inference_set: str | None
    model_id: str
    method: Projection
    methods: list[Projection] = Field(description="Those that are there now; PCA always is.")
    job: str | None = Field(description="The job that makes a better one, while it runs.")
    n_points: int
    n_elements: int
    key: str = Field(description="Names the points; they change only with it.")
    bounds: tuple[float, float, float, float] = Field(description="x least, y least, x most, y most.")
    dataset_version: int


class LegendEntry(Shape):
    """One colour of a map."""

    value: Any = Field(description="null: all other values.")
    count: int = Field(description="Points of this value.")
    query: str | None = Field(default=None, description="Selects these elements, where a query can.")


class MapColoursRequest(MapChoice):
    """Colour the points of a map; exactly one field says by what."""

    field: str | None = Field(default=None, description="Metadata or a built-in field.")
    segments: list[str] | None = Field(default=None, description="The first of these a point is in.")
    outcome_of: str | None = Field(default=None, description="Outcomes of this inference set.")
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)

    @model_validator(mode="after")
    def _one_way(self) -> MapColoursRequest:
        given = [w for w in ("field", "segments", "outcome_of") if getattr(self, w) is not None]
        if len(given) != 1:
            raise ValueError(
                f"expected exactly one of field, segments and outcome_of, found {', '.join(given) or 'none'}"
            )
        return self


class MapColoursBody(Shape):
    """The value of every point.

    `values` are bytes in base64, one number a point in the order of `map/points`: uint8 places in `legend`
    (255: none), or float32 little-endian for a number (NaN: missing).
    """

    kind: Literal["categories", "numbers"]
    legend: list[LegendEntry] = Field(description="At most 32; the last may stand for all others.")
    low: float | None = Field(default=None, description="Numbers: the least.")
    high: float | None = None
    values: str


class MapMaskRequest(MapChoice):
    """Which points of a map a selection holds."""

    selection: SelectionBody
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)


class MapMaskBody(Shape):
    """One bit a point, first point in the lowest bit of the first byte, base64."""

    count: int
    mask: str


class DuplicateSearch(SpaceChoice):
    """Look for near-duplicates as a job."""

    max_distance: float = Field(default=0.05, ge=0, le=1e9, description="Of a pair, itself included.")


class DuplicatesRequest(DuplicateSearch):
    """Page through what the search found."""

    between: list[str] | None = Field(
        default=None,
        description="Leakage: only pairs of elements in two different ones of these segments; "
        "an empty list: of all Split segments.",
    )
    max_pairs: int = Field(default=100, ge=0, le=10_000_000, description="Links listed of each group.")
    limit: int = Field(default=50, ge=0, le=1000)
    cursor: str | None = None


class DuplicateElement(Shape):
    """One element of a group."""

    id: str
    frame_id: str
    segments: list[str] = Field(description="Split segments, or those asked about, that hold it.")


class DuplicatePair(Shape):
    """Two near-identical elements."""

    first: DuplicateElement
    second: DuplicateElement
    distance: float


class DuplicateGroup(Shape):
    """Elements linked by small distances, and the links, nearest first (at most `max_pairs`).

    An element whose vector equals another's is linked with that one alone; what is near it is near both.
    """

    elements: list[DuplicateElement]
    pairs: list[DuplicatePair]


class DuplicatesBody(Shape):
    """Groups of near-duplicates, those with the nearest pair first."""

    is_ready: bool = Field(description="False: nothing was searched yet for these vectors and this distance.")
    job: str | None = Field(description="The search, while it runs.")
    space: str
    model_id: str
    max_distance: float
    n_groups: int
    n_elements: int = Field(description="Elements in groups; with `between`: in pairs across segments.")
    n_pairs: int
    counts: dict[str, int] = Field(description="With `between`: elements per segment that leak.")
    items: list[DuplicateGroup]
    next_cursor: str | None
    dataset_version: int
