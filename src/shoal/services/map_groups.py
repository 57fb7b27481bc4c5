"""Points of a map coloured by the segments they are in, or by what an inference set made of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from shoal.engine.query_data import OUTCOME_KINDS
from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.query.printer import name_text
from shoal.query.tokens import quote
from shoal.services.map_legends import NO_VALUE, counted, legend_body
from shoal.services.scene import Scene
from shoal.services.selections import n_elements
from shoal.wire.embeddings import MapColoursBody, MapColoursRequest

if TYPE_CHECKING:
    from shoal.kernels.objects import BoolArray, UInt8Array

_RIGHT: Final = "right"
_SEVERAL: Final = "several"
_ERRORS: Final = ("confusion", "false_positive", "false_negative")


def by_segments(scene: Scene, request: MapColoursRequest, has_point: BoolArray) -> MapColoursBody:
    """Return for every point the first of the request's segments it is in.

    Raises:
        InvalidInputError: more segments than there are codes.
        NotFoundError: there is no such segment.
    """
    names = list(request.segments or [])
    if len(names) >= NO_VALUE:
        raise InvalidInputError(
            f"Expected at most {NO_VALUE - 1} segments, found {len(names)}.", location={"field": "segments"}
        )
    codes = np.full(len(has_point), NO_VALUE, np.uint8)
    queries: list[str | None] = []
    for place, name in enumerate(names):
        inside = _in_segment(scene, name, request.elements, request.inference_set)
        codes[inside & (codes == NO_VALUE)] = place
        queries.append(_segment_query(scene, names[: place + 1], request.elements))
    return legend_body(codes, counted(codes, has_point, names, queries))


def _in_segment(scene: Scene, name: str, elements: ElementKind, inference_set: str | None) -> BoolArray:
    """Return the elements in a segment; of other elements, those in its frames."""
    if elements is ElementKind.FRAMES:
        return scene.segment_mask(name)
    segment = scene.segment(name)
    if segment.elements is elements and scene.owner_of(segment) in (None, inference_set):
        return scene.segment_rows(name)
    return scene.rows_of(scene.segment_mask(name), elements, inference_set)


def _segment_query(scene: Scene, names: Sequence[str], elements: ElementKind) -> str | None:
    """Return the query for what is in the last of these and in none before; segments of frames alone."""
    if elements is not ElementKind.FRAMES:
        return None
    *before, own = (f"segment:{quote(scene.segment(name).name)}" for name in names)
    return " ".join([own, *(f"NOT {term}" for term in before)])


def by_outcome(scene: Scene, request: MapColoursRequest, name: str, has_point: BoolArray) -> MapColoursBody:
    """Return what an inference set made of every point.

    Frames: nothing wrong, one kind of error, or several; those not covered have no value.  Labels and
    inferences: the kind of their own outcome.

    Raises:
        InvalidInputError: inferences of another set.
        NotFoundError: there is no such set.
    """
    owner = scene.inference_source(name).name
    if request.elements is ElementKind.FRAMES:
        codes, names = _outcome_of_frames(scene, owner)
    else:
        codes, names = _outcome_of_crops(scene, request, owner), list(OUTCOME_KINDS)
    queries = [_outcome_query(owner, kind, request.elements) for kind in names]
    return legend_body(codes, counted(codes, has_point, names, queries))


def _outcome_of_frames(scene: Scene, owner: str) -> tuple[UInt8Array, list[str]]:
    """Return what went wrong on each covered frame: nothing, one kind of error, or several."""
    import polars as pl

    outcomes = scene.query_data(owner).outcomes(owner)
    names = [_RIGHT, *_ERRORS, _SEVERAL]
    n_kinds = np.zeros(scene.snapshot.n_frames, np.uint8)
    codes = np.zeros(scene.snapshot.n_frames, np.uint8)
    for place, kind in enumerate(_ERRORS, start=1):
        frames = outcomes.filter(pl.col("kind") == kind)["frame"].unique().to_numpy()
        n_kinds[frames] += 1
        codes[frames] = place
    codes[n_kinds > 1] = names.index(_SEVERAL)
    codes[~scene.evaluation(owner).covered] = NO_VALUE
    return codes, names


def _outcome_of_crops(scene: Scene, request: MapColoursRequest, owner: str) -> UInt8Array:
    import polars as pl

    elements = request.elements
    if elements is ElementKind.INFERENCES:
        own = scene.query_data(request.inference_set).inference_snapshot(request.inference_set).name
        if own != owner:
            raise InvalidInputError(
                f"Inferences of {own!r} have no outcomes of {owner!r}.", location={"field": "outcome_of"}
            )
    column = "label_row" if elements is ElementKind.LABELS else "inference_row"
    table = scene.query_data(owner).outcomes(owner).filter(pl.col(column) >= 0)
    codes = np.full(n_elements(scene, elements, request.inference_set), NO_VALUE, np.uint8)
    kinds = {kind: place for place, kind in enumerate(OUTCOME_KINDS)}
    codes[table[column].to_numpy()] = table["kind"].replace_strict(kinds, return_dtype=pl.UInt8).to_numpy()
    return codes


def _outcome_query(owner: str, kind: str, elements: ElementKind) -> str:
    of = f"outcome@{name_text(owner)}"
    if elements is not ElementKind.FRAMES:
        return f"{of}(kind:{kind})"
    if kind == _RIGHT:
        return f"n_errors@{name_text(owner)}:0"
    if kind == _SEVERAL:
        pairs = [f"({of}(kind:{a}) {of}(kind:{b}))" for a, b in combinations(_ERRORS, 2)]
        return f"({' OR '.join(pairs)})"
    others = [f"NOT {of}(kind:{other})" for other in _ERRORS if other != kind]
    return " ".join([f"{of}(kind:{kind})", *others])
