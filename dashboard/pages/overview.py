"""Overview: how are we doing, and what changed?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from dash.development.base_component import Component

import reports
from dashboard import components as own
from dashboard.ask import ask
from dashboard.cards.card import CardSpec
from dashboard.cards.changed import changed
from dashboard.cards.goals import goals_of
from dashboard.cards.guard import Data, guarded
from dashboard.cards.known_days import with_known_days
from dashboard.cards.tiles import MAIN, MORE, tiles
from dashboard.cards.trend import trend
from dashboard.notices import page_data
from dashboard.pages.cards_page import CardsPage, Shown
from dashboard.pages.content import LIMIT
from dashboard.pages.page import (
    CARD_WORDS,
    PLOTLY,
    Answers,
    PageSpec,
    filter_bar,
    framed,
)
from dashboard.questions import asked
from dashboard.words import word, words
from reports.answers.changes import MEASURED
from reports.day_notes import days_drawn
from reports.goal_lines import GoalLine
from weblog.site import Site
from weblog.store import Store

NAME: Final = "overview"

ASKED: Final = "overview-questions"
"""Id of the card of questions."""

CHANGES: Final = 7
"""Rows of what changed."""


def _listed(name: str, title: str, column: str, field: str, measure: str, **more: Any) -> CardSpec:
    usual = (column, *((more["beside"],) if "beside" in more else ()), *_VISITS)
    return CardSpec(
        name, name, title, "click_row", shapes=("bars", "table"), filters={column: field},
        columns=(column, *_VIEWS) if measure == "page_views" else usual,
        bars=(measure,), measure=measure, span=4, height=296, **more,
    )  # fmt: skip


_VISITS: Final = ("sessions", "share", "visitors", "bounce_rate", "conversion_rate", "change")
_VIEWS: Final = ("page_views", "share", "sessions", "visitors", "conversion_rate", "change")

LISTS: Final = CardsPage(
    NAME,
    (
        _listed("channels", "came_from", "channel", "channels", "sessions"),
        _listed("segments", "who", "segment", "segments", "sessions"),
        _listed("categories", "looked_at", "category", "categories", "page_views",
                choices=(LIMIT,)),
        _listed("pages", "top_pages", "path", "pages", "page_views", choices=(LIMIT,)),
        _listed("sources", "top_sources", "source", "sources", "sessions", beside="medium",
                choices=(LIMIT,)),
        _listed("devices", "which_devices", "name", "devices", "sessions"),
    ),
)  # fmt: skip
"""The ranked lists, which are cards like those of other pages."""


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
    cards += LISTS.card_components(language)
    cards.append(
        own.Questions(
            id=ASKED,
            title=word("questions", language),
            help=word("questions_help", language),
            questions=asked(language),
            **shared,
        )
    )
    page = framed(NAME, language, own.Grid(children=cards), jump=("questions_jump", ASKED))
    return own.Slot(children=[filter_bar(NAME, language), page])


def answer(store: Store, site: Site, search: str | None, language: str) -> Answers:
    """Answer an address: the state of the filters, and the data of every card."""
    shown = Shown(LISTS, store.snapshot(), site, search, language)
    query = reports.resolve(shown.snapshot, shown.asked)
    cards = _Cards(shown, list(query.warnings))
    answers = {name: guarded(name, make) for name, make in cards.makers.items()}
    answers["filters"] = shown.filters(search)
    answers["page"] = page_data(cards.warnings, shown.left_out, store.folder, language)
    return answers


@dataclass(frozen=True)
class _Cards:
    """What makes each card; ``warnings`` grows by those of the reports it asks."""

    shown: Shown
    warnings: list[reports.ReportWarning] = field(default_factory=list)

    @property
    def makers(self) -> dict[str, Callable[[], Data]]:
        return {
            "tiles": partial(self.tiles, MAIN, spark=True),
            "more": partial(self.tiles, MORE, spark=False),
            "trend": self.trend,
            "changes": self.changes,
            **{card.name: partial(self.shown.data, card) for card in LISTS.cards},
        }

    def tiles(self, measures: tuple[str, ...], *, spark: bool) -> Data:
        report = self.answered("summary")
        return tiles(
            self.asked(report) if spark else report,  # what is to be known of it is told once
            self.shown.language,
            measures=measures,
            chosen=self.shown.view.measure,
            currency=self.shown.site.currency,
            spark=spark,
            goals={name: self.goals(name) for name in measures},
        )

    def goals(self, measure: str, days: Sequence[date] = ()) -> tuple[GoalLine, ...]:
        return goals_of(measure, self.shown.snapshot, self.shown.site, self.shown.asked, days)

    def trend(self) -> Data:
        shown, measure = self.shown, self.shown.view.measure
        report = self.asked(self.answered("site_status"))
        data = trend(
            report,
            shown.language,
            measure=measure,
            currency=shown.site.currency,
            table=shown.view.table,
            goals=self.goals(measure, days_drawn(report.name, report.frame)),
        )
        return with_known_days(data, report, shown.snapshot.folder, shown.site, shown.language)

    def changes(self) -> Data:
        shown, plotted = self.shown, self.shown.view.measure
        measure = plotted if plotted in MEASURED else "sessions"
        report = self.answered("changes", measure=measure, limit=CHANGES)
        currency = shown.site.currency
        return changed(report, shown.language, measure=measure, plotted=plotted, currency=currency)

    def answered(self, name: str, **options: Any) -> reports.Report:
        """Ask a report, or take its answer of before: to plot another measure asks few anew."""
        return ask(name, self.shown.snapshot, self.shown.site, self.shown.asked, options)

    def asked(self, report: reports.Report) -> reports.Report:
        self.warnings.extend(report.warnings)
        return report


PAGE: Final = PageSpec(
    name=NAME,
    path="/",
    icon="overview",
    layout=layout,
    parts=("filters", "page", "tiles", "more", "trend", "changes", *(c.name for c in LISTS.cards)),
    answer=answer,
    answer_slow=LISTS.answer_slow,
    cards=LISTS,
)
