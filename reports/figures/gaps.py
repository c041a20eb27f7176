"""Interest against purchases: which products are bought less, or more, than looked at."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.ratio_ranges import Ratio, ratio_ranges
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the ratio of each product of :func:`reports.interest_gap`, in its order.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("ratio") > 0).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    told = rows.select("product", "ratio", "low", "high", "beyond_chance").rows()
    return ratio_ranges(
        theme,
        [Ratio(*row) for row in told],
        title=word("gap_axis", language),
        sides=(word("gap_less", language), word("gap_more", language)),
        note=word("grey_chance", language),
    )
