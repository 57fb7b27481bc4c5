"""How much one request may carry."""

from __future__ import annotations

from typing import Final

from shoal.errors import TooLargeError

MAX_BODY_BYTES: Final = 72 << 20
"""The largest body of one request: a chunk of an upload and some room."""

WAY_IN: Final = "/api/v1/session"
"""Where browsers sign in: answered without a token, so little is read there."""

_WAY_IN_BYTES: Final = 4 << 10


def body_limit(path: str) -> int:
    """Return the size of the largest body a path takes, bytes."""
    return _WAY_IN_BYTES if path == WAY_IN else MAX_BODY_BYTES


def too_large(found: str, limit: int = MAX_BODY_BYTES) -> TooLargeError:
    """Return the error for a body of `found` bytes, which is past the limit."""
    return TooLargeError(
        f"The body has {found} bytes; one request may carry {limit:,}.",
        hint="Send files as uploads, in chunks.",
        location={"limit": limit},
    )
