"""The summary as small lines, one above the other: each measure over the days, on its own scale."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.theme import colours, layout
from reports.figures.words import word
from reports.measures import MEASURES
from weblog.errors import UnknownNameError

DRAWN = ("sessions", "visitors", "page_views", "bounce_rate", "conversions", "conversion_rate")
_TILE_HEIGHT = 56


def figure(
    frame: pl.DataFrame,
    language: str = "en",
    theme: str = "light",
    *,
    measures: tuple[str, ...] = DRAWN,
    currency: str = "",
) -> dict[str, Any]:
    """Draw a line per measure of :func:`reports.summary`, with its value and change beside it.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    unknown = [name for name in measures if name not in MEASURES]
    if unknown:
        raise UnknownNameError("measure", unknown[0], list(MEASURES))
    rows = {row["measure"]: row for row in frame.to_dicts()}
    if not any(rows[name]["spark"] for name in measures):
        return empty(language, theme)
    paint = colours(theme)
    drawn: dict[str, Any] = layout(theme, height=24 + _TILE_HEIGHT * len(measures))
    drawn["annotations"] = []
    traces = []
    for index, name in enumerate(measures):
        row, suffix = rows[name], "" if index == 0 else str(index + 1)
        top = 1 - index / len(measures)
        bottom = top - 0.8 / len(measures)
        value = numbers.shown(row["value"], row["unit"], language, currency)
        change = numbers.change(row["change"], row["unit"], language)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": word(name, language),
                "x": list(range(len(row["spark"]))),
                "y": row["spark"],
                "yaxis": f"y{suffix}",
                "line": {"color": paint.accent, "width": 1.5},
                "hoverinfo": "skip",
            }
        )
        drawn[f"yaxis{suffix}"] = {
            "domain": [max(0.0, bottom), top], "visible": False, "fixedrange": True,
        }  # fmt: skip
        drawn["annotations"].append(
            {
                "text": f"{word(name, language)}  <b>{value}</b>  {change}",
                "x": 0, "xref": "paper", "xanchor": "left", "align": "left",
                "y": (bottom + top) / 2, "yref": "paper", "showarrow": False,
                "font": {"color": paint.text},
            }
        )  # fmt: skip
    drawn["xaxis"] = {"domain": [0.5, 1.0], "visible": False, "fixedrange": True}
    return {"data": traces, "layout": drawn}
