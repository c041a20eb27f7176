"""Banners: which place and which creative brings visits, and where do clicks get lost?

For marketers: requests of robots and staff are counted in the hits, which no viewer reads.
"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT
from reports.figures.banner_rates import MEASURES

BY: Final = ("campaign,banner", "portal", "position", "portal,position", "banner", "day")
"""What banners are told apart by, of what the reports take."""

TOLD_APART: Final = Choice("by", "choice_by", BY)

PAGE: Final = CardsPage(
    "banners_page",
    (
        CardSpec(
            "banners", "banners", "banners_compared", "banners_compared_help",
            columns=("=by", "impressions", "clicks", "ctr", "sessions",
                     "arrival_rate", "bounce_rate", "new_visitors", "conversions",
                     "conversion_rate", "cost", "cpc", "cpa", "roas"),
            filters={"campaign": "campaigns", "portal": "sources"},
            bars=("clicks", "sessions"),
            choices=(
                TOLD_APART,
                Choice("measure", "choice_measure", ("", *MEASURES), words="",
                       default="choice_click_rate", drawn=True),
                LIMIT,
            ),
            height=270,
        ),
        CardSpec(
            "gap", "banner_gap", "clicks_lost", "clicks_lost_help",
            columns=("=by", "step", "known", "clicks", "low", "high", "share",
                     "share_low", "share_high"),
            filters={"campaign": "campaigns", "portal": "sources"},
            bars=("clicks",),
            choices=(TOLD_APART,),
            height=360, slow=True,
        ),
        CardSpec(
            "creatives", "creatives", "creatives_compared", "creatives_compared_help",
            columns=("campaign", "measure", "left_banner", "right_banner", "left", "right",
                     "difference", "low", "high", "beyond_chance", "same_place"),
            filters={"campaign": "campaigns"},
            height=480, slow=True,
        ),
    ),
    role="marketer",
).spec("/banners", "image")  # fmt: skip
