"""Addresses the client prints for people: a look at a frame, and where an upload stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from shoal.server.access import RuntimeOf
from shoal.server.aquarium.requests import Body
from shoal.services.aquarium import previews

router = APIRouter()
pages = APIRouter(prefix="/aquarium/projects/{project}", include_in_schema=False)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' http: https:; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
img{{max-width:100%}}pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style></head>
<body><h1>{title}</h1>
<p>As it would be uploaded to project <a href="/p/{project}">{project}</a>; nothing is stored yet.</p>
{body}
</body></html>
"""


@router.post("/projects/{project}/preview_frame")
def post_preview(runtime: RuntimeOf, project: str, body: Body) -> dict[str, Any]:
    """Keep a frame for a look."""
    return previews.post_preview(runtime, project, body)


@pages.get("/preview_frame/{key}")
def get_preview(runtime: RuntimeOf, project: str, key: str) -> HTMLResponse:
    """Show the frame."""
    found = previews.get_preview(runtime, project, key)
    frame = found.get("labeled_frame") or {}
    title = f"Frame {frame.get('task_id')}"
    page = _PAGE.format(title=escape(title), project=escape(project), body="\n".join(_parts(found)))
    return HTMLResponse(page, headers=_HEADERS)


@pages.get("/details")
def details() -> RedirectResponse:
    """Lead to the jobs in the page, with what became of uploads."""
    return RedirectResponse("/jobs")


def _parts(found: dict[str, Any]) -> Iterator[str]:
    for sensor in (found.get("labeled_frame") or {}).get("sensor_data") or []:
        urls = sensor.get("data_urls")
        url = str(urls.get("image_url")) if isinstance(urls, dict) else ""
        if url.startswith(("http://", "https://")):
            sensor_id = escape(str(sensor.get("sensor_id")))
            yield f'<p><img src="{escape(url)}" alt="{sensor_id}"></p>'
    for name in ("labeled_frame", "inference_frame"):
        if found.get(name):
            text = json.dumps(found[name], indent=2, ensure_ascii=False)
            yield f"<h2>{name.replace('_', ' ').capitalize()}</h2><pre>{escape(text)}</pre>"
