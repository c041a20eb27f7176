"""Questions people ask, and where each is answered: links from the overview."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.rooted import rooted
from dashboard.words import word


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the card that answers it.

    Attributes:
        text: key of what is asked.
        path: of the page; it is offered to those who may see that page.
        card: id of the card.
        search: what the address says of period, measure and cards; filters chosen stay.
    """

    text: str
    path: str
    card: str
    search: dict[str, str] = field(default_factory=dict)


BOUGHT: Final = "name,conversion_rate,value"

QUESTIONS: Final = (
    Question("ask_changed", "/", "overview-changes", {"period": "7"}),
    Question("ask_mobile", "/", "overview-devices",
             {"devices.view": "table", "devices.columns": BOUGHT}),
    Question("ask_campaign", "/campaigns", "campaigns_page-results",
             {"results.view": "table", "results.sort": "-roas"}),
    Question("ask_words", "/campaigns", "campaigns_page-results",
             {"results.by": "keyword", "results.view": "table", "results.sort": "-conversions"}),
    Question("ask_banner", "/banners", "banners_page-banners", {"banners.measure": "bounce_rate"}),
    Question("ask_mailing", "/email", "email_page-effect"),
    Question("ask_prefer", "/content", "content_page-preference"),
    Question("ask_form", "/paths", "paths_page-funnel"),
    Question("ask_contact", "/targets", "rules_page-desk-export"),
    Question("ask_trust", "/quality", "quality_page-told"),
)  # fmt: skip
"""In the order they are listed."""


def asked(language: str) -> list[dict[str, Any]]:
    """Return the questions as the component in the browser lists them."""
    return [
        {
            "text": word(one.text, language),
            "path": rooted(one.path),
            "card": one.card,
            "search": list(one.search.items()),
        }
        for one in QUESTIONS
    ]
