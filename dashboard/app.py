"""The application: pages and callbacks around a store, and nothing that counts."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Response, g, request
from werkzeug.exceptions import HTTPException, NotFound

from dashboard.access.asked import refuse_misshapen
from dashboard.access.callbacks import add_callback, asked_of, shown_of, withheld
from dashboard.access.door import Door
from dashboard.access.gate import guard
from dashboard.access.login import add_login
from dashboard.access.ring import path_of
from dashboard.access.roles import reader
from dashboard.at_work import count_readers
from dashboard.card_page import add_card_page, newest_day
from dashboard.cards.filters import more_filters
from dashboard.cards.guard import guarded
from dashboard.desk.desk import Action, Desk, Files, acted
from dashboard.desk.target_files import add_target_files
from dashboard.document import document, failure
from dashboard.downloads import add_downloads
from dashboard.foreseen import Foreseen
from dashboard.frame import frame, shown_page, status
from dashboard.held import HeldStore, Together, held_store
from dashboard.language import chosen_language
from dashboard.metrics import add_metrics, watch
from dashboard.pages import PAGES
from dashboard.pages.page import MORE, Asked, PageSpec
from dashboard.remembered import Remembered
from dashboard.saved.routes import add_saved
from dashboard.security import protect
from dashboard.static_files import add_static
from dashboard.suggestions import Index, add_suggestions
from dashboard.words import word
from reports.coarse import WithheldError
from reports.recommendations import load_recommendations
from weblog.logs import broke
from weblog.panics import is_failure
from weblog.site import Site
from weblog.store import Store

LOG = logging.getLogger("dashboard")

NOT_OURS = re.compile(
    r'<script src="[^"]*/dash/(?:(?:dcc|html|dash_table)/|deps/polyfill@)[^"]*"></script>\n?'
)
"""Dash's own component libraries, 0.7 MB that no page of ours uses, and what makes up for lacks of
browsers too old for our styles."""


class Application(Dash):
    """Dash, with our document in the reader's language around it."""

    site_name: str = ""
    """What the site is called; empty for a site that has not said so."""

    desk: Desk
    """What pages that readers write on work with; see :mod:`dashboard.desk`."""

    held: HeldStore
    """The store as pages show it."""

    foreseen: Foreseen
    """What will be asked of it."""

    suggestions: Index
    """The ranked suggestions of all customers; see :mod:`dashboard.suggestions`."""

    def stop(self) -> None:
        """End what runs beside the pages: threads and processes."""
        self.suggestions.stop()
        self.desk.aside.end()
        self.held.held.end()

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """Return the document every page is drawn into."""
        scripts = NOT_OURS.sub("", str(parts["scripts"]))
        return document(
            language=chosen_language(request),
            site_name=self.site_name,
            css=str(parts["css"]),
            config=str(parts["config"]),
            scripts=scripts,
            renderer=str(parts["renderer"]),
            entry=str(parts["app_entry"]),
        )


def create_app(
    store: Store,
    site: Site,
    *,
    door: Door | None = None,
    files: Files | None = None,
    name: str = "",
    shared: Together | None = None,
) -> Application:
    """Return the dashboard over a store as a Dash application.

    Args:
        store: what is shown; what is ingested meanwhile appears (:mod:`dashboard.held`).
        site: the site's rules; its name and its currency are shown.
        door: how readers are known, and so which role a request has; by default everybody is
            a marketer. Where nobody need log in, only requests that name this machine as their
            host are answered.
        name: what readers call the site; by default as its rules say.
        files: of rules that readers may look at and change; by default there are none.
        shared: the processes that serve the same; None where there is but one.

    Raises:
        SiteError: ``recommendations.toml`` beside the site's rules is wrong.
    """
    door = door or Door()
    app = Application(
        __name__.partition(".")[0],
        requests_pathname_prefix=f"{path_of(door.site)}/" if door.site else "/",
        routes_pathname_prefix="/",
        title=word("product_name", "en"),
        update_title="",
        use_pages=False,
        pages_folder="",
        assets_ignore=".*",  # the document names them itself: dashboard.static_files
        compress=True,
        suppress_callback_exceptions=True,  # a page's components exist while it is shown
        enable_mcp=False,
        add_log_handler=False,
        health_endpoint="_health",
    )
    watch(app.server, door.site)
    count_readers(app.server)
    app.site_name = name or given_name(site)
    app.held = held_store(store, shared, door.site or "store")
    app.foreseen = Foreseen(app.held, site, door, Remembered(store.folder))
    app.held.held.usual = app.foreseen.questions
    app.layout = lambda: frame(
        chosen_language(request), app.site_name, g.get("reader"), door, app.held
    )
    _add_navigation(app, app.held)
    app.desk = Desk(store, site, door, files or Files())
    for page in PAGES.values():
        _add_page(app, page, site, door)
        for action in page.actions:
            _add_action(app, page, action)
    add_target_files(app.server, app.desk)
    add_downloads(app.server, app.held, site, door)
    add_saved(app.server, store)
    app.suggestions = Index(app.held, site, load_recommendations(None, site))
    add_suggestions(app.server, app.suggestions, door.audit)
    days = newest_day(store)
    add_card_page(app.server, store, site, today=days, index=app.suggestions, audit=door.audit)
    if not door.site:  # of several sites people log in at the front
        add_login(app.server, door, app.site_name)
        add_metrics(app.server, [("", store)])
    _add_failures(app)
    protect(app.server, app.csp_hashes(), door)
    guard(app.server, door, app.site_name)
    refuse_misshapen(app.server, app.callback_map)
    add_static(app.server)
    return app


def given_name(site: Site) -> str:
    """Return the site's name; empty if its rules give none."""
    return "" if site.name == Site().name else site.name


def _add_navigation(app: Dash, store: Store) -> None:
    def navigate(pathname: str, language: str, current: str | None) -> tuple[Any, Any, Any]:
        if pathname == current:
            return no_update, no_update, no_update
        return shown_page(pathname, language, reader()), pathname, status(store, language)

    add_callback(
        app,
        "viewer",
        navigate,
        Output("page", "children"),
        Output("shell", "current"),
        Output("shell", "status"),
        Input("address", "pathname"),
        State("shell", "language"),
        State("shell", "current"),
        prevent_initial_call=True,
    )


def _add_page(app: Application, page: PageSpec, site: Site, door: Door) -> None:
    store, newest = app.held, app.held.held.store

    def update(search: str | None, language: str) -> list[Any]:
        seen = asked_of(store, door, search)
        try:
            answers = page.answers(seen, site, search, language)
        except WithheldError as error:
            told = withheld(error, language)
            return [told if part == "page" else no_update for part in page.parts]
        except BaseException as error:
            if not is_failure(error):
                raise
            reference = secrets.token_hex(3)
            broke(LOG, "page", page.name, reference)
            failed = {"state": "error", "ref": reference}
            return [failed if part == "page" else no_update for part in page.parts]
        app.foreseen.noted(page, "", search, groups=seen is not store)
        return answers

    def more(search: str | None, language: str) -> Any:
        return guarded(MORE, lambda: more_filters(shown_of(store, door), search, language))

    def wired(part: str) -> list[Any]:
        return [
            Output(page.id(part), "data"),
            Input("address", "search"),
            State("shell", "language"),
        ]

    add_callback(
        app,
        page.role,
        update,
        [Output(page.id(part), "data") for part in page.parts],
        Input("address", "search"),
        State("shell", "language"),
    )
    add_callback(app, page.role, more, *wired(MORE))
    for part in page.asking:
        add_callback(
            app,
            page.role,
            _asking(page, part, newest, site, door),
            Output(page.id(part), "data"),
            Input(page.id(part), "asked"),
            State("shell", "language"),
            prevent_initial_call=True,
        )
    for part in page.slow:
        add_callback(app, page.role, _slow(page, part, app.foreseen), *wired(part))


def _add_action(app: Application, page: PageSpec, action: Action) -> None:
    def act(asked: object, language: str) -> Any:
        return acted(action, app.desk, asked, language)

    component = page.id(action.component)
    add_callback(
        app,
        action.role,
        act,
        Output(component, action.name),
        Input(component, f"ask_{action.name}"),
        State("shell", "language"),
        prevent_initial_call=True,
    )


def _asking(page: PageSpec, part: str, store: Store, site: Site, door: Door) -> Callable[..., Any]:
    """Return what answers one component that asks by itself."""

    def update(asked: Any, language: str) -> Any:
        if page.answer_asked is None or asked is None:
            return no_update
        answer = page.answer_asked
        by = Asked(shown_of(store, door), site, door.audit, language)
        return guarded(part, lambda: answer(part, asked, by))

    return update


def _slow(page: PageSpec, part: str, foreseen: Foreseen) -> Callable[..., Any]:
    """Return what fills one card beside the others: what takes long must not hold up the page."""
    store, site, door = foreseen.held, foreseen.site, foreseen.door
    card = page.cards.card(part) if page.cards else None
    role = card.role if card else "viewer"

    def update(search: str | None, language: str) -> Any:
        answer = page.answer_slow
        if answer is None:
            return no_update
        if not reader().sees(role):
            return withheld(WithheldError("report"), language)
        if role != "viewer" and door.audit:
            door.audit.record("list", reader=reader(), detail=f"{page.name}/{part}")
        seen = shown_of(store, door)
        answered = answer(part, seen, site, search, language)
        foreseen.noted(page, part, search, groups=seen is not store)
        # It comes by itself: the browser must know which address it belongs to.
        return {**answered, "asked": search or ""}

    return update


def _add_failures(app: Application) -> None:
    def failed(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            return error
        if isinstance(error, DependencyException | InvalidResourceError):
            return NotFound()  # Dash says so of a script there is none of
        reference = secrets.token_hex(3)
        rule = request.url_rule.rule if request.url_rule else "none"
        broke(LOG, "request", rule, reference)
        language = chosen_language(request)
        return failure(language, app.site_name, reference), 500

    def found(response: Response) -> Response:
        """Give an address that is no page its true status; the document says it in words."""
        rule = request.url_rule.rule if request.url_rule else ""
        if rule.endswith("<path:path>") and response.status_code == 200:
            page = PAGES.get(request.path)
            response.status_code = 200 if page and reader().sees(page.role) else 404
        return response

    app.server.register_error_handler(Exception, failed)
    app.server.after_request(found)
