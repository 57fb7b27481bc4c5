"""Errors on their way out: every one becomes an RFC 9457 problem, none carries a driver's text."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shoal.errors import InvalidInputError, NotFoundError, ShoalError, StorageError
from shoal.services.jobs import problem_body

logger = logging.getLogger(__name__)


def problem_response(error: ShoalError) -> Response:
    """Return the response for an error."""
    body = problem_body(error)
    return JSONResponse(
        body.model_dump(mode="json"), status_code=body.status, media_type="application/problem+json"
    )


async def _on_shoal_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ShoalError)
    return problem_response(error)


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    first = faults[0]
    place = ".".join(str(part) for part in first["loc"])
    found = repr(first.get("input"))
    found = found if len(found) <= 80 else f"{found[:77]}…"
    more = f" ({len(faults) - 1} more faults)" if len(faults) > 1 else ""
    return problem_response(
        InvalidInputError(
            f"{place}: {first['msg']}, found {found}{more}.",
            location={"field": place, "all": [".".join(str(part) for part in f["loc"]) for f in faults[:50]]},
        )
    )


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return problem_response(
            NotFoundError(
                f"There is nothing at {request.url.path}.", hint="The interface is described at /api/docs."
            )
        )
    fault = InvalidInputError(f"{request.method} {request.url.path}: {error.detail}.")
    response = problem_response(fault)
    response.status_code = error.status_code
    return response


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
    app.add_exception_handler(Exception, _on_surprise)
