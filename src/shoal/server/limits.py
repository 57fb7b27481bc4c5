"""How much one request may carry."""

from __future__ import annotations

from shoal.errors import TooLargeError

MAX_BODY_BYTES = 72 << 20
"""The largest body of one request: a chunk of an upload and some room."""


def too_large(found: str) -> TooLargeError:
    """Return the error for a body of `found` bytes, which is past the limit."""
    return TooLargeError(
        f"The body has {found} bytes; one request may carry {MAX_BODY_BYTES:,}.",
        hint="Send files as uploads, in chunks.",
        location={"limit": MAX_BODY_BYTES},
    )
