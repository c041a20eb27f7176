"""Campaigns: which source and which campaign brings visits that convert?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT

MEASURED: Final = (
    *("sessions", "share", "visitors", "new_visitors", "bounce_rate", "conversions"),
    *("conversion_rate", "low", "high", "value", "change"),
)

PAGE: Final = CardsPage(
    "campaigns_page",
    (
        CardSpec(
            "campaigns", "campaigns", "campaigns_compared", "campaigns_compared_help",
            columns=("campaign", "source", "medium", "content", *MEASURED),
            filters={"campaign": "campaigns", "source": "sources"},
            bars=("sessions", "conversion_rate"), choices=(LIMIT,), height=460, wide=420,
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
