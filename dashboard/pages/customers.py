"""Customer: find somebody in the register, and open their card."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from dash.development.base_component import Component

from dashboard import components as own
from dashboard.access.roles import reader
from dashboard.card_page import PATH as CARD
from dashboard.cards.guard import Data
from dashboard.notices import long_day, page_data
from dashboard.pages.page import Answers, Asked, PageSpec, framed
from dashboard.rooted import rooted
from dashboard.words import word, words
from reports.card.search import LEAST, Found, find_customers
from reports.figures import numbers
from weblog.site import Site
from weblog.store import Store

NAME: Final = "customers_page"
PART: Final = "search"

SEARCH_WORDS: Final = (
    "search_label", "search_go", "search_logged", "search_recent", "search_forget",
    "search_failed", "loading", "reference", "reference_help",
)  # fmt: skip

HEADS: Final = {
    "customer_id": "search_customer",
    "name": "search_name",
    "phone": "search_phone",
    "birth_date": "search_birth",
    "grade": "search_grade",
    "joined": "search_joined",
}
"""Columns of :data:`reports.card.search.COLUMNS` to the keys of their heads."""


def layout(language: str) -> Component:
    """Return the page's components; nothing is looked for until somebody is typed."""
    find = own.CustomerSearch(
        id=f"{NAME}-{PART}",
        words=words(language, *SEARCH_WORDS),
        card=f"{rooted(CARD)}?{urlencode({'lang': language})}",
    )
    return own.Slot(children=[framed(NAME, language, find)])


def answer(store: Store, _: Site, __: str | None, language: str) -> Answers:
    """Answer an address: it names nobody, so that no history or log of addresses does."""
    return {"page": page_data([], [], store.folder, language)}


def answer_asked(_: str, asked: Any, by: Asked) -> Data:
    """Answer a search, which is recorded before anything of it is shown."""
    text = asked.get("text", "") if isinstance(asked, dict) else ""
    text = text.strip() if isinstance(text, str) else ""
    found = find_customers(by.store, text, role=reader().card_role)
    if not found.is_too_short and by.audit is not None:
        only = found.frame["customer_id"][0] if found.total == 1 else text
        detail = f"{found.total} found, {found.frame.height} shown"
        by.audit.record("search", reader=reader(), customer=only, detail=detail)
    return search_data(found, text, by)


def search_data(found: Found, text: str, by: Asked) -> Data:
    """Return what a search found as the page's component shows it."""
    language = by.language
    if found.is_too_short:
        told = word("search_short", language, least=LEAST)
        hint = word(f"search_hint_{reader().card_role}", language)
        return {"state": "short", "told": told, "hint": hint, "logged": by.audit is not None}
    if found.total == 0 and not found.known:
        return {
            "state": "none",
            "told": word("search_no_register", language),
            "help": word("search_no_register_help", language),
            "code": "weblog customers load FILE",
        }
    if found.total == 0:
        told = word("search_none", language, text=text)
        return {"state": "none", "told": told, "help": word("search_none_help", language)}
    key = "search_more" if found.total > found.frame.height else "search_found"
    total, shown = (numbers.number(count, language) for count in (found.total, found.frame.height))
    known = [name for name in HEADS if found.frame[name].count()]  # some registers name nobody
    return {
        "state": "ready",
        "told": word(key, language, total=total, shown=shown),
        "heads": [word(HEADS[name], language) for name in known],
        "rows": [
            [_cell(value, language) for value in row] for row in found.frame.select(known).rows()
        ],
    }


def _cell(value: object, language: str) -> str:
    if value is None:
        return numbers.UNKNOWN
    return long_day(value, language) if isinstance(value, date) else str(value)


PAGE: Final = PageSpec(
    name=NAME,
    path="/customers",
    icon="person",
    layout=layout,
    parts=("page",),
    answer=answer,
    role="marketer",
    asking=(PART,),
    answer_asked=answer_asked,
)
