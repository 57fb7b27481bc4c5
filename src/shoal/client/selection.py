"""Sets of frames, labels or inferences, described here and computed on the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from shoal.client.session import build
from shoal.client.tables import ArrowTable, Table
from shoal.errors import InvalidInputError
from shoal.model.columns import BOX_COLUMNS
from shoal.model.segment import ElementKind
from shoal.wire.selections import QueryPage, QueryRequest, SelectionBody

if TYPE_CHECKING:
    from shoal.client.dataset_elements import DatasetElements

INFERENCE_FIELDS: Final = (
    "frame_id",
    "inference_id",
    "class",
    *BOX_COLUMNS,
    "area_px",
    "confidence",
    "segmentation",
)
"""The fields every inference has."""


class Selection:
    """A set of elements of one dataset; nothing is asked of the server until a number or a list is.

    Selections of one kind combine: `a & b`, `a | b`, `a - b`, `~a`.

    Attributes:
        dataset: what it selects from.
        body: how the set is made.
        elements: what it holds.
        inference_set: the set that `inference(…)` and scores are about.
    """

    def __init__(
        self,
        dataset: DatasetElements,
        body: SelectionBody,
        *,
        elements: ElementKind = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> None:
        self.dataset = dataset
        self.body = body
        self.elements = elements
        self.inference_set = inference_set

    def count(self) -> int:
        """Return how many elements it holds.

        Raises:
            QuerySyntaxError: its query cannot be parsed.
            QueryTypeError: its query does not fit the data.
        """
        return self._page().count

    def ids(self) -> list[str]:
        """Return the ids of all elements, in the dataset's order."""
        return self._export(None).column("id")

    def table(self, columns: Sequence[str] | None = None) -> Table:
        """Return the elements with their fields.

        Args:
            columns: names of fields; default all.
        """
        return self._export(self._fields() if columns is None else list(columns))

    def frames(self, columns: Sequence[str] | None = None) -> Table:
        """Return the frames with their fields; of crops, the frames they are in.

        Args:
            columns: names of frame fields; default all.
        """
        if self.elements is ElementKind.FRAMES:
            return self.table(columns)
        frame_ids = dict.fromkeys(self._export(["frame_id"]).column("frame_id"))
        return Selection(self.dataset, build(SelectionBody, ids=list(frame_ids))).table(columns)

    def page(
        self,
        *,
        columns: Sequence[str] | None = None,
        sort: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> QueryPage:
        """Return one page of elements with the count and the query as Shoal prints it.

        Args:
            columns: names of fields; default ids alone.
            sort: a field; prefix `-` for falling order.
            limit: at most 1,000.
            cursor: `next_cursor` of the page before.
        """
        return self._page(columns=list(columns) if columns else None, sort=sort, limit=limit, cursor=cursor)

    def __and__(self, other: Selection) -> Selection:
        return self._with(other, all_of=[*self._operands("all_of"), *other._operands("all_of")])

    def __or__(self, other: Selection) -> Selection:
        return self._with(other, any_of=[*self._operands("any_of"), *other._operands("any_of")])

    def __sub__(self, other: Selection) -> Selection:
        return self._with(other, minus=(self.body, other.body))

    def __invert__(self) -> Selection:
        return Selection(
            self.dataset,
            SelectionBody(complement=self.body),
            elements=self.elements,
            inference_set=self.inference_set,
        )

    def __repr__(self) -> str:
        return f"Selection({self.elements}: {_text(self.body)})"

    def _operands(self, way: str) -> list[SelectionBody]:
        nested: list[SelectionBody] | None = getattr(self.body, way)
        return nested or [self.body]

    def _with(self, other: Selection, **way: Any) -> Selection:
        if self.dataset.id != other.dataset.id or self.elements is not other.elements:
            raise InvalidInputError(
                f"Expected selections of one dataset and kind, found {self.elements} of "
                f"{self.dataset.name!r} and {other.elements} of {other.dataset.name!r}."
            )
        if self.inference_set and other.inference_set and self.inference_set != other.inference_set:
            raise InvalidInputError(
                f"Expected selections about one inference set, found {self.inference_set!r} "
                f"and {other.inference_set!r}.",
                hint="Name the set in the query itself, as in inference@NAME(…).",
            )
        return Selection(
            self.dataset,
            SelectionBody(**way),
            elements=self.elements,
            inference_set=self.inference_set or other.inference_set,
        )

    def _fields(self) -> list[str]:
        if self.elements is ElementKind.FRAMES:
            return list(self.dataset.fields)
        if self.elements is ElementKind.LABELS:
            return list(dict.fromkeys(["frame_id", *self.dataset.label_fields]))
        return list(INFERENCE_FIELDS)

    def _request(self, **more: Any) -> QueryRequest:
        return build(
            QueryRequest,
            selection=self.body,
            elements=self.elements,
            inference_set=self.inference_set,
            **more,
        )

    def _page(self, **more: Any) -> QueryPage:
        request = self._request(**({"limit": 0} | more))
        return self.dataset.session.read(QueryPage, "POST", (*self.dataset.path, "query"), body=request)

    def _export(self, columns: list[str] | None) -> ArrowTable:
        request = self._request(columns=columns)
        response = self.dataset.session.call("POST", (*self.dataset.path, "export", "ids"), body=request)
        return ArrowTable.from_stream(response.content)


def id_list(ids: Iterable[str], *, field: str = "ids") -> list[str]:
    """Return ids as a list of text.

    Raises:
        InvalidInputError: one text where a list belongs, or an id that is no text.
    """
    if isinstance(ids, (str, bytes)):
        raise InvalidInputError(
            f"Expected a list of ids, found the text {ids!r}.",
            hint=f"Write [{ids!r}].",
            location={"field": field},
        )
    listed = list(ids)
    for one in listed:
        if not isinstance(one, str):
            raise InvalidInputError(f"Expected ids that are text, found {one!r}.", location={"field": field})
    return [str(one) for one in listed]


def selection_body(
    *, query: str | None = None, ids: Iterable[str] | None = None, selection: Selection | None = None
) -> SelectionBody:
    """Return the set that exactly one of the arguments describes.

    Raises:
        InvalidInputError: none or several are given.
    """
    ways = {"query": query, "ids": ids, "selection": selection}
    named = [name for name, value in ways.items() if value is not None]
    if len(named) != 1:
        raise InvalidInputError(
            f"Expected exactly one of query, ids and selection, found {' and '.join(named) or 'none'}.",
            hint="Combine sets with & and |, then pass `selection=`." if named else "",
        )
    if selection is not None:
        return selection.body
    return build(SelectionBody, query=query) if ids is None else build(SelectionBody, ids=id_list(ids))


def _text(body: SelectionBody) -> str:
    if body.query is not None:
        return body.query or "everything"
    if body.ids is not None:
        return f"{len(body.ids)} ids"
    if body.segment is not None:
        return f"segment {body.segment!r}" + (f" version {body.version}" if body.version else "")
    if body.complement is not None:
        return f"~({_text(body.complement)})"
    if body.minus is not None:
        return " - ".join(f"({_text(part)})" for part in body.minus)
    sign = " & " if body.all_of is not None else " | "
    return sign.join(f"({_text(part)})" for part in body.all_of or body.any_of or [])
