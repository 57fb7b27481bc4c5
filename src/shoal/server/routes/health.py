"""Whether the server lives."""

from __future__ import annotations

import os

from fastapi import APIRouter

from shoal import __version__
from shoal.server.access import RuntimeOf
from shoal.wire.jobs import HealthBody

router = APIRouter(tags=["health"])


@router.get("/health")
def health(runtime: RuntimeOf) -> HealthBody:
    """Say which home is served, by which version."""
    return HealthBody(
        status="ok",
        version=__version__,
        home=str(runtime.home.path),
        pid=os.getpid(),
        roots=[str(root) for root in runtime.roots],
    )
