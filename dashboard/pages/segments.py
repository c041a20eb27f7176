"""Segments: which groups of customers behave differently?"""

from __future__ import annotations

from typing import Final

import reports
from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from reports.dimensions import DIMENSIONS
from weblog.site import Site
from weblog.store import Snapshot

CROSSED: Final = ("age_band", "sex", "occupation", "children", "product_held", "device", "channel")
"""What segments are broken down by, as the report takes it."""


def sides(snapshot: Snapshot, _: Site) -> list[str]:
    """Return the segments of the data behind an empty text, which stands for no segment."""
    return ["", *reports.choices(snapshot, "segments")]


def two_sides(chosen: dict[str, str]) -> dict[str, str]:
    """Return both sides, or only the left: without it, or if they are one, there is no right."""
    left, right = chosen["left"], chosen["right"]
    return chosen | {"right": "" if not left or right == left else right}


def two_dimensions(chosen: dict[str, str]) -> dict[str, str]:
    """Return two dimensions: nothing can be crossed with itself."""
    by, across = chosen["by"], chosen["across"]
    return chosen | {
        "across": across if across != by else "channel" if by == "segment" else "segment"
    }


def _rest(of: str) -> tuple[str, ...]:
    """Return the dimensions, this one first."""
    return (of, *(name for name in DIMENSIONS if name != of))


PAGE: Final = CardsPage(
    "segments_page",
    (
        CardSpec(
            "table",
            "segment_table",
            "segments_beside",
            "segments_beside_help",
            shapes=("table", "figure"),
            columns=(
                *("segment", "visitors", "customers", "sessions", "visits_per_week"),
                *("views_per_session", "engagement_rate", "conversion_rate", "purchases"),
                *("premium", "top_categories"),
            ),
            filters={"segment": "segments"},
            bars=("sessions", "conversion_rate"),
            height=420,
            wide=760,
        ),
        CardSpec(
            "cross",
            "cross",
            "crossed",
            "crossed_help",
            columns=("row_value", "column_value", "sessions", "expected", "ratio", "row_share",
                     "engagement_rate", "conversion_rate", "beyond_chance"),
            filters={"row_value": "=by", "column_value": "=across"},
            choices=(
                Choice("by", "choice_rows", _rest("segment")),
                Choice("across", "choice_columns", _rest("channel")),
            ),
            adapt=two_dimensions,
            height=430,
            wide=680,
        ),
        CardSpec(
            "by",
            "segments_by",
            "segments_split",
            "segments_split_help",
            shapes=("table", "figure"),
            columns=("segment", "name", "sessions", "segment_share", "visitors", "customers",
                     "bounce_rate", "conversion_rate", "low", "high", "change"),
            filters={"segment": "segments", "name": "=by"},
            bars=("segment_share",),
            choices=(Choice("by", "choice_by", CROSSED),),
            height=420,
        ),
        CardSpec(
            "compare",
            "compare",
            "compared",
            "compared_help",
            columns=("part", "name", "left", "right", "difference", "low", "high",
                     "beyond_chance"),
            choices=(
                Choice("left", "choice_left", sides, default="choice_this_period",
                       field="segments"),
                Choice("right", "choice_right", sides, default="choice_the_rest",
                       field="segments"),
            ),
            adapt=two_sides,
            height=520,
            span=6,
            slow=True,
        ),
        CardSpec(
            "transitions",
            "transitions",
            "moved",
            "moved_help",
            columns=("segment_from", "segment_to", "customers", "from_customers", "share", "low",
                     "high"),
            filters={"segment_from": "segments", "segment_to": "segments"},
            height=520,
            span=6,
            wide=560,
        ),
    ),
).spec("/segments", "people")  # fmt: skip
