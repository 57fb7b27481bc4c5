"""Errors on their way out: every one becomes an RFC 9457 problem, none carries a driver's text."""

from __future__ import annotations

import json
import logging
import reprlib
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from shoal.errors import InvalidInputError, NotFoundError, ShoalError, StorageError, TooLargeError
from shoal.server.limits import body_limit, too_large
from shoal.services.jobs import problem_body

logger = logging.getLogger(__name__)


class _ProblemResponse(Response):
    """Problems repeat what was sent, which may be text that UTF-8 cannot hold: everything is escaped."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=str).encode()


def problem_response(
    error: ShoalError, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response for an error, with its own status unless another is given."""
    body = problem_body(error).model_copy(update={"status": status or error.status})
    return _ProblemResponse(body.model_dump(), status_code=body.status, headers=headers)


async def _on_shoal_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ShoalError)
    return problem_response(error)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    first = faults[0]
    if isinstance(first.get("input"), bytes):
        # A body that says it is something else is handed over unread.
        found = request.headers.get("content-type", "nothing")
        return problem_response(
            InvalidInputError(
                f"Expected a body of Content-Type application/json, found {found}.",
                location={"field": "Content-Type"},
            )
        )
    place = ".".join(str(part) for part in first["loc"])
    more = f" ({len(faults) - 1} more faults)" if len(faults) > 1 else ""
    return problem_response(
        InvalidInputError(
            f"{place}: {_expected(first)}, found {_found(first)}{more}.",
            location={"field": place, "all": [".".join(str(part) for part in f["loc"]) for f in faults[:50]]},
        )
    )


def _expected(fault: Mapping[str, Any]) -> str:
    # All patterns of the wire are those of names.
    if fault["type"] == "string_pattern_mismatch":
        return "expected letters, digits, '_', '.' and '-'"
    return str(fault["msg"])


def _found(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "json_invalid":
        return f"a fault: {fault['ctx']['error']}"
    found = reprlib.repr(fault.get("input"))
    return found if len(found) <= 80 else f"{found[:77]}…"


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return problem_response(
            NotFoundError(
                f"There is nothing at {request.url.path}.", hint="The interface is described at /api/docs."
            )
        )
    if error.status_code == TooLargeError.status:
        limit = body_limit(request.url.path)
        return problem_response(too_large(f"more than {limit:,}", limit))
    fault = InvalidInputError(f"{request.method} {request.url.path}: {error.detail}.")
    return problem_response(fault, status=error.status_code, headers=error.headers)


async def _on_half_a_character(_request: Request, _error: Exception) -> Response:
    return problem_response(
        InvalidInputError(
            "A text of the request holds half of a character (a lone surrogate), which UTF-8 cannot hold.",
            hint="Send whole characters.",
        )
    )


async def _on_surprise(request: Request, error: Exception) -> Response:
    # The outermost boundary: what was not foreseen is logged in full and answered without details.
    logger.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem_response(
        StorageError(
            "The server met an error it did not expect; nothing was changed.",
            hint="Its log has the details; please report this.",
        )
    )


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(ShoalError, _on_shoal_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(UnicodeEncodeError, _on_half_a_character)
    app.add_exception_handler(Exception, _on_surprise)
