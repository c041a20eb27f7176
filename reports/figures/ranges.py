"""Rates with their intervals: a point, a line, and the average to compare with."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.names import row_names
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the conversion rate of each row with its 95 % interval; dotted: that of all rows.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("conversion_rate").is_not_null()).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rates = rows["conversion_rate"].to_list()
    average = float(frame["converted"].sum()) / float(frame["sessions"].sum())
    texts = [
        f"{numbers.rate(rate)} ({numbers.rate(low)} – {numbers.rate(high)})"
        for rate, low, high in rows.select("conversion_rate", "low", "high").rows()
    ]
    above = (rows["high"] - rows["conversion_rate"]).to_list()
    below = (rows["conversion_rate"] - rows["low"]).to_list()
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": word("conversion_rate", language),
        "x": rates,
        "y": row_names(rows, language),
        "marker": {"color": paint.accent, "size": 9},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": above,
            "arrayminus": below,
            "color": paint.compare,
            "thickness": 1.5,
            "width": 0,
        },
        "text": texts,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    line = {
        "type": "line", "xref": "x", "yref": "paper", "x0": average, "x1": average,
        "y0": 0, "y1": 1, "line": {"color": paint.average, "width": 2, "dash": "dot"},
    }  # fmt: skip
    highest = max(average, float(rows["high"].max() or 0))  # type: ignore[arg-type]
    return {
        "data": [points],
        "layout": layout(
            theme,
            height=60 + ROW_HEIGHT * rows.height,
            shapes=[line],
            xaxis=axis(
                theme,
                grid=True,
                title={"text": word("conversion_rate", language)},
                **ticks(0, highest, "rate", language),
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }
