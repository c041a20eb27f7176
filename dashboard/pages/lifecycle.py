"""Lifecycle and retention: who becomes a customer, who comes back, and who goes quiet?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from reports.answers.activity import PARTS
from reports.answers.cohorts import BY
from reports.retention import EACH, WINDOWS

PAGE: Final = CardsPage(
    "lifecycle_page",
    (
        CardSpec(
            "stages", "lifecycle", "stages", "stages_help",
            columns=("month", "stage", "stage_to", "people", "from_people", "came", "went",
                     "rate", "low", "high"),
            bars=("people",),
            choices=(
                Choice("dormant_after", "choice_dormant", ("365", "180", "90"), number=True),
                Choice("rows", "choice_part", ("stage", "flow")),
            ),
            height=420, wide=620,
        ),
        CardSpec(
            "cohorts", "cohorts", "cohorts", "cohorts_help",
            columns=("cohort", "age", "size", "observed", "active", "rate", "low", "high",
                     "bought", "bought_rate"),
            choices=(
                Choice("by", "choice_cohort", BY),
                Choice("each", "choice_each", EACH),
                Choice("window", "choice_window", WINDOWS),
            ),
            span=6, height=380, wide=480,
        ),
        CardSpec(
            "activity", "activity", "activity", "activity_help",
            columns=("segment", "month", "band", "customers", "of_customers", "share", "low",
                     "high", "logins_per_customer"),
            bars=("share",),
            filters={"segment": "segments"},
            choices=(
                Choice("quiet_after", "choice_quiet", ("90", "30", "180"), number=True),
                Choice("rows", "choice_part", ("recency", *(p for p in PARTS if p != "recency"))),
            ),
            span=6, height=380, slow=True,
        ),
    ),
    counts_whole=True,
    period="365",
).spec("/lifecycle", "cycle")  # fmt: skip
