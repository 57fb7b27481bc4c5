"""The command line: the SDK, one command per thing a user does."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_HIDDEN: Final = frozenset({"pandas", "scipy"})


class _Hidden:
    """Tells importers that packages are not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if fullname in _HIDDEN:
            raise ModuleNotFoundError(f"{fullname} is hidden from commands", name=fullname)
        return None


def main() -> None:
    """Run the command line and leave with its exit code; the console script `shoal`."""
    # Imports make tens of thousands of objects that stay; looking through them again and again takes a sixth
    # of a command's time.
    gc.set_threshold(200_000, 50, 100)
    if "--digits" not in sys.argv:
        # pyarrow and numba load these where they are installed, 0.4 s, and no command uses what they do then.
        sys.meta_path.insert(0, _Hidden())
    from shoal.cli.app import run

    sys.exit(run(sys.argv[1:]))
