"""Typed calls over a transport: shapes in, shapes out, problems raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from shoal.client.problems import raise_for_problem
from shoal.client.transport import Params, Response, Transport, quoted_path
from shoal.errors import ConnectionFailedError, InvalidInputError
from shoal.wire.base import Shape

ShapeT = TypeVar("ShapeT", bound=Shape)
Path = tuple[str, ...]


class Session:
    """What every object of the SDK talks through.

    Args:
        transport: carries the requests; the session does not close it.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def absolute(self, url: str) -> str:
        """Return a server's own path with the server's address before it, where it has one."""
        address = self.transport.address
        return address + url if url.startswith("/") and not self.transport.in_process else url

    def call(
        self,
        method: str,
        path: Path,
        *,
        params: Params | None = None,
        body: Shape | Mapping[str, Any] | list[Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request and return its response.

        Raises:
            ShoalError: the kind the server's problem body names.
        """
        json = body.model_dump(mode="json", exclude_unset=True) if isinstance(body, Shape) else body
        response = self.transport.request(
            method, quoted_path(*path), params=params, json=json, content=content, headers=headers
        )
        raise_for_problem(response)
        return response

    def read(
        self,
        shape: type[ShapeT],
        method: str,
        path: Path,
        *,
        params: Params | None = None,
        body: Shape | Mapping[str, Any] | list[Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ShapeT:
        """Send one request and return its response as `shape`; fields a newer server adds are left out."""
        response = self.call(method, path, params=params, body=body, content=content, headers=headers)
        try:
            return shape.model_validate_json(response.content, extra="ignore")
        except ValidationError as error:
            raise ConnectionFailedError(
                f"The answer to {method} {quoted_path(*path)} is not what this version expects: "
                f"{_first_fault(error)}.",
                hint="Use the same version of Shoal on both sides.",
            ) from error


def build(shape: type[ShapeT], **values: Any) -> ShapeT:
    """Return `shape` with the given values.

    Raises:
        InvalidInputError: a value does not fit; nothing has been sent.
    """
    try:
        return shape(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(
            f"{_first_fault(error)}, found {first['input']!r}.", location={"field": field}
        ) from error


def given(**values: Any) -> dict[str, Any]:
    """Return the arguments that are not `None`."""
    return {name: value for name, value in values.items() if value is not None}


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    text = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "string_pattern_mismatch":
        text = "expected letters, digits, '_', '.' and '-'"
    return f"{place}: {text}" if place else text
