"""Overview: how are we doing, and what changed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dash.development.base_component import Component

import reports
from dashboard import components as own
from dashboard.cards.changed import changed
from dashboard.cards.filters import filter_data
from dashboard.cards.guard import Data, guarded
from dashboard.cards.ranked import SHOWN, ranked
from dashboard.cards.tiles import MAIN, MORE, tiles
from dashboard.cards.trend import trend
from dashboard.notices import notices
from dashboard.pages.page import Answers, PageSpec
from dashboard.view import Dropped, View, read
from dashboard.words import word, words
from reports.answers.changes import MEASURED
from weblog.site import Site
from weblog.store import Snapshot, Store

NAME: Final = "overview"

LISTS: Final[dict[str, dict[str, Any]]] = {
    "channels": {"title": "came_from", "field": "channels", "column": "channel"},
    "segments": {"title": "who", "field": "segments", "column": "segment"},
    "categories": {
        "title": "looked_at", "field": "categories", "column": "category", "measure": "page_views",
    },
    "pages": {"title": "top_pages", "field": "pages", "column": "path", "measure": "page_views"},
    "sources": {"title": "top_sources", "field": "sources", "column": "source", "beside": "medium"},
    "devices": {"title": "which_devices", "field": "devices", "column": "name"},
}  # fmt: skip
"""The ranked lists: name of the report to what :func:`ranked` takes, and the card's title."""

PLOTLY: Final = "/assets/vendor/plotly-basic.min.js"

LIMITED: Final = ("categories", "pages", "sources")
"""Lists too long to show whole."""

CARD_WORDS: Final = (
    "card_failed", "reference", "reference_help", "nothing_here", "loading", "small", "small_help",
    "better", "worse", "conversion_short", "filter_by", "filter_off", "as_table", "as_chart",
    "trend_help",
)  # fmt: skip

FILTER_WORDS: Final = (
    "filters", "period", "dates", "first_day", "last_day", "apply", "compare", "segments",
    "devices", "channels", "all", "no_choices", "reset", "remove", "close",
)  # fmt: skip

PAGE_WORDS: Final = (
    "product", "notices", "nothing", "clear_filters", "empty_store", "empty_store_help",
    "page_failed", "reference", "reference_help", "loading",
)  # fmt: skip


def layout(language: str) -> Component:
    """Return the page's components, waiting for their data."""
    shown = {"words": words(language, *CARD_WORDS)}
    lists = [
        own.Ranked(
            id=f"{NAME}-{name}",
            title=word(row["title"], language),
            help=word("click_row", language),
            figure=word(row.get("measure", "sessions"), language),
            span=4,
            **shown,
        )
        for name, row in LISTS.items()
    ]
    cards = own.Grid(
        children=[
            own.Tiles(
                id=f"{NAME}-tiles", label=word("measures", language), count=len(MAIN), **shown
            ),
            own.Tiles(
                id=f"{NAME}-more",
                label=word("more_measures", language),
                count=len(MORE),
                compact=True,
                **shown,
            ),
            own.Trend(
                id=f"{NAME}-trend", title=word("trend", language), span=8, source=PLOTLY, **shown
            ),
            own.Changes(id=f"{NAME}-changes", title=word("changed", language), span=4, **shown),
            *lists,
        ]
    )
    return own.Slot(
        children=[
            own.FilterBar(id=f"{NAME}-filters", words=words(language, *FILTER_WORDS)),
            own.Page(
                id=f"{NAME}-page",
                title=word("overview", language),
                question=word("overview_question", language),
                words=words(language, *PAGE_WORDS),
                children=cards,
            ),
        ]
    )


def answer(store: Store, site: Site, search: str | None, language: str) -> Answers:
    """Answer an address: the state of the filters, and the data of every card."""
    view, dropped = read(search)
    snapshot = store.snapshot()
    whole = reports.resolve(snapshot)
    data = (
        (whole.data_first_day, whole.data_last_day)
        if whole.data_first_day and whole.data_last_day
        else None
    )
    filters = view.filters(data)
    query = reports.resolve(snapshot, filters)
    answers: Answers = {"filters": filter_data(snapshot, view, query, language)}
    seen: list[reports.ReportWarning] = []
    for name, make in _cards(snapshot, filters, view, site, language, seen).items():
        answers[name] = guarded(name, make)
    answers["page"] = _page(store, seen or list(query.warnings), dropped, language)
    return answers


def _cards(
    snapshot: Snapshot,
    filters: reports.Filters,
    view: View,
    site: Site,
    language: str,
    seen: list[reports.ReportWarning],
) -> dict[str, Callable[[], Data]]:
    """Return what makes each card; the warnings of the reports they ask go into ``seen``."""
    currency, measure = site.currency, view.measure

    def asked(report: reports.Report) -> reports.Report:
        seen.extend(report.warnings)
        return report

    def tiled(measures: tuple[str, ...], *, spark: bool) -> Data:
        report = asked(reports.summary(snapshot, filters))
        return tiles(
            report, language, measures=measures, chosen=measure, currency=currency, spark=spark
        )

    def drawn() -> Data:
        report = asked(reports.site_status(snapshot, filters))
        return trend(report, language, measure=measure, currency=currency, table=view.table)

    def differing() -> Data:
        what = measure if measure in MEASURED else "sessions"
        report = reports.changes(snapshot, filters, measure=what, limit=8)
        return changed(report, language, measure=what, currency=currency)

    def listed(name: str) -> Data:
        options = {"limit": SHOWN} if name in LIMITED else {}
        report = asked(getattr(reports, name)(snapshot, filters, **options))
        how = {key: value for key, value in LISTS[name].items() if key != "title"}
        return ranked(report, language, **how)

    return {
        "tiles": lambda: tiled(MAIN, spark=True),
        "more": lambda: tiled(MORE, spark=False),
        "trend": drawn,
        "changes": differing,
        **{name: lambda name=name: listed(name) for name in LISTS},
    }


def _page(
    store: Store, warnings: list[reports.ReportWarning], dropped: list[Dropped], language: str
) -> Data:
    codes = {warning.code for warning in warnings}
    shown = [
        {"code": "dropped", "text": word("dropped", language, name=one.name, value=one.value)}
        for one in dropped
    ]
    data: Data = {"state": "ready", "notices": shown + notices(warnings, language)}
    if "no_data" in codes:
        command = f"weblog ingest access.log --store {store.folder}"
        return data | {"state": "no_data", "command": command}
    if codes & {"no_match", "period_without_data"}:
        return data | {"state": "no_match"}
    return data


PAGE: Final = PageSpec(
    name=NAME,
    path="/",
    icon="overview",
    layout=layout,
    parts=("filters", "page", "tiles", "more", "trend", "changes", *LISTS),
    answer=answer,
)
