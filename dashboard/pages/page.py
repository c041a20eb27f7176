"""What a page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dash.development.base_component import Component

from dashboard import components as own
from dashboard.cards.guard import Data
from dashboard.static_files import CHARTS, asset
from dashboard.words import word, words
from weblog.site import Site
from weblog.store import Store

CARD_WORDS: Final = (
    "card_failed", "reference", "reference_help", "nothing_here", "loading", "small", "small_help",
    "better", "worse", "conversion_short", "filter_by", "filter_off", "no_filter",
    "as_table", "as_chart", "trend_help",
)  # fmt: skip
"""Texts every card may need in the browser."""

FILTER_WORDS: Final = (
    "filters", "period", "dates", "first_day", "last_day", "months", "apply", "compare", "segments",
    "devices", "channels", "all", "no_choices", "reset", "remove", "close", "more_filters",
    "more_filters_help", "find", "find_help", "customers", "visitors_chosen", "sources",
    "campaigns", "entry_pages", "pages", "categories", "products", "age_bands", "sexes",
    "occupations", "children", "products_held",
)  # fmt: skip

PAGE_WORDS: Final = (
    "notices", "nothing", "clear_filters", "empty_store", "empty_store_help",
    "page_failed", "reference", "reference_help", "loading",
)  # fmt: skip

REPORT_WORDS: Final = (
    "click_row",
    "columns", "columns_reset", "download", "as_csv", "as_parquet", "as_png", "as_svg",
    "shown_as", "sort_by", "sorted_up", "sorted_down", "notes", "figure_help", "more_rows",
)  # fmt: skip
"""Texts of a card of a report, beside :data:`CARD_WORDS`."""

MORE: Final = "more_filters"
"""Component of every page that the application fills: what the rarer filters offer."""

PLOTLY: Final = asset(CHARTS)
"""Where the browser finds the script that draws charts."""

if TYPE_CHECKING:
    from dashboard.access.audit import Audit
    from dashboard.desk.desk import Action
    from dashboard.pages.cards_page import CardsPage

Answers = dict[str, Data]
"""Component id, without the page's prefix, to its data."""


def framed(
    name: str, language: str, children: Component, jump: tuple[str, str] | None = None
) -> Component:
    """Return a page's title, its question and what answers it.

    ``jump`` is the key of a text and the id of the card it leads to.
    """
    return own.Page(
        id=f"{name}-page",
        title=word(name, language),
        question=word(f"{name}_question", language),
        words=words(language, *PAGE_WORDS),
        jump=jump and [word(jump[0], language), jump[1]],
        children=children,
    )


def filter_bar(page: str, language: str) -> Component:
    """Return the filter bar of a page; what the rarer filters offer is awaited beside it."""
    said = words(language, *FILTER_WORDS)
    more = own.MoreFilters(id=f"{page}-{MORE}", words=said)
    return own.FilterBar(id=f"{page}-filters", words=said, children=more)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a component that asks by itself is answered from.

    ``audit`` records who asked; None where nobody need log in.
    """

    store: Store
    site: Site
    audit: Audit | None
    language: str


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page.

    Attributes:
        name: prefix of the ids of its components, and key of its title in the catalogue.
        path: its address.
        icon: a name in ``assets/components/1_core.js``.
        layout: makes its components for a language; asks nothing of the store.
        parts: ids of the components its callback fills, without the prefix.
        answer: the callback as a plain function of store, site, address and language.
        role: the least role that may see it. A viewer's store is a coarse one
            (:mod:`reports.coarse`): its reports leave out groups of few visitors.
        slow: ids of the components that are filled beside it, each by a callback of its own.
        answer_slow: that callback, of the component and what ``answer`` is given.
        asking: ids of the components that ask by themselves, by their property ``asked``.
        answer_asked: what answers them, of the component, of what it asks, and by what.
        cards: the page as cards, for their files; None for a page made otherwise.
        actions: what it asks of the server beside what it shows at an address.
    """

    name: str
    path: str
    icon: str
    layout: Callable[[str], Component]
    parts: tuple[str, ...]
    answer: Callable[[Store, Site, str | None, str], Answers]
    role: str = "viewer"
    slow: tuple[str, ...] = ()
    answer_slow: Callable[[str, Store, Site, str | None, str], Data] | None = None
    asking: tuple[str, ...] = ()
    answer_asked: Callable[[str, Any, Asked], Data] | None = None
    cards: CardsPage | None = None
    actions: tuple[Action, ...] = ()

    def id(self, part: str) -> str:
        """Return the id of one of its components."""
        return f"{self.name}-{part}"

    def answers(self, store: Store, site: Site, search: str | None, language: str) -> list[Any]:
        """Return the data of every part, in their order."""
        given = self.answer(store, site, search, language)
        return [given.get(part) for part in self.parts]
