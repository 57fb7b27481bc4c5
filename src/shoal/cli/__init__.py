"""The command line: the SDK, one command per thing a user does."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code; the console script `shoal`."""
    from shoal.cli.app import run

    sys.exit(run(sys.argv[1:]))
