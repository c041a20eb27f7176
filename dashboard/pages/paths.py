"""Paths and funnels: which way do visits go, and where are they lost?"""

from __future__ import annotations

from typing import Final

import reports
from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT
from reports.answers.next_pages import DIRECTIONS
from weblog.site import Site
from weblog.store import Snapshot

OFFERED: Final = 40
"""Pages to choose from, the most viewed."""

SPLIT: Final = ("segment", "channel", "source", "campaign", "device", "entry_page")
"""What a funnel is broken down by, of what its report takes."""

LEVEL: Final = Choice("level", "choice_level", ("category", "page"))

DEPTH: Final = Choice("depth", "choice_depth", ("4", "3", "5", "6"), number=True)


def funnels(_: Snapshot, site: Site) -> list[str]:
    """Return the funnels of the site's rules; the report says so where there are none."""
    return [one.funnel for one in site.funnels] or [""]


def viewed(snapshot: Snapshot, _: Site) -> list[str]:
    """Return the most viewed pages; an empty text leaves it to the report."""
    return ["", *reports.choices(snapshot, "pages", OFFERED)]


def from_a_page(chosen: dict[str, str]) -> dict[str, str]:
    """Return the choices of flows: from a page on, steps are pages, not categories."""
    return chosen | {"level": "page"} if chosen["start"] else chosen


PAGE: Final = CardsPage(
    "paths_page",
    (
        CardSpec(
            "funnel", "funnel", "funnel", "funnel_help",
            columns=("name", "step", "step_name", "reached", "rate", "low", "high",
                     "overall_rate", "lost", "left", "next_page", "median_s", "difference"),
            filters={"name": "=by", "next_page": "pages"},
            bars=("reached",),
            choices=(
                Choice("funnel", "choice_funnel", funnels),
                Choice("by", "choice_by", ("", *SPLIT), default="choice_nothing"),
            ),
            span=4, height=470,
        ),
        CardSpec(
            "flows", "flows", "flowing", "flowing_help",
            columns=("step", "from", "to", "kind", "sessions", "share"),
            bars=("sessions",),
            choices=(
                LEVEL,
                DEPTH,
                Choice("start", "choice_start", viewed, default="choice_entry", field="pages"),
            ),
            adapt=from_a_page,
            span=8, height=470, slow=True,
        ),
        CardSpec(
            "paths", "paths", "whole_paths", "whole_paths_help",
            shapes=("table", "figure"),
            columns=("path", "sessions", "share", "conversion_rate", "cut", "change"),
            bars=("sessions",),
            choices=(LEVEL, DEPTH, LIMIT),
            height=420,
        ),
        CardSpec(
            "entries", "entry_pages", "began_on", "click_row",
            shapes=("bars", "table"),
            columns=("entry_page", "sessions", "share", "visitors", "bounce_rate",
                     "conversion_rate", "low", "high", "change"),
            filters={"entry_page": "entry_pages"}, bars=("sessions",), choices=(LIMIT,), span=6,
        ),
        CardSpec(
            "exits", "exit_pages", "ended_on", "ended_on_help",
            shapes=("bars", "table"),
            columns=("exit_page", "views", "sessions", "exit_rate", "exit_low", "exit_high",
                     "share", "conversion_rate", "change"),
            filters={"exit_page": "pages"}, bars=("sessions",), choices=(LIMIT,), span=6,
        ),
        CardSpec(
            "next", "next_pages", "next_to", "next_to_help",
            columns=("beside", "is_end", "views", "share", "low", "high", "previous_share",
                     "difference"),
            filters={"beside": "pages"}, bars=("share",),
            choices=(
                Choice("of", "choice_page", viewed, default="choice_most_viewed", field="pages"),
                Choice("direction", "choice_direction", DIRECTIONS),
                LIMIT,
            ),
            span=6, height=430, wide=440,
        ),
        CardSpec(
            "searches", "search_terms", "searched", "searched_help",
            columns=("term", "searches", "share", "visitors", "exit_rate", "refined",
                     "next_page", "conversion_rate", "change"),
            filters={"next_page": "pages"}, bars=("searches",), choices=(LIMIT,),
            span=6, height=430,
        ),
    ),
).spec("/paths", "path")  # fmt: skip
