"""Campaigns: what does each bring for its cost, and is the goal within reach?"""

from __future__ import annotations

from typing import Final

import reports
from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT
from reports.figures.campaign_costs import MEASURES as DRAWN
from weblog.site import Site
from weblog.store import Snapshot

MEASURED: Final = (
    *("sessions", "share", "visitors", "new_visitors", "bounce_rate", "conversions"),
    *("conversion_rate", "low", "high", "value", "change"),
)

LEVELS: Final = ("campaign", "channel", "source", "medium", "content", "keyword")
"""Dimensions of campaigns; no filter of a page takes a keyword."""

WINDOW: Final = Choice("window_days", "choice_window_days", ("30", "7", "60", "90"), number=True)


def known(snapshot: Snapshot, _: Site) -> list[str]:
    """Return the campaigns of the data; an empty text leaves the choice to the report."""
    return ["", *reports.choices(snapshot, "campaigns")]


PAGE: Final = CardsPage(
    "campaigns_page",
    (
        CardSpec(
            "results", "campaign_results", "campaign_costs", "campaign_costs_help",
            columns=("=by", "sessions", "new_visitors", "bounce_rate", "signups", "conversions",
                     "conversion_rate", "value", "cost", "cpa", "cpa_low", "cpa_high", "roas",
                     "change"),
            filters={"campaign": "campaigns", "channel": "channels", "source": "sources"},
            bars=("sessions", "cost"),
            choices=(
                Choice("by", "choice_by", LEVELS),
                Choice("measure", "choice_measure", ("", *DRAWN), words="",
                       default="choice_cost_first", drawn=True),
                LIMIT,
            ),
            height=300, wide=420,
        ),
        CardSpec(
            "goals", "goals", "targets", "targets_help",
            columns=("target", "goal", "measure", "campaign", "start", "end", "so_far", "number",
                     "progress", "expected", "projection", "low", "high", "needed_per_day",
                     "state"),
            bars=("progress",),
            span=6, height=350,
        ),
        CardSpec(
            "paths", "campaign_paths", "campaign_ways", "campaign_ways_help",
            columns=("campaign", "conversions", "last_touch", "assisted", "only_touch",
                     "lag_days_median", "path", "share", "value"),
            filters={"campaign": "campaigns"},
            bars=("conversions",),
            choices=(
                WINDOW,
                Choice("rows", "choice_part", ("summary", "lag", "path")),
            ),
            span=6, height=350,
        ),
        CardSpec(
            "landings", "landing_pages", "landed_on", "landed_on_help",
            columns=("campaign", "entry_page", "sessions", "bounce_rate", "bounce_low",
                     "bounce_high", "duration_s", "conversions", "conversion_rate", "low", "high",
                     "change"),
            filters={"campaign": "campaigns", "entry_page": "entry_pages"},
            bars=("sessions", "bounce_rate"), choices=(LIMIT,), span=6, height=640,
        ),
        CardSpec(
            "campaigns", "campaigns", "campaigns_compared", "campaigns_compared_help",
            columns=("campaign", "source", "medium", "content", *MEASURED),
            filters={"campaign": "campaigns", "source": "sources"},
            bars=("sessions", "conversion_rate"), choices=(LIMIT,), height=640,
            span=6, wide=420,
        ),
        CardSpec(
            "effect", "campaign_effect", "campaign_days_compared", "campaign_days_compared_help",
            columns=("campaign", "when", "visits", "name", "left", "right", "difference", "low",
                     "high", "change", "beyond_chance"),
            choices=(
                Choice("campaign", "choice_campaign", known, default="choice_largest_campaign",
                       field="campaigns"),
            ),
            height=690, slow=True,
        ),
        CardSpec(
            "tagging", "tagging", "tags", "tags_help",
            shapes=("table", "figure"),
            columns=("finding", "value", "meant", "count", "counted", "to_do", "example"),
            bars=("count",),
            height=140, slow=True,
        ),
        CardSpec(
            "channels", "channels", "came_from", "click_row",
            shapes=("bars", "table"), columns=("channel", *MEASURED),
            filters={"channel": "channels"}, bars=("sessions",), span=6,
        ),
        CardSpec(
            "sources", "sources", "top_sources", "click_row",
            shapes=("bars", "table"), columns=("source", "channel", "medium", *MEASURED),
            filters={"source": "sources", "channel": "channels"}, bars=("sessions",),
            beside="medium", choices=(LIMIT,), span=6,
        ),
    ),
).spec("/campaigns", "horn")  # fmt: skip
