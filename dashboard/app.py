"""The application: pages and callbacks around a store, and nothing that counts."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component
from flask import Response, request
from werkzeug.exceptions import HTTPException

from dashboard import components as own
from dashboard.card_page import add_card_page, newest_day
from dashboard.cards.filters import more_filters
from dashboard.cards.guard import guarded
from dashboard.document import document, failure
from dashboard.downloads import add_downloads
from dashboard.language import NAMES, chosen_language
from dashboard.notices import long_day
from dashboard.pages import PAGES
from dashboard.pages.page import MORE, PageSpec
from dashboard.security import protect
from dashboard.suggestions import Index, add_suggestions
from dashboard.view import data_days
from dashboard.words import word, words
from reports.figures import numbers
from reports.recommendations import load_recommendations
from weblog.site import Site
from weblog.store import Store

LOG = logging.getLogger("dashboard")

SHELL_WORDS = (
    "product_name", "skip", "navigation", "open_navigation", "copy_link", "copied", "copy_failed",
    "language", "to_dark", "to_light", "connection_lost", "try_again",
)  # fmt: skip

NOT_OURS = re.compile(r'<script src="[^"]*/dash/(dcc|html|dash_table)/[^"]*"></script>\n?')
"""Dash's own component libraries, 0.7 MB that no page of ours uses."""


class Application(Dash):
    """Dash, with our document in the reader's language around it."""

    site_name: str = ""
    """What the site is called; empty for a site that has not said so."""

    suggestions: Index
    """The ranked suggestions of all customers; see :mod:`dashboard.suggestions`."""

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """Return the document every page is drawn into."""
        scripts = NOT_OURS.sub("", str(parts["scripts"]))
        return document(
            language=chosen_language(request),
            site_name=self.site_name,
            assets=self.get_asset_url,
            css=str(parts["css"]),
            config=str(parts["config"]),
            scripts=scripts,
            renderer=str(parts["renderer"]),
            entry=str(parts["app_entry"]),
        )


def create_app(
    store: Store, site: Site, *, loopback_only: bool = True, role: str = "marketer"
) -> Application:
    """Return the dashboard over a store as a Dash application.

    Args:
        store: what is shown, read anew for every answer: what is ingested meanwhile appears.
        site: the site's rules; its name and its currency are shown.
        loopback_only: answer only requests that name this machine as their host. Else there
            are no customer cards and no suggestions either: nobody has logged in.
        role: what customer cards show (:mod:`reports.card.roles`).

    Raises:
        SiteError: ``recommendations.toml`` beside the site's rules is wrong.
    """
    app = Application(
        __name__.partition(".")[0],
        title=word("product_name", "en"),
        update_title="",
        use_pages=False,
        pages_folder="",
        assets_ignore=r"theme\.js|\.min\.js|.*\.md",
        compress=True,
        suppress_callback_exceptions=True,  # a page's components exist while it is shown
        enable_mcp=False,
        add_log_handler=False,
        health_endpoint="_health",
    )
    app.site_name = given_name(site)
    app.layout = lambda: _layout(chosen_language(request), app.site_name)
    _add_navigation(app, store)
    for page in PAGES.values():
        _add_page(app, page, store, site)
    add_downloads(app.server, store, site)
    app.suggestions = Index(store, site, load_recommendations(None, site))
    if loopback_only:
        add_suggestions(app.server, app.suggestions)
        add_card_page(
            app.server, store, site, role=role, today=newest_day(store), index=app.suggestions
        )
    _add_failures(app)
    protect(app.server, app.csp_hashes(), loopback_only=loopback_only)
    return app


def given_name(site: Site) -> str:
    """Return the site's name; empty if its rules give none."""
    return "" if site.name == Site().name else site.name


def _layout(language: str, site_name: str) -> Component:
    """Return the frame; which page stands in it, the browser says next."""
    return own.Slot(
        children=[
            own.Address(id="address"),
            own.Shell(
                id="shell",
                words=words(language, *SHELL_WORDS),
                site=site_name,
                language=language,
                languages=list(NAMES.items()),
                pages=[
                    {"path": page.path, "title": word(page.name, language), "icon": page.icon}
                    for page in PAGES.values()
                ],
                children=own.Slot(id="page"),
            ),
        ]
    )


def _add_navigation(app: Dash, store: Store) -> None:
    @app.callback(
        Output("page", "children"),
        Output("shell", "current"),
        Output("shell", "status"),
        Input("address", "pathname"),
        State("shell", "language"),
        State("shell", "current"),
        prevent_initial_call=True,
    )
    def navigate(pathname: str, language: str, current: str | None) -> tuple[Any, Any, Any]:
        if pathname == current:
            return no_update, no_update, no_update
        return shown_page(pathname, language), pathname, status(store, language)


def shown_page(pathname: str, language: str) -> Component:
    """Return the components of the page at an address, or of one that says there is none."""
    if pathname in PAGES:
        return PAGES[pathname].layout(language)
    keys = ("not_found", "not_found_help", "to_overview")
    return own.NotFound(words=words(language, *keys), path=pathname)


def status(store: Store, language: str) -> str:
    """Say how far the data reach and how many sessions there are."""
    snapshot = store.snapshot()
    days = data_days(snapshot)
    if days is None:
        return word("no_data_yet", language)
    sessions = sum(snapshot.rows_by_day("sessions").values())
    return word(
        "data_through",
        language,
        day=long_day(days[1], language),
        sessions=numbers.number(sessions, language),
    )


def _add_page(app: Dash, page: PageSpec, store: Store, site: Site) -> None:
    @app.callback(
        [Output(page.id(part), "data") for part in page.parts],
        Input("address", "search"),
        State("shell", "language"),
    )
    def update(search: str | None, language: str) -> list[Any]:
        try:
            return page.answers(store, site, search, language)
        except Exception:
            reference = secrets.token_hex(3)
            LOG.exception("page %s failed (ref %s)", page.name, reference)
            failed = {"state": "error", "ref": reference}
            return [failed if part == "page" else no_update for part in page.parts]

    @app.callback(
        Output(page.id(MORE), "data"),
        Input("address", "search"),
        State("shell", "language"),
    )
    def more(search: str | None, language: str) -> Any:
        return guarded(MORE, lambda: more_filters(store, search, language))

    for part in page.slow:
        _add_slow(app, page, part, store, site)


def _add_slow(app: Dash, page: PageSpec, part: str, store: Store, site: Site) -> None:
    """Fill one card beside the others: what takes long must not hold up the page."""

    @app.callback(
        Output(page.id(part), "data"),
        Input("address", "search"),
        State("shell", "language"),
    )
    def update(search: str | None, language: str) -> Any:
        if page.answer_slow is None:
            return no_update
        return page.answer_slow(part, store, site, search, language)


def _add_failures(app: Application) -> None:
    def failed(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            return error
        reference = secrets.token_hex(3)
        LOG.exception("request %s failed (ref %s)", request.path, reference)
        language = chosen_language(request)
        return failure(language, app.site_name, app.get_asset_url, reference), 500

    def found(response: Response) -> Response:
        """Give an address that is no page its true status; the document says it in words."""
        rule = request.url_rule.rule if request.url_rule else ""
        if rule.endswith("<path:path>") and response.status_code == 200:
            response.status_code = 200 if request.path in PAGES else 404
        return response

    app.server.register_error_handler(Exception, failed)
    app.server.after_request(found)
