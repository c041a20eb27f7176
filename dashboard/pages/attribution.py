"""Attribution: what is each channel's or campaign's part in the conversions?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT
from dashboard.plugged import OWN_MODELS
from reports.attribution.models import MODELS

PAGE: Final = CardsPage(
    "attribution_page",
    (
        CardSpec(
            "models", "attribution", "credited_by_model", "credited_by_model_help",
            columns=("model", "name", "conversions", "low", "high", "share", "value",
                     "difference", "difference_low", "difference_high", "touched"),
            filters={"name": "=by"},
            bars=("conversions",),
            choices=(
                Choice("by", "choice_credited", ("channel", "source", "medium", "campaign")),
                Choice("models", "choice_model", ("", *MODELS, *OWN_MODELS), words="model_",
                       default="choice_all_models", many=True),
                Choice("window_days", "choice_window_days", ("30", "7", "60", "90"), number=True),
                LIMIT,
            ),
            height=900, slow=True,
        ),
    ),
).spec("/attribution", "share")  # fmt: skip
