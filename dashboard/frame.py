"""The frame every page stands in: navigation, header, and the page that is asked for first."""

from __future__ import annotations

import logging
import secrets
from typing import Final
from urllib.parse import urlsplit

from dash.development.base_component import Component
from flask import has_request_context, request

from dashboard import components as own
from dashboard.access.door import Door
from dashboard.access.roles import Reader
from dashboard.language import NAMES
from dashboard.notices import long_day
from dashboard.pages import PAGES
from dashboard.rooted import rooted, sites_of
from dashboard.saved.views import may_change
from dashboard.saved.words import VIEW_WORDS
from dashboard.view import data_days
from dashboard.words import word, words
from reports.figures import numbers
from weblog.logs import broke
from weblog.store import Store

LOG = logging.getLogger("dashboard")

SHELL_WORDS: Final = (
    "product_name", "skip", "navigation", "open_navigation", "copy_link", "copied", "copy_failed",
    "language", "to_dark", "to_light", "connection_lost", "try_again", "sites",
    "print_page",
)  # fmt: skip
"""Texts of the frame in the browser."""


def frame(language: str, site_name: str, who: Reader | None, door: Door, store: Store) -> Component:
    """Return the frame for a reader, and in it the page that asks for it.

    Which page that is the browser says anew once it runs; where it says so already by what it
    asks from, nothing need be asked in between. Dash asks for the frame once before anybody
    has; nobody is shown that one.
    """
    path, search = _asked_from()
    first = PAGES.get(path)
    address: dict[str, str] = {}
    shown: dict[str, str] = {}
    children: list[Component] = []
    if first is not None and who is not None and who.sees(first.role):
        address = {"pathname": rooted(path), "search": search}
        shown = {"current": rooted(path), "status": _guarded_status(store, language)}
        children = [first.layout(language)]
    return own.Slot(
        children=[
            own.Address(id="address", **address),
            own.Shell(
                id="shell",
                **shown,
                words=words(language, *SHELL_WORDS, *VIEW_WORDS),
                site=site_name,
                language=language,
                languages=list(NAMES.items()),
                reader=who.name if who else "",
                site_key=door.site,
                sites=sites_of(door),
                may=_may(who),
                pages=[
                    {
                        "path": rooted(page.path),
                        "title": word(page.name, language),
                        "icon": page.icon,
                    }
                    for page in PAGES.values()
                    if who and who.sees(page.role)
                ],
                children=own.Slot(id="page", children=children),
            ),
        ]
    )


def _guarded_status(store: Store, language: str) -> str:
    """Return the status; of a store that cannot be read the page in the frame tells."""
    try:
        return status(store, language)
    except Exception:
        broke(LOG, "frame", "status", secrets.token_hex(3))
        return ""


def _asked_from() -> tuple[str, str]:
    """Return path and search of the page of ours a request comes from; empty if it is none."""
    if not has_request_context() or not request.referrer:
        return "", ""
    asked = urlsplit(request.referrer)
    if asked.netloc != request.host:
        return "", ""
    path = asked.path.removeprefix(request.script_root)
    return path, f"?{asked.query}" if asked.query else ""


def _may(who: Reader | None) -> dict[str, bool]:
    """Say what the frame offers a reader to keep; the server holds to it."""
    return {
        "share": who is not None and who.sees("marketer"),
        "all": who is not None and may_change(who, "\0"),
    }


def shown_page(pathname: str, language: str, who: Reader) -> Component:
    """Return the components of the page at an address, or of one that says there is none.

    A page that is not for the reader's role is as one that is not there.
    """
    pathname = pathname.removeprefix(request.script_root) if has_request_context() else pathname
    if pathname in PAGES and who.sees(PAGES[pathname].role):
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
