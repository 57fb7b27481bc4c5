"""The process of one measurement: `python -m benchmarks.child MODULE:FUNCTION '{"argument": 1}'`."""

from __future__ import annotations

import importlib
import json
import sys

from benchmarks.measuring import peak_mb


def main() -> None:
    """Call the function and print what it returned as the last line."""
    module, _, name = sys.argv[1].partition(":")
    answer = getattr(importlib.import_module(module), name)(**json.loads(sys.argv[2]))
    answer.setdefault("peak_mb", peak_mb())
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
