"""Overview: how are we doing, and what changed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from dash.development.base_component import Component

import reports
from dashboard import components as own
from dashboard.cards.changed import changed
from dashboard.cards.filters import filter_data
from dashboard.cards.guard import Data, guarded
from dashboard.cards.ranked import SHOWN, ListSpec, ranked
from dashboard.cards.tiles import MAIN, MORE, tiles
from dashboard.cards.trend import trend
from dashboard.notices import page_data
from dashboard.pages.page import CARD_WORDS, PAGE_WORDS, PLOTLY, Answers, PageSpec, filter_bar
from dashboard.view import View, data_days, read
from dashboard.words import word, words
from reports.answers.changes import MEASURED
from weblog.site import Site
from weblog.store import Snapshot, Store

NAME: Final = "overview"

CHANGES: Final = 7
"""Rows of what changed."""

LISTS: Final = (
    ListSpec("channels", "came_from", "channels", "channel"),
    ListSpec("segments", "who", "segments", "segment"),
    ListSpec("categories", "looked_at", "categories", "category", "page_views", long=True),
    ListSpec("pages", "top_pages", "pages", "path", "page_views", long=True),
    ListSpec("sources", "top_sources", "sources", "source", beside="medium", long=True),
    ListSpec("devices", "which_devices", "devices", "name"),
)


def layout(language: str) -> Component:
    """Return the page's components, waiting for their data."""
    shared = {"words": words(language, *CARD_WORDS)}
    main, more = word("measures", language), word("more_measures", language)
    cards = [
        own.Tiles(id=f"{NAME}-tiles", label=main, count=len(MAIN), **shared),
        own.Tiles(id=f"{NAME}-more", label=more, count=len(MORE), compact=True, **shared),
        own.Trend(
            id=f"{NAME}-trend", title=word("trend", language), span=8, source=PLOTLY, **shared
        ),
        own.Changes(id=f"{NAME}-changes", title=word("changed", language), span=4, **shared),
    ]
    cards += [
        own.Ranked(
            id=f"{NAME}-{spec.report}",
            title=word(spec.title, language),
            help=word("click_row", language),
            figure=word(spec.measure, language),
            span=4,
            **shared,
        )
        for spec in LISTS
    ]
    page = own.Page(
        id=f"{NAME}-page",
        title=word("overview", language),
        question=word("overview_question", language),
        words=words(language, *PAGE_WORDS),
        children=own.Grid(children=cards),
    )
    return own.Slot(children=[filter_bar(NAME, language), page])


def answer(store: Store, site: Site, search: str | None, language: str) -> Answers:
    """Answer an address: the state of the filters, and the data of every card."""
    view, dropped = read(search)
    snapshot = store.snapshot()
    filters = view.filters(data_days(snapshot))
    query = reports.resolve(snapshot, filters)
    cards = _Cards(snapshot, filters, view, site.currency, language, list(query.warnings))
    answers = {name: guarded(name, make) for name, make in cards.makers.items()}
    answers["filters"] = filter_data(
        snapshot, view, query, language, asked=search or "", left_out=bool(dropped)
    )
    answers["page"] = page_data(cards.warnings, dropped, store.folder, language)
    return answers


@dataclass(frozen=True)
class _Cards:
    """What makes each card; ``warnings`` grows by those of the reports it asks."""

    snapshot: Snapshot
    filters: reports.Filters
    view: View
    currency: str
    language: str
    warnings: list[reports.ReportWarning] = field(default_factory=list)

    @property
    def makers(self) -> dict[str, Callable[[], Data]]:
        return {
            "tiles": partial(self.tiles, MAIN, spark=True),
            "more": partial(self.tiles, MORE, spark=False),
            "trend": self.trend,
            "changes": self.changes,
            **{spec.report: partial(self.list, spec) for spec in LISTS},
        }

    @cached_property
    def summary(self) -> reports.Report:
        return self.asked(reports.summary(self.snapshot, self.filters))

    def tiles(self, measures: tuple[str, ...], *, spark: bool) -> Data:
        return tiles(
            self.summary,
            self.language,
            measures=measures,
            chosen=self.view.measure,
            currency=self.currency,
            spark=spark,
        )

    def trend(self) -> Data:
        return trend(
            self.asked(reports.site_status(self.snapshot, self.filters)),
            self.language,
            measure=self.view.measure,
            currency=self.currency,
            table=self.view.table,
        )

    def changes(self) -> Data:
        plotted = self.view.measure
        measure = plotted if plotted in MEASURED else "sessions"
        report = reports.changes(self.snapshot, self.filters, measure=measure, limit=CHANGES)
        return changed(
            report, self.language, measure=measure, plotted=plotted, currency=self.currency
        )

    def list(self, spec: ListSpec) -> Data:
        options = {"limit": SHOWN} if spec.long else {}
        report = getattr(reports, spec.report)(self.snapshot, self.filters, **options)
        return ranked(self.asked(report), spec, self.language)

    def asked(self, report: reports.Report) -> reports.Report:
        self.warnings.extend(report.warnings)
        return report


PAGE: Final = PageSpec(
    name=NAME,
    path="/",
    icon="overview",
    layout=layout,
    parts=("filters", "page", "tiles", "more", "trend", "changes", *(s.report for s in LISTS)),
    answer=answer,
)
