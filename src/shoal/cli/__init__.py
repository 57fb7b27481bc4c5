"""The command line: the SDK, one command per thing a user does."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and leave with its exit code; the console script `shoal`."""
    # Imports make tens of thousands of objects that stay; looking through them again and again takes a sixth
    # of a command's time.
    gc.set_threshold(200_000, 50, 100)
    from shoal.cli.app import run

    sys.exit(run(sys.argv[1:]))
