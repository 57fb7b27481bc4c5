"""Problem bodies become the errors they were made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shoal.client.transport import Response
from shoal.errors import (
    AlreadyExistsError,
    ConflictError,
    ConnectionFailedError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    Problem,
    ShoalError,
    TooLargeError,
    UploadRejectedError,
)

_BY_STATUS: Mapping[int, type[ShoalError]] = {
    400: InvalidInputError,
    401: ForbiddenError,
    403: ForbiddenError,
    404: NotFoundError,
    409: AlreadyExistsError,
    412: ConflictError,
    413: TooLargeError,
    422: InvalidInputError,
}


def raise_for_problem(response: Response) -> None:
    """Raise the error a response stands for; return when its status is below 400."""
    if response.status < 400:
        return
    try:
        body = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict) or "code" not in body:
        raise ConnectionFailedError(
            f"Expected an answer from Shoal, found HTTP status {response.status} "
            f"({response.headers.get('content-type', 'no content type')}).",
            hint="Check the address: a proxy or another program may have answered.",
        )
    raise error_from_problem(body)


def error_from_problem(body: Mapping[str, Any]) -> ShoalError:
    """Return the error a problem body describes, by its `code`, else by its status."""
    hint = str(body.get("hint") or "")
    if body.get("code") == UploadRejectedError.code:
        problems = [Problem(**row) for row in body.get("problems") or ()]
        rejected = UploadRejectedError(problems, int(body.get("total") or len(problems)), hint=hint)
        rejected.location = dict(body.get("location") or {})
        return rejected
    kind = _class_of_code(str(body.get("code")))
    if kind is None:
        kind = _BY_STATUS.get(int(body.get("status") or 500), ShoalError)
    message = str(body.get("detail") or body.get("title") or kind.__name__)
    return kind(message, hint=hint, location=body.get("location"))


def _class_of_code(code: str) -> type[ShoalError] | None:
    return next((kind for kind in _family(ShoalError) if kind.code == code), None)


def _family(kind: type[ShoalError]) -> Iterator[type[ShoalError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)
