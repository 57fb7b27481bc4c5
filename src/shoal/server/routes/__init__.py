"""Routes, one module per resource; each is one line onto a service."""

from __future__ import annotations

from shoal.server.routes import (
    datasets,
    duplicates,
    embeddings,
    exports,
    health,
    images,
    inference_sets,
    jobs,
    maps,
    numbers,
    objects,
    projects,
    segments,
    selections,
    suggestions,
    tokens,
    uploads,
)

ROUTERS = (
    health.router,
    projects.router,
    uploads.router,
    datasets.router,
    embeddings.router,
    images.router,
    inference_sets.router,
    selections.router,
    suggestions.router,
    segments.router,
    numbers.router,
    objects.router,
    exports.router,
    maps.router,
    duplicates.router,
    jobs.router,
    tokens.router,
)
