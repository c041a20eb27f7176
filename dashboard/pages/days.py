"""Days out of line: was yesterday unusual, and did something change for good?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from reports.anomalies.by_day import MEASURES
from reports.answers.anomalies import BY

PAGE: Final = CardsPage(
    "days_page",
    (
        CardSpec(
            "days", "anomalies", "days_unusual", "days_unusual_help",
            columns=("date", "series", "reason", "value", "expected", "expected_low",
                     "expected_high", "difference", "change", "p"),
            filters={"series": "=by"},
            choices=(
                Choice("measure", "choice_measure", tuple(MEASURES)),
                Choice("by", "choice_by", BY),
                Choice("rows", "choice_part", ("anomaly", "step", "day")),
            ),
            height=470, slow=True,
        ),
    ),
).spec("/days", "pulse")  # fmt: skip
