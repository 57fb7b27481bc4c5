"""Gate policies as users hand them in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoal.errors import PolicyError

Policy = str | os.PathLike[str] | Mapping[str, Any]
"""A path to a YAML file, YAML text, or the mapping it stands for."""


def policy_body(policy: Policy | None) -> dict[str, Any] | str | None:
    """Return a policy as the server takes it: YAML text or a mapping.

    Text on one line that ends in `.yaml` or `.yml`, or names a file, is a path.

    Raises:
        PolicyError: the file cannot be read.
    """
    if policy is None:
        return None
    if isinstance(policy, Mapping):
        return dict(policy)
    text = os.fspath(policy)
    is_text = isinstance(policy, str) and ("\n" in text or ":" in text) and not Path(text[:255]).is_file()
    if is_text:
        return text
    try:
        return Path(text).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"Expected a readable policy file, found {text!r} ({error}).",
            hint="Give a path to a YAML file, YAML text, or a dict.",
            location={"field": "policy"},
        ) from error
