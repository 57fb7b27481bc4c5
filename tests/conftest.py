"""What holds for all tests."""

from __future__ import annotations

import os

# Tables and sentences are printed at one width, whatever the terminal tests are started from.
os.environ["COLUMNS"] = "200"
