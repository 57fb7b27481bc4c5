"""JSON text that decodes to text every other tool can hold."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\.",
    re.DOTALL,
)


def without_lone_surrogates(data: bytes) -> bytes:
    r"""Return JSON with escapes of half a character (`\ud800` alone) replaced by `\ufffd`; lengths stay.

    Python's decoders let such halves through, but no UTF-8 can be made of them.
    """
    if b"\\ud" not in data and b"\\uD" not in data:
        return data
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], data)


def printable(text: str) -> str:
    """Return text with what UTF-8 cannot hold replaced by question marks."""
    return text.encode("utf-8", "replace").decode()
