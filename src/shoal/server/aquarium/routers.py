"""Everything the client calls, one module per part of its wire."""

from __future__ import annotations

from shoal.server.aquarium import (
    dataset_routes,
    metric_routes,
    preview_routes,
    project_routes,
    segment_routes,
    storage_routes,
)

ROUTERS = (
    metric_routes.router,
    segment_routes.router,
    project_routes.router,
    storage_routes.router,
    preview_routes.router,
    dataset_routes.anywhere,
    dataset_routes.streaming,
    dataset_routes.router,
)
"""In order: `datasets/get_scenario_metrics` must be asked for before `datasets/{dataset}`."""
