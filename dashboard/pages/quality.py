"""Data quality: can these numbers be trusted?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from reports.answers.history import BY
from weblog.history import MEASURES, Histories
from weblog.store import Snapshot


def has_history(snapshot: Snapshot) -> bool:
    """Say whether days of another tool were loaded: most sites have none to set beside."""
    return bool(Histories(snapshot.folder).book.read())


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
            "history", "history", "other_tool", "other_tool_help",
            columns=("measure", "tool", "source", "date", "imported", "own", "ratio", "lowest",
                     "highest", "imported_days", "own_days"),
            choices=(
                Choice("measure", "choice_measure", ("", *MEASURES), words=""),
                Choice("by", "choice_each", BY),
                Choice("rows", "choice_part", ("overlap", "period")),
            ),
            height=320, slow=True, whole=True, shown_if=has_history,
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
