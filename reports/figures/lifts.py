"""Which content goes with which product: the lift of each pair, with its interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.ratio_ranges import Ratio, ratio_ranges
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the pairs of :func:`reports.associations` that are not too few, in its order.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(~pl.col("small"), pl.col("lift") > 0).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    told = rows.select("content", "product", "lift", "low", "high", "beyond_chance").rows()
    return ratio_ranges(
        theme,
        [Ratio(f"{content} → {product}", *rest) for content, product, *rest in told],
        title=word("lift_axis", language),
        sides=(word("lift_less", language), word("lift_more", language)),
        note=word("grey_chance", language),
    )
