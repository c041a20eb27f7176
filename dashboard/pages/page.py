"""What a page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dash.development.base_component import Component

from dashboard.cards.guard import Data
from weblog.site import Site
from weblog.store import Store

CARD_WORDS: Final = (
    "card_failed", "reference", "reference_help", "nothing_here", "loading", "small", "small_help",
    "better", "worse", "conversion_short", "filter_by", "filter_off", "no_filter",
    "as_table", "as_chart", "trend_help",
)  # fmt: skip
"""Texts every card may need in the browser."""

FILTER_WORDS: Final = (
    "filters", "period", "dates", "first_day", "last_day", "apply", "compare", "segments",
    "devices", "channels", "all", "no_choices", "reset", "remove", "close",
)  # fmt: skip

PAGE_WORDS: Final = (
    "notices", "nothing", "clear_filters", "empty_store", "empty_store_help",
    "page_failed", "reference", "reference_help", "loading",
)  # fmt: skip

PLOTLY: Final = "/assets/vendor/plotly-basic.min.js"
"""Where the browser finds the script that draws charts."""

Answers = dict[str, Data]
"""Component id, without the page's prefix, to its data."""


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
    """

    name: str
    path: str
    icon: str
    layout: Callable[[str], Component]
    parts: tuple[str, ...]
    answer: Callable[[Store, Site, str | None, str], Answers]
    role: str = "viewer"

    def id(self, part: str) -> str:
        """Return the id of one of its components."""
        return f"{self.name}-{part}"

    def answers(self, store: Store, site: Site, search: str | None, language: str) -> list[Any]:
        """Return the data of every part, in their order."""
        given = self.answer(store, site, search, language)
        return [given.get(part) for part in self.parts]
