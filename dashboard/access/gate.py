"""The one place where a request becomes that of a role, and is let through or not.

Each address of the server declares the least role it needs: the views of ours by
:func:`~dashboard.access.roles.least`, those of Dash in :data:`OF_DASH`. An address that declares
none is refused to everybody. Callbacks declare theirs in the same way and are checked when they
are called, for they all have the same address.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from dashboard.access.door import API, Door
from dashboard.access.forms import POLICY, refused_page
from dashboard.access.roles import NOBODY
from dashboard.access.seldom import Seldom
from dashboard.language import chosen_language

OF_DASH: Final = {
    "/": "viewer",
    "/<path:path>": "viewer",
    "/_dash-layout": "viewer",
    "/_dash-dependencies": "viewer",
    "/_dash-update-component": "viewer",
    "/_reload-hash": "viewer",
    "static": "viewer",
    # Scripts and styles: the same for everybody, and in them nothing of the data.
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": NOBODY,
    "_dash_assets.static": NOBODY,
    "/_favicon.ico": NOBODY,
    "/_health": NOBODY,
}
"""Least role by endpoint."""

LOGIN: Final = "/login"

OF_LOGIN: Final = frozenset({"login", "log_in", "oidc_login", "oidc_back"})
"""Endpoints for nobody in particular whose answers are yet of one form."""

_LOG_IN: Final = {"error": {"code": "login", "message": "log in first"}}


def needed(server: Flask, endpoint: str | None) -> str | None:
    """Return the least role an endpoint needs; None if it declares none."""
    if endpoint is None:
        return NOBODY  # there is nothing at that address: Flask says so
    declared = getattr(server.view_functions.get(endpoint), "least_role", None)
    return declared or OF_DASH.get(endpoint)


def guard(server: Flask, door: Door, site_name: str = "") -> None:
    """Let through to ``server`` only who may see what they ask for."""
    told = Seldom()

    @server.before_request
    def let_in() -> AnyResponse | None:
        _note_disbelieved(door, told)
        g.reader = door.reader(request)
        role = needed(server, request.endpoint)
        if role is None:
            abort(403)
        if role == NOBODY:
            return None
        if g.reader is None:
            _refuse_elsewhere(door)
            return _asked_in(door)
        if not g.reader.sees(role) or not door.lets_in(g.reader):
            abort(403)
        return None

    @server.errorhandler(403)
    def refused(error: Forbidden) -> Forbidden | Response:
        if error.description != Forbidden.description:
            return error  # it says why, in words for who built the request
        if not _is_page():
            return plain({"error": {"code": "role", "message": "not for your role"}}, 403)
        who = g.get("reader")
        enters = who is None or (door.lets_in(who) and not g.get("no_role_here"))
        text = refused_page(
            chosen_language(request), site_name, who.role if who else None, enters=enters
        )
        response = Response(text, 403, mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @server.errorhandler(401)
    def unknown(_: Unauthorized) -> AnyResponse:
        return (
            _asked_in(door)
            if door.has_login
            else plain({"error": {"code": "login", "message": "log in first"}}, 401)
        )

    @server.after_request
    def keep_private(response: Response) -> Response:
        """Keep no copy of what a login showed, in the browser or on the way to it."""
        if needed(server, request.endpoint) != NOBODY or request.endpoint in OF_LOGIN:
            response.headers["Cache-Control"] = "no-store"
        return response

    @server.after_request
    def note_refusals(response: Response) -> Response:
        reader = g.get("reader")
        if response.status_code == 403 and reader is not None and door.audit is not None:
            rule = request.url_rule.rule if request.url_rule else ""
            door.audit.record("refused", reader=reader, detail=rule)
        return response


def _note_disbelieved(door: Door, told: Seldom) -> None:
    """Record a login header that is not believed; of an address once a minute."""
    why = door.proxy.disbelieved(request) if door.audit else None
    # Of who sent the header, not of who they say sent it to them.
    address = request.remote_addr or ""
    if why is not None and door.audit is not None and told.is_due(address):
        door.audit.record("header_ignored", address=address, detail=why)


def _refuse_elsewhere(door: Door) -> None:
    """Refuse who is known, but has no role in this one of several sites: a login helps nothing."""
    known = door.ring.front.reader(request) if door.ring else None
    if known is not None:
        g.reader, g.no_role_here = known, True
        abort(403)


def _asked_in(door: Door) -> AnyResponse:
    """Return what who is not known is told: where to log in, or that they cannot."""
    if _is_page() and door.has_login:
        back = request.full_path if request.query_string else request.path
        back = request.script_root + back
        return redirect(f"{LOGIN}?next={quote(back, safe='/')}", 303)
    if not door.has_login:
        abort(403)
    return plain(_LOG_IN, 401)


def _is_page() -> bool:
    # A click on a download link is no page's: what it was led to would be kept as the file.
    shown = request.headers.get("Sec-Fetch-Dest") != "empty"
    reads = request.method in {"GET", "HEAD"}
    return shown and reads and not request.path.startswith((API, "/_"))


def plain(body: dict[str, Any], status: int) -> Response:
    """Return an answer for programs."""
    return Response(json.dumps(body), status, mimetype="application/json")
