"""A campaign's days and those before it: how many times as much of each measure."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import versus
from reports.figures.theme import small_note
from reports.figures.words import word


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, currency: str = ""
) -> dict[str, Any]:
    """Draw what differed on the campaign's days in all sessions, the surest on top.

    Blue is more, amber less than on the days compared with, beyond chance; grey may be chance.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("when") == "during", pl.col("visits") == "all").with_columns(
        pl.lit("measure").alias("part"),
        pl.lit(word("campaign_days", language)).alias("left_name"),
        pl.lit(word("days_before", language)).alias("right_name"),
    )
    drawn = versus.figure(rows, language, theme, currency=currency)
    if drawn["data"]:
        drawn["layout"]["height"] += 20
        drawn["layout"]["xaxis"] |= {
            "title": {"text": f"{small_note(word('observed_only', language))}"}
        }
    return drawn
