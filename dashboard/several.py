"""Several sites in one dashboard: an application for each, and a front where people log in.

Each site is an application of its own over its own store and rules, under ``/site/KEY/``. Its
pages and callbacks hold no other store, so that no address and no callback written by hand can
lead to one; whether a reader may enter is decided once, at its door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from dashboard.access.door import Door
from dashboard.access.forms import POLICY, page
from dashboard.access.gate import guard
from dashboard.access.login import add_login
from dashboard.access.opening import Readers, open_door
from dashboard.access.ring import PREFIX, Place, Ring, path_of
from dashboard.access.roles import NOBODY, ROLES, least
from dashboard.access.words import access_word
from dashboard.app import Application, create_app
from dashboard.card_page import PATH as CARD
from dashboard.held import Together
from dashboard.language import chosen_language
from dashboard.metrics import add_metrics
from dashboard.pages import PAGES
from dashboard.security import protect
from dashboard.site_list import ListedSite
from dashboard.static_files import ASSETS, add_static
from weblog.site import Site

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Sites:
    """A dashboard of several sites, as a WSGI application.

    Attributes:
        front: the login, the account, and the way to the first site.
        applications: by the key of their site.
        ring: the sites and their doors.
    """

    front: Flask
    applications: dict[str, Application]
    ring: Ring

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request: that of a site by the site's application, any other by the front."""
        path = str(environ.get("PATH_INFO", ""))
        _, _, rest = path.partition(f"{PREFIX}/") if path.startswith(f"{PREFIX}/") else ("", "", "")
        key, slash, inside = rest.partition("/")
        answering: Wsgi = self.front
        if slash and key in self.applications:
            root = f"{environ.get('SCRIPT_NAME', '')}{path_of(key)}"
            environ = {**environ, "SCRIPT_NAME": root, "PATH_INFO": f"/{inside}"}
            answering = self.applications[key].server
        return answering(environ, start_response)

    def stop(self) -> None:
        """End the threads of all sites."""
        for app in self.applications.values():
            app.stop()


def open_front(
    listed: Sequence[ListedSite], folder: Path, readers: Readers, *, loopback: bool
) -> Door:
    """Return the door people log in at; ``folder`` holds ``access`` unless readers name another.

    A login is as long as the strictest site's rules let it be. A group has its highest role here,
    which is shown nowhere but in one's account: each site's own rules give its role there.

    Raises:
        AccessError: as :func:`~dashboard.access.opening.open_door` does.
    """
    rules = [each.site.dashboard for each in listed]
    groups: dict[str, Any] = {}
    for each in rules:
        for group, role in each.groups.items():
            groups[group] = max(role, groups.get(group, role), key=ROLES.index)
    common = rules[0].model_copy(
        update={
            "groups": groups,
            "idle_minutes": min(each.idle_minutes for each in rules),
            "longest_hours": min(each.longest_hours for each in rules),
        }
    )
    return open_door(folder, Site(dashboard=common), readers, loopback=loopback)


def create_sites(
    listed: Sequence[ListedSite], front: Door, shared: Together | None = None
) -> Sites:
    """Return a dashboard of several sites.

    Args:
        listed: the sites, the first being the one people find at ``/``.
        front: how readers are known.
        shared: the processes that serve the same; None where there is but one.

    Raises:
        SiteError: ``recommendations.toml`` beside a site's rules is wrong.
    """
    ring = Ring(front)
    front = replace(front, ring=ring)
    ring.front = front
    applications = {}
    for each in listed:
        rules = each.site.dashboard
        door = replace(
            front,
            proxy=replace(front.proxy, groups=rules.groups),
            audit=replace(front.audit, site=each.key) if front.audit else None,
            least_visitors=rules.least_visitors,
            site=each.key,
        )
        ring.places.append(Place(each.key, each.name, door))
        applications[each.key] = create_app(
            each.store, each.site, door=door, name=each.name, files=each.files, shared=shared
        )
    server = _front(front, ring)
    add_metrics(server, [(each.key, each.store) for each in listed])
    return Sites(server, applications, ring)


def _front(door: Door, ring: Ring) -> Flask:
    server = Flask("dashboard.front", static_folder=None)

    def first(rest: str) -> AnyResponse:
        """Lead to ``rest`` of the first site the reader may enter."""
        places = ring.open_to(request)
        if not places:
            return _no_site()
        query = request.query_string.decode("latin-1")
        place = f"{path_of(places[0].key)}{rest}"
        return redirect(f"{place}?{query}" if query else place, 303)

    @server.get("/", endpoint="home")
    @least("viewer")
    def home() -> AnyResponse:
        return first("/")

    @server.get("/<path:rest>", endpoint="before")
    @least("viewer")
    def before(rest: str) -> AnyResponse:
        """Lead on an address of the time when there was but one site; the rest is not there."""
        path = f"/{rest}"
        if path in {path_of(place.key) for place in ring.open_to(request)}:
            return redirect(f"{path}/", 303)
        if path not in PAGES and path != CARD:
            abort(404)
        return first(path)

    @server.get("/assets/<path:name>", endpoint="asset")
    @least(NOBODY)
    def asset(name: str) -> AnyResponse:
        return send_from_directory(ASSETS, name)

    @server.get("/_health", endpoint="health")
    @least(NOBODY)
    def health() -> str:
        return "OK"

    add_login(server, door, "")
    add_static(server)
    protect(server, (), door)
    guard(server, door)
    return server


def _no_site() -> AnyResponse:
    language = chosen_language(request)
    told = access_word("no_site", language)
    way = access_word("account", language)
    body = f'<p>{told}</p><p class="muted"><a href="/account">{way}</a></p>'
    title = access_word("refused", language)
    response = Response(page(title, body, language, ""), 403, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response
