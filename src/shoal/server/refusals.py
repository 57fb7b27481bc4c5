"""Refusals before a route is reached, in the language of whoever called."""

from __future__ import annotations

from starlette.types import ASGIApp

from shoal.errors import ShoalError, UnauthenticatedError
from shoal.server.aquarium import answers as aquarium_answers
from shoal.server.aquarium import wiring as aquarium
from shoal.server.problems import problem_response


def refusal(path: str, error: ShoalError) -> ASGIApp:
    """Return the answer that says why a request is not passed on.

    Args:
        path: of the request.
        error: why.
    """
    if path.startswith(f"{aquarium.PREFIX}/"):
        return aquarium_answers.refusal(str(error), error.status)
    challenge = {"WWW-Authenticate": "Bearer"} if isinstance(error, UnauthenticatedError) else None
    return problem_response(error, headers=challenge)
