"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "numpy",
    "numba",
    "polars",
    "pyarrow",
    "pylance",
    "fastapi",
    "pydantic",
    "hotcoco",
    "faster-coco-eval",
    "pycocotools",
)


def facts() -> list[str]:
    """Return lines about processor, memory, system, versions, date and load."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    loads = " / ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()}",
        f"Python {platform.python_version()}; " + ", ".join(_versions()),
        f"load of the last 1 / 5 / 15 minutes: {loads}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _versions() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} absent")
    return found
