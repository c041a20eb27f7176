"""Data quality: can these numbers be trusted?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage

PAGE: Final = CardsPage(
    "quality_page",
    (
        CardSpec(
            "told", "reconciliation", "accounts_told", "accounts_told_help",
            columns=("part", "date", "lines", "page", "event", "static", "bot", "error",
                     "internal", "other", "rejects", "skipped", "erased"),
            shapes=("sentences", "table"), height=96,
        ),
        CardSpec(
            "lines", "reconciliation", "accounts", "accounts_help",
            columns=("part", "date", "lines", "page", "event", "static", "bot", "error",
                     "internal", "other", "rejects", "skipped", "erased"),
            height=320,
        ),
        CardSpec(
            "status", "site_status", "by_day", "by_day_help",
            columns=("period", "date", "page_views", "sessions", "visitors", "new_visitors",
                     "logins", "bounce_rate", "conversions", "conversion_rate"),
            span=6, height=340,
        ),
        CardSpec(
            "bots", "bots", "robots", "robots_help",
            columns=("name", "sort", "purpose", "level", "hits", "page_hits", "bytes", "visitors",
                     "share"),
            bars=("hits",),
            choices=(
                Choice("rows", "choice_part", ("sort", "reason", "robot", "strictness", "counted",
                                               "AI", "purpose", "everybody")),
            ),
            span=6, height=340,
        ),
        CardSpec(
            "rejected", "rejected", "rejected", "rejected_help",
            shapes=("table",), bars=("lines",), span=12, height=260, slow=True,
        ),
        CardSpec(
            "definitions", "definitions", "defined", "defined_help",
            columns=("part", "rules", "sessions", "difference", "change", "views_per_session",
                     "bounce_rate", "conversion_rate", "why"),
            height=180, slow=True,
        ),
    ),
    counts_whole=True,
).spec("/quality", "shield")  # fmt: skip
