"""Live: what happens on the site now?"""

from __future__ import annotations

from typing import Any, Final

from dash.development.base_component import Component

from dashboard import components as own
from dashboard.cards.guard import Data
from dashboard.live_data import EVERY_S, SHARED, live_data
from dashboard.notices import page_data
from dashboard.pages.page import CARD_WORDS, PLOTLY, Answers, Asked, PageSpec, framed
from dashboard.view import data_days, read
from dashboard.words import words
from reports import ReportWarning
from weblog.site import Site
from weblog.store import Store

NAME: Final = "live_page"
PART: Final = "now"

LIVE_WORDS: Final = (
    "live_pause", "live_resume", "live_paused", "live_updated", "live_every",
    "live_by_minute", "live_by_minute_help", "live_pages", "live_pages_help", "live_sources",
    "live_sources_help", "live_goals", "live_goals_help", "live_failed", "live_failed_help",
    "live_head_here", "live_head_views", "live_head_visitors", "live_head_count",
    "live_head_value", "live_head_status", "live_no_goals", "live_no_errors", "live_nobody",
)  # fmt: skip


def layout(language: str) -> Component:
    """Return the page's components; the browser asks for their data, and goes on asking."""
    now = own.Live(
        id=f"{NAME}-{PART}",
        words=words(language, *CARD_WORDS, *LIVE_WORDS),
        every=EVERY_S,
        source=PLOTLY,
    )
    return own.Slot(children=[framed(NAME, language, now)])


def answer(store: Store, _: Site, search: str | None, language: str) -> Answers:
    """Answer an address: filters of other pages do not apply here, and it says so."""
    snapshot = store.snapshot()
    days = data_days(snapshot)
    warnings = [] if days else [ReportWarning("no_data")]
    if read(search)[0].filters(days).chosen:
        warnings.append(ReportWarning("live_counted_whole"))
    return {"page": page_data(warnings, [], store.folder, language)}


def answer_asked(_: str, __: Any, by: Asked) -> Data:
    """Answer a browser that asks what there is now."""
    return live_data(SHARED.now(by.store), by.store, by.site, by.language)


PAGE: Final = PageSpec(
    name=NAME,
    path="/live",
    icon="live",
    layout=layout,
    parts=("page",),
    answer=answer,
    role="marketer",  # one figure and the next tell of single people, whatever is left out
    asking=(PART,),
    answer_asked=answer_asked,
)
