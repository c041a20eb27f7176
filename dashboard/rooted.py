"""Addresses inside of a site, where a dashboard shows several of them."""

from __future__ import annotations

from flask import has_request_context, request

from dashboard.access.door import Door
from dashboard.access.ring import path_of


def rooted(path: str) -> str:
    """Return the address of ``path`` in the site this request is for."""
    return f"{request.script_root}{path}" if has_request_context() else path


def sites_of(door: Door) -> list[dict[str, str]]:
    """Return the sites the reader of this request can go to; none where there is but one."""
    if door.ring is None or not has_request_context():
        return []
    return [
        {"key": place.key, "name": place.name, "path": path_of(place.key)}
        for place in door.ring.open_to(request)
    ]
