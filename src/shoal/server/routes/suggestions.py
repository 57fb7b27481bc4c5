"""Similarity search of a segment: suggestions and answers to them."""

from __future__ import annotations

from fastapi import APIRouter, Response

from shoal.server.access import AuthorOf, Revision, RuntimeOf
from shoal.services import answers, suggestions
from shoal.wire.embeddings import (
    AnswersBody,
    AnswersChange,
    AnswersSave,
    SuggestionBody,
    SuggestionRequest,
)
from shoal.wire.segments import SegmentBody

router = APIRouter(
    prefix="/projects/{project}/datasets/{dataset}/segments/{segment:path}/similar", tags=["segments"]
)


@router.post("")
def suggest(
    runtime: RuntimeOf, project: str, dataset: str, segment: str, request: SuggestionRequest
) -> SuggestionBody:
    """Return elements that may belong, likeliest first."""
    return suggestions.suggest(runtime, project, dataset, segment, request)


@router.get("/answers")
def get_answers(runtime: RuntimeOf, project: str, dataset: str, segment: str) -> AnswersBody:
    """Return what was accepted and discarded."""
    return answers.get_answers(runtime, project, dataset, segment)


@router.put("/answers")
def change_answers(
    runtime: RuntimeOf, author: AuthorOf, project: str, dataset: str, segment: str, request: AnswersChange
) -> AnswersBody:
    """Accept, discard and take back."""
    return answers.change_answers(runtime, project, dataset, segment, request, author=author)


@router.post("/save")
def save_accepted(
    runtime: RuntimeOf,
    response: Response,
    author: AuthorOf,
    project: str,
    dataset: str,
    segment: str,
    if_match: Revision,
    request: AnswersSave | None = None,
) -> SegmentBody:
    """Make accepted elements members, in the next version."""
    body = suggestions.save_accepted(
        runtime, project, dataset, segment, request or AnswersSave(), if_match=if_match, author=author
    )
    response.headers["ETag"] = f'"{body.revision}"'
    return body
