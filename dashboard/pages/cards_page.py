"""A page made of cards that are data: most pages are nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import polars as pl
from dash.development.base_component import Component

import reports
from dashboard import components as own
from dashboard.ask import ask
from dashboard.cards.answer_card import OF_THE_PAGE, answer_card
from dashboard.cards.card import NOT_HERE, ROWS, CardSpec, CardState
from dashboard.cards.filters import filter_data
from dashboard.cards.guard import Data, guarded
from dashboard.cards.known_days import with_known_days
from dashboard.cards.state import state_of, unknown_options, values_of
from dashboard.cards.table import file_rows
from dashboard.notices import page_data
from dashboard.pages.page import (
    CARD_WORDS,
    PLOTLY,
    REPORT_WORDS,
    Answers,
    PageSpec,
    filter_bar,
    framed,
)
from dashboard.rooted import rooted
from dashboard.view import DEFAULT_PERIOD, Dropped, View, data_days, read
from dashboard.words import word, words
from weblog.site import Site
from weblog.store import Snapshot, Store

OF_SESSIONS: Final = frozenset(
    {"no_match", "small_numbers", "no_previous_data", "previous_incomplete"}
)
"""Warnings about the sessions filtered, which do not matter where people or lines are counted."""


@dataclass(frozen=True, slots=True)
class CardsPage:
    """A page of cards.

    Attributes:
        name: prefix of ids; ``name`` and ``name_question`` are keys of its title and question.
        cards: in their order.
        role: the least role that may see it.
        counts_whole: its reports count people or lines whatever the filters: it has something
            to show even where no session matches.
        said_once: codes of warnings that several of its cards have: the page says them, once, as
            its cards that are not slow tell them.
        period: what it looks at while the address names none, a key of ``view.PERIODS``.
    """

    name: str
    cards: tuple[CardSpec, ...]
    role: str = "viewer"
    counts_whole: bool = False
    said_once: frozenset[str] = frozenset()
    period: str = DEFAULT_PERIOD

    def card(self, name: str) -> CardSpec | None:
        """Return the card called ``name``."""
        return next((card for card in self.cards if card.name == name), None)

    def layout(self, language: str) -> Component:
        """Return the page's components, waiting for their data."""
        cards = own.Grid(children=self.card_components(language))
        page = framed(self.name, language, cards)
        return own.Slot(children=[filter_bar(self.name, language), page])

    def card_components(self, language: str) -> list[Component]:
        """Return the components of its cards, waiting for their data."""
        said = words(language, *CARD_WORDS, *REPORT_WORDS)
        return [
            own.ReportCard(
                id=f"{self.name}-{card.name}",
                words=said,
                title=word(card.title, language),
                help=word(card.help, language) if card.help else None,
                span=card.span,
                height=card.height,
                source=PLOTLY,
                optional=card.shown_if is not None,
                files=rooted(f"/download/{self.name}/{card.name}"),
            )
            for card in self.cards
        ]

    def answer(self, store: Store, site: Site, search: str | None, language: str) -> Answers:
        """Answer an address: the state of the filters, and every card that is not slow."""
        shown = Shown(self, store.snapshot(), site, search, language)
        answers = {
            card.name: guarded(card.name, partial(shown.data, card))
            for card in self.cards
            if not card.slow
        }
        answers["filters"] = shown.filters(search)
        answers["page"] = shown.page(store)
        return answers

    def answer_slow(
        self, name: str, store: Store, site: Site, search: str | None, language: str
    ) -> Data:
        """Answer an address for one slow card."""
        card = next(card for card in self.cards if card.name == name)
        return guarded(
            name, lambda: Shown(self, store.snapshot(), site, search, language).data(card)
        )

    def file(self, card: CardSpec, store: Store, site: Site, search: str) -> pl.DataFrame:
        """Return what the table of a card shows for an address."""
        shown = Shown(self, store.snapshot(), site, search, "en")
        state, _ = shown.states[card.name]
        return file_rows(shown.report(card), state)

    def spec(self, path: str, icon: str) -> PageSpec:
        """Return the page as the application lists it."""
        quick = tuple(card.name for card in self.cards if not card.slow)
        return PageSpec(
            name=self.name,
            path=path,
            icon=icon,
            layout=self.layout,
            parts=("filters", "page", *quick),
            answer=self.answer,
            role=self.role,
            slow=tuple(card.name for card in self.cards if card.slow),
            answer_slow=self.answer_slow,
            cards=self,
        )


class Shown:
    """A page at an address: the filters it resolves to, and the state of each card."""

    def __init__(
        self, page: CardsPage, snapshot: Snapshot, site: Site, search: str | None, language: str
    ) -> None:
        self.cards, self.snapshot, self.site, self.language = page, snapshot, site, language
        self.view, self.dropped = read(search, page.period)
        self.asked = self.view.filters(data_days(snapshot))
        self.states: Final[dict[str, tuple[CardState, list[Dropped]]]] = {
            card.name: state_of(card, self.view, snapshot, site) for card in page.cards
        }

    def report(self, card: CardSpec) -> reports.Report:
        """Ask what a card shows."""
        state, _ = self.states[card.name]
        asked = self.asked
        if card.whole and not self.view.days:
            asked = replace(asked, start=None, end=None)
        return ask(card.report, self.snapshot, self.site, asked, state.arguments(card))

    def data(self, card: CardSpec) -> Data:
        """Return what a card shows."""
        if card.shown_if and not card.shown_if(self.snapshot):
            return dict(NOT_HERE)
        state, _ = self.states[card.name]
        options = [
            (choice, values_of(choice, self.snapshot, self.site))
            for choice in card.choices
            if not (choice.name == "limit" and state.shape == "bars")
            and not (choice.name == ROWS and state.shape != "table")
            and not (choice.drawn and state.shape != "figure")
        ]
        report = self.report(card)
        data = answer_card(
            report,
            card,
            state,
            language=self.language,
            currency=self.site.currency,
            zone=self.site.time_zone,
            options=options,
            of_page=OF_THE_PAGE | self.cards.said_once,
        )
        if "figure" not in card.shapes:
            return data
        return with_known_days(data, report, self.snapshot.folder, self.site, self.language)

    @property
    def left_out(self) -> list[Dropped]:
        """What of the address is not understood."""
        options = unknown_options(self.cards.cards, self.view)
        return [*self.dropped, *options, *(one for _, some in self.states.values() for one in some)]

    def filters(self, search: str | None) -> Data:
        """Return the state of the filter bar."""
        query = reports.resolve(self.snapshot, self.asked)
        gone = {one.name for one in self.left_out}
        kept = {name: value for name, value in self.view.options.items() if name not in gone}
        view: View = replace(self.view, options=kept)
        return filter_data(
            self.snapshot, view, query, self.language, asked=search or "",
            left_out=bool(self.left_out),
        )  # fmt: skip

    def said_once(self) -> list[reports.ReportWarning]:
        """Return the warnings the page says for its cards."""
        once = self.cards.said_once
        quick = [card for card in self.cards.cards if once and not card.slow]
        said = (one for card in quick for one in self.report(card).warnings if one.code in once)
        return list(dict.fromkeys(said))

    def page(self, store: Store) -> Data:
        """Return the state of the page: its notices, and whether there is anything to show."""
        about = ask("segments", self.snapshot, self.site, self.asked, {})
        ignored = OF_SESSIONS if self.cards.counts_whole else frozenset()
        warnings = [one for one in about.warnings if one.code not in ignored]
        warnings += self.said_once()
        return page_data(warnings, self.left_out, store.folder, self.language)
