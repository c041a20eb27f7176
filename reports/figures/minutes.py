"""Page views of the last minutes: a bar per minute, the newest on the right."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

HEIGHT: Final = 240
EVERY: Final = 5
"""Minutes between labels."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the page views of :func:`reports.live` by minute.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("part") == "minute")
    if rows.is_empty():
        return empty(language, theme)
    paint, ago = colours(theme), rows["minutes_ago"].to_list()
    views = rows["page_views"].to_list()
    told = [
        word("minute_told", language).format(
            when=_when(minute, language), views=numbers.number(count, language)
        )
        for minute, count in zip(ago, views, strict=True)
    ]
    marked = [minute for minute in ago if minute % EVERY == 0]
    bars = {
        "type": "bar",
        "name": word("page_views", language),
        "x": [-minute for minute in ago],
        "y": views,
        "marker": {"color": paint.accent},
        "text": told,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": layout(
            theme,
            height=HEIGHT,
            bargap=0.2,
            xaxis=axis(
                theme,
                tickmode="array",
                tickvals=[-minute for minute in marked],
                ticktext=[_when(minute, language) for minute in marked],
                range=[-max(ago) - 0.6, 0.6],
                tickangle=0,
            ),
            yaxis=axis(theme, grid=True, **ticks(0, max(*views, 1), "count", language)),
        ),
    }


def _when(minute: int, language: str) -> str:
    return word("minute_ago" if minute else "minute_now", language).format(minutes=minute)
