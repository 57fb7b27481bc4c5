"""Shoal: for every important subset of your data, is the new model good enough to ship?

Public names are resolved when first used, so that `import shoal` stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoal.errors import ShoalError as ShoalError
    from shoal.local import connect as connect

__version__ = "0.1.0"

_PUBLIC = {"connect": "shoal.local", "ShoalError": "shoal.errors"}

__all__ = ["ShoalError", "__version__", "connect"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'shoal' has no attribute {name!r}")
