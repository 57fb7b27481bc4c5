"""What the routes take from a request: a lenient body, and addresses to give out."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Request

from shoal.errors import InvalidInputError


async def _body(request: Request) -> dict[str, Any]:
    data = await request.body()
    try:
        found = json.loads(data) if data else {}
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidInputError(f"The body is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InvalidInputError(f"Expected a JSON object in the body, found {type(found).__name__}.")
    return found


Body = Annotated[dict[str, Any], Depends(_body)]
"""The JSON object of a request; NaN and infinities are let through, unknown keys too."""


def address(request: Request, path: str) -> str:
    """Return the absolute address of a path below the client's `api_endpoint`."""
    # `request.base_url` leaves out where this application is mounted.
    return f"{str(request.base_url).rstrip('/')}{request.scope['root_path']}/{path}"
