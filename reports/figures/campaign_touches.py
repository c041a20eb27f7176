"""Conversions with a campaign on their path: as the last touch, or on the way."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

SHOWN: Final = 12
NAME: Final = 26


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a bar per campaign: blue where it was the last touch, pale where it was on the way.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("part") == "summary").head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = told_apart(
        [
            word("other", language) if other else as_text(shortened(name, NAME))
            for name, other in rows.select("campaign", "is_other").rows()
        ]
    )
    lags = [
        word("lag_told", language).format(days=f"{days:.1f}".removesuffix(".0"))
        for days in rows["lag_days_median"]
    ]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": word(key, language),
            "y": names,
            "x": rows[column].to_list(),
            "marker": {"color": colour},
            "text": [
                f"{numbers.number(count, language)} · {lag}"
                for count, lag in zip(rows[column], lags, strict=True)
            ],
            "textposition": "none",
            "hovertemplate": "%{y}: %{text}",
        }
        for key, column, colour in (
            ("last_touched", "last_touch", paint.accent),
            ("assisted", "assisted", paint.categories[2]),
        )
    ]
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=110 + ROW_HEIGHT * rows.height,
            barmode="stack",
            bargap=0.4,
            showlegend=True,
            legend={
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "traceorder": "normal",
            },
            margin={"l": 8, "r": 12, "t": 36, "b": 8},
            xaxis=axis(
                theme,
                grid=True,
                title={"text": word("conversions", language)},
                **ticks(0, float(rows["conversions"].max()), "count", language),  # type: ignore[arg-type]
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }
