"""Answers and errors as the client reads them."""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shoal.errors import NotFoundError, ShoalError, TooLargeError
from shoal.server.limits import MAX_BODY_BYTES, too_large

logger = logging.getLogger(__name__)


class Answer(Response):
    """JSON that may hold NaN and infinities: attributes of labels come and go with them."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return a value as JSON text; times as ISO 8601."""
        return json.dumps(content, default=str, separators=(",", ":")).encode()


def refusal(message: str, status: int) -> Answer:
    """Return an error the client prints as `Error: <message>`."""
    return Answer({"message": message}, status_code=status)


def _on_shoal_error(_request: Request, error: Exception) -> Answer:
    assert isinstance(error, ShoalError)
    # The client repeats a request answered 404 four times over 14 s, then raises without the message.
    return refusal(str(error), 400 if isinstance(error, NotFoundError) else error.status)


def _on_invalid(_request: Request, error: Exception) -> Answer:
    assert isinstance(error, RequestValidationError | ValidationError)
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return refusal(f"{place}: {fault['msg']}.", 422)


def _on_http_error(request: Request, error: Exception) -> Answer:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return refusal(f"Shoal does not answer {request.method} {request.url.path}.", 400)
    if error.status_code == TooLargeError.status:
        return refusal(str(too_large(f"more than {MAX_BODY_BYTES:,}")), TooLargeError.status)
    return refusal(f"{request.method} {request.url.path}: {error.detail}.", error.status_code)


def _on_half_a_character(_request: Request, _error: Exception) -> Answer:
    return refusal("A text of the request holds half of a character (a lone surrogate).", 422)


def _on_surprise(request: Request, error: Exception) -> Answer:
    # The outermost boundary: what was not foreseen is logged in full and answered without details.
    logger.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return refusal("The server met an error it did not expect; its log has the details.", 500)


def install(app: FastAPI) -> None:
    """Make the app answer every error as the client reads it."""
    app.add_exception_handler(ShoalError, _on_shoal_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(ValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(UnicodeEncodeError, _on_half_a_character)
    app.add_exception_handler(Exception, _on_surprise)
