"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# Tables and sentences are printed at one width, whatever the terminal tests are started from.
os.environ["COLUMNS"] = "200"

# A red suite means that the change broke something: every run draws the same examples.
# New ones are sought by `make search`.
settings.register_profile("same", derandomize=True, print_blob=True)
settings.register_profile("search", print_blob=True)
settings.load_profile("same")
