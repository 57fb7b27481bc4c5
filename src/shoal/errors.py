"""The error tree: every failure a user can meet, with a stable code, a message and a way out.

An error is translated once at each boundary: the store raises these instead of a driver's exceptions, the
server turns them into RFC 9457 problem bodies, the client turns those back into the same classes, and the
command line prints them.  Codes are a closed list; `docs/errors.md` describes each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


class ShoalError(Exception):
    """The root of all errors Shoal raises on purpose.

    Args:
        message: what was expected and what was found.
        hint: the way out, in one sentence; empty when there is none to offer.
        location: where the fault lies, such as `{"field": "iou"}` or `{"query": 12}`.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", location: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location: dict[str, Any] = dict(location or {})

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class InvalidInputError(ShoalError):
    """A value does not fit: wrong type, out of range, or at odds with another value."""

    code = "invalid_input"
    status = 422


class ShapeError(InvalidInputError):
    """Arrays that must agree in shape or dtype do not."""

    code = "invalid_shape"


class QuerySyntaxError(InvalidInputError):
    """A query cannot be parsed; `location["offset"]` is the character it stopped at."""

    code = "query_syntax"


class QueryTypeError(InvalidInputError):
    """A query parses but does not fit the data: unknown field, name or type."""

    code = "query_type"


class PolicyError(InvalidInputError):
    """A gate policy is malformed or names what does not exist."""

    code = "policy_invalid"


class UnreadableImageError(InvalidInputError):
    """An image is broken, too large to decode, or no image at all."""

    code = "image_unreadable"


class NotFoundError(ShoalError):
    """Something named in the request does not exist; the hint lists near names."""

    code = "not_found"
    status = 404


class AlreadyExistsError(ShoalError):
    """A name is taken; `location["url"]` links to what holds it."""

    code = "already_exists"
    status = 409


class ConflictError(ShoalError):
    """Somebody else changed the same thing since it was read."""

    code = "conflict"
    status = 412


class NotEvaluableError(ShoalError):
    """Numbers were asked for that the data cannot give, such as a comparison without shared frames."""

    code = "not_evaluable"
    status = 422


class TooLargeError(ShoalError):
    """A request body or upload is past its limit."""

    code = "too_large"
    status = 413


class UnauthenticatedError(ShoalError):
    """The server asks for a token, and what came with the request is none that holds."""

    code = "unauthenticated"
    status = 401


class ForbiddenError(ShoalError):
    """A request comes from, or points to, somewhere it may not."""

    code = "forbidden"
    status = 403


class HomeInUseError(ShoalError):
    """A data folder is owned by another process, named in the message."""

    code = "home_in_use"
    status = 409


class StorageError(ShoalError):
    """The disk or the database failed; nothing that was acknowledged is lost."""

    code = "storage"
    status = 500


class MissingExtraError(ShoalError):
    """An optional dependency is needed; the hint holds the install command."""

    code = "missing_extra"
    status = 500


class JobCancelledError(ShoalError):
    """A job stopped because a user cancelled it; what it had prepared is discarded."""

    code = "job_cancelled"
    status = 409


class ConnectionFailedError(ShoalError):
    """Another machine cannot be reached: the server by the client, a cluster by the server."""

    code = "connection_failed"
    status = 503


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one row of an upload.

    Attributes:
        file: the file's name as the user gave it.
        place: the line (`line 12`, counted from 1) or element (`annotations[3]`, counted from 0).
        field: the column or key at fault.
        expected: what would have been right.
        found: what is there, shortened.
        hint: a way out, where one is likely.
    """

    file: str
    place: str
    field: str
    expected: str
    found: str
    hint: str = ""

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.place, self.field) if part)
        tail = f" ({self.hint})" if self.hint else ""
        return f"{where}: expected {self.expected}, found {self.found}{tail}"


@dataclass(slots=True)
class ProblemLog:
    """The problems of one upload: all counted, the first `shown` kept."""

    shown: int = 50
    total: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem, *, times: int = 1) -> None:
        """Count a problem `times` times and keep it when there is room."""
        self.total += times
        if len(self.problems) < self.shown:
            self.problems.append(problem)

    def raise_if_any(self) -> None:
        """Raise `UploadRejectedError` when at least one problem was counted."""
        if self.total:
            raise UploadRejectedError(self.problems, self.total)


class UploadRejectedError(InvalidInputError):
    """An upload has faults; nothing of it was stored.

    Args:
        problems: the first problems, at most 50.
        total: how many there are in all.
    """

    code = "upload_rejected"

    def __init__(self, problems: Sequence[Problem], total: int, *, hint: str = "") -> None:
        self.problems = tuple(problems)
        self.total = total
        lines = [str(problem) for problem in self.problems]
        if total > len(lines):
            lines.append(f"… and {total - len(lines)} more")
        noun = "problem" if total == 1 else "problems"
        super().__init__(
            "\n".join([f"{total} {noun}; nothing was stored.", *lines]),
            hint=hint,
        )
