"""Why the disk or the database failed, in our words: a driver's are for the log."""

from __future__ import annotations

import logging
from typing import Final

logger = logging.getLogger(__name__)

_REASONS: Final = (
    ("no space left", "the disk is full"),
    ("disk is full", "the disk is full"),
    ("disk full", "the disk is full"),
    ("permission denied", "permission is denied"),
    ("readonly", "it may not be written"),
    ("read-only", "it may not be written"),
    ("too many open files", "too many files are open"),
    ("lock", "another writer holds it"),
    ("malformed", "it is damaged"),
    ("not a database", "the file is not a database"),
    ("corrupt", "it is damaged"),
    ("not found", "a part of it is missing"),
    ("no such file", "a part of it is missing"),
    ("connect", "it cannot be reached"),
    ("timeout", "it does not answer"),
    ("timed out", "it does not answer"),
)


def reason_of(error: BaseException) -> str:
    """Return why a driver failed; what is not recognised is logged in full."""
    text = str(error).casefold()
    known = next((reason for sign, reason in _REASONS if sign in text), None)
    if known is None:
        logger.error("a driver failed", exc_info=error)
    return known or "the log tells why"
