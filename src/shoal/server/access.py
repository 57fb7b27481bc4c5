"""What routes take from a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from shoal.errors import InvalidInputError
from shoal.services.credentials import Holder
from shoal.services.runtime import Runtime


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _holder(request: Request) -> Holder | None:
    holder: Holder | None = request.state.holder
    return holder


HolderOf = Annotated[Holder | None, Depends(_holder)]
"""Whose token came with the request; `None` when none did."""


def _author(holder: HolderOf) -> str:
    return holder.name if holder else ""


def _revision(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdigit():
        raise InvalidInputError(
            f"Expected the ETag of a segment in If-Match, found {if_match!r}.", location={"field": "If-Match"}
        )
    return int(text)


RuntimeOf = Annotated[Runtime, Depends(_runtime)]
"""The open home."""

AuthorOf = Annotated[str, Depends(_author)]
"""Whose name is kept with a change: the token's; empty when none came."""

Revision = Annotated[int | None, Depends(_revision)]
"""The revision of `If-Match`."""

Limit = Annotated[int, Query(ge=0, le=1000)]
Names = Annotated[list[str] | None, Query()]
Confidence = Annotated[float | None, Query(ge=0, le=1)]
Iou = Annotated[float | None, Query(ge=0.1, le=1)]
