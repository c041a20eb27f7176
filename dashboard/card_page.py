"""The page of one customer: a number to type, and the card."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from html import escape
from urllib.parse import urlencode

from flask import Flask, Response, request

from dashboard.access.audit import Audit
from dashboard.access.roles import least, reader
from dashboard.card_sheet import page, sheet
from dashboard.card_words import card_word
from dashboard.language import chosen_language
from dashboard.notices import long_day
from dashboard.rooted import rooted
from dashboard.suggestions import Index
from reports.card import customer_card
from reports.figures.numbers import LANGUAGES
from reports.load import data_days
from reports.recommendations import Lists, Recommendations
from weblog.errors import QueryError
from weblog.site import Site
from weblog.store import Store

PATH = "/customer"

SEARCH = "/customers"
"""The page of the dashboard that finds customers by more than their whole number."""

LONGEST = 200
"""Characters of a customer's number: what is longer is none."""


def add_card_page(
    server: Flask,
    store: Store,
    site: Site,
    *,
    today: Callable[[], date],
    index: Index | None = None,
    audit: Audit | None = None,
) -> None:
    """Answer ``/customer?id=H10048271``, with ``day`` (ISO) and ``lang`` where they are asked for.

    What of a person it shows is the reader's role's to see. ``format=json`` gives the card to
    programs.

    Args:
        server: of the dashboard.
        store: what is shown.
        site: its segment rules.
        today: the last day that counts where none is asked for.
        index: what to suggest, ranked beforehand; without it nothing is suggested.
        audit: records who looked at whom, before they are shown.
    """

    @server.get(PATH)
    @least("marketer")
    def card() -> Response:
        asked = request.args.get("lang", "")
        language = asked if asked in LANGUAGES else chosen_language(request)
        customer = request.args.get("id", "").strip()[:LONGEST]
        given = request.args.get("day", "").strip()[:LONGEST]
        bar = _bar(customer, given, language)
        if not customer:
            title = card_word("find", language)
            told = escape(card_word("find_help", language))
            return _html(page(title, f"<h1>{escape(title)}</h1><p>{told}</p>", language, bar=bar))
        day = _day(given, today)
        if day is None:
            return _refused(card_word("wrong_day", language, day=given), language, bar, 400)
        if audit:
            audit.record("card", reader=reader(), customer=customer, detail=day.isoformat())
        try:
            found = customer_card(
                store,
                customer,
                day,
                site,
                role=reader().card_role,
                lists=_lists(index),
                settings=_settings(index),
            )
        except QueryError:
            shown = long_day(day, language)
            told = card_word("unknown_customer", language, id=customer, day=shown)
            return _refused(told, language, bar, 404)
        if request.args.get("format") == "json":
            return Response(
                json.dumps(found.to_dict(), ensure_ascii=False), mimetype="application/json"
            )
        return _html(sheet(found, language, time_zone=site.time_zone, bar=bar))


def _lists(index: Index | None) -> Lists | None:
    """Return the newest lists; they may be some seconds behind what is published."""
    if index is None:
        return None
    index.start()
    answers = index.answers
    return None if answers is None else answers.lists


def _settings(index: Index | None) -> Recommendations | None:
    return None if index is None else index.settings


def newest_day(store: Store) -> Callable[[], date]:
    """Return a function that tells the last day the data have, else that of the clock."""

    def day() -> date:
        days = data_days(store.snapshot())
        return date.today() if days is None else days[1]  # noqa: DTZ011  an empty store has no zone

    return day


def _day(given: str, today: Callable[[], date]) -> date | None:
    if not given:
        return today()
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _bar(customer: str, day: str, language: str) -> str:
    """Return the form that asks for a customer, and the way to the other language."""
    other = next(each for each in LANGUAGES if each != language)
    asked = {"id": customer, "day": day, "lang": other}
    way = urlencode({name: value for name, value in asked.items() if value})
    label = escape(card_word("customer_number", language))
    kept = f'<input type="hidden" name="day" value="{escape(day)}">' if day else ""
    return (
        f'<form action="{rooted(PATH)}" method="get" role="search"><label for="id">{label}</label>'
        f'<input id="id" name="id" value="{escape(customer)}" autocomplete="off" required>{kept}'
        f'<input type="hidden" name="lang" value="{language}">'
        f"<button>{escape(card_word('show', language))}</button>"
        f'<a href="{rooted(PATH)}?{escape(way)}" lang="{other}">'
        f"{escape(card_word('other_language', language))}</a>"
        f'<a href="{rooted(SEARCH)}">{escape(card_word("find", language))}</a></form>'
    )


def _refused(told: str, language: str, bar: str, status: int) -> Response:
    title = escape(card_word("no_card", language))
    body = f'<section role="alert"><h1>{title}</h1><p>{escape(told)}</p></section>'
    return _html(page(card_word("no_card", language), body, language, bar=bar), status)


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/html")
