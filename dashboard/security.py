"""What a request must be, and what a response forbids the browser.

A dashboard on this machine answers whatever web page is open in the same browser: such a page
can send requests to it (cross-site request) or let its own name point here and read the
answers (DNS rebinding). Both are refused. The texts shown were written by strangers, in log
lines: should one ever be taken for a script, the content security policy forbids it to run.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, request
from flask.json.provider import DefaultJSONProvider

from dashboard.access.door import Door

LARGEST: Final = 1_000_000
"""Bytes of a request: a callback's is a hundredth of it."""

YEAR_S: Final = 31_536_000

SAME: Final = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site that are no other site: this one, or a reader's own action."""


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be reached from this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def policy(script_hashes: Sequence[str]) -> str:
    """Return the content security policy: everything from here, nothing from elsewhere.

    Styles may stand inline because Plotly writes them so; scripts only by their hash.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(script_hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def is_foreign(asked: Request, *, secure: bool = False) -> bool:
    """Say whether a request was sent by the page of another site.

    ``secure``: our own pages are reached by TLS; one of the same name without it is another site.
    """
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site not in SAME:
        return True
    origin = asked.headers.get("Origin")
    if origin is None:
        return False
    sent = urlsplit(origin)
    return sent.netloc != asked.host or (secure and sent.scheme != "https")


class FlatJson(DefaultJSONProvider):
    """JSON as Flask reads it; what is nested deeper than can be read is as malformed as any."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Return what a text says.

        Raises:
            ValueError: it is no JSON, or nested too deeply.
        """
        try:
            return super().loads(s, **options)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def protect(server: Flask, script_hashes: Sequence[str], door: Door) -> None:
    """Check every request and put the headers on every response of ``server``.

    Where nobody need log in, requests must name this machine as their host.
    """
    server.config["MAX_CONTENT_LENGTH"] = LARGEST
    server.json = FlatJson(server)
    headers = {
        "Content-Security-Policy": policy(script_hashes),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }

    @server.before_request
    def check() -> None:
        name = urlsplit(f"//{request.host}").hostname or ""
        if door.open_role is not None and not is_loopback(name):
            abort(403, "This dashboard answers only under the name of this machine.")
        reads = request.method in {"GET", "HEAD"}
        if not reads and is_foreign(request, secure=door.is_secure(request)):
            abort(403, "This request came from another site.")

    @server.after_request
    def close(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if door.is_secure(request):
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
        if "Cache-Control" not in response.headers or response.mimetype != "text/javascript":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
