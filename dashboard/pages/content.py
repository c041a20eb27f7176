"""Content and products: what does each group prefer, and does interest end in a purchase?"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from reports.answers.associations import OUTCOMES
from reports.answers.preference import OF

LIMIT: Final = Choice("limit", "choice_limit", ("20", "50", "200"), number=True)

VIEWED: Final = (
    *("page_views", "share", "sessions", "visitors", "dwell_s", "conversion_rate", "change"),
)

PAGE: Final = CardsPage(
    "content_page",
    (
        CardSpec(
            "categories", "categories", "looked_at", "click_row",
            shapes=("bars", "table"), columns=("category", *VIEWED),
            filters={"category": "categories"}, bars=("page_views",), measure="page_views",
            choices=(LIMIT,), span=4,
        ),
        CardSpec(
            "products", "products", "products_viewed", "click_row",
            shapes=("bars", "table"), columns=("product", *VIEWED),
            filters={"product": "products"}, bars=("page_views",), measure="page_views",
            choices=(LIMIT,), span=4,
        ),
        CardSpec(
            "pages", "pages", "top_pages", "click_row",
            shapes=("bars", "table"),
            columns=("path", *VIEWED, "entries", "exits", "bounce_rate"),
            filters={"path": "pages"}, bars=("page_views",), measure="page_views",
            choices=(LIMIT,), span=4,
        ),
        CardSpec(
            "preference", "preference", "preferred", "preferred_help",
            columns=("group", "name", "page_views", "visitors", "share", "everyone_share",
                     "index", "low", "high", "beyond_chance", "change"),
            filters={"group": "=of", "name": "=kind"},
            bars=("index",),
            choices=(
                Choice("of", "choice_groups", OF),
                Choice("kind", "choice_kind", ("category", "product")),
            ),
            height=420, wide=640, slow=True,
        ),
        CardSpec(
            "purchase", "interest_to_purchase", "interest_bought", "interest_bought_help",
            shapes=("sentences", "figure", "table"),
            columns=("product", "segment", "viewers", "viewers_bought", "viewed_rate", "others",
                     "others_bought", "others_rate", "difference", "difference_low",
                     "difference_high", "beyond_chance"),
            filters={"product": "products"},
            choices=(
                Choice("days", "choice_days", ("14", "7", "30", "60", "90"), number=True),
                Choice("by", "choice_by", ("", "segment"), default="choice_nothing"),
            ),
            span=6, height=360, slow=True,
        ),
        CardSpec(
            "gap", "interest_gap", "gap", "gap_help",
            columns=("product", "visitors", "interest_share", "buyers", "purchase_share", "ratio",
                     "low", "high", "rank_gap", "reading"),
            filters={"product": "products"},
            span=6, height=360,
        ),
        CardSpec(
            "associations", "associations", "associated", "associated_help",
            columns=("content", "product", "readers", "takers", "both", "confidence", "expected",
                     "lift", "low", "high", "beyond_chance"),
            filters={"content": "categories", "product": "products"},
            choices=(Choice("outcome", "choice_outcome", OUTCOMES), LIMIT),
            span=6, height=600,
        ),
        CardSpec(
            "time", "time_to_purchase", "time_bought", "time_bought_help",
            columns=("product", "viewers", "viewers_bought", "days_q1", "days_median", "days_q3",
                     "q25", "q50", "q75"),
            filters={"product": "products"},
            choices=(Choice("rows", "choice_part", ("summary", "curve")),),
            span=6, height=600, slow=True,
        ),
    ),
).spec("/content", "heart")  # fmt: skip
