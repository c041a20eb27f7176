"""Scripts and styles: compressed once, and kept by browsers as long as they stay the same.

They are the same for everybody and hold nothing of the data. An address with ``h``, the digest of
what it leads to, is never asked for again; any other is asked for anew with the digest of what the
browser holds, and answered by 304 while that is still right.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from threading import Lock
from typing import Final

import brotli
from flask import Flask, Response, request

from dashboard.access.roles import NOBODY, least

ASSETS: Final = Path(__file__).parent / "assets"

BUNDLE: Final = "components.js"
"""All components as one script: an asset that is no file."""

STYLES: Final = ("weblog.css", "weblog_desk.css")

CHARTS: Final = "vendor/plotly-basic.min.js"
"""What draws charts; fetched while the first page is still being asked for."""

SERVING: Final = frozenset(
    {
        "_dash_assets.static",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "asset",
        "components",
    }
)
"""Endpoints that serve them."""

YEAR_S: Final = 31_536_000

PACKED: Final = frozenset({"text/javascript", "application/javascript", "text/css"})
"""Types worth the effort."""

CODINGS: Final = ("br", "gzip")

_EFFORT: Final = 9
"""Of both codings: brotli's last two levels take seconds, and save a twentieth."""


@cache
def bundle() -> bytes:
    """Return all components as one script, in the order of their files' names."""
    files = sorted((ASSETS / "components").glob("*.js"))
    return b"\n".join(file.read_bytes() for file in files)


@cache
def digest(name: str) -> str:
    """Return what tells one content of an asset from another."""
    return _digest(bundle() if name == BUNDLE else (ASSETS / name).read_bytes())


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


def asset(name: str) -> str:
    """Return the address of an asset, under which browsers may keep it."""
    return f"/assets/{name}?h={digest(name)}"


def style_tags() -> str:
    """Return the tags of our styles."""
    return "\n".join(f'<link rel="stylesheet" href="{escape(asset(name))}">' for name in STYLES)


def script_tag() -> str:
    """Return the tag of our components, which knows where they find what draws charts."""
    return f'<script src="{escape(asset(BUNDLE))}" data-charts="{escape(asset(CHARTS))}"></script>'


@dataclass(frozen=True, slots=True)
class _Once:
    """What was compressed, by content and coding; safe between threads."""

    done: dict[tuple[str, str], bytes] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def packed(self, content: bytes, name: str, coding: str) -> bytes:
        with self.guard:  # or the first two to come at once would both do it
            if (name, coding) not in self.done:
                self.done[name, coding] = (
                    brotli.compress(content, mode=brotli.MODE_TEXT, quality=_EFFORT)
                    if coding == "br"
                    else gzip.compress(content, _EFFORT, mtime=0)
                )
            return self.done[name, coding]


_ONCE: Final = _Once()
"""Of this process: some ten files, half a megabyte in sum."""


def add_static(server: Flask) -> None:
    """Serve the components as one script, and see to it that what is static is kept."""

    @server.get(f"/assets/{BUNDLE}", endpoint="components")
    @least(NOBODY)
    def components() -> Response:
        return Response(bundle(), mimetype="text/javascript")

    @server.after_request
    def pack(response: Response) -> Response:
        if request.endpoint not in SERVING or response.status_code != 200:
            return response
        response.direct_passthrough = False
        content = response.get_data()
        name = _digest(content)
        if request.args.get("h") == name:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        known = request.accept_encodings
        coding = next((one for one in CODINGS if known.quality(one) > 0), None)
        if coding and response.mimetype in PACKED:
            response.set_data(_ONCE.packed(content, name, coding))
            response.headers["Content-Encoding"] = coding
        response.headers["Vary"] = "Accept-Encoding"
        response.set_etag(f"{name}-{coding or 'plain'}")
        response.make_conditional(request)
        return response
